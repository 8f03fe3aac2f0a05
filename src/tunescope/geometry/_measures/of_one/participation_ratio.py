"""Participation ratio: how many directions share the variance."""

from __future__ import annotations

import numpy as np

from tunescope.geometry._measures.measure import SpaceMeasure, Value
from tunescope.geometry._measures.space import Space


class ParticipationRatio(SpaceMeasure):
    """(Σ λ)² / Σ λ² with λ the variances along the principal axes."""

    name = "participation-ratio"
    title = "Participation ratio"
    range = (1.0, float("inf"))
    direction = "up"
    towards = "spread over more directions"
    invariant_to = ("rotation", "shift", "scale")
    needs = frozenset({"vectors"})
    source = "Gao et al., A theory of multineuronal dimensionality, bioRxiv 2017"
    null = "equal-space"

    def compute(self, space: Space, setting: str) -> Value:
        """Between 1 and min(n - 1, d)."""
        if space.is_one_point:
            return Value.undefined("all points coincide", len(space))
        shares = space.variances / space.variances.sum()
        return Value(1.0 / float(np.square(shares).sum()), n=len(space))
