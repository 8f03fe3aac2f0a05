"""Silhouette: whether points are nearer to their own label than to the next."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tunescope.geometry._measures.intervals import mean_of_points
from tunescope.geometry._measures.measure import SpaceMeasure, Value
from tunescope.geometry._measures.neighbours import asked_rows, sampled
from tunescope.geometry._measures.space import Space

_BLOCK = 512


class Silhouette(SpaceMeasure):
    """Mean of (b - a) / max(a, b): a the mean distance to one's own label, b that to the nearest other."""

    name = "silhouette"
    title = "Silhouette"
    range = (-1.0, 1.0)
    direction = "up"
    towards = "gathered by label"
    invariant_to = ("rotation", "shift", "scale")
    needs = frozenset({"vectors", "labels"})
    source = "Rousseeuw, J. Comput. Appl. Math. 1987"
    null = "permuted-labels"

    def compute(self, space: Space, setting: str) -> Value:
        """A point alone with its label counts 0."""
        n, k = len(space), len(space.labels)
        if not 2 <= k < n:
            return Value.undefined("one label only" if k < 2 else "every point has a label of its own", n, k)
        asked = asked_rows(n)
        members = np.zeros((n, k))
        members[np.arange(n), space.index] = 1.0
        scores = [_scores(space, asked[start : start + _BLOCK], members) for start in range(0, len(asked), _BLOCK)]
        return mean_of_points(np.concatenate(scores), n_labels=k, note=sampled(n))


def _scores(space: Space, rows: NDArray[np.int64], members: NDArray[np.float64]) -> NDArray[np.float64]:
    points, counts = space.centred, space.counts
    sizes = space.once("squared lengths", lambda: np.einsum("ij,ij->i", points, points))
    squares = sizes[rows, None] + sizes - 2.0 * points[rows] @ points.T
    squares[np.arange(len(rows)), rows] = 0.0
    totals = np.sqrt(np.maximum(squares, 0.0)) @ members
    own = space.index[rows]
    at = np.arange(len(rows))
    within = totals[at, own] / np.maximum(counts[own] - 1, 1)
    means = totals / counts
    means[at, own] = np.inf
    other = means.min(axis=1)
    larger = np.maximum(within, other)
    scores = np.divide(other - within, larger, out=np.zeros(len(rows)), where=larger > 0)
    return np.where(counts[own] > 1, scores, 0.0)
