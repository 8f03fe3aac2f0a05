"""Numbers and lists as a message says them."""

from __future__ import annotations

from collections.abc import Iterable

_SHOWN = 5
"""How many examples a note names before it says how many more there are."""


def listed(items: Iterable[str]) -> str:
    """The first few items, and how many more there are."""
    items = list(items)
    rest = len(items) - _SHOWN
    return "; ".join(items[:_SHOWN]) + (f"; and {rest} more" if rest > 0 else "")


def counted(n: int, singular: str, plural: str | None = None) -> str:
    """`1 label`, `2 labels`."""
    return f"{n:,} {singular if n == 1 else plural or singular + 's'}"
