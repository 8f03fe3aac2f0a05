"""TREC questions: one a line, `COARSE:fine question` (Li and Roth 2002)."""

from __future__ import annotations

import re
from pathlib import Path

from tunescope.errors import DataError
from tunescope.tasks._clean import cut
from tunescope.tasks._files import FoundFile
from tunescope.tasks._lines import line_error, numbered_lines
from tunescope.tasks._split import LabelledSentence
from tunescope.tasks._task import Sentence

COARSE = ("ABBR", "DESC", "ENTY", "HUM", "LOC", "NUM")
"""The six coarse classes."""

_LINE = re.compile(r"([A-Z]+):(\S+) +(\S.*)")

_COPY = {
    "train_5500.label": "quotation marks and possessives are written otherwise",
    "TREC_10.label": "apostrophes and quotation marks are lost",
}
"""What differs in the copies that are accepted beside the originals."""


def read_trec(path: str | Path, coarse: bool = False) -> list[LabelledSentence]:
    """The questions of a file in latin-1 with their fine (`NUM:count`) or coarse (`NUM`) class.

    A question's words are what blanks separate; the file is tokenised. The original training file has one
    byte 0xF0 where a blank should be (in `sister city`); it is read as a blank.

    Raises
    ------
    DataError
        A line is not `COARSE:fine question`; the message names file and line.
    """
    path = Path(path)
    questions = []
    for number, line in numbered_lines(path, "latin-1"):
        match = _LINE.fullmatch(line.replace("\xf0", " ").rstrip())
        if match is None or match[1] not in COARSE:
            expected = f"`COARSE:fine question` with COARSE one of {', '.join(COARSE)}"
            raise line_error(path, number, f"{line[:60]!r} has no class", expected)
        label = match[1] if coarse else f"{match[1]}:{match[2]}"
        sentence = Sentence(f"line {number}", cut(match[3]))
        questions.append(LabelledSentence(sentence, (((), label),)))
    if not questions:
        raise DataError(f"{path} holds no question; expected lines `COARSE:fine question`")
    return questions


def copy_note(found: FoundFile) -> tuple[str, ...]:
    """A note when the file is an accepted copy and not the original."""
    if found.is_original:
        return ()
    return (f"{found.path.name} is not the original file but a copy in which {_COPY[found.path.name]}",)
