"""The unit `trajectory`: states that somebody else has made, looked at one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from tunescope.records import schema
from tunescope.studies._observers.observer import Observer, observer_key
from tunescope.studies._trajectories.observed import Observed, watch
from tunescope.studies._trajectories.trajectory import Trajectory
from tunescope.studies._units.keys import Setting
from tunescope.studies._units.work import Work

if TYPE_CHECKING:
    from tunescope.storage import UnitWriter
    from tunescope.studies._units.bench import Bench


class HasInputs(Protocol):
    """What tells states from others."""

    def inputs(self) -> dict[str, Any]:
        """All that the states depend on, as JSON."""


@dataclass(frozen=True)
class FollowUnit(Work):
    """Look at the states of a trajectory; keep what observers saw."""

    trajectory: HasInputs = field(compare=False)
    """The states; a `Trajectory` where they have still to be walked through."""
    label: str
    task: str
    task_fingerprint: str
    layers: tuple[int, ...]
    observers: tuple[Observer, ...] = field(compare=False)
    seen: Observed | None = field(default=None, compare=False)
    """What observers have seen, where the states have come and gone."""
    log: tuple[Mapping[str, float], ...] = field(default=(), compare=False)
    """Rows of the table `training` of states that have come and gone."""
    notes: tuple[str, ...] = field(default=(), compare=False)
    """What a reader must know of them."""
    way: dict[str, Any] | None = field(default=None, compare=False)
    """What vectors depend on beside the weights."""

    kind = "trajectory"
    activity = "the rest of looking at states"
    keeps_work = True

    def inputs(self) -> dict[str, Any]:
        return {
            "trajectory": self.trajectory.inputs(),
            "task": self.task_fingerprint,
            "layers": list(self.layers),
            "observers": observer_key(self.observers),
            "way": Setting(self.way, None, first=False),
        }

    @property
    def title(self) -> str:
        return f"states of {self.label} on {self.task}"

    def run(self, writer: UnitWriter, bench: Bench, folder: Path) -> None:
        if self.seen is not None:
            for note in self.notes:
                writer.note(note)
            if self.log:
                writer.table("training", self.log, schema("training", origin=False))
            self.seen.write(writer)
            return
        assert isinstance(self.trajectory, Trajectory)
        watch(self.trajectory, self.layers, self.observers, bench.tasks[self.task], writer, folder, bench.watcher)
