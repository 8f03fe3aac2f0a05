"""LogME: the evidence that the vectors give for the labels under Bayesian linear regression."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from tunescope.geometry._measures.measure import SpaceMeasure, Value
from tunescope.geometry._measures.space import Space

_PUBLISHED = (11, 1e-3)
"""Steps and relative change at which the published code stops, a little before the best evidence is reached."""

_CONVERGED = (1000, 1e-6)
_SMALL = 1e-5
"""Added to what is divided by, as in the published code."""


class LogME(SpaceMeasure):
    """Mean over labels of the largest log evidence per point; the vectors are taken as they are, not centred."""

    name = "logme"
    title = "LogME"
    range = (float("-inf"), float("inf"))
    direction = "up"
    towards = "readable by a linear map"
    invariant_to = ("rotation", "scale once converged")
    needs = frozenset({"vectors", "labels"})
    source = "You et al., LogME, ICML 2021"
    null = "permuted-labels"
    settings = ("published", "converged")

    def compute(self, space: Space, setting: str) -> Value:
        """In nats per point; ``published`` begins each label's search where that of the label before it ended."""
        n, k = len(space), len(space.labels)
        if k < 2:
            return Value.undefined("one label only", n, k)
        squares, axes = space.once("uncentred axes", lambda: _axes(space.X))
        if len(squares) == 0:
            return Value.undefined("all points lie at zero", n, k)
        sums = np.stack([space.X[space.index == label].sum(axis=0, dtype=np.float64) for label in range(k)])
        along = (sums @ axes) ** 2 / squares
        steps, tolerance = _PUBLISHED if setting == "published" else _CONVERGED
        evidence, begin = [], (1.0, 1.0)
        for label in range(k):
            found, end = _evidence(squares, along[label], float(space.counts[label]), space, begin, steps, tolerance)
            evidence.append(found)
            begin = end if setting == "published" else begin
        return Value(float(np.mean(evidence)), n=n, n_labels=k)


def _axes(X: NDArray[np.floating]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Squared singular values of X, and its right singular vectors (d, r), of those that are not zero."""
    points = X.astype(np.float64)
    values, axes = np.linalg.eigh(points.T @ points)
    there = values > 1e-12 * max(float(values[-1]), 1e-300)
    return values[there], axes[:, there]


def _evidence(
    squares: NDArray[np.float64],
    along: NDArray[np.float64],
    size: float,
    space: Space,
    begin: tuple[float, float],
    steps: int,
    tolerance: float,
) -> tuple[float, tuple[float, float]]:
    """Log evidence per point of one label's indicator, and the precisions that it was found with.

    `along` are the indicator's squared projections on the singular vectors, `size` is its square.
    """
    n, width = len(space), space.width
    alpha, beta = begin
    left = max(size - float(along.sum()), 0.0)
    weight = residual = 0.0
    for _ in range(steps):
        tau = alpha / beta
        gamma = float((squares / (squares + tau)).sum())
        weight = float((squares * along / (tau + squares) ** 2).sum())
        residual = float((along / (1 + squares / tau) ** 2).sum()) + left
        alpha, beta = gamma / (weight + _SMALL), max(n - gamma, _SMALL) / (residual + _SMALL)
        if abs(alpha / beta - tau) <= tolerance * tau:
            break
    rest = width - len(squares)  # directions that the points do not reach
    logs = float(np.log(alpha + beta * squares).sum()) + rest * math.log(alpha)
    total = width * math.log(alpha) + n * math.log(beta) - logs - beta * residual - alpha * weight
    return (total - n * math.log(2 * math.pi)) / (2 * n), (alpha, beta)
