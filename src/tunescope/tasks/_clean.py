"""Words and labels as they come, made the same in every format: where words end, and what is no label."""

from __future__ import annotations

import numbers
import re
from dataclasses import dataclass
from typing import Any

from tunescope.tasks._lines import MAX_TEXT, odd_character

_BLANKS = re.compile("[ \t\n\r\f\v]+")
_INVISIBLE = "\ufeff\u200b"
"""Byte order mark and zero-width space: at the end of a label they part one class in two that look alike."""

MARKERS = frozenset(
    ("nan", "NaN", "-nan", "-NaN", "NA", "N/A", "n/a", "#N/A", "#NA", "<NA>", "NaT", "null", "NULL", "None")
)
"""What stands for a missing value in tables without types (CSV, TSV) where it is not quoted: pandas' list."""


@dataclass(frozen=True)
class Missing:
    """A value that a format marks as missing."""

    spelling: str
    """As it stands in the file."""


def cut(text: str) -> tuple[str, ...]:
    """The words of a text: what blanks, tabs and line ends separate, in every format.

    A no-break space does not end a word: it is there to hold one together (`10 000`). Nothing but white space
    between two blanks is no word.
    """
    return tuple(word for word in _BLANKS.split(text) if word.strip())


def missing(value: Any) -> str | None:
    """How a value says that it is missing; None for one that is there.

    Missing are None, NaN of any number type, NaT, pandas' NA, text of white space only, and what a reader marks.
    The texts `nan` or `null` are labels like any other here: a format with types says otherwise when none is there.
    """
    if value is None:
        return "none"
    if isinstance(value, Missing):
        return value.spelling or "empty"
    if isinstance(value, str):
        return None if value.strip().strip(_INVISIBLE) else "empty"
    if type(value).__name__ in ("NAType", "NaTType"):
        return str(value)
    try:
        return "NaN" if bool(value != value) else None
    except (TypeError, ValueError, ArithmeticError):
        return None


def label_text(value: Any) -> str:
    """A label as text, its ends stripped: text, bytes in UTF-8, true and false, and whole numbers (also 2.0).

    Raises
    ------
    ValueError
        It is something else; the message says what.
    """
    if isinstance(value, bytes):
        try:
            value = value.decode("utf-8")
        except UnicodeDecodeError:
            raise ValueError(f"the label {value[:20]!r} is not UTF-8") from None
    if isinstance(value, str):
        text = value.strip().strip(_INVISIBLE).strip()
        odd = odd_character(text, is_label=True)
        if odd:
            raise ValueError(f"the label {text[:40]!r} has {odd}")
        if len(text) > 1000:
            raise ValueError(f"the label {text[:40]!r}… has {len(text):,} characters; a label has at most 1,000")
        return text
    if isinstance(value, bool) or type(value).__name__ in ("bool_", "bool"):
        return "true" if value else "false"
    if isinstance(value, numbers.Integral):
        return _whole(int(value))
    if isinstance(value, numbers.Real):
        if not float(value).is_integer():
            raise ValueError(f"the label {value!r} is a number with a fraction; labels are classes")
        return _whole(int(float(value)))
    raise ValueError(f"the label is {_shown(value)}, a {type(value).__name__}")


def _whole(number: int) -> str:
    if abs(number) >= 10**18:
        raise ValueError("the label is a number of more than 18 digits")
    return str(number)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"


def checked_words(value: Any, *, is_text: bool) -> tuple[str, ...]:
    """A text (`is_text`) cut into words, or a list of words as it is.

    Raises
    ------
    ValueError
        There is no word, a word is empty, or one holds a character that no text has.
    """
    if hasattr(value, "tolist"):
        value = value.tolist()
    if is_text and isinstance(value, bytes):
        try:
            value = value.decode("utf-8")
        except UnicodeDecodeError:
            raise ValueError(f"the text {value[:20]!r} is not UTF-8") from None
    if is_text and isinstance(value, str):
        text, words = value, cut(value)
    elif not is_text and isinstance(value, (list, tuple)) and all(isinstance(w, str) and w.strip() for w in value):
        text, words = "\n".join(value), tuple(value)
    else:
        raise ValueError(f"no words in text or words ({_shown(value)})")
    if not words:
        raise ValueError("no words in text or words")
    if len(text) > MAX_TEXT:
        raise ValueError(f"a text of {len(text):,} characters; at most {MAX_TEXT:,} are read")
    odd = odd_character(text)
    if odd:
        raise ValueError(f"{odd} in the text")
    return words
