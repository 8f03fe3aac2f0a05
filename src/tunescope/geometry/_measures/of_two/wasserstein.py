"""Wasserstein distance between the label clouds: how far labels move as clouds, whoever stands where within them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from tunescope.geometry._measures.measure import ComparisonMeasure, Value
from tunescope.geometry._measures.space import Space

MOST = 300
"""Points of a label that are matched exactly: the assignment costs their cube. Above, so many at random."""


class LabelWasserstein(ComparisonMeasure):
    """Mean over labels, weighted by points, of the 2-Wasserstein distance between a label's clouds in both spaces.

    Both clouds have the same points, so that the optimal plan is an assignment, and the distance exact.
    """

    name = "wasserstein"
    title = "Wasserstein distance of label clouds"
    range = (0.0, float("inf"))
    direction = "down"
    towards = "alike"
    invariant_to = ("rotation of both", "shift of both")
    needs = frozenset({"vectors", "labels"})
    source = "Peyré and Cuturi, Computational Optimal Transport, 2019, section 2.3"
    null = "equal-space"

    def compute(self, first: Space, second: Space, setting: str) -> Value:
        """In the unit of the points; both spaces must have one width."""
        n, k = len(first), len(first.labels)
        if first.width != second.width:
            return Value.undefined(f"the spaces have different widths, {first.width} and {second.width}", n, k)
        total, cut = 0.0, 0
        for label in range(k):
            rows = np.flatnonzero(first.index == label)
            size = len(rows)
            if size > MOST:
                rows = np.sort(np.random.default_rng(label).choice(rows, MOST, replace=False))
                cut += 1
            total += size * _distance(first.X[rows].astype(np.float64), second.X[rows].astype(np.float64))
        note = f"{cut} of {k} labels by a sample of {MOST} points" if cut else ""
        return Value(total / n, n=n, n_labels=k, note=note)


def _distance(A: NDArray[np.float64], B: NDArray[np.float64]) -> float:
    """2-Wasserstein distance of two sets of as many points."""
    # about the difference of means, the squares lose no digits; the means add their own distance
    shift = A.mean(axis=0) - B.mean(axis=0)
    A, B = A - A.mean(axis=0), B - B.mean(axis=0)
    cost = np.square(A).sum(axis=1)[:, None] + np.square(B).sum(axis=1) - 2 * A @ B.T
    rows, columns = linear_sum_assignment(cost)
    return math.sqrt(float(np.square(A[rows] - B[columns]).sum()) / len(A) + float(shift @ shift))
