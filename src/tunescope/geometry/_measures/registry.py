"""Where measures are found: by listing the two folders, and by the entry points of other packages."""

from __future__ import annotations

from collections.abc import Iterable

from tunescope._additions import discover
from tunescope.errors import RepresentationError, near
from tunescope.geometry._measures import of_one, of_two
from tunescope.geometry._measures.measure import ComparisonMeasure, Measure, MeasureInfo, SpaceMeasure

GROUP = "tunescope.measures"
"""The entry point group of measures."""


def measures() -> tuple[MeasureInfo, ...]:
    """What can be measured: of one space, then of two, by name.

    Returns
    -------
    tuple of MeasureInfo
        Name, title, number of spaces, range, direction, invariances, needs, source, null and settings of each.

    Examples
    --------
    >>> [info.name for info in measures() if info.spaces == 2 and "cka" in info.name]
    ['cka']
    """
    for folder in (of_one, of_two):
        discover(folder.__name__, GROUP, "measure", RepresentationError)
    found = [kind.info() for kind in list(Measure.registered.values())]
    return tuple(sorted(found, key=lambda info: (info.spaces, info.name)))


def space_measures(names: Iterable[str] | None = None) -> list[type[SpaceMeasure]]:
    """Measures of one space by name, in the order of the names; all of them unless named."""
    chosen = _names(names, 1)
    return [kind for name in chosen if issubclass(kind := Measure.registered[name], SpaceMeasure)]


def comparison_measures(names: Iterable[str] | None = None) -> list[type[ComparisonMeasure]]:
    """Measures of two spaces by name, in the order of the names; all of them unless named."""
    chosen = _names(names, 2)
    return [kind for name in chosen if issubclass(kind := Measure.registered[name], ComparisonMeasure)]


def _names(names: Iterable[str] | None, spaces: int) -> list[str]:
    known = [info.name for info in measures() if info.spaces == spaces]
    if names is None:
        return known
    asked = [names] if isinstance(names, str) else list(names)
    for name in asked:
        if name not in known:
            raise RepresentationError(_unknown(name, spaces, known))
    return asked


def _unknown(name: str, spaces: int, known: list[str]) -> str:
    kind = "one space" if spaces == 1 else "two spaces"
    if name in Measure.registered:
        other = "two spaces" if spaces == 1 else "one space"
        return f"{name!r} is a measure of {other}, not of {kind}."
    return f"there is no measure {name!r} of {kind}; {near(str(name), known)}"
