"""The unit `classifier`: what a classifier probe learns from a space."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.errors import RepresentationError
from tunescope.records import schema
from tunescope.studies._points.facts import write_predictions
from tunescope.studies._units.keys import Setting
from tunescope.studies._units.space import Points, Space
from tunescope.studies._units.work import Work

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tunescope.probes import ClassifierProbe
    from tunescope.storage import UnitWriter
    from tunescope.studies._settings.study import Classifier
    from tunescope.studies._units.bench import Bench


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

    @classmethod
    def of(cls, space: Space, chosen: Classifier) -> Classify:
        """The unit of a space with the settings of a study."""
        hidden = (chosen.hidden[0], chosen.hidden[1])
        return cls(space, hidden, chosen.alpha, chosen.max_iter, chosen.runs, chosen.search)

    kind = "classifier"
    activity = "classifier probes"

    def inputs(self) -> dict[str, Any]:
        chosen = {"hidden": Setting(list(self.hidden), [256, 256]), "alpha": Setting(self.alpha, 1e-4)}
        return {
            "space": self.space.inputs(),
            "setting": "grid" if self.search else chosen,
            "max_iter": Setting(self.max_iter, 1000),
            "runs": Setting(self.runs, 5),
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

        train, test = self.space.points(bench.store, in_memory=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # counted below
            try:
                probes = self._searched(train, test, writer, bench) if self.search else self._fitted(train, bench)
            except ValueError as error:
                raise RepresentationError(f"the classifier probe cannot be trained: {error}") from error
        rows = []
        first: list[NDArray[Any]] = []
        for init, probe in enumerate(probes):
            widths = (*probe.hidden, 0, 0)
            for split, points in (("train", train), ("test", test)):
                predicted = probe.predict(points.X)
                if init == 0:
                    first.append(predicted)
                rows.append(
                    {
                        "layer": self.space.layer,
                        "probe": "classifier",
                        "split": split,
                        "init": init,
                        "accuracy": float((predicted == points.y).mean()),
                        "hidden1": widths[0],
                        "hidden2": widths[1],
                        "alpha": probe.alpha,
                        "n": len(points.y),
                    }
                )
        n_cut_off = sum(not probe.converged_ for probe in probes)
        if n_cut_off:
            writer.note(
                f"{n_cut_off} of {self.runs} runs ended after max_iter = {self.max_iter} epochs, "
                "their loss still falling"
            )
        writer.table("accuracy", rows, schema("accuracy", origin=False))
        write_predictions(writer, first, train)

    def _fitted(self, train: Points, bench: Bench) -> Sequence[ClassifierProbe]:
        """Probes of the given setting, one an initialisation."""
        from tunescope.probes import ClassifierProbe, fit_together

        probes = [
            ClassifierProbe(
                self.hidden,
                alpha=self.alpha,
                max_iter=self.max_iter,
                random_state=init,
                device=classifier_device(bench.device),
            )
            for init in range(self.runs)
        ]
        fit_together(probes, train.X, train.y)
        return probes

    def _searched(self, train: Points, test: Points, writer: UnitWriter, bench: Bench) -> Sequence[ClassifierProbe]:
        """Probes of the best setting of the paper's grid, found on training points held out from it."""
        from tunescope.probes import grid_search

        found = grid_search(
            train.X,
            train.y,
            test.X,
            test.y,
            runs=self.runs,
            max_iter=self.max_iter,
            device=classifier_device(bench.device),
            progress=bench.watcher.part("grid"),
        )
        writer.table("grid", found.rows)
        return found.probes


def classifier_device(device: str) -> str:
    """The device of a classifier probe, which knows CPU and CUDA only."""
    return device if device == "auto" or device.startswith("cuda") else "cpu"
