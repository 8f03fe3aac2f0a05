"""Lines of a text file with their numbers, and errors that name the file and the line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tunescope.errors import DataError


def line_error(path: Path, line: int, wrong: str, expected: str) -> DataError:
    """The error for a broken line: where it is, what is wrong, what was expected."""
    return DataError(f"{path}, line {line}: {wrong}; expected {expected}")


def numbered_lines(path: Path, encoding: str = "utf-8") -> Iterator[tuple[int, str]]:
    """The lines of a file from 1, without their line ends (LF or CR LF).

    Raises `DataError` when the file cannot be read or a line is not in the encoding.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from error
    if encoding == "utf-8":
        content = content.removeprefix(b"\xef\xbb\xbf")
    lines = content.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    for number, line in enumerate(lines, start=1):
        try:
            yield number, line.decode(encoding).removesuffix("\r")
        except UnicodeDecodeError as error:
            wrong = f"byte {error.start + 1} of the line is not {encoding}"
            raise line_error(path, number, wrong, f"text in {encoding}") from error
