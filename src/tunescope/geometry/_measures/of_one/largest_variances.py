"""Geometric and harmonic mean of the ten largest variances: whether the widest directions collapse."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tunescope.geometry._measures.measure import SpaceMeasure, Value
from tunescope.geometry._measures.space import Space

LARGEST = 10
"""Variances that count."""


class _LargestVariances(SpaceMeasure):
    """A mean of the ten largest variances along principal axes, in the square of the points' unit."""

    range = (0.0, float("inf"))
    direction = "up"
    towards = "wide in its ten widest directions"
    invariant_to = ("rotation", "shift")
    needs = frozenset({"vectors"})
    source = "own definition, after the collapse measures that REPINA names (Razdaibiedina et al., EMNLP 2023 Findings)"
    null = "equal-space"

    def compute(self, space: Space, setting: str) -> Value:
        """Not below zero."""
        if len(space.variances) < LARGEST:
            return Value.undefined(f"there are {len(space.variances)} directions, {LARGEST} are needed", len(space))
        return Value(self.mean(space.variances[:LARGEST]), n=len(space))

    def mean(self, variances: NDArray[np.float64]) -> float:
        """Their mean of one kind."""
        raise NotImplementedError


class GeometricMean(_LargestVariances):
    """Geometric mean."""

    name = "gm-10"
    title = "Geometric mean of the ten largest variances"

    def mean(self, variances: NDArray[np.float64]) -> float:
        """Exp of the mean logarithm; 0 when one of them is 0."""
        return float(np.exp(np.log(variances).mean())) if variances.min() > 0 else 0.0


class HarmonicMean(_LargestVariances):
    """Harmonic mean, which the least of the ten decides."""

    name = "hm-10"
    title = "Harmonic mean of the ten largest variances"

    def mean(self, variances: NDArray[np.float64]) -> float:
        """1 over the mean of the inverses; 0 when one of them is 0."""
        return float(1.0 / (1.0 / variances).mean()) if variances.min() > 0 else 0.0
