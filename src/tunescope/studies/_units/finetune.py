"""The unit `finetune`: an encoder is fine-tuned, and its space is looked at on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.records import schema
from tunescope.studies._points.maps import MAP_POINTS
from tunescope.studies._points.shown import PointLog
from tunescope.studies._units.keys import Setting, digest, same_inputs, without_defaults
from tunescope.studies._units.snapshots import SnapshotLog
from tunescope.studies._units.states import Original
from tunescope.studies._units.work import Work

if TYPE_CHECKING:
    from tunescope.encoders import Encoder
    from tunescope.finetuning import Recipe
    from tunescope.storage import ResultStore, Unit, UnitWriter
    from tunescope.studies._units.bench import Bench
    from tunescope.tasks import Task


WEIGHTS = "encoder"
"""The folder of a unit that holds the fine-tuned encoder, as a Hugging Face folder."""
TRAINING_VERSION = 1
"""Rises when fine-tuning computes other weights from an equal recipe."""
_FIRST_RECIPE = frozenset({"epochs", "learning_rate", "batch_size", "warmup", "schedule", "optimizer", "max_grad_norm"})
"""The fields of a recipe in version 0.1.0."""


@dataclass(frozen=True)
class FineTuneUnit(Work):
    """Fine-tune an encoder on a task; keep the training log, a summary of every snapshot, and the weights.

    Of a snapshot's space the centroids, the distances between the labels' hulls, its scale and a projection of its
    points are kept, and not its vectors.
    """

    encoder: Original
    task: str
    task_fingerprint: str
    recipe: Recipe
    seed: int
    every: int
    layers: tuple[int, ...]
    """Layers of the snapshots; none when no experiment reads them."""
    points: bool = False
    """Whether the points of the snapshots are projected for the explorer. No part of the key: a unit that was
    recorded without them is not done again for their sake."""
    maps: tuple[str, ...] = ()
    """Maps of those points, by method; no part of the key either."""
    map_points: int = MAP_POINTS
    """How many points a map holds."""

    kind = "finetune"
    activity = "the rest of fine-tuning"
    keeps_work = True

    def training_inputs(self) -> dict[str, Any]:
        """What the fine-tuned weights depend on: the same whatever is looked at on the way."""
        return {
            "encoder": self.encoder.inputs(),
            "task": self.task_fingerprint,
            "recipe": _recipe_inputs(self.recipe),
            "seed": self.seed,
            "version": Setting(TRAINING_VERSION, 1, first=False),
        }

    @property
    def tuned_key(self) -> str:
        """The key of the state that the encoder is in at the end."""
        return digest(without_defaults(self.training_inputs()))

    @property
    def shares(self) -> str:
        """Its spaces are looked at while the tuned encoder is in memory."""
        return self.tuned_key

    def inputs(self) -> dict[str, Any]:
        snapshots = {"every": self.every, "layers": list(self.layers)} if self.layers else None
        return {"training": self.training_inputs(), "snapshots": snapshots}

    @property
    def title(self) -> str:
        return f"fine-tuning of {self.encoder.label} on {self.task}, seed {self.seed}"

    def find(self, store: ResultStore) -> Unit | None:
        """This unit, or one of the same training with the same updates that looked at more layers."""
        exact = super().find(store)
        if exact is not None:
            return exact
        return next((unit for unit in store.units(self.kind) if self._is_answered_by(unit)), None)

    def _is_answered_by(self, unit: Unit) -> bool:
        if not self.trained_alike(unit):
            return False
        if not self.layers:
            return True
        snapshots = unit.inputs.get("snapshots") or {}
        return snapshots.get("every") == self.every and set(self.layers) <= set(snapshots.get("layers", ()))

    def trained_alike(self, unit: Unit) -> bool:
        """Whether a unit is of the same training, whatever it looked at on the way."""
        return same_inputs(unit.inputs.get("training"), self.training_inputs())

    def _n_snapshots(self, task: Task) -> int:
        """How many snapshots there will be, at most."""
        batches = -(-len(task.train.sentences) // self.recipe.batch_size)
        return 2 + batches * self.recipe.epochs // self.every

    def run(self, writer: UnitWriter, bench: Bench, folder: Path) -> None:
        from tunescope.finetuning import fine_tune

        task = bench.tasks[self.task]
        log = SnapshotLog(folder / "snapshots", self.layers)
        points = None
        if self.points and self.layers:
            points = PointLog(
                folder / "points",
                self.layers,
                task,
                self._n_snapshots(task),
                maps=self.maps,
                map_points=self.map_points,
                watcher=bench.watcher,
            )

        def on_snapshot(update: int, epoch: float, encoder: Encoder) -> None:
            if not self.layers:
                return
            with writer.timing("vectors of snapshots"):
                encoding = encoder.encode(task.train, task.kind, layers=self.layers, task=self.task)
            if points is not None:
                with writer.timing("points for the explorer"):
                    of_test = encoder.encode(task.test, task.kind, layers=self.layers, task=self.task)
                    points.add(update, encoding, of_test)
            with writer.timing("geometry of snapshots"):
                log.add(update, epoch, encoding)

        done = log.updates() if points is None else log.updates() & points.updates()

        with writer.timing("training"):
            tuning = fine_tune(
                bench.encoder(self.encoder),
                task,
                self.recipe,
                seed=self.seed,
                every=self.every if self.layers else None,
                on_snapshot=on_snapshot,
                work_dir=folder / "training",
                progress=updates(bench),
                done_updates=done if self.layers else None,
            )
        tuning.encoder.save(writer.folder(WEIGHTS))
        for note in tuning.notes:
            writer.note(note)
        if tuning.resumed_at is not None:
            writer.note(f"cut off once, and went on at update {tuning.resumed_at}")
        writer.table("training", tuning.log, schema("training", origin=False))
        if self.layers:
            with writer.timing("summary of snapshots"):
                log.write(writer)
        if points is not None:
            with writer.timing("points for the explorer"):
                points.write(writer)
        bench.remember(self.tuned_key, tuning.encoder)


def updates(bench: Bench) -> Callable[[int, int, float], None]:
    """Tell the watcher of each update of a fine-tuning."""
    tell = bench.watcher.part("fine-tune")
    return lambda update, n_updates, loss: tell(update, n_updates)


def _recipe_inputs(recipe: Recipe) -> dict[str, Setting]:
    """A recipe as settings with their defaults."""
    defaults = type(recipe)().settings(defaults=True)
    values = recipe.settings(defaults=True)
    return {name: Setting(value, defaults[name], name in _FIRST_RECIPE) for name, value in values.items()}
