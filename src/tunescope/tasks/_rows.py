"""From the rows of any table to labelled sentences: one boundary for text, positions and labels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Integral
from pathlib import Path
from typing import Any

from tunescope.errors import DataError
from tunescope.tasks._clean import MARKERS, Missing, checked_words, label_text, missing
from tunescope.tasks._columns import find_columns
from tunescope.tasks._lines import line_error
from tunescope.tasks._reader import Reading, ReadOptions
from tunescope.tasks._said import counted
from tunescope.tasks._split import LabelledSentence
from tunescope.tasks._task import KIND_OF, N_POSITIONS, Sentence

_EXPECTED_POSITIONS = "a word's index from 0, two of them (head, dependent), or none for the whole sentence"
_EXPECTED_LABEL = "text, a whole number, or true and false"
IGNORED = -100
"""The number by which data sets mark words that carry no tag (as PyTorch's cross-entropy does)."""


@dataclass(frozen=True)
class Table:
    """A table as a reader of a format gives it."""

    names: Mapping[str, int | str]
    """Its columns, with the place where each is first met: a line, or words."""
    rows: Sequence[tuple[int | str, Mapping[str, Any]]]
    """Place and fields of each row."""
    has_types: bool = True
    """False where every field is text: then words and tags are cut at blanks, positions at commas."""
    has_head: bool = False
    """Whether the names stand in a head line."""
    class_names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Of columns whose labels are numbers, the names of the classes."""
    understood: tuple[str, ...] = ()
    """What was found out of the format."""


@dataclass(frozen=True)
class _Row:
    place: int | str
    number: int
    words: tuple[str, ...]
    pair: tuple[str, ...] | None
    targets: tuple[tuple[tuple[int, ...], str], ...]


def read_table(path: Path | str, table: Table, options: ReadOptions) -> Reading:
    """The labelled sentences of a table.

    Rows one after the other with the same words and different positions are targets of one sentence. A sentence is
    called by the number of its first row, so that the same table in two formats is the same task.

    Raises
    ------
    DataError
        A column is missing, or a row has no words, positions outside of them, or no label that can be used; the
        message names file and line.
    """
    if not table.rows:
        raise DataError(f"{path} holds no row; expected one target a line")
    columns = find_columns(path, table.names, options.columns, has_head=table.has_head)
    rows = _RowReader(path, table, columns, options)
    numbered = (rows.row(number, place, fields) for number, (place, fields) in enumerate(table.rows, start=1))
    read = [row for row in numbered if row is not None]
    notes = rows.notes()
    if not read:
        raise DataError(f"{path} holds no row with a label; {'; '.join(notes)}")
    n_positions = len(read[0].targets[0][0])
    for row in read:
        if len(row.targets[0][0]) != n_positions:
            n = len(row.targets[0][0])
            wrong = f"{counted(n, 'position')}, but {_said_place(read[0].place)} has {n_positions}"
            raise line_error(path, row.place, wrong, "the same number in every line: one task has one kind of target")
    return Reading(
        kind=KIND_OF[n_positions],
        train=_sentences(read),
        understood=(*table.understood, *_said_columns(columns, table)),
        notes=notes,
    )


def _said_place(place: int | str) -> str:
    return f"line {place}" if isinstance(place, int) else place


def _said_columns(columns: Mapping[str, str], table: Table) -> tuple[str, ...]:
    rest = [name or "(no name)" for name in table.names if name not in columns.values()]
    read = ", ".join(f"{role}: {column}" if role != column else role for role, column in columns.items())
    left = f"columns not read: {', '.join(rest[:20])}{f' and {len(rest) - 20} more' if len(rest) > 20 else ''}"
    return (f"columns: {read}", *([left] if rest else []))


def _sentences(rows: Sequence[_Row]) -> list[LabelledSentence]:
    groups: list[list[_Row]] = []
    positions: set[tuple[int, ...]] = set()
    for row in rows:
        first, at = groups[-1][0] if groups else row, row.targets[0][0]
        is_same = bool(groups) and (first.words, first.pair) == (row.words, row.pair)
        if is_same and len(row.targets) == 1 and at and at not in positions:
            groups[-1].append(row)
        else:
            groups.append([row])
            positions = set()
        positions.update(target[0] for target in row.targets)
    return [
        LabelledSentence(
            Sentence(f"row {group[0].number}", group[0].words, group[0].pair),
            tuple(target for row in group for target in row.targets),
        )
        for group in groups
    ]


class _RowReader:
    """Reads row after row, and counts those that have no label."""

    def __init__(self, path: Path | str, table: Table, columns: Mapping[str, str], options: ReadOptions) -> None:
        self.path, self.columns, self.options = path, columns, options
        self.has_types, self.class_names = table.has_types, table.class_names
        self.markers = MARKERS if options.missing is None else frozenset(options.missing)
        self.n_labels = self.n_ignored = self.n_without_text = 0
        self.first_without_text: int | str = ""
        self.without: Counter[str] = Counter()
        self.first_without: int | str = ""

    def row(self, number: int, place: int | str, fields: Mapping[str, Any]) -> _Row | None:
        """A row; None for one without a label (the count tells)."""
        given = {role: fields[column] for role, column in self.columns.items() if column in fields}
        for role in ("text", "pair", "words"):  # what marks a missing label is a word like any other in a text
            if isinstance(given.get(role), Missing):
                given[role] = given[role].spelling
        if self.options.without_text == "drop" and self._lacks_text(given):
            self.n_without_text += 1
            self.first_without_text = self.first_without_text or place
            return None
        try:
            words, pair = self._words(given)
        except ValueError as error:
            expected = "a text, or a list of words that are not empty"
            hint = "; or `without_text: drop`, which leaves out rows without" if self._lacks_text(given) else ""
            raise line_error(self.path, place, str(error), expected + hint) from None
        if "tags" in self.columns:
            targets = self._tags(place, given.get("tags"), words)
        else:
            positions = self._positions(place, given.get("positions"), len(words))
            label = self._label(place, given.get("label"), self.columns.get("label", ""))
            targets = () if label is None else ((positions, label),)
        return _Row(place, number, words, pair, targets) if targets else None

    def _lacks_text(self, given: Mapping[str, Any]) -> bool:
        """Whether a row has no text, or of two texts only one."""
        told = [given.get(role) for role in ("text", "words") if role in self.columns]
        lacking = [missing(value) is not None or (isinstance(value, (list, tuple)) and not value) for value in told]
        return all(lacking) or ("pair" in self.columns and missing(given.get("pair")) is not None)

    def _words(self, given: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
        there = [role for role in ("text", "words") if missing(given.get(role)) is None]
        if len(there) > 1 or not {"text", "words"} & set(given):
            raise ValueError("both or neither of text and words")
        if not there:
            raise ValueError("no words in text or words")
        value = given[there[0]]
        is_text = there[0] == "text" or (not self.has_types and isinstance(value, str))
        read = checked_words(value, is_text=is_text)
        if "pair" not in self.columns:
            return read, None
        pair = given.get("pair")
        if missing(pair) is not None:
            raise ValueError("no second text")
        return read, checked_words(pair, is_text=isinstance(pair, (str, bytes)))

    def _positions(self, place: int | str, value: Any, n_words: int) -> tuple[int, ...]:
        value = value.tolist() if hasattr(value, "tolist") else value
        shown = value
        if not self.has_types and isinstance(value, str):
            parts = [part for part in re.split(r"[,\s]+", value.strip()) if part]
            value = [int(part) if re.fullmatch(r"-?[0-9]{1,9}", part) else part for part in parts]
        elif value is None or (not isinstance(value, (str, list, tuple)) and missing(value) is not None):
            value = []
        positions = list(value) if isinstance(value, (list, tuple)) else [value]
        positions = [int(p) if isinstance(p, float) and p.is_integer() else p for p in positions]
        if len(positions) not in KIND_OF or not all(isinstance(p, int) and not isinstance(p, bool) for p in positions):
            raise line_error(self.path, place, f"positions are {repr(shown)[:60]}", _EXPECTED_POSITIONS)
        if not all(0 <= p < n_words for p in positions):
            raise line_error(self.path, place, f"positions are {positions}", f"numbers from 0 to {n_words - 1}")
        return tuple(positions)

    def _tags(self, place: int | str, value: Any, words: tuple[str, ...]) -> tuple[tuple[tuple[int, ...], str], ...]:
        value = value.tolist() if hasattr(value, "tolist") else value
        if not self.has_types and isinstance(value, str):
            value = [Missing(tag) if tag in self.markers else tag for tag in value.split()]
        if not isinstance(value, (list, tuple)):
            raise line_error(self.path, place, f"tags are {repr(value)[:60]}", "a list with a tag for every word")
        if len(value) != len(words):
            wrong = f"{counted(len(value), 'tag')} for {counted(len(words), 'word')}"
            raise line_error(self.path, place, wrong, "a tag for every word")
        labels = [self._label(place, tag, self.columns["tags"]) for tag in value]
        return tuple(((i,), label) for i, label in enumerate(labels) if label is not None)

    def _label(self, place: int | str, value: Any, column: str) -> str | None:
        names = self.class_names.get(column)
        number = int(value) if isinstance(value, Integral) and not isinstance(value, bool) else None
        if number == IGNORED and "tags" in self.columns:
            self.n_ignored += 1
            return None
        self.n_labels += 1
        value = Missing("-1") if names is not None and number == -1 else value
        spelling = missing(value)
        if spelling is not None:
            self.without[spelling] += 1
            self.first_without = self.first_without or place
            return None
        if names is not None and number is not None:
            if not 0 <= number < len(names):
                raise line_error(self.path, place, f"label is {number}", f"a number from 0 to {len(names) - 1}")
            value = names[number]
        try:
            return label_text(value)
        except ValueError as error:
            raise line_error(self.path, place, str(error), _EXPECTED_LABEL) from None

    def notes(self) -> tuple[str, ...]:
        """What was left out; raises `DataError` where labels are missing and that is not allowed."""
        ignored = f"left out: {counted(self.n_ignored, 'word')} without a tag (-100)"
        notes = [ignored] if self.n_ignored else []
        if self.n_without_text:
            said = f"left out: {counted(self.n_without_text, 'row')} without a text"
            notes.append(f"{said}, first at {_said_place(self.first_without_text)}")
        n = sum(self.without.values())
        if n:
            what = "word" if "tags" in self.columns else "row"
            spelled = ", ".join(f"{spelling} {count:,}" for spelling, count in sorted(self.without.items()))
            said = f"{n:,} of {counted(self.n_labels, what)} {'has' if n == 1 else 'have'} no label ({spelled})"
            if self.options.without_label != "drop":
                expected = f"a label for every {what}; or `without_label: drop`, which leaves out those without"
                is_marked = not self.has_types and set(self.without) != {"empty"}
                hint = "; a label that is this text stands in quotation marks" if is_marked else ""
                raise line_error(self.path, self.first_without, said, expected + hint)
            notes.append(f"left out: {said}, first at {_said_place(self.first_without)}")
        return tuple(notes)


def same_kind(first: Reading, first_path: object, second: Reading, second_path: object) -> None:
    """Check that two files hold targets of one kind; raises `DataError` where they do not."""
    if first.kind != second.kind:
        one, two = (counted(N_POSITIONS[reading.kind], "position") for reading in (first, second))
        raise DataError(f"{first_path} has {one} a line and {second_path} has {two}; expected the same kind of target")
