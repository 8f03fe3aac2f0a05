"""Excess distance: how much farther apart labels are than the same points under labels in random order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tunescope.geometry._chance import LabelChance, label_chance
from tunescope.geometry._measures.measure import SpaceMeasure, Value
from tunescope.geometry._measures.space import Space

PERMUTATIONS = 20
"""Draws that give each distance its median by chance."""


class ExcessDistance(SpaceMeasure):
    """Median over label pairs of the hull distance over its median under 20 permutations of the labels.

    Pairs whose permuted hulls mostly meet have no ratio and are left out.
    """

    name = "excess-distance"
    title = "Hull distance over that of permuted labels"
    range = (0.0, float("inf"))
    direction = "up"
    towards = "farther apart than chance"
    invariant_to = ("rotation", "shift", "scale")
    needs = frozenset({"vectors", "labels", "distances"})
    source = "own definition; distances: Zhou and Srikumar, ACL 2022, section 3.2"
    null = "permuted-labels"
    settings = ("20 permutations",)

    def compute(self, space: Space, setting: str) -> Value:
        """1 is chance."""
        found, k = self._of(space), len(space.labels)
        excess = found.vector_excess()
        there = np.isfinite(excess)
        if not there.any():
            return Value.undefined("the permuted hulls of all pairs meet", 0, k, found.observed.is_linear)
        left = int((~there).sum())
        note = f"{left} of {len(excess)} pairs left out: their permuted hulls meet" if left else ""
        return Value(float(np.median(excess[there])), n=int(there.sum()), n_labels=k, note=note)

    def chance(self, space: Space, setting: str, n_draws: int, seed: int) -> NDArray[np.float64]:
        """The same of each permutation that gave the medians, up to n_draws of them; they need no others."""
        drawn = self._of(space).permuted_excess()[:n_draws]
        values = [np.median(row[np.isfinite(row)]) if np.isfinite(row).any() else np.nan for row in drawn]
        return np.array(values, dtype=np.float64)

    def _of(self, space: Space) -> LabelChance:
        def work() -> LabelChance:
            labels = space.labels[space.index]
            return label_chance(space.X, labels, n_permutations=PERMUTATIONS, distances=space.distances)

        found: LabelChance = space.once_labelled("label chance", work)
        return found
