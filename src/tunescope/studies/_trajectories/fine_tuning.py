"""The trajectory of our own fine-tuning."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.studies._trajectories.trajectory import See, Trajectory, Walked
from tunescope.studies._units.keys import Setting
from tunescope.studies._watching import Watcher

if TYPE_CHECKING:
    from tunescope.encoders import Encoder
    from tunescope.finetuning import Recipe
    from tunescope.tasks import Task

TRAINING_VERSION = 1
"""Rises when fine-tuning computes other weights from an equal recipe."""
_FIRST_RECIPE = frozenset({"epochs", "learning_rate", "batch_size", "warmup", "schedule", "optimizer", "max_grad_norm"})
"""The fields of a recipe in version 0.1.0."""


@dataclass(frozen=True)
class FineTuningTrajectory(Trajectory):
    """An encoder on its way through a fine-tuning by our recipe; walked again, it takes the same way."""

    start: Callable[[], Encoder] = field(compare=False)
    """Gives the encoder to start from, when it is needed."""
    task: Task = field(compare=False)
    recipe: Recipe
    seed: int
    every: int | None
    """Updates between two states; None has the first and the last only."""
    start_inputs: dict[str, Any] = field(compare=False)
    """What the encoder to start from depends on."""

    def inputs(self) -> dict[str, Any]:
        """What the weights at the end depend on: the same whatever is looked at on the way."""
        return training_inputs(self.start_inputs, self.task.fingerprint, self.recipe, self.seed)

    @property
    def n_states(self) -> int:
        if self.every is None:
            return 2
        batches = -(-len(self.task.train.sentences) // self.recipe.batch_size)
        return 2 + batches * self.recipe.epochs // self.every

    def walk(self, see: See | None, seen: Collection[int], folder: Path, watcher: Watcher) -> Walked:
        from tunescope.finetuning import fine_tune

        tell = watcher.part("fine-tune")
        start = self.start()
        tuning = fine_tune(
            start,
            self.task,
            self.recipe,
            seed=self.seed,
            every=self.every if see is not None else None,
            on_snapshot=see,
            work_dir=folder / "training",
            progress=lambda update, n_updates, loss: tell(update, n_updates),
            done_updates=seen if see is not None else None,
        )
        notes = list(tuning.notes)
        if tuning.resumed_at is not None:
            notes.append(f"cut off once, and went on at update {tuning.resumed_at}")
        return Walked(tuning.encoder, tuning.log, tuning.parameters(start), tuple(notes))


def training_inputs(start: dict[str, Any], task_fingerprint: str, recipe: Recipe, seed: int) -> dict[str, Any]:
    """What the weights at the end of a fine-tuning depend on."""
    defaults = type(recipe)().settings(defaults=True)
    values = recipe.settings(defaults=True)
    return {
        "encoder": start,
        "task": task_fingerprint,
        "recipe": {name: Setting(value, defaults[name], name in _FIRST_RECIPE) for name, value in values.items()},
        "seed": seed,
        "version": Setting(TRAINING_VERSION, 1, first=False),
    }
