"""An encoder after its fine-tuning, and its weights."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.records import TUNED
from tunescope.studies._units.finetune import REACHED, WEIGHTS, FineTuneUnit
from tunescope.studies._units.work import EncoderState, Work

if TYPE_CHECKING:
    from tunescope.encoders import Encoder
    from tunescope.storage import ResultStore, Unit, UnitWriter
    from tunescope.studies._units.bench import Bench


@dataclass(frozen=True)
class Weights(Work):
    """The weights of a fine-tuned encoder, where the unit of its fine-tuning does not hold them (any more)."""

    tuning: FineTuneUnit

    kind = "encoder"
    activity = "encoders"
    keeps_work = True

    def inputs(self) -> dict[str, Any]:
        return {"training": self.tuning.training_inputs()}

    @property
    def title(self) -> str:
        return f"weights after the {self.tuning.title}"

    @property
    def provider(self) -> Work:
        """The fine-tuning, which keeps the weights that it ends with."""
        return self.tuning

    @property
    def shares(self) -> str:
        """The spaces of the tuned encoder are looked at while it is in memory."""
        return self.tuning.tuned_key

    def find(self, store: ResultStore) -> Unit | None:
        """A unit with these weights: one of its own, or one of the fine-tuning."""
        own = super().find(store)
        if own is not None:
            return own
        there = self.tuning.find(store)
        if there is not None and has_weights(there):
            return there
        units = store.units(self.tuning.kind)
        return next((unit for unit in units if self.tuning.trained_alike(unit) and has_weights(unit)), None)

    def run(self, writer: UnitWriter, bench: Bench, folder: Path) -> None:
        """Train again, without looking: the training is recorded but its weights were not kept."""
        end = self.tuning.trajectory(bench).walk(None, (), folder, bench.watcher)
        end.encoder.save(writer.folder(WEIGHTS))
        writer.note("trained once more: the weights of this fine-tuning were not kept")
        bench.remember(self.tuning.tuned_key, end.encoder)


def has_weights(unit: Unit) -> bool:
    """Whether a unit holds a fine-tuned encoder."""
    return any(name.startswith(f"{WEIGHTS}/") for name in unit.info["files"])


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
    def key(self) -> str:
        return self.tuning.tuned_key

    def way(self, kind: str) -> dict[str, Any] | None:
        return self.tuning.encoder.way(kind)

    @property
    def title(self) -> str:
        way = f", {self.tuning.recipe_label}" if self.tuning.recipe_label else ""
        return f"{self.label} fine-tuned on {self.tuning.task} (seed {self.tuning.seed}{way})"

    @property
    def needs(self) -> tuple[Work, ...]:
        return (Weights(self.tuning),)

    @property
    def records(self) -> tuple[Work, ...]:
        return (self.tuning,)

    def moment(self, store: ResultStore) -> tuple[int, float]:
        last = self.tuning.result(store).table("training").iloc[-1]
        return int(last["update"]), float(last["epoch"])

    def origin(self, task: str) -> dict[str, Any]:
        return {
            "encoder": self.label,
            "task": task,
            "tuned_on": self.tuning.task,
            "seed": self.tuning.seed,
            "stage": TUNED,
        }

    def weights(self, store: ResultStore) -> Path:
        """The folder with its weights."""
        return Weights(self.tuning).result(store).folder(WEIGHTS)

    def load(self, bench: Bench) -> Encoder:
        from tunescope.encoders import Pooling, load_encoder

        encoder = load_encoder(self.weights(bench.store), device=bench.device)
        settings = self.tuning.encoder.pooling_settings()
        if settings is not None:  # the folder may be of a training that chose another pooling, or of version 0.1.0
            encoder.pooling = Pooling(**settings)
        return encoder


def forget_weights(state: EncoderState, store: ResultStore) -> None:
    """Remove the weights of a fine-tuned encoder; whoever needs them again has to train again."""
    if not isinstance(state, FineTuned):
        return
    there = state.tuning.find(store)
    if there is not None:
        store.drop_folder(there.kind, there.key, REACHED)
    weights = Weights(state.tuning)
    while (unit := weights.find(store)) is not None:
        if unit.kind == weights.kind:
            store.remove(unit.kind, unit.key)
        else:
            store.drop_folder(unit.kind, unit.key, WEIGHTS)
