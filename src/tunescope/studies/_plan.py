"""A study resolved: its encoders and tasks are found, its layers are numbers, its units can be named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from tunescope.studies._settings.study import Study
from tunescope.studies._units.classifier import Classify
from tunescope.studies._units.finetune import FineTuned, FineTuneUnit
from tunescope.studies._units.geometry import Shape
from tunescope.studies._units.memorisation import Memorise
from tunescope.studies._units.points import TaskPoints
from tunescope.studies._units.space import Space
from tunescope.studies._units.work import EncoderState, Original

if TYPE_CHECKING:
    from tunescope.finetuning import Recipe
    from tunescope.storage import ResultStore
    from tunescope.studies._experiments.experiment import Experiment
    from tunescope.tasks import Task


@dataclass(frozen=True)
class Plan:
    """What a study computes; experiments ask it for the units that they read."""

    study: Study
    encoders: tuple[Original, ...]
    tasks: dict[str, Task]
    """Every task of the study by name, sources of the cross-task experiment among them."""
    recipes: dict[str, Recipe] = field(default_factory=dict)
    """The fine-tuning recipe of each encoder, by its label."""

    @cached_property
    def experiments(self) -> tuple[Experiment, ...]:
        """The experiments of the study, in the order in which it names them."""
        from tunescope.studies._experiments.registry import experiment

        return tuple(experiment(choice.name) for choice in self.study.experiments)

    def layers(self, experiment: str, encoder: Original) -> tuple[int, ...]:
        """The layers of an experiment on an encoder, in order."""
        choice = next(choice for choice in self.study.experiments if choice.name == experiment)
        asked = choice.layers if choice.layers is not None else self.study.layers
        if asked == "last":
            return (encoder.n_layers,)
        if asked == "all":
            return tuple(range(encoder.n_layers + 1))
        return tuple(sorted(set(asked)))

    @property
    def task_names(self) -> tuple[str, ...]:
        """The tasks that are probed, in the order in which the study names them."""
        return tuple(choice.name for choice in self.study.tasks)

    @property
    def sources(self) -> tuple[str, ...]:
        """The tasks that the cross-task experiment fine-tunes on."""
        return tuple(self.study.sources) or self.task_names

    def points(self, task: str) -> TaskPoints:
        """The unit that tells what the points of a task are."""
        return TaskPoints(task, self.tasks[task].fingerprint)

    def finetune(self, encoder: Original, task: str, seed: int) -> FineTuneUnit:
        """The unit that fine-tunes an encoder; its snapshots have the layers that any experiment reads."""
        return FineTuneUnit(
            encoder=encoder,
            task=task,
            task_fingerprint=self.tasks[task].fingerprint,
            recipe=self.recipes[encoder.label],
            seed=seed,
            every=self.study.every,
            layers=self._snapshot_layers(encoder) if task in self.task_names else (),
            points=self.study.keep.points,
            maps=tuple(self.study.keep.maps),
            map_points=self.study.keep.map_points,
        )

    def tuned(self, encoder: Original, task: str, seed: int) -> FineTuned:
        """The encoder, fine-tuned on a task."""
        return FineTuned(self.finetune(encoder, task, seed))

    def tunings(self) -> Iterator[tuple[Original, str, int]]:
        """Every fine-tuning of the study on its own tasks: encoder, task, seed."""
        for encoder in self.encoders:
            for task in self.task_names:
                for seed in self.study.seeds:
                    yield encoder, task, seed

    def states(self, encoder: Original, task: str) -> Iterator[EncoderState]:
        """The encoder as it was loaded, then fine-tuned on the task, once a seed."""
        yield encoder
        for seed in self.study.seeds:
            yield self.tuned(encoder, task, seed)

    def space(self, state: EncoderState, task: str, layer: int) -> Space:
        """The unit with the vectors of a task in one layer."""
        return Space(state, task, self.tasks[task].fingerprint, layer)

    def shape(self, space: Space) -> Shape:
        """The unit with the geometry of a space."""
        return Shape(space)

    def classify(self, space: Space) -> Classify:
        """The unit with the accuracies of the classifier probe on a space."""
        chosen = self.study.classifier
        return Classify(
            space,
            (chosen.hidden[0], chosen.hidden[1]),
            chosen.alpha,
            chosen.max_iter,
            chosen.runs,
            chosen.search,
        )

    def memorise(self, space: Space) -> Memorise:
        """The unit that watches a classifier probe learn a part of the training points of a space."""
        chosen = self.study.classifier
        epochs = self.study.memorisation_epochs
        return Memorise(space, (chosen.hidden[0], chosen.hidden[1]), chosen.alpha, epochs)

    def moment(self, state: EncoderState, store: ResultStore, with_epoch: bool) -> dict[str, float]:
        """Update and epoch of a space: 0 for the original encoder, the last ones for a tuned one."""
        update, epoch = 0, 0.0
        if isinstance(state, FineTuned):
            last = state.tuning.result(store).table("training").iloc[-1]
            update, epoch = int(last["update"]), float(last["epoch"])
        return {"update": update, "epoch": epoch} if with_epoch else {"update": update}

    def _snapshot_layers(self, encoder: Original) -> tuple[int, ...]:
        wanted = {
            layer
            for experiment in self.experiments
            if experiment.reads_snapshots
            for layer in self.layers(experiment.name, encoder)
        }
        return tuple(sorted(wanted))
