"""CoNLL-U and files like it: blocks of tab-separated lines (universaldependencies.org/format)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from tunescope.errors import DataError
from tunescope.tasks._clean import label_text
from tunescope.tasks._lines import line_error, numbered_lines
from tunescope.tasks._said import counted
from tunescope.tasks._split import LabelledSentence
from tunescope.tasks._task import Sentence

ConlluKind = Literal["pos", "xpos", "dep"]
"""What is read from a CoNLL-U file: UPOS, XPOS, or DEPREL of the pair (head, dependent)."""

UPOS = (
    *("ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM"),
    *("PART", "PRON", "PROPN", "PUNCT", "SCONJ", "SYM", "VERB", "X"),
)
"""The 17 universal parts of speech."""

_NUMBER = "[1-9][0-9]{0,8}"
_WORD = re.compile(_NUMBER)
_RANGE = re.compile(f"({_NUMBER})-({_NUMBER})")
_EMPTY_NODE = re.compile(rf"(0|{_NUMBER})\.({_NUMBER})")
_GLOBAL_COLUMNS = re.compile(r"#\s*global\.columns\s*=\s*(.*\S)\s*")
_COLUMNS = ("ID", "FORM", "LEMMA", "UPOS", "XPOS", "FEATS", "HEAD", "DEPREL", "DEPS", "MISC")
_SENTENCE_ID = re.compile(r"#\s*sent_id\s*=\s*(.*\S)\s*")


@dataclass(frozen=True)
class WordLine:
    """The line of a syntactic word."""

    line: int
    """Line number in the file, from 1."""
    fields: tuple[str, ...]
    """Its columns."""


@dataclass(frozen=True)
class Block:
    """A sentence of the file: its syntactic words; multiword tokens and empty nodes are read over."""

    id: str
    """Its `sent_id`, or `line N` of its first word."""
    words: tuple[WordLine, ...]

    def sentence(self) -> Sentence:
        """The forms of its words."""
        return Sentence(self.id, tuple(word.fields[1] for word in self.words))


def read_blocks(path: Path, n_columns: int = 10) -> Iterator[Block]:
    """The sentences of a file whose columns begin as in CoNLL-U.

    Words are the lines with a whole number as ID. Multiword tokens (`1-2`) and empty nodes (`8.1`) are
    checked and read over: the words under a multiword token are lines of their own, and an empty node is no
    word of the text. Comments stand before the words; a blank line (or the end of the file) ends a sentence.
    A first line `# global.columns = …` (CoNLL-U Plus, PARSEME's .cupt) names the columns; those of CoNLL-U that
    it lacks are `_`.

    Raises
    ------
    DataError
        A line breaks the format; the message names file and line.
    """
    reader = _BlockReader(path, n_columns)
    if path.suffix.lower() == ".cupt":
        reader.name_columns(1, " ".join((*_COLUMNS, "PARSEME:MWE")))
    for number, line in numbered_lines(path):
        if match := _GLOBAL_COLUMNS.fullmatch(line):
            reader.name_columns(number, match[1])
        elif line.strip() == "":
            if line:
                raise line_error(path, number, "the line holds only white space", "an empty line between sentences")
            if block := reader.finish(number):
                yield block
        elif line.startswith("#"):
            reader.comment(number, line)
        else:
            reader.word(number, line)
    if block := reader.finish(None):
        yield block


class _BlockReader:
    """The state of one sentence while its lines are read."""

    def __init__(self, path: Path, n_columns: int) -> None:
        self.path, self.n_columns = path, n_columns
        self.order: tuple[int | None, ...] | None = None
        self._start()

    def name_columns(self, number: int, names: str) -> None:
        """Take the columns of CoNLL-U from where `# global.columns` says that they are."""
        columns = names.split()
        if "ID" not in columns or "FORM" not in columns:
            raise line_error(self.path, number, f"the columns {names[:100]}", "ID and FORM among them")
        self.n_columns = len(columns)
        self.order = tuple(columns.index(name) if name in columns else None for name in _COLUMNS)

    def _start(self) -> None:
        self.id: str | None = None
        self.comments_from: int | None = None
        self.words: list[WordLine] = []
        self.empty_nodes = 0  # after the last word
        self.any_line = False
        self.range_end, self.range_line = 0, 0

    def comment(self, number: int, line: str) -> None:
        if self.any_line:
            raise line_error(self.path, number, "a comment inside a sentence", "comments before its first word only")
        if self.comments_from is None:
            self.comments_from = number
        if match := _SENTENCE_ID.fullmatch(line):
            self.id = match[1]

    def word(self, number: int, line: str) -> None:
        self.any_line = True
        fields = tuple(line.split("\t"))
        if len(fields) != self.n_columns:
            raise line_error(
                self.path, number, f"{counted(len(fields), 'column')}", f"{self.n_columns}, separated by tabs"
            )
        for column, value in enumerate(fields, start=1):
            if not value.strip():
                wrong = f"column {column} holds only white space" if value else f"column {column} is empty"
                raise line_error(self.path, number, wrong, "a value, or `_` for none")
        if self.order is not None:
            fields = tuple("_" if at is None else fields[at] for at in self.order)
        after = len(self.words)
        if _WORD.fullmatch(fields[0]):
            if int(fields[0]) != after + 1:
                raise line_error(self.path, number, f"ID is {fields[0]}", f"{after + 1}: words count up from 1")
            self.words.append(WordLine(number, fields))
            self.empty_nodes = 0
        elif match := _RANGE.fullmatch(fields[0]):
            first, last = int(match[1]), int(match[2])
            if first != after + 1 or last < first or first <= self.range_end:
                wrong = f"the multiword token {fields[0]} is out of place"
                raise line_error(self.path, number, wrong, f"one that begins with word {after + 1}, just before it")
            self.range_end, self.range_line = last, number
        elif match := _EMPTY_NODE.fullmatch(fields[0]):
            if int(match[1]) != after or int(match[2]) != self.empty_nodes + 1:
                wrong = f"the empty node {fields[0]} is out of place"
                raise line_error(self.path, number, wrong, f"{after}.{self.empty_nodes + 1}")
            self.empty_nodes += 1
        else:
            wrong = f"ID is {fields[0][:60]!r}"
            raise line_error(self.path, number, wrong, "a number (1), a range (1-2) or an empty node (1.1)")

    def finish(self, number: int | None) -> Block | None:
        """The sentence that ends here; None when nothing has begun."""
        if not self.any_line:
            if self.comments_from is not None:
                wrong = "comments without a sentence"
                raise line_error(self.path, self.comments_from, wrong, "the words of a sentence after its comments")
            return None
        if self.range_end > len(self.words):
            size = counted(len(self.words), "word")
            wrong = f"a multiword token reaches to word {self.range_end} of a sentence of {size}"
            raise line_error(self.path, self.range_line, wrong, "a range within the sentence")
        if not self.words:
            raise line_error(self.path, number or 0, "a sentence without words", "at least one word")
        block = Block(self.id or f"line {self.words[0].line}", tuple(self.words))
        self._start()
        return block


PREDICTED: dict[str, str] = {
    "pos": "universal part of speech of a word",
    "xpos": "language-specific part of speech of a word",
    "dep": "dependency relation of a word to its head",
}
"""What each kind of label is, in words."""

_LABEL_COLUMNS = {"pos": 3, "xpos": 4, "dep": 7}


class _Labels:
    """The labels of a column; those that are missing are counted, or refused."""

    def __init__(self, path: Path, kind: ConlluKind, drop: bool) -> None:
        self.path, self.column, self.drop = path, _LABEL_COLUMNS[kind], drop
        self.n_missing = 0

    def label(self, word: WordLine) -> str | None:
        """The label of a word; None for one without."""
        try:
            label = label_text(word.fields[self.column])
        except ValueError as error:
            raise line_error(self.path, word.line, str(error), "a label") from None
        name = f"{_COLUMNS[self.column]} (column {self.column + 1})"
        if label == "_":
            if not self.drop:
                expected = "a label; or `without_label: drop`, which leaves out words without"
                raise line_error(self.path, word.line, f"{name} is `_`", expected)
            self.n_missing += 1
            return None
        if self.column == 3 and label not in UPOS:
            raise line_error(self.path, word.line, f"{name} is {label[:60]!r}", "one of " + ", ".join(UPOS))
        return label


def _tags(block: Block, labels: _Labels) -> LabelledSentence:
    found = ((i, labels.label(word)) for i, word in enumerate(block.words))
    return LabelledSentence(block.sentence(), tuple(((i,), label) for i, label in found if label is not None))


def _arcs(block: Block, labels: _Labels) -> LabelledSentence:
    path, targets, heads = labels.path, [], []
    n = len(block.words)
    for i, word in enumerate(block.words):
        head = word.fields[6]
        if not (head == "0" or (_WORD.fullmatch(head) and int(head) <= n)):
            raise line_error(path, word.line, f"HEAD (column 7) is {head[:60]!r}", f"a number from 0 to {n}")
        if int(head) == i + 1:
            raise line_error(path, word.line, f"HEAD (column 7) is the word itself ({head})", "another word or 0")
        heads.append(int(head))
        relation = labels.label(word)
        if head != "0" and relation is not None:
            targets.append(((int(head) - 1, i), relation))
    circle = _circle(heads)
    if circle:
        words = ", ".join(str(word) for word in circle[:10]) + (", …" if len(circle) > 10 else "")
        wrong = f"the heads of sentence {block.id!r} go round in a circle (words {words})"
        raise line_error(path, block.words[circle[0] - 1].line, wrong, "a tree, in which every word leads to the root")
    return LabelledSentence(block.sentence(), tuple(targets))


def _circle(heads: Sequence[int]) -> list[int]:
    """The words (from 1, the least first) of a circle that the heads make; an empty list for a tree."""
    done: set[int] = {0}
    for start in range(1, len(heads) + 1):
        way: dict[int, int] = {}
        word = start
        while word not in done and word not in way:
            way[word] = len(way)
            word = heads[word - 1]
        if word in way:
            circle = list(way)[way[word] :]
            least = circle.index(min(circle))
            return circle[least:] + circle[:least]
        done.update(way)
    return []


def read_conllu(
    path: str | Path, kind: ConlluKind, *, drop: bool = False, notes: list[str] | None = None
) -> list[LabelledSentence]:
    """The labelled sentences of a CoNLL-U file.

    Parameters
    ----------
    path : str or Path
        The file.
    kind : {'pos', 'xpos', 'dep'}
        `pos`: every word with its UPOS; `xpos`: every word with its XPOS; `dep`: every pair (head, dependent) with
        its full relation, subtype included; the root has no head and is left out.
    drop : bool, optional
        Leave out words without a label (`_`), instead of refusing the file.
    notes : list, optional
        A list to which the count of those is added.

    Raises
    ------
    DataError
        The file is not CoNLL-U, a label is missing, or (`dep`) the heads of a sentence are no tree; the message
        names file and line.
    """
    path = Path(path)
    if kind not in get_args(ConlluKind):
        raise DataError(f"kind is {kind!r}; expected one of {', '.join(get_args(ConlluKind))}")
    labels = _Labels(path, kind, drop)
    make = _arcs if kind == "dep" else _tags
    sentences = [make(block, labels) for block in read_blocks(path)]
    if not sentences:
        raise DataError(f"{path} holds no sentence; expected a CoNLL-U file")
    if labels.n_missing and notes is not None:
        notes.append(f"left out: {counted(labels.n_missing, 'word')} without a label (`_`)")
    return sentences


def first_columns(head: bytes) -> int:
    """How many columns the first line has that begins with the number 1 and a tab; 0 where there is none.

    `head` is the beginning of a file.
    """
    for line in head.decode("utf-8-sig", "ignore").splitlines():
        if line.startswith("1\t"):
            return len(line.split("\t"))
        if line and not line.startswith("#"):
            return 0
    return 0
