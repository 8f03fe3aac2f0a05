"""Intrinsic dimension: how many coordinates the neighbourhoods of the points need, over all and locally."""

from __future__ import annotations

import numpy as np
from scipy.stats import chi2

from tunescope.geometry._measures.intervals import mean_of_points
from tunescope.geometry._measures.measure import SpaceMeasure, Value
from tunescope.geometry._measures.neighbours import sampled
from tunescope.geometry._measures.space import Space

K = 20
"""Neighbours of the local estimate."""


class TwoNN(SpaceMeasure):
    """(N - 1) / Σ log(r₂ / r₁), r₁ and r₂ the distances of each point to its two nearest, coincident points once.

    The interval is that of the law from which the estimate follows: locally constant density.
    """

    name = "intrinsic-dimension"
    title = "Intrinsic dimension (TwoNN)"
    range = (0.0, float("inf"))
    direction = "up"
    towards = "of many dimensions"
    invariant_to = ("rotation", "shift", "scale")
    needs = frozenset({"vectors"})
    source = "Facco et al., Scientific Reports 2017; unbiased estimate: Denti et al., Scientific Reports 2022"
    null = "independent-rows"

    def compute(self, space: Space, setting: str) -> Value:
        """Of the distinct points."""
        distinct = space.distinct
        n, left = len(distinct), len(space) - len(distinct)
        if n < 3:
            return Value.undefined("fewer than three distinct points", n)
        near = distinct.neighbours.distances
        ratios = np.log(near[:, 1] / near[:, 0])
        total, m = float(ratios.sum()), len(ratios)
        if total <= 0:
            return Value.undefined("every point has two equally near neighbours", n)
        low, high = (float(bound) / (2 * total) for bound in chi2.ppf([0.025, 0.975], 2 * m))
        note = ", ".join(filter(None, [f"{left} coincident points counted once" if left else "", sampled(n)]))
        return Value((m - 1) / total, low, high, n, note=note)


class LocalDimension(SpaceMeasure):
    """Mean over points of (k - 1) / Σ log(rₖ / rⱼ), j < k, over their k = 20 nearest, coincident points once."""

    name = "local-dimension"
    title = "Local intrinsic dimension"
    range = (0.0, float("inf"))
    direction = "up"
    towards = "of many dimensions"
    invariant_to = ("rotation", "shift", "scale")
    needs = frozenset({"vectors"})
    source = "Levina and Bickel, NIPS 2004, equation 8"
    null = "independent-rows"
    settings = ("k=20",)

    def compute(self, space: Space, setting: str) -> Value:
        """Of the distinct points."""
        distinct = space.distinct
        n, left = len(distinct), len(space) - len(distinct)
        if n < K + 1:
            return Value.undefined(f"{K} neighbours need at least {K + 1} distinct points", n)
        near = distinct.neighbours.distances[:, :K]
        totals = np.log(near[:, -1:] / near[:, :-1]).sum(axis=1)
        there = totals > 0
        if not there.any():
            return Value.undefined("every point's neighbours are equally near", n)
        note = ", ".join(filter(None, [f"{left} coincident points counted once" if left else "", sampled(n)]))
        return mean_of_points((K - 1) / totals[there], note=note)
