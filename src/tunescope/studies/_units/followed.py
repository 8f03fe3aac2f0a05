"""The unit `trajectory`: states that somebody else has made, looked at one by one."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.studies._observers.observer import Observer, observer_key
from tunescope.studies._trajectories.observed import watch
from tunescope.studies._trajectories.trajectory import Trajectory
from tunescope.studies._units.work import Work

if TYPE_CHECKING:
    from tunescope.storage import UnitWriter
    from tunescope.studies._units.bench import Bench


@dataclass(frozen=True)
class FollowUnit(Work):
    """Look at the states of a trajectory; keep what observers saw."""

    trajectory: Trajectory = field(compare=False)
    label: str
    task: str
    task_fingerprint: str
    layers: tuple[int, ...]
    observers: tuple[Observer, ...] = field(compare=False)

    kind = "trajectory"
    activity = "the rest of looking at states"
    keeps_work = True

    def inputs(self) -> dict[str, Any]:
        return {
            "trajectory": self.trajectory.inputs(),
            "task": self.task_fingerprint,
            "layers": list(self.layers),
            "observers": observer_key(self.observers),
        }

    @property
    def title(self) -> str:
        return f"states of {self.label} on {self.task}"

    def run(self, writer: UnitWriter, bench: Bench, folder: Path) -> None:
        watch(self.trajectory, self.layers, self.observers, bench.tasks[self.task], writer, folder, bench.watcher)
