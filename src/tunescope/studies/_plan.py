"""A study resolved: its encoders and tasks are found, its layers are numbers, its states can be named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tunescope.studies._settings.study import Study
from tunescope.studies._units.course import Course
from tunescope.studies._units.points import TaskPoints
from tunescope.studies._units.space import Space
from tunescope.studies._units.work import EncoderState

if TYPE_CHECKING:
    from tunescope.tasks import Task


@dataclass(frozen=True)
class Plan:
    """What a study looks at; experiments ask it for the spaces and tunings that they make units of."""

    study: Study
    encoders: tuple[EncoderState, ...]
    """Every encoder before it is fine-tuned."""
    tasks: dict[str, Task]
    """Every task of the study by name, those that are only fine-tuned on among them."""
    courses: tuple[Course, ...] = ()
    """Every fine-tuning of the study: encoder by encoder, task by task, seed by seed."""
    ways: tuple[Course, ...] = ()
    """The same by every way of fine-tuning that the study compares: way by way, seed by seed."""
    layers_of: Mapping[tuple[str, str], tuple[int, ...]] = field(default_factory=dict)
    """The layers of each experiment on each encoder, by the name of the one and the label of the other."""

    def layers(self, experiment: str, encoder: EncoderState) -> tuple[int, ...]:
        """The layers of an experiment on an encoder, in order."""
        return self.layers_of[experiment, encoder.label]

    def all_layers(self, encoder: EncoderState) -> tuple[int, ...]:
        """The layers that any experiment looks at on an encoder, in order."""
        found = {layer for (_, label), layers in self.layers_of.items() if label == encoder.label for layer in layers}
        return tuple(sorted(found))

    @property
    def task_names(self) -> tuple[str, ...]:
        """The tasks that are probed, in the order in which the study names them."""
        return tuple(choice.name for choice in self.study.tasks)

    @property
    def sources(self) -> tuple[str, ...]:
        """The tasks whose fine-tunings are looked at in the space of every task; all that are probed by default."""
        return tuple(self.study.sources) or self.task_names

    def tunings(self) -> Iterator[Course]:
        """Every fine-tuning on a task that is probed."""
        return (course for course in self.courses if course.task in self.task_names)

    def states(self, encoder: EncoderState, task: str, *, every_source: bool = False) -> Iterator[EncoderState]:
        """The encoder as it was loaded, then as it was fine-tuned on the task, or on any of the sources."""
        yield encoder
        for course in self.courses:
            wanted = course.task in self.sources if every_source else course.task == task
            if course.start == encoder and wanted:
                yield course.end

    def spaces(self, experiment: str, *, every_source: bool = False) -> Iterator[Space]:
        """The spaces that an experiment looks at.

        Parameters
        ----------
        experiment : str
            Its name, which decides the layers.
        every_source : bool, default False
            Whether the spaces of a task after fine-tuning on every other task are among them.
        """
        for encoder in self.encoders:
            for task in self.task_names:
                for state in self.states(encoder, task, every_source=every_source):
                    for layer in self.layers(experiment, encoder):
                        yield self.space(state, task, layer)

    def space(self, state: EncoderState, task: str, layer: int) -> Space:
        """The unit with the vectors of a task in one layer."""
        return Space(state, task, self.tasks[task].fingerprint, layer, self.tasks[task].kind)

    def points(self, task: str) -> TaskPoints:
        """The unit that tells what the points of a task are."""
        return TaskPoints(task, self.tasks[task].fingerprint)
