"""Hubness: whether few points are neighbours of many."""

from __future__ import annotations

import numpy as np

from tunescope.geometry._measures.measure import SpaceMeasure, Value
from tunescope.geometry._measures.neighbours import sampled
from tunescope.geometry._measures.space import Space

K = 10
"""Neighbours of each point."""


class Hubness(SpaceMeasure):
    """Skewness of how often a point is among the ten nearest of others (Euclid)."""

    name = "hubness"
    title = "Hubness"
    range = (float("-inf"), float("inf"))
    direction = "up"
    towards = "ruled by hubs"
    invariant_to = ("rotation", "shift", "scale")
    needs = frozenset({"vectors"})
    source = "Radovanović et al., Hubs in space, JMLR 2010"
    null = "equal-space"
    settings = ("k=10",)

    def compute(self, space: Space, setting: str) -> Value:
        """Third standardised moment of the counts."""
        n = len(space)
        if n < K + 2:
            return Value.undefined(f"{K} neighbours need at least {K + 2} points", n)
        counts = np.bincount(space.neighbours.rows[:, :K].ravel(), minlength=n).astype(np.float64)
        away = counts - counts.mean()
        spread = float(np.square(away).mean())
        if spread == 0:
            return Value(0.0, n=n)
        return Value(float((away**3).mean()) / spread**1.5, n=n, note=sampled(n))
