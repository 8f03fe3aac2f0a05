"""Text with delimiters as an Arrow table: what separates its columns, and how it is encoded, are found out."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SAMPLE = 1 << 16


def read_delimited(path: Path, as_text: str | None = None) -> tuple[pa.Table, list[str]]:
    """Read a table with a head line.

    Parameters
    ----------
    path : Path
        A text file. A ``.tsv`` has tabs; what else separates is found out from the head line.
    as_text : str, optional
        A column that is text whatever its cells look like, such as that of the labels.

    Returns
    -------
    tuple of pyarrow.Table and list of str
        Columns of numbers where all their cells are numbers, else of text (an empty cell of text is ``""``), and
        notes on what was found out.

    Raises
    ------
    DataError
        The file is empty, holds binary data, or a row has more or fewer cells than the head line.
    """
    import pyarrow as pa
    from pyarrow import csv as arrow

    content = path.read_bytes()
    text_encoding, notes = _encoding(path, content[:_SAMPLE], content)
    sample = content[:_SAMPLE].decode(text_encoding, errors="ignore").lstrip("\ufeff")
    if not sample.strip():
        raise DataError(f"{path}: is empty")
    if "\0" in sample:
        raise DataError(f"{path}: holds binary data, not text")
    head = sample.splitlines()[0]
    delimiter = "\t" if path.suffix.lower() == ".tsv" else _delimiter(head)
    if delimiter != ("\t" if path.suffix.lower() == ".tsv" else ","):
        notes.append(f"columns are separated by {_DELIMITERS[delimiter]}")
    names = next(csv.reader(io.StringIO(head), delimiter=delimiter))
    text = content.decode(text_encoding).lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    for decimal in (".", ",") if delimiter != "," else (".",):
        try:
            table = arrow.read_csv(
                pa.py_buffer(text.encode("utf-8", errors="surrogatepass")),
                read_options=arrow.ReadOptions(column_names=names, skip_rows=1, block_size=1 << 24),
                parse_options=arrow.ParseOptions(delimiter=delimiter, newlines_in_values='"' in text),
                convert_options=arrow.ConvertOptions(
                    strings_can_be_null=False,
                    decimal_point=decimal,
                    timestamp_parsers=[],
                    column_types={as_text: pa.string()} if as_text in names else None,
                ),
            )
        except (pa.ArrowException, ValueError) as error:
            raise DataError(f"{path}: cannot be read as a table: {_said(error, len(names))}") from error
        if decimal == "," and any(pa.types.is_floating(field.type) for field in table.schema):
            notes.append("numbers have decimal commas")
            return table, notes
        if decimal == "." and (delimiter == "," or not _has_decimal_commas(table)):
            return table, notes
    return table, notes


def _encoding(path: Path, sample: bytes, content: bytes) -> tuple[str, list[str]]:
    for mark, name in _BOMS:
        if sample.startswith(mark):
            return name, [] if name == "utf-8-sig" else [f"the text is {name.upper()}"]
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        if b"\0" in sample:
            raise DataError(f"{path}: holds binary data, not text") from error
        return "cp1252", [f"the text is not UTF-8 (byte {error.start}); read as Windows-1252"]
    return "utf-8", []


def _delimiter(head: str) -> str:
    """What separates the head line most often, outside of quotes; a comma where nothing does."""
    outside = "".join(part for i, part in enumerate(head.split('"')) if i % 2 == 0)
    counts = {delimiter: outside.count(delimiter) for delimiter in _DELIMITERS}
    best = max(counts, key=lambda delimiter: counts[delimiter])
    return best if counts[best] else ","


def _has_decimal_commas(table: Any) -> bool:
    import pyarrow as pa

    for column in table.columns:
        if pa.types.is_string(column.type):
            cell = column[0].as_py()
            whole, comma, part = cell.strip().lstrip("-").partition(",")
            if comma and whole.isdigit() and part.isdigit():
                return True
    return False


def _said(error: Exception, n_columns: int) -> str:
    message = str(error).splitlines()[0]
    if "Expected" in message and "columns" in message:
        return (
            f"the head line has {n_columns} columns, another line has not: {message.removeprefix('CSV parse error: ')}"
        )
    return message
