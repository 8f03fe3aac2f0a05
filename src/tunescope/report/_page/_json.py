"""Data inside a page: JSON that cannot end the element that holds it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tunescope.findings import Estimate

#: Significant digits of a number on the page; a picture shows no more.
DIGITS = 4

#: `<` ends or begins markup (`</script>`, `<!--`), `&` an entity; the two separators end a line of script.
_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def script_json(value: Any) -> str:
    """Compact JSON of plain values, safe between `<script type="application/json">` and its end.

    Numbers are rounded to four significant digits; what is not finite becomes null. Inside strings and
    outside of them no `<`, `>` or `&` is left, so the HTML parser sees one run of text.
    """
    text = json.dumps(plain(value), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character, escape in _ESCAPES.items():
        text = text.replace(character, escape)
    # Halves of surrogate pairs cannot be written as UTF-8.
    return text.encode("utf-8", "replace").decode("utf-8")


def plain(value: Any) -> Any:
    """The same value out of what JSON knows."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, (np.bool_,)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return rounded(float(value))
    if isinstance(value, np.ndarray):
        return _plain_numbers(value) if value.dtype.kind == "f" else [plain(item) for item in value.tolist()]
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (Sequence, set, frozenset)):
        return [plain(item) for item in value]
    return str(value)


def _plain_numbers(values: np.ndarray) -> list[Any]:
    """`rounded` for many numbers at once, as nested lists."""
    values = values.astype(np.float64)
    here = np.isfinite(values) & (np.abs(values) < 1e15) & (np.abs(values) > 1e-15)
    safe = np.where(here, values, 1.0)
    # A whole number over a power of ten is the float nearest to that decimal, so it is written short.
    places = DIGITS - 1 - np.floor(np.log10(np.abs(safe)))
    power = 10.0 ** np.abs(places)
    exact = np.where(places >= 0, np.round(safe * power) / power, np.round(safe / power) * power)
    result = np.empty(values.shape, dtype=object)
    result[...] = exact
    others = ~here
    if others.any():
        result[others] = [rounded(float(number)) for number in values[others]]
    whole = here & (exact == np.round(exact))
    result[whole] = exact[whole].astype(np.int64)
    return list(result.tolist())


def rounded(number: float, digits: int = DIGITS) -> float | int | None:
    """A float of so many significant digits; whole numbers without a point, null for what is not finite."""
    if not math.isfinite(number):
        return None
    if number == 0:
        return 0
    result = float(f"{number:.{digits}g}")
    if not math.isfinite(result):  # rounded up beyond the largest float
        return None
    return int(result) if abs(result) < 1e15 and result == int(result) else result


def estimate_json(value: Estimate | None) -> dict[str, Any] | None:
    """A mean with its interval (or the least and greatest of few runs), as the page reads it."""
    if value is None:
        return None
    return {
        "mean": value.mean,
        "low": value.low,
        "high": value.high,
        "n": value.n,
        "std": value.std,
        "over": value.over,
        "isInterval": value.is_interval,
    }
