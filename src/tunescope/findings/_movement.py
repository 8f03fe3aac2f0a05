"""How far and where fine-tuning moved the labels' centroids (Zhou and Srikumar 2022, Figures 5, 7 to 10)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tunescope.findings._runs import Run
from tunescope.findings._study import Study, groups


@dataclass(frozen=True)
class Movement:
    """Movement of each label in one layer and for one seed, in the two principal axes of the movements."""

    layer: int
    seed: int
    labels: tuple[str, ...]
    arrows: np.ndarray
    """(labels, 2) float64: centroid after minus centroid before."""
    lengths: np.ndarray
    """(labels,) float64: length of the whole movement, in all dimensions of the space."""


def find_movement(study: Study, run: Run) -> dict[int, dict[int, Movement]]:
    """Movements of a run, by layer and seed."""
    rows = run.mine(study, "movement")
    rows = rows[rows["tuned_on"] != ""]
    if "update" in rows.columns and rows["update"].notna().any():
        rows = rows[rows["update"] == rows.groupby(["layer", "seed"])["update"].transform("max")]
    found: dict[int, dict[int, Movement]] = {}
    for (layer, seed), part in groups(rows, "layer", "seed"):
        part = part.sort_values("label")
        found.setdefault(int(layer), {})[int(seed)] = Movement(
            int(layer),
            int(seed),
            tuple(part["label"]),
            part[["dx", "dy"]].to_numpy(dtype=np.float64),
            part["length"].to_numpy(dtype=np.float64),
        )
    return found
