"""Memorisation: a probe trained on a part of the training set, before and after fine-tuning on all of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from tunescope.findings._runs import Run
from tunescope.findings._study import Study, groups
from tunescope.records import ORIGINAL

if TYPE_CHECKING:
    import pandas as pd

SPLITS = ("subtrain", "subtest", "test")


@dataclass(frozen=True)
class Memorisation:
    """Accuracy of the probe over its epochs, in one stage and layer."""

    stage: str
    layer: int
    epochs: tuple[int, ...]
    curves: dict[str, np.ndarray]
    """By split: (epochs,) float64, mean over seeds."""
    by_seed: dict[int, dict[str, np.ndarray]] = field(default_factory=dict)
    """The same curves of each seed of the fine-tuning; of seed -1 for the original encoder."""


def find_memorisation(study: Study, run: Run) -> tuple[Memorisation, ...]:
    """The curves of a run, original before fine-tuned."""
    rows = run.mine(study, "memorisation")
    found = []
    for (stage, layer), part in groups(rows, "stage", "layer"):
        epochs = tuple(sorted({int(epoch) for epoch in part["probe_epoch"]}))
        by_seed = {int(seed): _curves(of_seed, epochs) for (seed,), of_seed in groups(part, "seed")}
        curves = _curves(part, epochs)
        if curves and len(epochs) > 1:
            found.append(Memorisation(str(stage), int(layer), epochs, curves, by_seed))
    return tuple(sorted(found, key=lambda one: (one.stage != ORIGINAL, one.layer)))


def _curves(rows: pd.DataFrame, epochs: tuple[int, ...]) -> dict[str, np.ndarray]:
    """Mean accuracy at each epoch by split, nan at epochs without one."""
    curves = {}
    for split in (*SPLITS, *sorted(set(rows["split"]) - set(SPLITS))):
        means = rows[rows["split"] == split].groupby("probe_epoch")["accuracy"].mean()
        if len(means):
            curves[split] = means.reindex(epochs).to_numpy(dtype=np.float64)
    return curves
