"""Accuracy of the classifier probe before and after (Zhou and Srikumar 2022, Tables 2 and 7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tunescope.findings._intervals import INITIALISATIONS, SEEDS, SHARE, Estimate, difference, estimate
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

    changes: tuple[float, ...] = ()
    """After minus before, one value a seed; with one seed one value an initialisation that both sides share, or, where
    none is shared, one value a run against the mean before."""

    @property
    def before_estimate(self) -> Estimate | None:
        """Mean over the probe's initialisations."""
        return estimate(self.before, SHARE, over=INITIALISATIONS)

    @property
    def after_estimate(self) -> Estimate | None:
        """Mean over seeds, each seed the mean of its initialisations; over initialisations with one seed."""
        by_seed = _by_seed(self.after)
        if len(by_seed) == 1:
            return estimate(next(iter(by_seed.values())), SHARE, over=INITIALISATIONS)
        return estimate((float(np.mean(values)) for values in by_seed.values()), SHARE)

    @property
    def change(self) -> Estimate | None:
        """How much it rose, over what `over` says."""
        return estimate(self.changes, SHARE.of_change, over=self.over)

    @property
    def over(self) -> str:
        """What the runs after are: `seeds` or `initialisations`."""
        return SEEDS if len({seed for seed, _ in self.after}) > 1 else INITIALISATIONS


def _by_seed(after: tuple[tuple[int, float], ...]) -> dict[int, list[float]]:
    by_seed: dict[int, list[float]] = {}
    for seed, value in after:
        by_seed.setdefault(seed, []).append(value)
    return by_seed


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
                _changes(before, after),
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.layer, one.split != "test", one.probe)))


def _changes(before: pd.DataFrame, after: pd.DataFrame) -> tuple[float, ...]:
    """After minus before: runs that began alike are compared with each other."""
    if before.empty or after.empty:
        return ()
    mean = float(before["accuracy"].mean())
    if after["seed"].nunique() > 1:
        return tuple(difference(float(value), mean) for value in after.groupby("seed")["accuracy"].mean())
    if "init" in before.columns and "init" in after.columns:
        sides = [side.dropna(subset=["init"]).groupby("init")["accuracy"].mean() for side in (before, after)]
        shared = sides[0].index.intersection(sides[1].index)
        if len(shared):
            return tuple(difference(float(sides[1][init]), float(sides[0][init])) for init in shared)
    return tuple(difference(float(value), mean) for value in after["accuracy"])


def _before_after(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of the original encoder, and those at the end of fine-tuning."""
    before = rows[rows["tuned_on"] == ""]
    after = rows[rows["tuned_on"] != ""]
    if "update" in rows.columns and after["update"].notna().any():
        if before.empty:
            before = after[after["update"] == 0]
        after = after[after["update"] == after.groupby("seed")["update"].transform("max")]
    return before, after
