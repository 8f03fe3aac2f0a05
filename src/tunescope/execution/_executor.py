"""An executor: does the pieces of a graph, somewhere."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from tunescope._additions import discover
from tunescope.errors import StudyError, near
from tunescope.execution._graph import Done, Graph

Do = Callable[[Any], None]
"""Does one piece of work. An executor that works elsewhere sends it there, pickled; what cannot travel (encoders in
memory) it builds again there."""

_GROUP = "tunescope.executors"


class Executor(ABC):
    """Does the pieces of a graph; a subclass is known by its `name` as soon as it is defined."""

    name: ClassVar[str]
    about: ClassVar[str]
    """Where the work is done, in a few words."""
    _known: ClassVar[dict[str, type[Executor]]] = {}

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "name" in cls.__dict__:
            Executor._known[cls.name] = cls

    @abstractmethod
    def run(self, graph: Graph[Any], do: Do) -> Iterator[Done[Any]]:
        """Do all pieces of a graph, each after those that it needs.

        A piece that fails does not end the others: all that does not need it is done. What is interrupted
        (`KeyboardInterrupt`) is not caught.

        Parameters
        ----------
        graph : Graph
            What has to be done.
        do : callable
            Does one piece; what it raises is the piece's error.

        Yields
        ------
        Done
            Every piece of the graph once, as soon as it is known how it ended.
        """


def executors() -> dict[str, type[Executor]]:
    """The executors that are known, by name: those of this folder, and those of other packages."""
    discover("tunescope.execution", _GROUP, "executor", StudyError)
    return dict(sorted(Executor._known.items()))


def executor_names() -> tuple[str, ...]:
    """The names of the executors that are known."""
    return tuple(executors())


def executor(name: str) -> Executor:
    """The executor of this name.

    Raises
    ------
    StudyError
        There is none; says which there are.
    """
    known = executors()
    if name not in known:
        raise StudyError(f"there is no executor {name!r}; {near(name, known)}")
    return known[name]()
