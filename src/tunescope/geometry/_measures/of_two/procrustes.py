"""Orthogonal Procrustes distance: what is left between two spaces after the best rotation."""

from __future__ import annotations

import numpy as np

from tunescope.geometry._measures.measure import ComparisonMeasure, Value
from tunescope.geometry._measures.space import Space


class Procrustes(ComparisonMeasure):
    """min |X R - Z| over orthogonal R, both centred and brought to Frobenius norm 1: √(2 - 2 |Xᵀ Z|_*)."""

    name = "procrustes"
    title = "Procrustes distance"
    range = (0.0, 2.0**0.5)
    direction = "down"
    towards = "alike"
    invariant_to = ("rotation", "shift", "scale")
    needs = frozenset({"vectors"})
    source = "Schönemann, Psychometrika 1966; Williams et al., NeurIPS 2021"
    null = "independent-rows"

    def compute(self, first: Space, second: Space, setting: str) -> Value:
        """0 when one is the other turned, moved and scaled."""
        n = len(first)
        if first.is_one_point or second.is_one_point:
            return Value.undefined("all points of a space coincide", n)
        size = (float(np.square(first.centred).sum()) * float(np.square(second.centred).sum())) ** 0.5
        common = float(np.linalg.svd(first.centred.T @ second.centred, compute_uv=False).sum()) / size
        return Value(max(0.0, 2.0 - 2.0 * common) ** 0.5, n=n)
