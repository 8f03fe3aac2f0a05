"""CoNLL-U and files like it: blocks of tab-separated lines (universaldependencies.org/format)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from tunescope.errors import DataError
from tunescope.tasks._lines import line_error, numbered_lines
from tunescope.tasks._notes import observations
from tunescope.tasks._said import counted
from tunescope.tasks._split import LabelledSentence, build_split, draw_split
from tunescope.tasks._task import Kind, Sentence, Task

ConlluKind = Literal["pos", "xpos", "dep"]
"""What is read from a CoNLL-U file: UPOS, XPOS, or DEPREL of the pair (head, dependent)."""

UPOS = (
    *("ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM"),
    *("PART", "PRON", "PROPN", "PUNCT", "SCONJ", "SYM", "VERB", "X"),
)
"""The 17 universal parts of speech."""

_WORD = re.compile(r"[1-9][0-9]*")
_RANGE = re.compile(r"([1-9][0-9]*)-([1-9][0-9]*)")
_EMPTY_NODE = re.compile(r"(0|[1-9][0-9]*)\.([1-9][0-9]*)")
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
    Raises `DataError` naming file and line when a line breaks the format.
    """
    reader = _BlockReader(path, n_columns)
    for number, line in numbered_lines(path):
        if line.strip() == "":
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
        self._start()

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
                raise line_error(self.path, number, f"column {column} is empty", "a value, or `_` for none")
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
            wrong = f"ID is {fields[0]!r}"
            raise line_error(self.path, number, wrong, "a number (1), a range (1-2) or an empty node (1.1)")

    def finish(self, number: int | None) -> Block | None:
        """The sentence that ends here; None when nothing has begun."""
        if not self.any_line:
            if self.comments_from is not None:
                wrong = "comments without a sentence"
                raise line_error(self.path, self.comments_from, wrong, "the words of a sentence after its comments")
            return None
        if self.range_end > len(self.words):
            wrong = f"a multiword token reaches to word {self.range_end} of a sentence of {len(self.words)}"
            raise line_error(self.path, self.range_line, wrong, "a range within the sentence")
        if not self.words:
            raise line_error(self.path, number or 0, "a sentence without words", "at least one word")
        block = Block(self.id or f"line {self.words[0].line}", tuple(self.words))
        self._start()
        return block


def _tags(path: Path, block: Block, column: int) -> LabelledSentence:
    targets = []
    for i, word in enumerate(block.words):
        label = word.fields[column]
        if column == 3 and label not in UPOS:
            expected = "one of " + ", ".join(UPOS)
            raise line_error(path, word.line, f"UPOS (column 4) is {label!r}", expected)
        if label == "_":
            raise line_error(path, word.line, f"column {column + 1} is `_`", "a label")
        targets.append(((i,), label))
    return LabelledSentence(block.sentence(), tuple(targets))


def _arcs(path: Path, block: Block) -> LabelledSentence:
    targets = []
    n = len(block.words)
    for i, word in enumerate(block.words):
        head, relation = word.fields[6], word.fields[7]
        if not (head == "0" or (_WORD.fullmatch(head) and int(head) <= n)):
            raise line_error(path, word.line, f"HEAD (column 7) is {head!r}", f"a number from 0 to {n}")
        if int(head) == i + 1:
            raise line_error(path, word.line, f"HEAD (column 7) is the word itself ({head})", "another word or 0")
        if relation == "_":
            raise line_error(path, word.line, "DEPREL (column 8) is `_`", "a relation")
        if head != "0":
            targets.append(((int(head) - 1, i), relation))
    return LabelledSentence(block.sentence(), tuple(targets))


def read_conllu(path: str | Path, kind: ConlluKind) -> list[LabelledSentence]:
    """The labelled sentences of a CoNLL-U file.

    `pos`: every word with its UPOS; `xpos`: every word with its XPOS; `dep`: every pair (head, dependent)
    with its full relation, subtype included; the root has no head and is left out.
    Raises `DataError` naming file and line when the file is not CoNLL-U or a label is missing.
    """
    path = Path(path)
    if kind not in get_args(ConlluKind):
        raise DataError(f"kind is {kind!r}; expected one of {', '.join(get_args(ConlluKind))}")
    if kind == "dep":
        sentences = [_arcs(path, block) for block in read_blocks(path)]
    else:
        column = 3 if kind == "pos" else 4
        sentences = [_tags(path, block, column) for block in read_blocks(path)]
    if not sentences:
        raise DataError(f"{path} holds no sentence; expected a CoNLL-U file")
    return sentences


def task_from_conllu(
    train_path: str | Path,
    test_path: str | Path | None = None,
    kind: ConlluKind = "pos",
    *,
    name: str | None = None,
    description: str | None = None,
    source: str = "",
    test_share: float = 0.2,
    seed: int = 0,
) -> Task:
    """A task from CoNLL-U files of your own.

    Without `test_path` the sentences of `train_path` are cut in two by `seed`, `test_share` of them for test.
    Raises `DataError` naming file and line when a file is not CoNLL-U.
    """
    train = read_conllu(train_path, kind)
    if test_path is None:
        train, test = draw_split(train, test_share, seed)
    else:
        test = read_conllu(test_path, kind)
    train_split, train_notes = build_split("train", train)
    test_split, test_notes = build_split("test", test)
    predicted = {
        "pos": "universal part of speech of a word",
        "xpos": "language-specific part of speech of a word",
        "dep": "dependency relation of a word to its head",
    }
    point: Kind = "pair" if kind == "dep" else "word"
    return Task(
        name=name or f"{Path(train_path).stem}-{kind}",
        kind=point,
        train=train_split,
        test=test_split,
        description=description or predicted[kind],
        source=source or f"{train_path}" + (f", {test_path}" if test_path else ""),
        notes=(*train_notes, *test_notes, *observations(train_split, test_split)),
    )
