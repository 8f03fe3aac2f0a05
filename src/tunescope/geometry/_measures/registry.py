"""Where measures are found: by listing the two folders, and by the entry points of other packages."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules

from tunescope.errors import RepresentationError
from tunescope.geometry._measures import of_one, of_two
from tunescope.geometry._measures.measure import ComparisonMeasure, Measure, MeasureInfo, SpaceMeasure

GROUP = "tunescope.measures"
"""The entry point group of measures."""


@cache
def _load() -> None:
    """Import every file of the folders and what other packages announce, once."""
    for folder in (of_one, of_two):
        for module in iter_modules(folder.__path__):
            import_module(f"{folder.__name__}.{module.name}")
    for point in entry_points(group=GROUP):
        try:
            point.load()
        except Exception as error:
            owner = f" of the package {point.dist.name}" if point.dist is not None else ""
            raise RepresentationError(f"The measure {point.name!r}{owner} cannot be loaded: {error}") from error


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
    _load()
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
    near = get_close_matches(str(name), known, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return f"There is no measure {name!r} of {kind}.{hint} There are: {', '.join(known)}."
