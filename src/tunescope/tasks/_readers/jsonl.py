"""JSON: one object a line (.jsonl, .ndjson), or a list of objects (.json)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tunescope.tasks._lines import decode, line_error, read_bytes, split_lines
from tunescope.tasks._reader import Reader, Reading, ReadOptions
from tunescope.tasks._rows import Table, read_table


class Jsonl(Reader):
    """Objects with `text` (a string) or `words` (a list), `label`, and for words and pairs `positions`."""

    name, suffixes, about, rank = "jsonl", (".jsonl", ".ndjson", ".json"), "a JSON object a line", 20

    def read(self, path: Path, options: ReadOptions) -> Reading:
        """The objects as labelled sentences."""
        text, encoding = decode(read_bytes(path), path, options.encoding)
        is_list = text.lstrip().startswith("[") and path.suffix.lower() == ".json"
        rows = list(_of_list(path, text) if is_list else _of_lines(path, text))
        names: dict[str, int | str] = {}
        for place, row in rows:
            for name in row:
                names.setdefault(name, place)
        shape = "a list of objects" if is_list else "an object a line"
        table = Table(names, rows, understood=(f"format: {self.name} ({shape})", f"encoding: {encoding}"))
        return read_table(path, table, options)

    def recognises(self, path: Path, head: bytes) -> bool:
        """By an object at the beginning."""
        return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def _of_lines(path: Path, text: str) -> Iterator[tuple[int | str, dict[str, Any]]]:
    for number, line in enumerate(split_lines(text), start=1):
        if line.strip():
            yield number, _object(path, number, _parsed(path, number, line))


def _of_list(path: Path, text: str) -> Iterator[tuple[int | str, dict[str, Any]]]:
    for number, item in enumerate(_parsed(path, 1, text), start=1):
        yield f"object {number}", _object(path, f"object {number}", item)


def _parsed(path: Path, number: int, text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        line = number + error.lineno - 1
        raise line_error(
            path, line, f"not JSON (column {error.colno}: {error.msg})", "one JSON object a line"
        ) from error
    except RecursionError:
        raise line_error(path, number, "JSON that is nested too deeply", "one flat JSON object a line") from None
    except ValueError as error:  # a number of thousands of digits, a name twice
        raise line_error(path, number, f"not JSON that can be read ({error})", "one JSON object a line") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)!r} stands there twice")
    return found


def _object(path: Path, place: int | str, row: Any) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise line_error(path, place, f"a JSON {type(row).__name__}", "an object with text or words, and label")
    return row
