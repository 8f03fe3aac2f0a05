"""Anisotropy: how far the vectors share one direction, seen from zero."""

from __future__ import annotations

import numpy as np

from tunescope.geometry._measures.measure import SpaceMeasure, Value
from tunescope.geometry._measures.space import Space


class Anisotropy(SpaceMeasure):
    """Mean cosine of all pairs of different points, exactly, in O(n d)."""

    name = "anisotropy"
    title = "Anisotropy (mean cosine)"
    range = (-1.0, 1.0)
    direction = "up"
    towards = "crowded in one direction"
    invariant_to = ("rotation", "scale")
    needs = frozenset({"vectors"})
    source = "Ethayarajh, EMNLP 2019, section 3.3"
    null = "equal-space"

    def compute(self, space: Space, setting: str) -> Value:
        """Points at zero have no direction and are left out."""
        lengths = np.sqrt(np.einsum("ij,ij->i", space.X, space.X, dtype=np.float64))
        there = lengths > 0
        n = int(there.sum())
        if n < 2:
            return Value.undefined("fewer than two points have a direction", n)
        unit = space.X[there] / lengths[there, None]
        total = unit.sum(axis=0, dtype=np.float64)
        left = len(space) - n
        note = f"{left} points at zero left out" if left else ""
        return Value((float(total @ total) - n) / (n * (n - 1)), n=n, note=note)
