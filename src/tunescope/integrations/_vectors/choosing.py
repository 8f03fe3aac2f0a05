"""Which of several named arrays are the vectors, and which the labels."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tunescope.errors import DataError, near
from tunescope.integrations._vectors.kinds import Ask


def chosen_arrays(path: Path, names: list[str], load: Callable[[str], Any], ask: Ask) -> tuple[Any, Any, list[str]]:
    """Vectors, labels (None where there are none) and notes, of arrays that are loaded by their names.

    Raises
    ------
    DataError
        A name is not there, or nothing says which array is which.
    """
    there = ", ".join(names) or "nothing"
    for name, option in ((ask.x, "--x"), (ask.y, "--y")):
        if name is not None and name not in names:
            raise DataError(
                f"{path}: has no array {name!r} ({option}); {near(name, names) if names else 'it is empty'}"
            )
    arrays: dict[str, Any] = {}

    def shape(name: str) -> tuple[int, ...]:
        if name not in arrays:
            arrays[name] = load(name)
        return tuple(arrays[name].shape)

    notes: list[str] = []
    x = ask.x or _named(names, ("X", "x"))
    if x is None:
        flat = [name for name in names if len(shape(name)) == 2 and 1 not in shape(name) and name != ask.y]
        if len(flat) != 1:
            raise DataError(
                f"{path}: lacks the array 'X'; it holds {there}. Name the vectors with --x and the labels with --y"
            )
        x = flat[0]
        notes.append(f"vectors are the array {x!r}, the only one with rows and columns")
    y = ask.y or _named(names, ("y", "Y", "labels", "label"))
    if y == x:
        y = None
    if y is None and ask.labels is None:
        n = shape(x)[0]
        lists = [name for name in names if name != x and shape(name) in ((n,), (n, 1))]
        if len(lists) != 1:
            raise DataError(
                f"{path}: lacks the array 'y'; it holds {there}. Name the labels with --y, or a file of them with "
                "--labels"
            )
        y = lists[0]
        notes.append(f"labels are the array {y!r}, the only one with an entry a vector")
    left = [name for name in names if name not in (x, y)]
    if left:
        notes.append(f"arrays that are not read: {', '.join(left[:8])}{', …' if len(left) > 8 else ''}")
    shape(x)
    if y is not None:
        shape(y)
    return arrays[x], arrays[y] if y is not None else None, notes


def _named(names: list[str], usual: tuple[str, ...]) -> str | None:
    return next((name for name in usual if name in names), None)
