"""The unit `finetune`: an encoder is fine-tuned, and its space is looked at on the way."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.studies._observers.observer import Observer, observer_key
from tunescope.studies._trajectories.fine_tuning import FineTuningTrajectory, training_inputs
from tunescope.studies._trajectories.observed import watch
from tunescope.studies._trajectories.reach import Reach
from tunescope.studies._units.keys import Setting, digest, same_inputs, without_defaults
from tunescope.studies._units.work import EncoderState, Work

if TYPE_CHECKING:
    from tunescope.finetuning import Recipe
    from tunescope.storage import ResultStore, Unit, UnitWriter
    from tunescope.studies._units.bench import Bench

WEIGHTS = "encoder"
"""The folder of a unit that holds the fine-tuned encoder, as a Hugging Face folder."""
REACHED = "reached"
"""The folder of a unit with the encoder as it was when it first had the accuracy that was asked for, before the end."""
_NOT_IN_KEYS = "points"
"""What this observer keeps is for the explorer: a unit that was recorded without is not done again for its sake."""


@dataclass(frozen=True)
class FineTuneUnit(Work):
    """Fine-tune an encoder on a task; keep the training log, what observers saw on the way, and the weights.

    Of a snapshot's space the rows of the observers are kept, and not its vectors.
    """

    encoder: EncoderState
    task: str
    task_fingerprint: str
    recipe: Recipe
    seed: int
    every: int
    layers: tuple[int, ...]
    """Layers of the snapshots; none when no experiment reads them."""
    observers: tuple[Observer, ...] = ()
    """Who looks at the snapshots."""
    task_kind: str = "word"
    reach: float | None = None
    """The weights of the first snapshot whose head has this accuracy on the training points are kept as well."""
    recipe_label: str = field(default="", compare=False)
    """What a study calls the recipe; empty for its own."""

    kind = "finetune"
    activity = "the rest of fine-tuning"
    keeps_work = True

    def training_inputs(self) -> dict[str, Any]:
        """What the fine-tuned weights depend on: the same whatever is looked at on the way."""
        return training_inputs(self._start_inputs(), self.task_fingerprint, self.recipe, self.seed)

    def _start_inputs(self) -> dict[str, Any]:
        return {**self.encoder.inputs(), "way": Setting(self.encoder.way(self.task_kind), None, first=False)}

    @property
    def tuned_key(self) -> str:
        """The key of the state that the encoder is in at the end."""
        return digest({"training": without_defaults(self.training_inputs()), "start": self.encoder.key})

    @property
    def shares(self) -> str:
        """Its spaces are looked at while the tuned encoder is in memory."""
        return self.tuned_key

    def inputs(self) -> dict[str, Any]:
        if not self.layers:
            return {"training": self.training_inputs(), "snapshots": None}
        snapshots = {
            "every": self.every,
            "layers": list(self.layers),
            "observers": Setting(self._further(), {}, first=False),
            "reach": Setting(self.reach, None, first=False),
        }
        return {"training": self.training_inputs(), "snapshots": snapshots}

    def _further(self) -> dict[str, Any]:
        return observer_key([one for one in self.observers if one.name != _NOT_IN_KEYS])

    @property
    def title(self) -> str:
        way = f", {self.recipe_label}" if self.recipe_label else ""
        return f"fine-tuning of {self.encoder.label} on {self.task}, seed {self.seed}{way}"

    def find(self, store: ResultStore) -> Unit | None:
        """This unit, or one of the same training with the same updates that looked at more layers, or at more."""
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
        looked = snapshots.get("observers", {})
        return (
            snapshots.get("every") == self.every
            and (self.reach is None or snapshots.get("reach") == self.reach)
            and set(self.layers) <= set(snapshots.get("layers", ()))
            and all(looked.get(name) == settings for name, settings in self._further().items())
        )

    def trained_alike(self, unit: Unit) -> bool:
        """Whether a unit is of the same training, whatever it looked at on the way."""
        return same_inputs(unit.inputs.get("training"), self.training_inputs())

    def trajectory(self, bench: Bench) -> FineTuningTrajectory:
        """The fine-tuning itself."""
        return FineTuningTrajectory(
            lambda: bench.encoder(self.encoder),
            bench.tasks[self.task],
            self.recipe,
            self.seed,
            self.every if self.layers else None,
            self._start_inputs(),
        )

    def run(self, writer: UnitWriter, bench: Bench, folder: Path) -> None:
        trajectory, task = self.trajectory(bench), bench.tasks[self.task]
        reach = Reach(self.reach, folder / REACHED) if self.reach is not None else None
        end = watch(trajectory, self.layers, self.observers, task, writer, folder, bench.watcher, reach)
        end.encoder.save(writer.folder(WEIGHTS))
        if reach is not None and reach.update not in (None, end.log[-1]["update"]):
            shutil.copytree(reach.weights, writer.folder(REACHED), dirs_exist_ok=True)
        bench.remember(self.tuned_key, end.encoder)
