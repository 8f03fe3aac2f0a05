"""What an observer is: it sees the states of an encoder one by one, and gives tidy rows."""

from __future__ import annotations

from abc import ABC
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from tunescope._additions import discover
from tunescope.errors import StudyError, near
from tunescope.studies._observers.seen import SeenState
from tunescope.studies._watching import Watcher

if TYPE_CHECKING:
    import pandas as pd

    from tunescope.storage import ArrayFile, UnitWriter
    from tunescope.tasks import Task

Need = Literal["vectors", "test", "start-vectors", "distances", "centroids", "predictions", "head"]
"""What an observer reads of a state. `test`: the vectors of the test points as well. `start-vectors`: the vectors of
the first state, which are then kept on disk until the last state was seen. `head`: what the head that the encoder is
trained with says of train and test, where there is one."""

FOLDER = "tunescope.studies._observers"
GROUP = "tunescope.observers"
"""The entry point group by which other packages add observers."""

Rows = tuple[str, "pd.DataFrame | Sequence[Mapping[str, Any]]"]
"""The name of a table, and rows of it without the columns that say where they come from."""


class Observer(ABC):
    """Sees the states of an encoder; a subclass with a `name` is known as soon as it is defined.

    It never learns who made the states. What it returns is on disk before the next state comes, so that a run that
    is cut off has it again; it keeps nothing in memory from one state to the next.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1
    """Rises when it computes something else; what it has seen before is then seen again."""
    needs: ClassVar[frozenset[Need]] = frozenset({"vectors"})
    tables: ClassVar[tuple[str, ...]] = ()
    """The tables that it has rows of."""
    activity: ClassVar[str] = "geometry of snapshots"
    """What its time is called."""
    one_width: ClassVar[bool] = False
    """Whether it puts the vectors of several states on axes that they share, for which they need one width."""
    is_usual: ClassVar[bool] = False
    """Whether it looks whatever the experiments of a study ask for."""
    _known: ClassVar[dict[str, type[Observer]]] = {}

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "name" in cls.__dict__:
            Observer._known[cls.name] = cls

    def settings(self) -> dict[str, Any]:
        """What its rows depend on beside the states, as JSON."""
        return {}

    def see(self, state: SeenState) -> Iterator[Rows]:
        """The rows of one state."""
        yield from ()

    def keep(self, state: SeenState) -> dict[str, Any]:
        """Arrays of one state that are kept on disk until the last one was seen."""
        return {}

    def finish(self, kept: Kept, writer: UnitWriter) -> None:  # noqa: B027 (most have nothing to finish)
        """Make of what was kept what the unit shall hold, when all states were seen."""


@dataclass(frozen=True)
class Kept:
    """What an observer kept of all states."""

    updates: tuple[int, ...]
    """Every state that was seen, in order."""
    files: tuple[ArrayFile, ...]
    """The arrays that were kept of each."""
    layers: tuple[int, ...]
    task: Task
    watcher: Watcher


def observer_kinds() -> dict[str, type[Observer]]:
    """Every observer by name, those of other packages among them."""
    discover(FOLDER, GROUP, "observer", StudyError)
    return dict(sorted(Observer._known.items()))


def observer(name: str) -> Observer:
    """The observer of this name.

    Raises
    ------
    StudyError
        There is none.
    """
    kinds = observer_kinds()
    if name not in kinds:
        raise StudyError(f"there is no observer {name!r}; {near(name, kinds)}")
    return kinds[name]()


def usual_observers() -> tuple[Observer, ...]:
    """The observers that look whatever the experiments of a study ask for."""
    return tuple(kind() for kind in observer_kinds().values() if kind.is_usual)


def observer_key(observers: Sequence[Observer]) -> dict[str, Any]:
    """What a unit's key says of those of its observers that are not usual: their names, versions and settings."""
    return {
        one.name: {**one.settings(), **({"version": one.version} if one.version != 1 else {})}
        for one in sorted(observers, key=lambda one: one.name)
        if not one.is_usual or one.version != 1
    }
