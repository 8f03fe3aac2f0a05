"""Paths of the labels' centroids during fine-tuning (Zhou and Srikumar 2022, Figure 3)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tunescope.report._findings._runs import Run
from tunescope.report._study import Study, groups


@dataclass(frozen=True)
class Paths:
    """Centroids on the way, in the two principal axes that all updates of one layer share."""

    layer: int
    seed: int
    updates: tuple[int, ...]
    labels: tuple[str, ...]
    points: np.ndarray
    """(labels, updates, 2) float64; nan where a label is absent."""

    def closest(self, n: int = 3) -> tuple[int, ...]:
        """Positions of the n labels that start closest: least sum of distances at the first update."""
        from itertools import combinations

        start = self.points[:, 0]
        known = [index for index in range(len(self.labels)) if np.isfinite(start[index]).all()]
        if len(known) <= n:
            return tuple(known)
        between = np.linalg.norm(start[:, None] - start[None], axis=-1)
        if len(known) > 60:  # C(60, 3) is 34,220 triples; beyond that grow from the closest pair
            i, j = min(combinations(known, 2), key=lambda pair: between[pair])
            rest = sorted((k for k in known if k not in (i, j)), key=lambda k: between[i, k] + between[j, k])
            return (i, j, *rest[: n - 2])
        return min(combinations(known, n), key=lambda chosen: sum(between[p] for p in combinations(chosen, 2)))


def find_paths(study: Study, run: Run) -> dict[int, dict[int, Paths]]:
    """Centroid paths of a run, by layer and seed (principal axes differ between both)."""
    rows = run.timeline(study, "paths", "layer", "label")
    found: dict[int, dict[int, Paths]] = {}
    for (layer, seed), part in groups(rows, "layer", "seed"):
        updates = tuple(sorted({int(update) for update in part["update"]}))
        labels = tuple(sorted(set(part["label"])))
        points = np.full((len(labels), len(updates), 2), np.nan)
        position = {label: index for index, label in enumerate(labels)}
        at = (
            np.array([position[label] for label in part["label"]], dtype=np.int64),
            np.searchsorted(updates, part["update"].to_numpy(dtype=np.int64)),
        )
        points[at] = part[["x", "y"]].to_numpy(dtype=np.float64)
        if len(updates) > 1:
            found.setdefault(int(layer), {})[int(seed)] = Paths(int(layer), int(seed), updates, labels, points)
    return found
