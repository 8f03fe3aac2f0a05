"""Minimum distances of labels over updates (Zhou and Srikumar 2022, Figures 2 and 6)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tunescope.findings._runs import Run
from tunescope.findings._study import Study, groups, names, numbers, positions


@dataclass(frozen=True)
class Gaps:
    """How far each label is from its nearest other label, at each update, for each seed, in one layer."""

    layer: int
    updates: tuple[int, ...]
    labels: tuple[str, ...]
    counts: tuple[int, ...]
    """Points of each label; 0 where it is not known."""
    seeds: tuple[int, ...]
    distance: np.ndarray
    """(seeds, updates, labels) float64: distance between hulls, in units of the space; nan where absent."""
    scaled: np.ndarray | None
    """The same divided by the scale of the space; None where it was not stored."""
    nearest: np.ndarray
    """(seeds, updates, labels) int64: position in `labels` of the nearest other label, -1 where unknown."""

    def change(self, scaled: bool = False) -> np.ndarray:
        """(labels,) mean over seeds of the last value minus the first; nan where either is absent."""
        values = self.scaled if scaled and self.scaled is not None else self.distance
        both = values[:, -1] - values[:, 0]
        return _nanmean(both)

    def mean(self, scaled: bool = False) -> np.ndarray:
        """(updates, labels) mean over seeds."""
        values = self.scaled if scaled and self.scaled is not None else self.distance
        return _nanmean(values)

    def extremes(self, n: int = 3, scaled: bool = False) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The labels that rise most and those that rise least, as positions; never one label in both."""
        change = self.change(scaled)
        known = [int(index) for index in np.argsort(-change, kind="stable") if np.isfinite(change[index])]
        n_most = min(n, (len(known) + 1) // 2)
        n_least = min(n, len(known) - n_most)
        return tuple(known[:n_most]), tuple(known[len(known) - n_least :])


def _nanmean(values: np.ndarray) -> np.ndarray:
    """Mean over the first axis without the absent ones, silently nan where there is none."""
    here = np.isfinite(values)
    count = here.sum(axis=0)
    total = np.where(here, values, 0.0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def find_gaps(study: Study, run: Run) -> dict[int, Gaps]:
    """The minimum distances of a run, by layer; layers without any are left out."""
    rows = run.timeline(study, "gaps", "layer", "label")
    found: dict[int, Gaps] = {}
    for (layer,), part in groups(rows, "layer"):
        updates, labels, seeds = numbers(part["update"]), names(part["label"]), numbers(part["seed"])
        at = (
            np.searchsorted(seeds, part["seed"].to_numpy(dtype=np.int64)),
            np.searchsorted(updates, part["update"].to_numpy(dtype=np.int64)),
            positions(labels, part["label"]),
        )
        shape = (len(seeds), len(updates), len(labels))
        distance = np.full(shape, np.nan)
        distance[at] = part["distance"].to_numpy(dtype=np.float64)
        scaled = None
        if "scaled" in part.columns and part["scaled"].notna().any():
            scaled = np.full(shape, np.nan)
            scaled[at] = part["scaled"].to_numpy(dtype=np.float64)
        nearest = np.full(shape, -1, dtype=np.int64)
        if "nearest" in part.columns:
            nearest[at] = positions(labels, part["nearest"])
        counts = [0] * len(labels)
        if "n_points" in part.columns:
            for label, n_points in part.groupby("label")["n_points"].max().items():
                counts[labels.index(str(label))] = 0 if n_points != n_points else int(n_points)
        found[int(layer)] = Gaps(int(layer), updates, labels, tuple(counts), seeds, distance, scaled, nearest)
    return found
