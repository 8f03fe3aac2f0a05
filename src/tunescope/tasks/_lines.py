"""Where text comes in: bytes of a file to lines, checked once, with errors that name the file and the line."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from pathlib import Path

from tunescope.errors import DataError
from tunescope.tasks._said import counted

MAX_BYTES = 1 << 30
"""Largest file that is read: 1 GiB. Sentences are held in memory, at about ten times their size on disk."""

MAX_TEXT = 1 << 17
"""Most characters of one field: 131,072, the bound of Python's csv module, in every format."""

UTF8 = "utf-8"
"""The encoding where nothing else is told."""

_BOMS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
"""Characters that no text has. Those from U+0080 to U+009F are let through in words: pages of the web have them."""

_NO_LABEL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def line_error(path: Path | str, line: int | str, wrong: str, expected: str) -> DataError:
    """The error for a broken line (a number) or another place (in words): what is wrong, what was expected."""
    place = f"line {line}" if isinstance(line, int) else line
    return DataError(f"{path}, {place}: {wrong}; expected {expected}")


def read_bytes(path: Path, limit: int = MAX_BYTES) -> bytes:
    """The content of a regular file of at most `limit` bytes.

    Raises
    ------
    DataError
        There is no such file, it is a folder, a pipe or a device, it is too large or cannot be read.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            what = "a folder" if stat.S_ISDIR(status.st_mode) else "a pipe or a device"
            raise DataError(f"{path} is {what}; expected a file")
        if status.st_size > limit:
            size = counted(status.st_size, "byte")
            raise DataError(f"{path} has {size}; at most {limit:,} are read: cut it in parts")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        reason = error.strerror if isinstance(error, OSError) else None
        raise DataError(f"{path} cannot be read: {reason or error}") from error


def odd_character(text: str, *, is_label: bool = False) -> str | None:
    """What a text or a label holds that it must not, in words; None where there is nothing.

    A label is shown on a line of its own, so it has no line ends, tabs or other control characters at all.
    """
    found = (_NO_LABEL if is_label else _NO_TEXT).search(text)
    if found is None:
        return None
    code = ord(found[0])
    names = {0: "a NUL character", 9: "a tab", 10: "a line end", 13: "a line end"}
    return f"{names.get(code, 'half a surrogate pair' if code >= 0xD800 else 'a control character')} (U+{code:04X})"


def decode(content: bytes, path: Path, encoding: str | None = None) -> tuple[str, str]:
    """Bytes as text, and the name of their encoding.

    A byte order mark tells the encoding (UTF-8, UTF-16, UTF-32); without one it is `encoding`, by default UTF-8.
    Byte order marks at the beginning of later lines, as in files that were put together, are left out.

    Raises
    ------
    DataError
        The bytes are not in the encoding, which is named with the line, or hold characters that no text has.
    """
    marked = next((name for mark, name in _BOMS if content.startswith(mark)), None)
    chosen = marked or encoding or UTF8
    try:
        text = content.decode(chosen)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        within = error.start - (content.rfind(b"\n", 0, error.start) + 1)
        said = chosen.removesuffix("-sig")
        raise line_error(path, line, f"byte {within + 1} of the line is not {said}", f"text in {said}") from error
    except LookupError as error:
        raise DataError(f"{path}: there is no encoding {chosen!r}; expected one such as utf-8 or latin-1") from error
    odd = _NO_TEXT.search(text)
    if odd is not None:
        line = len(_LINE_END.findall(text, 0, odd.start())) + 1
        wrong = f"{odd_character(odd[0])} in the text"
        raise line_error(path, line, wrong, "text without control characters" + _utf16_hint(content))
    if "\ufeff" in text:
        text = re.sub("(?m)^\ufeff", "", text)
    return text, chosen.removesuffix("-sig")


def _utf16_hint(content: bytes) -> str:
    return " (UTF-16 needs a byte order mark, or a named encoding)" if content[:200].count(b"\0") > 20 else ""


_LINE_END = re.compile("\r\n|\n|\r")


def split_lines(text: str) -> list[str]:
    """The lines of a text without their ends: LF or CR LF; or CR, where there is no LF at all."""
    lines = text.split("\n") if "\n" in text or "\r" not in text else text.split("\r")
    if lines and lines[-1] == "":
        lines.pop()
    return [line.removesuffix("\r") for line in lines]


def numbered_lines(path: Path, encoding: str = "utf-8") -> Iterator[tuple[int, str]]:
    """The lines of a file from 1, without their line ends (LF, CR LF, or CR alone).

    Raises
    ------
    DataError
        The file cannot be read, is not in the encoding, or holds characters that no text has.
    """
    text, _ = decode(read_bytes(path), path, encoding)
    yield from enumerate(split_lines(text), start=1)
