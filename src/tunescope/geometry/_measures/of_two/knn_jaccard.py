"""Neighbours kept: the overlap of each point's ten nearest in both spaces."""

from __future__ import annotations

import numpy as np

from tunescope.geometry._measures.intervals import mean_of_points
from tunescope.geometry._measures.measure import ComparisonMeasure, Value
from tunescope.geometry._measures.neighbours import sampled
from tunescope.geometry._measures.space import Space

K = 10
"""Neighbours of each point."""


class NeighbourJaccard(ComparisonMeasure):
    """Mean over points of |N ∩ N'| / |N ∪ N'|, N and N' its ten nearest others by cosine."""

    name = "knn-jaccard"
    title = "Neighbours kept (Jaccard)"
    range = (0.0, 1.0)
    direction = "up"
    towards = "alike"
    invariant_to = ("rotation", "scale")
    needs = frozenset({"vectors"})
    source = (
        "Wang et al., Towards understanding the instability of network embedding, TKDE 2022; Klabunde et al. (ReSi)"
    )
    null = "independent-rows"
    settings = ("k=10",)

    def compute(self, first: Space, second: Space, setting: str) -> Value:
        """With its interval over points."""
        n = len(first)
        if n < K + 1:
            return Value.undefined(f"{K} neighbours need at least {K + 1} points", n)
        one, two = first.cosine_neighbours.rows[:, :K], second.cosine_neighbours.rows[:, :K]
        both = (one[:, :, None] == two[:, None, :]).sum(axis=(1, 2)).astype(np.float64)
        return mean_of_points(both / (2 * K - both), note=sampled(n))
