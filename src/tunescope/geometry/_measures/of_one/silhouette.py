"""Silhouette: whether points are nearer to their own label than to the next."""

from __future__ import annotations

import numpy as np
from numba import njit
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
        order = np.argsort(space.index, kind="stable")
        starts = np.concatenate([[0], np.cumsum(space.counts)])
        # float32 is enough for the products: each distance counts in a mean only
        points = np.ascontiguousarray(
            space.centred[order] / max(float(np.abs(space.centred).max()), 1e-300), np.float32
        )
        sizes = np.einsum("ij,ij->i", points, points)
        place = np.empty(n, dtype=np.int64)
        place[order] = np.arange(n)
        totals = np.empty((len(asked), k))
        for start in range(0, len(asked), _BLOCK):
            rows = place[asked[start : start + _BLOCK]]
            _sum_by_label(points[rows] @ points.T, sizes, rows, starts, totals[start : start + _BLOCK])
        return mean_of_points(_scores(totals, space.index[asked], space.counts), n_labels=k, note=sampled(n))


def _scores(totals: NDArray[np.float64], own: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """(m,) silhouettes from the sums (m, k) of the distances to each label's points and one's own label (m,)."""
    at = np.arange(len(totals))
    within = totals[at, own] / np.maximum(counts[own] - 1, 1)
    means = totals / counts
    means[at, own] = np.inf
    other = means.min(axis=1)
    larger = np.maximum(within, other)
    scores = np.divide(other - within, larger, out=np.zeros(len(totals)), where=larger > 0)
    return np.where(counts[own] > 1, scores, 0.0)


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"})
def _sum_by_label(products, sizes, rows, starts, out):
    """Out (m, k) <- sums of the distances of points `rows` to those of each label, which lie side by side."""
    for i in range(len(rows)):
        own = sizes[rows[i]]
        for label in range(len(starts) - 1):
            total = np.float32(0.0)
            whole = 0.0
            for j in range(starts[label], starts[label + 1]):
                square = own + sizes[j] - np.float32(2.0) * products[i, j]
                total += np.sqrt(max(square, np.float32(0.0)))
                if (j & 255) == 255:
                    whole += total
                    total = np.float32(0.0)
            out[i, label] = whole + total
        mine = own + sizes[rows[i]] - np.float32(2.0) * products[i, rows[i]]
        label = np.searchsorted(starts, rows[i], side="right") - 1
        out[i, label] -= np.sqrt(max(mine, np.float32(0.0)))
