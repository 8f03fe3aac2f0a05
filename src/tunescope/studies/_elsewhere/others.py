"""Encoders of a study that somebody else has trained: their checkpoints become courses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tunescope.errors import StudyError
from tunescope.studies._trajectories.checkpoints import Checkpoints
from tunescope.studies._trajectories.found import FoundStates, find_states
from tunescope.studies._units.course import Course
from tunescope.studies._units.followed import FollowUnit
from tunescope.studies._units.states import Original, Reached

if TYPE_CHECKING:
    from tunescope.encoders import Encoder
    from tunescope.studies._observers.observer import Observer
    from tunescope.studies._settings.study import EncoderChoice, Study
    from tunescope.studies._units.bench import Bench
    from tunescope.tasks import Task


@dataclass(frozen=True)
class Others:
    """An encoder with the states that it went through somewhere else."""

    start: Original
    states: FoundStates
    tuned_on: str | None
    """What it was trained on; the task that it is looked at on where that was not said."""

    def courses(
        self, study: Study, tasks: Iterable[Task], layers: tuple[int, ...], observers: tuple[Observer, ...]
    ) -> Iterator[Course]:
        """Its way, on each task that is probed."""
        last, seed = self.states.trajectory.states[-1], study.seeds[0]
        shared = observers
        if len(self.states.widths) > 1:
            shared = tuple(one for one in observers if not one.one_width)
        for task in tasks:
            label = self.start.label
            end = Reached(
                label,
                last.fingerprint,
                self.states.n_layers,
                last.update,
                self.states.last_epoch,
                self.tuned_on or task.name,
                seed,
                get=last.load,
            )
            way = self.start.way(task.kind)
            unit = FollowUnit(self._told(task), label, task.name, task.fingerprint, layers, shared, way=way)
            yield Course(self.start, end, unit, task.name, seed)

    def _told(self, task: Task) -> Checkpoints:
        """The states, with what a reader must know of them on this task."""
        found = self.states.trajectory
        notes = list(found.notes)
        if self.tuned_on is None:
            notes.append(
                f"what the checkpoints were trained on is not known; tables call it {task.name}, the task that they "
                "are looked at on (tuned_on says otherwise)"
            )
        elif self.tuned_on != task.name:
            notes.append(f"the checkpoints were trained on {self.tuned_on}, and are looked at on {task.name}")
        if len(self.states.widths) > 1:
            widths = ", ".join(map(str, self.states.widths))
            notes.append(
                f"the states have vectors of different widths ({widths}), which share no axes: distances, clusters, "
                "probes and similarities are there; paths, movements and projections that states share are not"
            )
        return Checkpoints(found.states, log=found.log, notes=notes)


def find_others(choice: EncoderChoice, bench: Bench, *, allow_pickle: bool) -> Others:
    """Load every state once, to know that it can be.

    Raises
    ------
    StudyError
        There are no states, or they do not have the same number of layers.
    EncoderError
        One cannot be loaded.
    """
    from tunescope.encoders import load_encoder

    def load(name: Any, **further: Any) -> Encoder:
        return load_encoder(name, device=bench.device, allow_pickle=allow_pickle, pooling=choice.pooling, **further)

    states = find_states(choice.start, choice.checkpoints, load)
    first = states.start
    if states.n_layers != first.n_layers:
        raise StudyError(
            f"the start has {first.n_layers} layers and the end {states.n_layers}, so that no layer of the one stands "
            "beside one of the other; probe each in a study of its own"
        )
    bench.given[first.fingerprint] = first
    start = Original.of(
        first,
        label=choice.label or first.name,
        name=choice.name,
        revision=None,
        allow_pickle=allow_pickle,
        pooling=choice.pooling,
    )
    return Others(start, states, choice.tuned_on)
