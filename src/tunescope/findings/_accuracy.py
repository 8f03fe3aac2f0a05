"""Accuracy of the classifier probe before and after (Zhou and Srikumar 2022, Tables 2 and 7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tunescope.findings._intervals import Estimate, estimate
from tunescope.findings._runs import Run
from tunescope.findings._study import Study, groups

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Accuracy:
    """The accuracies of one probe on one split and layer, one value for each run of the probe."""

    probe: str
    split: str
    layer: int
    before: tuple[float, ...]
    after: tuple[tuple[int, float], ...]
    """(seed of the fine-tuning, accuracy) for each run of the probe."""

    @property
    def before_estimate(self) -> Estimate | None:
        """Mean over the probe's initialisations."""
        return estimate(self.before)

    @property
    def after_estimate(self) -> Estimate | None:
        """Mean over seeds, each seed the mean of its initialisations; over initialisations with one seed."""
        by_seed: dict[int, list[float]] = {}
        for seed, value in self.after:
            by_seed.setdefault(seed, []).append(value)
        if len(by_seed) == 1:
            return estimate(next(iter(by_seed.values())))
        return estimate(float(np.mean(values)) for values in by_seed.values())

    @property
    def over(self) -> str:
        """What the interval after is over: "seeds" or "initialisations"."""
        return "seeds" if len({seed for seed, _ in self.after}) > 1 else "initialisations"


def find_accuracies(study: Study, run: Run) -> tuple[Accuracy, ...]:
    """Accuracies of a run by probe, layer and split: test before train, the last layer first."""
    rows = run.mine(study, "accuracy")
    rows = rows[rows["accuracy"].notna()]
    if "probe" not in rows.columns:
        rows = rows.assign(probe="classifier")
    found = []
    for (probe, layer, split), part in groups(rows, "probe", "layer", "split"):
        before, after = _before_after(part)
        found.append(
            Accuracy(
                str(probe),
                str(split),
                int(layer),
                tuple(float(value) for value in before["accuracy"]),
                tuple((int(s), float(a)) for s, a in zip(after["seed"], after["accuracy"], strict=True)),
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.layer, one.split != "test", one.probe)))


def _before_after(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of the original encoder, and those at the end of fine-tuning."""
    before = rows[rows["tuned_on"] == ""]
    after = rows[rows["tuned_on"] != ""]
    if "update" in rows.columns and after["update"].notna().any():
        if before.empty:
            before = after[after["update"] == 0]
        after = after[after["update"] == after.groupby("seed")["update"].transform("max")]
    return before, after
