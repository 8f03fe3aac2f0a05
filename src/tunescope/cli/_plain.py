"""Text for a terminal: no markup, no control characters, in whatever encoding the terminal has."""

from __future__ import annotations

import codecs
import os
import re
import sys
from typing import IO, TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

_NOT_SHOWN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters, but for tab and line end
    "\u200e\u200f\u202a-\u202e\u2066-\u2069"  # what turns the direction of writing
    "\u2028\u2029\ufff9-\ufffb\ud800-\udfff]"  # other line ends, annotations, half characters
)
_NOT_IN_JSON = re.compile("[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufff9-\ufffb\ud800-\udfff]")
_INSTEAD = {
    "─": "-", "·": "-", "–": "-", "—": "-", "−": "-", "±": "+-", "…": "...", "→": "->", "×": "x", "\ufffd": "?",
    "\N{NO-BREAK SPACE}": " ",
}  # fmt: skip
"""What stands for our own signs where an encoding lacks them; other characters are told by their number."""
_ERRORS = "tunescope-plain"


def plain(text: str) -> str:
    """A text as a terminal can show it: each control character becomes U+FFFD.

    Parameters
    ----------
    text : str
        As it came; line ends and tabs stay.

    Returns
    -------
    str
        Of the same length.

    Examples
    --------
    >>> plain("a\\x1b[31mb")
    'a\N{REPLACEMENT CHARACTER}[31mb'
    """
    return _NOT_SHOWN.sub("\ufffd", text)


def plain_json(text: str) -> str:
    """A JSON document without characters that a terminal obeys: they are written as JSON writes them by number."""
    return _NOT_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def folded(text: str, width: int = 80) -> list[str]:
    """The lines of at most `width` columns that hold a text, cut where a line is full."""
    from rich.cells import chop_cells

    return [part for line in text.split("\n") for part in (chop_cells(line, width) or [""])]


def shortened(text: str, width: int) -> str:
    """A text of at most `width` columns: its two ends where it is longer."""
    from rich.cells import cell_len, set_cell_size

    if cell_len(text) <= width:
        return text
    head = (width - 1) // 2
    tail = text[::-1]
    return f"{set_cell_size(text, head).rstrip()}…{set_cell_size(tail, width - 1 - head)[::-1].strip()}"


class PlainConsole(Console):
    """A console that takes every text for text."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, highlight=False, markup=False, emoji=False)

    def print(self, *objects: Any, **options: Any) -> None:
        """Print; control characters of what came as data are not obeyed."""
        super().print(*(_plain_object(one) for one in objects), **{**options, "markup": False, "emoji": False})

    def render_str(self, text: str, **options: Any) -> Text:
        """A text, as cells of tables hold it."""
        return super().render_str(plain(text), **{**options, "markup": False, "emoji": False})

    def on_broken_pipe(self) -> None:
        """Who read stdout has seen enough; where nobody reads stderr, work goes on in silence."""
        if not self.stderr:
            raise BrokenPipeError
        silence(sys.stderr)


def _plain_object(one: Any) -> Any:
    if isinstance(one, str):
        return plain(one)
    if isinstance(one, Text):
        copy = one.copy()
        copy.plain = plain(one.plain)
        return copy
    return one


def silence(stream: IO[str]) -> None:
    """Let a stream lead nowhere: its reader is gone, and Python would complain once more when it closes it."""
    with open(os.devnull, "wb") as nowhere:
        try:
            os.dup2(nowhere.fileno(), stream.fileno())
        except (OSError, ValueError):  # a stream of a test, which is no file
            return


def prepare_streams() -> None:
    """Let stdout and stderr take every character, in whatever encoding they have, and be there."""
    codecs.register_error(_ERRORS, _instead)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by who started us
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - for as long as the program runs
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=_ERRORS)


def _instead(error: UnicodeError) -> tuple[str, int]:
    """What is written for characters that an encoding lacks."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    said = "".join(_signs(error.object[error.start : error.end]))
    return said, error.end


def _signs(text: str) -> Iterator[str]:
    for character in text:
        known = _INSTEAD.get(character)
        yield known if known is not None else character.encode("ascii", "backslashreplace").decode("ascii")
