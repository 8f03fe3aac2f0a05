"""The unit `finetune`: an encoder is fine-tuned, and its space is looked at on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.records import TUNED, schema
from tunescope.studies._points.maps import MAP_POINTS
from tunescope.studies._points.shown import PointLog
from tunescope.studies._units.snapshots import SnapshotLog
from tunescope.studies._units.work import Bench, EncoderState, Original, Work

if TYPE_CHECKING:
    from tunescope.encoders import Encoder
    from tunescope.finetuning import Recipe
    from tunescope.storage import ResultStore, Unit, UnitWriter
    from tunescope.tasks import Task


@dataclass(frozen=True)
class FineTuneUnit(Work):
    """Fine-tune an encoder on a task; keep the training log and a summary of every snapshot.

    Of a snapshot's space the centroids, the distances between the labels' hulls, its scale and a projection of its
    points are kept, and not its vectors. The fine-tuned encoder is a unit of its own, which this one writes first.
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
    keeps_work = True

    def training_inputs(self) -> dict[str, Any]:
        """What the fine-tuned weights depend on: the same whatever is looked at on the way."""
        return {
            "encoder": self.encoder.inputs(),
            "task": self.task_fingerprint,
            "recipe": self.recipe.settings(),
            "seed": self.seed,
        }

    def inputs(self) -> dict[str, Any]:
        snapshots = {"every": self.every, "layers": list(self.layers)} if self.layers else None
        return {"training": self.training_inputs(), "snapshots": snapshots}

    @property
    def title(self) -> str:
        return f"fine-tuning of {self.encoder.label} on {self.task}, seed {self.seed}"

    def find(self, store: ResultStore) -> Unit | None:
        """This unit, or one of the same training with the same updates that looked at more layers."""
        exact = store.unit(self.kind, self.key)
        if exact is not None:
            return exact
        return next((unit for unit in store.units(self.kind) if self._is_answered_by(unit)), None)

    def _is_answered_by(self, unit: Unit) -> bool:
        if unit.inputs.get("training") != self.training_inputs():
            return False
        if not self.layers:
            return True
        snapshots = unit.inputs.get("snapshots") or {}
        return snapshots.get("every") == self.every and set(self.layers) <= set(snapshots.get("layers", ()))

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
                progress=_updates(bench),
                done_updates=done if self.layers else None,
            )
        encoder = TunedEncoder(self)
        if encoder.find(bench.store) is None:
            with bench.store.writing(encoder.kind, encoder.key, encoder.inputs()) as encoder_writer:
                tuning.encoder.save(encoder_writer.folder(encoder.FOLDER))
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
        bench.remember(FineTuned(self), tuning.encoder)


@dataclass(frozen=True)
class TunedEncoder(Work):
    """The fine-tuned encoder itself, as a Hugging Face folder."""

    tuning: FineTuneUnit

    kind = "encoder"
    keeps_work = True
    FOLDER = "encoder"

    def inputs(self) -> dict[str, Any]:
        return {"training": self.tuning.training_inputs()}

    @property
    def title(self) -> str:
        return f"weights after the {self.tuning.title}"

    @property
    def needs(self) -> tuple[Work, ...]:
        return (self.tuning,)

    def run(self, writer: UnitWriter, bench: Bench, folder: Path) -> None:
        """Train again, without looking: the training is recorded but its weights were not kept."""
        from tunescope.finetuning import fine_tune

        tuning = fine_tune(
            bench.encoder(self.tuning.encoder),
            bench.tasks[self.tuning.task],
            self.tuning.recipe,
            seed=self.tuning.seed,
            work_dir=folder / "training",
            progress=_updates(bench),
        )
        tuning.encoder.save(writer.folder(self.FOLDER))


def _updates(bench: Bench) -> Callable[[int, int, float], None]:
    """Tell the watcher of each update."""
    tell = bench.watcher.part("fine-tune")
    return lambda update, n_updates, loss: tell(update, n_updates)


@dataclass(frozen=True)
class FineTuned(EncoderState):
    """An encoder after its fine-tuning."""

    tuning: FineTuneUnit

    @property
    def label(self) -> str:  # type: ignore[override]
        return self.tuning.encoder.label

    @property
    def n_layers(self) -> int:  # type: ignore[override]
        return self.tuning.encoder.n_layers

    def inputs(self) -> dict[str, Any]:
        return self.tuning.training_inputs()

    @property
    def title(self) -> str:
        return f"{self.label} fine-tuned on {self.tuning.task} (seed {self.tuning.seed})"

    @property
    def needs(self) -> tuple[Work, ...]:
        return (TunedEncoder(self.tuning),)

    @property
    def records(self) -> tuple[Work, ...]:
        return (self.tuning,)

    def origin(self, task: str) -> dict[str, Any]:
        return {
            "encoder": self.label,
            "task": task,
            "tuned_on": self.tuning.task,
            "seed": self.tuning.seed,
            "stage": TUNED,
        }

    def load(self, bench: Bench) -> Encoder:
        from tunescope.encoders import load_encoder

        weights = TunedEncoder(self.tuning)
        return load_encoder(weights.result(bench.store).folder(weights.FOLDER), device=bench.device)
