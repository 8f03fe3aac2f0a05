"""Additions: what is found by listing a folder of the package, and by the entry points of other packages."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib.metadata import entry_points
from types import ModuleType
from typing import Any

from tunescope.errors import TunescopeError


def modules_of(package: str) -> list[ModuleType]:
    """Import every file of a package's folder.

    Parameters
    ----------
    package : str
        Dotted name of the package, such as ``tunescope.studies._experiments``.

    Returns
    -------
    list of module
        Sorted by name.
    """
    folder = importlib.import_module(package)
    names = sorted(found.name for found in pkgutil.iter_modules(folder.__path__))
    return [importlib.import_module(f"{package}.{name}") for name in names]


@cache
def discover(package: str, group: str, what: str, error: type[TunescopeError]) -> None:
    """Import all that may add something, once: what makes itself known by being imported.

    Parameters
    ----------
    package : str
        Dotted name of a package, whose files are imported.
    group : str
        The group of entry points by which other packages add theirs.
    what : str
        What one of them is called in a message.
    error : type
        The error of the room.

    Raises
    ------
    TunescopeError
        An entry point cannot be imported; names package and entry point.
    """
    modules_of(package)
    for _ in from_other_packages(group, what, error):
        pass


def from_other_packages(group: str, what: str, error: type[TunescopeError]) -> Iterator[tuple[str, Any]]:
    """What other packages add by entry points.

    Parameters
    ----------
    group : str
        The group of entry points, such as ``tunescope.experiments``.
    what : str
        What one of them is called in a message.
    error : type
        The error of the room.

    Yields
    ------
    tuple of str and object
        Where it comes from, in words, and what the entry point names.

    Raises
    ------
    TunescopeError
        An entry point cannot be imported; names package and entry point.
    """
    for point in sorted(entry_points(group=group), key=lambda point: (point.name, point.value)):
        origin = point.dist.name if point.dist is not None else "another package"
        try:
            yield f"{point.value} of {origin}", point.load()
        except Exception as reason:  # whatever the import of somebody else's package raises
            raise error(
                f"the {what} {point.name!r} of {origin} ({point.value}) cannot be imported: {reason}; "
                "mend or remove that package"
            ) from reason
