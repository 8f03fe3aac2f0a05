"""Tasks from a table of your own: JSONL or TSV, one target a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tunescope.errors import DataError
from tunescope.tasks._lines import line_error, numbered_lines
from tunescope.tasks._notes import observations
from tunescope.tasks._split import LabelledSentence, build_split, draw_split
from tunescope.tasks._task import KIND_OF, N_POSITIONS, Kind, Sentence, Task

_FIELDS = ("text", "words", "positions", "label")
_EXPECTED_POSITIONS = "a word's index from 0, two of them (head, dependent), or none for the whole sentence"


@dataclass(frozen=True)
class _Row:
    line: int
    words: tuple[str, ...]
    positions: tuple[int, ...]
    label: str


def _json_rows(path: Path) -> Iterator[_Row]:
    for number, line in numbered_lines(path):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            wrong = f"not JSON (column {error.colno}: {error.msg})"
            raise line_error(path, number, wrong, "one JSON object a line") from error
        if not isinstance(row, dict):
            raise line_error(path, number, f"a JSON {type(row).__name__}", "an object with text or words, and label")
        yield _row(path, number, row)


def _tsv_rows(path: Path) -> Iterator[_Row]:
    lines = numbered_lines(path)
    header = next(lines, (1, ""))[1].split("\t")
    if "label" not in header or not {"text", "words"} & set(header):
        wrong = f"the head line names the columns {', '.join(header)}"
        raise line_error(path, 1, wrong, "text or words, label, and if need be positions, separated by tabs")
    for number, line in lines:
        if not line.strip():
            continue
        fields = line.split("\t")
        if len(fields) != len(header):
            raise line_error(path, number, f"{len(fields)} columns", f"{len(header)}, as in the head line")
        row: dict[str, Any] = dict(zip(header, fields, strict=True))
        if "words" in row:
            row["words"] = row["words"].split()
        positions = re.split(r"[,\s]+", row.get("positions", "").strip())
        try:
            row["positions"] = [int(position) for position in positions if position]
        except ValueError:
            raise line_error(path, number, f"positions are {row['positions']!r}", _EXPECTED_POSITIONS) from None
        yield _row(path, number, row)


def _row(path: Path, line: int, row: dict[str, Any]) -> _Row:
    unknown = [key for key in row if key not in _FIELDS]
    if unknown:
        raise line_error(path, line, f"unknown field {unknown[0]!r}", f"fields among {', '.join(_FIELDS)}")
    if ("text" in row) == ("words" in row):
        raise line_error(path, line, "both or neither of text and words", "one of them")
    words = row["text"].split() if isinstance(row.get("text"), str) else row.get("words")
    if not isinstance(words, list) or not words or not all(isinstance(w, str) and w.strip() for w in words):
        raise line_error(path, line, "no words in text or words", "a text, or a list of words that are not empty")
    label = row.get("label")
    if isinstance(label, int) and not isinstance(label, bool):
        label = str(label)
    if not isinstance(label, str) or not label.strip():
        raise line_error(path, line, f"label is {label!r}", "text or a whole number")
    positions = row.get("positions")
    positions = [] if positions is None else positions if isinstance(positions, list) else [positions]
    if len(positions) not in KIND_OF or not all(isinstance(p, int) and not isinstance(p, bool) for p in positions):
        raise line_error(path, line, f"positions are {row['positions']!r}", _EXPECTED_POSITIONS)
    if not all(0 <= p < len(words) for p in positions):
        raise line_error(path, line, f"positions are {positions}", f"numbers from 0 to {len(words) - 1}")
    return _Row(line, tuple(words), tuple(positions), label)


def _read(path: Path) -> tuple[list[LabelledSentence], Kind]:
    readers = {".jsonl": _json_rows, ".ndjson": _json_rows, ".tsv": _tsv_rows}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise DataError(f"{path} is no table that can be read; expected a name that ends in {', '.join(readers)}")
    rows = list(reader(path))
    if not rows:
        raise DataError(f"{path} holds no row; expected one target a line")
    n = len(rows[0].positions)
    for row in rows:
        if len(row.positions) != n:
            wrong = f"{len(row.positions)} positions, but line {rows[0].line} has {n}"
            raise line_error(path, row.line, wrong, "the same number in every line: one task has one kind of target")
    groups: list[list[_Row]] = []
    for row in rows:
        if n and groups and groups[-1][0].words == row.words and all(row.positions != r.positions for r in groups[-1]):
            groups[-1].append(row)
        else:
            groups.append([row])
    sentences = [
        LabelledSentence(
            Sentence(f"line {group[0].line}", group[0].words),
            tuple((row.positions, row.label) for row in group),
        )
        for group in groups
    ]
    return sentences, KIND_OF[n]


def task_from_table(
    train_path: str | Path,
    test_path: str | Path | None = None,
    *,
    name: str | None = None,
    description: str = "labels of a table",
    source: str = "",
    test_share: float = 0.2,
    seed: int = 0,
) -> Task:
    """A task from tables of your own, one target a line.

    JSONL (`.jsonl`): objects with `text` (words are what white space separates) or `words` (a list), `label`,
    and for words and pairs `positions`: an index from 0, or two, `[head, dependent]`. TSV (`.tsv`): a head
    line with the same names; words by blanks, positions by commas or blanks. The number of positions is the
    kind of the task: none, one or two. Lines one after the other with the same words and different positions
    are targets of one sentence. Without `test_path` the sentences are cut in two by `seed`, `test_share` of
    them for test.
    Raises `DataError` naming file and line for anything else.
    """
    train, kind = _read(Path(train_path))
    if test_path is None:
        train, test = draw_split(train, test_share, seed)
    else:
        test, test_kind = _read(Path(test_path))
        if test_kind != kind:
            raise DataError(
                f"{train_path} has {N_POSITIONS[kind]} positions a line and {test_path} "
                f"{N_POSITIONS[test_kind]}; expected the same kind of target"
            )
    train_split, _ = build_split("train", train)
    test_split, _ = build_split("test", test)
    return Task(
        name=name or Path(train_path).stem,
        kind=kind,
        train=train_split,
        test=test_split,
        description=description,
        source=source or f"{train_path}" + (f", {test_path}" if test_path else ""),
        notes=observations(train_split, test_split),
    )
