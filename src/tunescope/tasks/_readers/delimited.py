"""CSV and TSV: a head line and a row a line; delimiter, quoting and encoding are found out and said."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from tunescope.errors import DataError
from tunescope.tasks._clean import MARKERS, Missing
from tunescope.tasks._columns import ROLES
from tunescope.tasks._lines import MAX_TEXT, UTF8, decode, line_error, read_bytes, split_lines
from tunescope.tasks._reader import Reader, Reading, ReadOptions
from tunescope.tasks._rows import Table, read_table
from tunescope.tasks._said import counted

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_LOOKED_AT = 200
"""Lines by which the delimiter is found out."""
_QUOTED = "\ue000"
"""A private character that marks, while rows are read, a field that is quoted and would else say "missing"."""


class Csv(Reader):
    """A head line with names, fields between commas (or semicolons, tabs, bars), quoted where need be (RFC 4180)."""

    name, about, rank = "csv", "a head line, fields between commas, semicolons, tabs or bars", 80
    suffixes: ClassVar[tuple[str, ...]] = (".csv",)
    delimiter: str | None = None

    def read(self, path: Path, options: ReadOptions) -> Reading:
        """The rows as labelled sentences."""
        text, encoding, why = _text(path, options.encoding)
        lines = split_lines(text)
        said = re.fullmatch("sep=(.)", lines[0].strip('"')) if lines else None  # as spreadsheets begin a file
        lines[:1] = [""] if said else lines[:1]
        delimiter = options.delimiter or self.delimiter or (said[1] if said else _find_delimiter(lines))
        if len(delimiter) != 1 or delimiter in '"\r\n':
            raise DataError(f"{path}: the delimiter is {delimiter!r}; expected one character, no quotation mark")
        numbers = bool(options.columns) and all(isinstance(column, int) for column in options.columns.values())
        records, quotes = _records(path, lines, delimiter, options)
        table = _table(path, records, options, has_head=not numbers)
        understood = (
            f"format: {self.name}",
            f"delimiter: {_DELIMITERS.get(delimiter, delimiter)}",
            f"quotation marks: {quotes}",
            f"encoding: {encoding}{why}",
            *([] if table.has_head else ["head line: none, columns are counted from 1"]),
        )
        return read_table(path, Table(table.names, table.rows, False, table.has_head, understood=understood), options)

    def recognises(self, path: Path, head: bytes) -> bool:
        """By a head line that names a text and a label."""
        first = head.decode("utf-8-sig", "replace").splitlines()[:1]
        return bool(first) and any(_known(first[0].split(mark)) >= 2 for mark in _DELIMITERS)


class Tsv(Csv):
    """As CSV, with tabs between fields; quotation marks that do not quote whole fields are text."""

    name, suffixes, about, rank = "tsv", (".tsv", ".tab"), "a head line, fields between tabs", 70
    delimiter = "\t"

    def recognises(self, path: Path, head: bytes) -> bool:
        """By a head line that names a text and a label between tabs."""
        first = head.decode("utf-8-sig", "replace").splitlines()[:1]
        return bool(first) and _known(first[0].split("\t")) >= 2


@dataclass(frozen=True)
class _Record:
    line: int
    fields: list[str]


def _text(path: Path, encoding: str | None) -> tuple[str, str, str]:
    """Text, encoding, and why it is another one than UTF-8: tables are often written by office programs.

    Windows-1252 is taken only where nothing beyond ASCII is UTF-8: a file of which one byte is damaged is refused.
    """
    content = read_bytes(path)
    try:
        return (*decode(content, path, encoding), "")
    except DataError as error:
        legible = content.decode("utf-8", "ignore").isascii()
        if encoding is not None or not legible or f"is not {UTF8}" not in str(error):
            raise
        try:
            text, _ = decode(content, path, "cp1252")
        except DataError:
            raise error from None
        where = re.match(r", (line \d+)", str(error).removeprefix(str(path)))
        return text, "windows-1252", f" (it is not UTF-8: {where[1] if where else 'line 1'})"


def _known(names: Sequence[str]) -> int:
    """How many of the names are those of known columns."""
    known = {name for names_of_role in ROLES.values() for name in names_of_role}
    return sum(name.strip().strip('"').lower() in known for name in names)


def _find_delimiter(lines: Sequence[str]) -> str:
    """The character that cuts the head line into known names, and the lines into as many fields as that one."""

    def score(delimiter: str) -> tuple[int, float, int]:
        try:
            rows = [row for row in csv.reader(lines[:_LOOKED_AT], delimiter=delimiter) if row]
        except csv.Error:
            return 0, 0.0, 0
        width = len(rows[0]) if rows else 0
        if width < 2:
            return 0, 0.0, 0
        return _known(rows[0]), sum(len(row) == width for row in rows) / len(rows), width

    return max(_DELIMITERS, key=score)


def _records(path: Path, lines: list[str], delimiter: str, options: ReadOptions) -> tuple[list[_Record], str]:
    """The records, and what quotation marks are in them."""
    if not any('"' in line for line in lines):
        return list(_plain(lines, delimiter)), "none"
    if options.quotes == "none":
        return list(_plain(lines, delimiter)), "text, as was told"
    try:
        records = list(_quoted(path, lines, delimiter, options))
        if options.quotes is None and delimiter == "\t" and any(_swallowed(f) for r in records for f in r.fields):
            raise line_error(path, 1, "a quoted field over several rows", "")
    except DataError:
        if options.quotes == "csv" or delimiter != "\t":
            raise
        return list(_plain(lines, delimiter)), "text, for they do not quote whole fields"
    return records, "around fields"


def _swallowed(field: str) -> bool:
    """Whether a field of a table with tabs holds whole rows: then its quotation mark quoted nothing."""
    return "\n" in field and "\t" in field


def _plain(lines: Sequence[str], delimiter: str) -> Iterator[_Record]:
    for number, line in enumerate(lines, start=1):
        if line.strip(" "):
            yield _Record(number, line.split(delimiter))


def _quoted(path: Path, lines: Sequence[str], delimiter: str, options: ReadOptions) -> Iterator[_Record]:
    marked = _marker(delimiter, options)
    reader = csv.reader(
        (marked(line) + "\n" for line in lines), delimiter=delimiter, strict=True, skipinitialspace=True
    )
    begun = 1
    while True:
        try:
            fields = next(reader, None)
        except csv.Error as error:
            expected = 'fields with quotation marks around the whole, those inside doubled ("")'
            raise line_error(path, begun, f"the row cannot be read ({error})", expected) from None
        if fields is None:
            return
        if fields:
            yield _Record(begun, fields)
        begun = reader.line_num + 1


def _marker(delimiter: str, options: ReadOptions) -> Any:
    """What marks, in a line, the quoted fields that would say "missing" without their quotation marks."""
    words = "|".join(re.escape(word) for word in sorted(_missing(options), key=len, reverse=True) if word)
    if not words:
        return str
    edge = re.escape(delimiter)
    pattern = re.compile(f'((?:^|{edge}) *)"({words})"(?={edge}|$)')
    return lambda line: pattern.sub(rf'\1"\2{_QUOTED}"', line) if '"' in line else line


def _missing(options: ReadOptions) -> frozenset[str]:
    return MARKERS if options.missing is None else frozenset(options.missing)


def _table(path: Path, records: Sequence[_Record], options: ReadOptions, *, has_head: bool) -> Table:
    if not records:
        raise DataError(f"{path} holds no row; expected a head line and a row a line")
    head = records[0]
    names = [name.strip().removesuffix(_QUOTED) for name in head.fields] if has_head else []
    if not has_head:
        names = [str(number) for number in range(1, len(head.fields) + 1)]
    twice = [name for name in names if name and names.count(name) > 1]
    if twice:
        raise line_error(path, head.line, f"two columns are called {twice[0]!r}", "a name of its own for each")
    marked = _missing(options)
    rows: list[tuple[int | str, dict[str, Any]]] = []
    for record in records[1:] if has_head else records:
        if len(record.fields) != len(names):
            expected = f"{len(names)}, as in the {'head line' if has_head else 'first line'}"
            raise line_error(path, record.line, counted(len(record.fields), "column"), expected)
        if any(len(field) > MAX_TEXT for field in record.fields):
            raise line_error(path, record.line, "a field that is too long", f"at most {MAX_TEXT:,} characters")
        rows.append((record.line, {n: _value(f, marked) for n, f in zip(names, record.fields, strict=True)}))
    return Table(dict.fromkeys(names, head.line), rows, has_head=has_head)


def _value(field: str, marked: frozenset[str]) -> Any:
    """A field; `Missing` for one that says so. Texts are never missing by what they say: a review may be `NA`."""
    if field.endswith(_QUOTED):
        return field.removesuffix(_QUOTED)
    return Missing(field.strip()) if field.strip() in marked else field
