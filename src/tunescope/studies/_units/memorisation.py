"""The unit `memorisation`: a probe that sees a part of the training points, watched while it learns."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.records import schema
from tunescope.studies._units.classifier import classifier_device
from tunescope.studies._units.keys import Setting
from tunescope.studies._units.space import Space
from tunescope.studies._units.work import Work

if TYPE_CHECKING:
    from tunescope.storage import UnitWriter
    from tunescope.studies._settings.study import Study
    from tunescope.studies._units.bench import Bench

SUBTRAIN_SHARE = 0.8
"""Share of the training points that the probe learns from (first author's web log: 80:20)."""


@dataclass(frozen=True)
class Memorise(Work):
    """Accuracy after every epoch of a probe on the part that it learns from, the rest of train, and test.

    The encoder was fine-tuned on all of train. Where it remembers its points, the rest is answered like the
    part; where it does not, the rest is answered like test.
    """

    space: Space
    hidden: tuple[int, int]
    alpha: float
    epochs: int
    seed: int = 0
    """Draws the part and initialises the probe."""

    @classmethod
    def of(cls, space: Space, study: Study) -> Memorise:
        """The unit of a space with the settings of a study."""
        chosen = study.classifier
        return cls(space, (chosen.hidden[0], chosen.hidden[1]), chosen.alpha, study.memorisation_epochs)

    kind = "memorisation"
    activity = "memorisation"

    def inputs(self) -> dict[str, Any]:
        return {
            "space": self.space.inputs(),
            "hidden": Setting(list(self.hidden), [256, 256]),
            "alpha": Setting(self.alpha, 1e-4),
            "epochs": Setting(self.epochs, 100),
            "seed": Setting(self.seed, 0),
        }

    @property
    def title(self) -> str:
        return f"memorisation of {self.space.state.title} on {self.space.task}, layer {self.space.layer}"

    @property
    def needs(self) -> tuple[Work, ...]:
        return (self.space,)

    def run(self, writer: UnitWriter, bench: Bench, folder: Path) -> None:
        import numpy as np

        from tunescope.probes import training_curve

        train, test = self.space.points(bench.store, in_memory=True)
        order = np.random.default_rng(self.seed).permutation(len(train.y))
        cut = round(SUBTRAIN_SHARE * len(order))
        part, rest = np.sort(order[:cut]), np.sort(order[cut:])
        seen = set(train.y[part].tolist())
        missing = sorted((set(train.y[rest].tolist()) | set(test.y.tolist())) - seen)
        if missing:
            writer.note(f"labels of which the probe saw no point: {', '.join(missing)}; counted as wrong answers")
        rows = training_curve(
            train.X[part],
            train.y[part],
            {
                "subtrain": (train.X[part], train.y[part]),
                "subtest": (train.X[rest], train.y[rest]),
                "test": (test.X, test.y),
            },
            epochs=self.epochs,
            hidden=self.hidden,
            alpha=self.alpha,
            random_state=self.seed,
            device=classifier_device(bench.device),
        )
        placed = [{"layer": self.space.layer, **row} for row in rows]
        writer.table("memorisation", placed, schema("memorisation", origin=False))
