"""Effective rank: over how many directions the points spread, by the entropy of the spectrum."""

from __future__ import annotations

import numpy as np

from tunescope.geometry._measures.measure import SpaceMeasure, Value
from tunescope.geometry._measures.space import Space


class EffectiveRank(SpaceMeasure):
    """exp(H(p)) with p the singular values of the centred points, divided by their sum."""

    name = "effective-rank"
    title = "Effective rank"
    range = (1.0, float("inf"))
    direction = "up"
    towards = "spread over more directions"
    invariant_to = ("rotation", "shift", "scale")
    needs = frozenset({"vectors"})
    source = "Roy and Vetterli, The effective rank, EUSIPCO 2007"
    null = "equal-space"

    def compute(self, space: Space, setting: str) -> Value:
        """Between 1 and min(n - 1, d)."""
        if space.is_one_point:
            return Value.undefined("all points coincide", len(space))
        widths = np.sqrt(space.variances)
        shares = widths / widths.sum()
        shares = shares[shares > 0]
        return Value(float(np.exp(-(shares * np.log(shares)).sum())), n=len(space))
