"""The unit `graft`: how much of the gain comes along with the weights of the lower layers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.studies._units.classifier import classifier_device
from tunescope.studies._units.keys import Setting
from tunescope.studies._units.space import Space
from tunescope.studies._units.work import Work

if TYPE_CHECKING:
    from tunescope.storage import UnitWriter
    from tunescope.studies._settings.study import Study
    from tunescope.studies._units.bench import Bench

NOTHING = -1
"""The layer up to which weights are taken, where none are."""


@dataclass(frozen=True)
class Graft(Work):
    """Accuracy on test of grafted encoders, read by a probe that was trained on the tuned one."""

    start: Space
    end: Space
    hidden: tuple[int, int]
    alpha: float
    max_iter: int

    kind = "graft"
    activity = "grafts"

    @classmethod
    def of(cls, start: Space, end: Space, study: Study) -> Graft:
        """The unit of the two last-layer spaces of a fine-tuning, with the settings of a study."""
        chosen = study.classifier
        return cls(start, end, (chosen.hidden[0], chosen.hidden[1]), chosen.alpha, chosen.max_iter)

    def inputs(self) -> dict[str, Any]:
        return {
            "start": self.start.inputs(),
            "end": self.end.inputs(),
            "hidden": Setting(list(self.hidden), [256, 256]),
            "alpha": Setting(self.alpha, 1e-4),
            "max_iter": Setting(self.max_iter, 1000),
        }

    @property
    def title(self) -> str:
        return f"grafts of {self.end.state.title}, read at layer {self.end.layer}"

    @property
    def needs(self) -> tuple[Work, ...]:
        return (self.start, self.end, *self.start.state.needs, *self.end.state.needs)

    @property
    def shares(self) -> str:
        """The tuned encoder is in memory while its spaces are looked at."""
        return self.end.state.key

    def run(self, writer: UnitWriter, bench: Bench, folder: Path) -> None:
        import warnings

        from sklearn.exceptions import ConvergenceWarning

        from tunescope.finetuning import GRAFTED_PARTS, graft
        from tunescope.probes import ClassifierProbe

        tuned, original = bench.encoder(self.end.state), bench.encoder(self.start.state)
        train, _ = self.end.points(bench.store, in_memory=True)
        probe = ClassifierProbe(
            self.hidden,
            alpha=self.alpha,
            max_iter=self.max_iter,
            random_state=0,
            device=classifier_device(bench.device),
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # the probe of `classifier` counts them
            probe.fit(train.X, train.y)
        split, layer = bench.tasks[self.end.task].test, self.end.layer
        tell = bench.watcher.part("grafts")
        rows: list[dict[str, Any]] = []
        n = len(GRAFTED_PARTS) * (original.n_layers + 2)
        for part in GRAFTED_PARTS:
            for up_to in range(NOTHING, original.n_layers + 1):
                mixed = graft(original, tuned, range(up_to + 1), part)
                found = mixed.encode(split, layers=[layer], task=self.end.task)
                accuracy = float((probe.predict(found.vectors[layer]) == found.labels).mean())
                rows.append(
                    {"layer": layer, "part": part, "up_to": up_to, "accuracy": accuracy, "n": len(found.labels)}
                )
                tell(len(rows), n)
        writer.table("graft", rows)
