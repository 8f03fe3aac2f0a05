"""Memorisation: a probe trained on a part of the training set, before and after fine-tuning on all of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tunescope.report._findings._runs import Run
from tunescope.report._study import Study, groups

SPLITS = ("subtrain", "subtest", "test")


@dataclass(frozen=True)
class Memorisation:
    """Accuracy of the probe over its epochs, in one stage and layer."""

    stage: str
    layer: int
    epochs: tuple[int, ...]
    curves: dict[str, np.ndarray]
    """By split: (epochs,) float64, mean over seeds."""


def find_memorisation(study: Study, run: Run) -> tuple[Memorisation, ...]:
    """The curves of a run, original before fine-tuned."""
    rows = run.mine(study, "memorisation")
    found = []
    for (stage, layer), part in groups(rows, "stage", "layer"):
        epochs = tuple(sorted({int(epoch) for epoch in part["probe_epoch"]}))
        curves = {}
        for split in (*SPLITS, *sorted(set(part["split"]) - set(SPLITS))):
            means = part[part["split"] == split].groupby("probe_epoch")["accuracy"].mean()
            if len(means):
                curves[split] = means.reindex(epochs).to_numpy(dtype=np.float64)
        if curves and len(epochs) > 1:
            found.append(Memorisation(str(stage), int(layer), epochs, curves))
    return tuple(sorted(found, key=lambda one: (one.stage != "original", one.layer)))
