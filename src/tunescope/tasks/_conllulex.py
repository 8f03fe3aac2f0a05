"""Prepositions with their semantic role and function, from `.conllulex` files (STREUSLE, PASTRIE)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, get_args

from tunescope.errors import DataError
from tunescope.tasks._conllu import read_blocks
from tunescope.tasks._lines import line_error
from tunescope.tasks._said import counted
from tunescope.tasks._split import LabelledSentence

Supersense = Literal["role", "function"]

_COLUMNS = 19
_SMWE, _ROLE, _FUNCTION = 10, 13, 14
"""Columns 11 (strong multiword expression), 14 (`SS`) and 15 (`SS2`), counted from 0."""

_PREFIX = "p."


def read_conllulex(
    paths: Iterable[str | Path], supersense: Supersense
) -> tuple[list[LabelledSentence], tuple[str, ...]]:
    """The sentences of one or more `.conllulex` files, with every single-token preposition as a target.

    A target is a word outside any strong multiword expression (`_` in column 11) whose role (column 14) or
    function (column 15) begins with `p.`; the label is what follows the prefix. Left out, and counted in the
    notes that are given back: prepositions inside multiword expressions, and those whose annotation is no
    role or function (`??` where the annotators could not tell, `` `$ `` and the like for other uses).

    Parameters
    ----------
    paths : iterable of str or Path
        The files, in order.
    supersense : {'role', 'function'}
        What labels the targets.

    Returns
    -------
    sentences : list of LabelledSentence
        All sentences, also those without a target.
    notes : tuple of str
        What was left out, counted.

    Raises
    ------
    DataError
        A file breaks the format; the message names file and line.
    """
    if supersense not in get_args(Supersense):
        raise DataError(f"supersense is {supersense!r}; expected one of {', '.join(get_args(Supersense))}")
    column = _ROLE if supersense == "role" else _FUNCTION
    sentences: list[LabelledSentence] = []
    left_out: Counter[str] = Counter()
    for path in map(Path, paths):
        before = len(sentences)
        for block in read_blocks(path, _COLUMNS):
            targets = []
            for i, word in enumerate(block.words):
                role = word.fields[_ROLE]
                if role.startswith(_PREFIX) and word.fields[_SMWE] != "_":
                    left_out["in a multiword expression"] += 1
                elif role.startswith(_PREFIX):
                    targets.append(((i,), _label(path, word.line, word.fields[column], column)))
                elif role == "??" or role.startswith("`"):
                    left_out[f"annotated {role}"] += 1
            sentences.append(LabelledSentence(block.sentence(), tuple(targets)))
        if len(sentences) == before:
            raise DataError(f"{path} holds no sentence; expected a .conllulex file")
    notes = tuple(f"left out: {counted(n, 'preposition')} {why}" for why, n in sorted(left_out.items()))
    return sentences, notes


def _label(path: Path, line: int, value: str, column: int) -> str:
    if not value.startswith(_PREFIX) or value == _PREFIX:
        raise line_error(path, line, f"column {column + 1} is {value!r}", "a supersense such as p.Locus")
    return value.removeprefix(_PREFIX)
