"""An encoder on its way: as it was when its head had reached an accuracy on the training points."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.studies._trajectories.reach import earliest
from tunescope.studies._units.course import Course
from tunescope.studies._units.finetune import REACHED, WEIGHTS, FineTuneUnit
from tunescope.studies._units.keys import digest
from tunescope.studies._units.tuned import FineTuned
from tunescope.studies._units.work import EncoderState, Work

if TYPE_CHECKING:
    from tunescope.encoders import Encoder
    from tunescope.storage import ResultStore, Unit, UnitWriter
    from tunescope.studies._units.bench import Bench


@dataclass(frozen=True)
class WeightsOnTheWay(Work):
    """The weights of a snapshot, where the unit of its fine-tuning does not hold them (any more)."""

    tuning: FineTuneUnit
    update: int

    kind = "encoder"
    activity = "encoders"
    keeps_work = True

    def inputs(self) -> dict[str, Any]:
        return {"training": self.tuning.training_inputs(), "update": self.update}

    @property
    def title(self) -> str:
        return f"weights at update {self.update} of the {self.tuning.title}"

    @property
    def shares(self) -> str:
        """The spaces of this state are looked at while it is in memory."""
        return OnTheWay(self.tuning, self.update).key

    def find(self, store: ResultStore) -> Unit | None:
        """The fine-tuning where it holds this state, or a unit of its own."""
        there = self.tuning.find(store)
        if there is not None and folder_of(there) == REACHED:
            return there
        return super().find(store)

    def run(self, writer: UnitWriter, bench: Bench, folder: Path) -> None:
        """Train again, up to what was asked for: the training is recorded but these weights were not kept."""
        target = writer.folder(WEIGHTS)

        def see(update: int, epoch: float, encoder: Encoder) -> None:
            if update == self.update:
                encoder.save(target)

        self.tuning.trajectory(bench).walk(see, (), folder, bench.watcher)
        writer.note("trained once more: the weights of this snapshot were not kept")


def folder_of(unit: Unit) -> str | None:
    """The folder of a unit with weights of a snapshot: of a fine-tuning those that it reached, else the weights."""
    names = {name.partition("/")[0] for name in unit.info["files"] if "/" in name}
    return REACHED if REACHED in names else WEIGHTS if unit.kind == WeightsOnTheWay.kind and WEIGHTS in names else None


@dataclass(frozen=True)
class OnTheWay(FineTuned):
    """An encoder in the state of one of the snapshots of its fine-tuning."""

    update: int

    def inputs(self) -> dict[str, Any]:
        return {**super().inputs(), "update": self.update}

    @property
    def key(self) -> str:
        return digest({"end": super().key, "update": self.update})

    @property
    def title(self) -> str:
        return f"{super().title}, after {self.update:,} updates"

    @property
    def needs(self) -> tuple[Work, ...]:
        return (WeightsOnTheWay(self.tuning, self.update),)

    def moment(self, store: ResultStore) -> tuple[int, float]:
        heads = self.tuning.result(store).table("heads")
        return self.update, float(heads.loc[heads["update"] == self.update, "epoch"].iloc[0])

    def weights(self, store: ResultStore) -> Path:
        """The folder with its weights."""
        unit = WeightsOnTheWay(self.tuning, self.update).result(store)
        folder = folder_of(unit)
        assert folder is not None
        return unit.folder(folder)


def reached(course: Course, store: ResultStore) -> EncoderState | None:
    """The state in which a fine-tuning had reached the training accuracy that was asked for.

    Returns
    -------
    EncoderState or None
        The end itself where it was reached there first; None where it was not reached, or nothing is there.
    """
    tuning = course.record
    assert isinstance(tuning, FineTuneUnit)
    unit = tuning.find(store)
    if unit is None or tuning.reach is None or not unit.has_table("heads"):
        return None
    heads = unit.table("heads")
    train = heads[heads["split"] == "train"]
    update = earliest(zip(train["update"].tolist(), train["accuracy"].tolist(), strict=True), tuning.reach)
    if update is None:
        return None
    return course.end if update == int(heads["update"].max()) else OnTheWay(tuning, int(update))
