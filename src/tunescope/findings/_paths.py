"""Paths of the labels' centroids during fine-tuning (Zhou and Srikumar 2022, Figure 3)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tunescope.findings._runs import Run
from tunescope.findings._study import Study, groups, names, numbers, positions


@dataclass(frozen=True)
class Paths:
    """Centroids on the way, in the two principal axes that all updates of one layer share."""

    layer: int
    seed: int
    updates: tuple[int, ...]
    labels: tuple[str, ...]
    points: np.ndarray
    """(labels, updates, 2) float64; nan where a label is absent."""

    def closest(self) -> tuple[int, ...]:
        """Positions of the three labels that start closest: least sum of distances at the first update.

        With more than 60 labels, grown from the closest pair instead of over all triples.
        """
        start = self.points[:, 0]
        known = np.flatnonzero(np.isfinite(start).all(axis=1))
        if len(known) <= 3:
            return tuple(int(index) for index in known)
        apart = np.linalg.norm(start[known][:, None] - start[known][None], axis=-1)
        if len(known) > 60:
            np.fill_diagonal(apart, np.inf)
            a, b = np.unravel_index(int(apart.argmin()), apart.shape)
            return tuple(int(known[index]) for index in (a, b, int((apart[a] + apart[b]).argmin())))
        total = apart[:, :, None] + apart[None, :, :] + apart[:, None, :]
        i, j, k = np.indices(total.shape)
        total[~((i < j) & (j < k))] = np.inf
        return tuple(int(known[index]) for index in np.unravel_index(int(total.argmin()), total.shape))


def find_paths(study: Study, run: Run) -> dict[int, dict[int, Paths]]:
    """Centroid paths of a run, by layer and seed (principal axes differ between both)."""
    rows = run.timeline(study, "paths", "layer", "label")
    found: dict[int, dict[int, Paths]] = {}
    for (layer, seed), part in groups(rows, "layer", "seed"):
        updates, labels = numbers(part["update"]), names(part["label"])
        points = np.full((len(labels), len(updates), 2), np.nan)
        at = (
            positions(labels, part["label"]),
            np.searchsorted(updates, part["update"].to_numpy(dtype=np.int64)),
        )
        points[at] = part[["x", "y"]].to_numpy(dtype=np.float64)
        if len(updates) > 1:
            found.setdefault(int(layer), {})[int(seed)] = Paths(int(layer), int(seed), updates, labels, points)
    return found
