"""Which experiments there are: what a study may ask for, by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from tunescope._additions import discover
from tunescope.errors import StudyError

FOLDER = "tunescope.studies._experiments"
GROUP = "tunescope.experiments"
"""The entry point group by which other packages add experiments."""


class ExperimentKind(Protocol):
    """What the settings must know of an experiment."""

    name: ClassVar[str]
    question: ClassVar[str]
    tables: ClassVar[tuple[Any, ...]]
    order: ClassVar[int]
    reads_sources: ClassVar[bool]
    reads_recipes: ClassVar[bool]


_KNOWN: dict[str, type[Any]] = {}


def announce(kind: type[ExperimentKind]) -> None:
    """Make an experiment known by its name.

    Raises
    ------
    StudyError
        Another one has the name already.
    """
    there = _KNOWN.get(kind.name)
    if there is not None and (there.__module__, there.__qualname__) != (kind.__module__, kind.__qualname__):
        raise StudyError(
            f"two experiments are called {kind.name!r}: {there.__module__}.{there.__qualname__} and "
            f"{kind.__module__}.{kind.__qualname__}; give one another name"
        )
    _KNOWN[kind.name] = kind


def withdraw(name: str) -> None:
    """Forget an experiment; nothing happens when none has the name."""
    _KNOWN.pop(name, None)


def experiment_kinds() -> dict[str, type[Any]]:
    """Every experiment by name, in the order in which the paper tells them, those of other packages last."""
    discover(FOLDER, GROUP, "experiment", StudyError)
    return dict(sorted(_KNOWN.items(), key=lambda item: (item[1].order, item[0])))


def experiment_names() -> tuple[str, ...]:
    """The names of all experiments, in the order in which the paper tells them, those of other packages last."""
    return tuple(experiment_kinds())


@dataclass(frozen=True)
class ExperimentInfo:
    """What an experiment is, for a person who chooses one."""

    name: str
    question: str
    """What it answers, and where in the paper."""
    tables: tuple[str, ...]
    """The tables that it has rows of."""


def experiment_infos() -> tuple[ExperimentInfo, ...]:
    """All experiments, in the order in which the paper tells them, those of other packages last."""
    return tuple(
        ExperimentInfo(name, kind.question, tuple(getattr(table, "name", table) for table in kind.tables))
        for name, kind in experiment_kinds().items()
    )
