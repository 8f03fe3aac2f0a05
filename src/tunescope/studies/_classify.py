"""The unit `classifier`: what a classifier probe learns from a space."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.studies._space import Space
from tunescope.studies._tables import schema
from tunescope.studies._work import Bench, Work

if TYPE_CHECKING:
    from tunescope.storage import UnitWriter


@dataclass(frozen=True)
class Classify(Work):
    """Accuracy of the classifier probe, trained on the vectors of train, over several initialisations."""

    space: Space
    hidden: tuple[int, int]
    alpha: float
    max_iter: int
    runs: int
    search: bool
    """Whether the paper's grid chooses `hidden` and `alpha`, which then are not used."""

    kind = "classifier"

    def inputs(self) -> dict[str, Any]:
        setting = "grid" if self.search else {"hidden": list(self.hidden), "alpha": self.alpha}
        return {
            "space": self.space.inputs(),
            "setting": setting,
            "max_iter": self.max_iter,
            "runs": self.runs,
        }

    @property
    def title(self) -> str:
        state = self.space.state.title
        return f"classifier probe of {state} on {self.space.task}, layer {self.space.layer}"

    @property
    def needs(self) -> tuple[Work, ...]:
        return (self.space,)

    def run(self, writer: UnitWriter, bench: Bench, folder: Path) -> None:
        from sklearn.exceptions import ConvergenceWarning

        from tunescope.probes import ClassifierProbe

        train, test = self.space.points(bench.store, in_memory=True)
        hidden, alpha = self.hidden, self.alpha
        if self.search:
            with writer.timing("grid"):
                hidden, alpha = self._best_setting(writer, bench)
        tell = bench.watcher.part("classifier runs")
        rows = []
        n_cut_off = 0
        for init in range(self.runs):
            probe = ClassifierProbe(
                hidden,
                alpha=alpha,
                max_iter=self.max_iter,
                random_state=init,
                device=classifier_device(bench.device),
            )
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)
                probe.fit(train.X, train.y)
            n_cut_off += not probe.converged_
            for split, points in (("train", train), ("test", test)):
                rows.append(
                    {
                        "layer": self.space.layer,
                        "probe": "classifier",
                        "split": split,
                        "init": init,
                        "accuracy": float(probe.score(points.X, points.y)),
                        "hidden1": hidden[0],
                        "hidden2": hidden[1],
                        "alpha": alpha,
                        "n": len(points.y),
                    }
                )
            tell(init + 1, self.runs)
        if n_cut_off:
            writer.note(
                f"{n_cut_off} of {self.runs} runs ended after max_iter = {self.max_iter} epochs, "
                "their loss still falling"
            )
        writer.table("accuracy", rows, schema("accuracy", origin=False))

    def _best_setting(self, writer: UnitWriter, bench: Bench) -> tuple[tuple[int, int], float]:
        """The best setting of the paper's grid, on training points that it does not learn from."""
        from tunescope.probes import grid_search

        train, _ = self.space.points(bench.store, in_memory=True)
        found = grid_search(train.X, train.y, max_iter=self.max_iter, device=classifier_device(bench.device))
        hidden = found.best_hidden
        return (int(hidden[0]), int(hidden[1])), float(found.best_alpha)


def classifier_device(device: str) -> str:
    """The device of a classifier probe, which knows CPU and CUDA only."""
    return device if device == "auto" or device.startswith("cuda") else "cpu"
