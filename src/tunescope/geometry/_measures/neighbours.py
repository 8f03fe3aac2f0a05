"""The nearest neighbours of points, exactly, in blocks of bounded memory.

Products in float32 find more candidates than are asked for; their distances are then taken anew in float64 and
sorted. A candidate list that is twice as long as the answer, and never less than eight longer, keeps rounding from
losing a neighbour unless that many points lie within rounding of each other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

EXACT = 20_000
"""Points of a space up to which every one of them is asked; above, so many at random are (against all)."""

_BLOCK = 512
"""Points that are asked at a time."""


@dataclass(frozen=True)
class Neighbours:
    """Nearest other points of some points of a space."""

    asked: NDArray[np.int64]
    """(m,) rows that were asked: all of them, or a sample of `EXACT`."""
    rows: NDArray[np.int64]
    """(m, k) rows of their nearest other points, the nearest first; of equally near ones the lower row."""
    distances: NDArray[np.float64]
    """(m, k) their distances."""

    def first(self, k: int) -> Neighbours:
        """The nearest k of them."""
        return Neighbours(self.asked, self.rows[:, :k], self.distances[:, :k])


def asked_rows(n: int, most: int = EXACT, seed: int = 0) -> NDArray[np.int64]:
    """All rows, or `most` of them drawn without replacement, ascending."""
    if n <= most:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).choice(n, most, replace=False))


def sampled(n: int, most: int = EXACT) -> str:
    """The words for what was sampled; none when nothing was."""
    return f"a sample of {most:,} of {n:,} points was asked" if n > most else ""


def nearest_neighbours(points: NDArray[np.float64], k: int) -> Neighbours:
    """The k nearest other points of each point by Euclidean distance, O(n² d) time and O(512 n) memory.

    Parameters
    ----------
    points : ndarray of shape (n, d), float64
        Best centred: rounding goes with the distance to zero.
    k : int
        From 1 to n - 1.

    Returns
    -------
    Neighbours
        Of every point, or of a sample of 20,000.
    """
    n = len(points)
    asked = asked_rows(n)
    more = min(n - 1, max(2 * k, k + 8))
    rough = np.ascontiguousarray(points / max(float(np.abs(points).max()), 1e-300), dtype=np.float32)
    sizes = np.einsum("ij,ij->i", rough, rough)
    rows = np.empty((len(asked), more), dtype=np.int64)
    for start in range(0, len(asked), _BLOCK):
        part = asked[start : start + _BLOCK]
        products = rough[part] @ rough.T
        _nearest(products, sizes, part, rows[start : start + _BLOCK])
    distances = np.empty((len(asked), more))
    _measure(np.ascontiguousarray(points), asked, rows, distances)
    return Neighbours(asked, rows[:, :k].copy(), distances[:, :k].copy())


@njit(cache=True, nogil=True)
def _nearest(products, sizes, asked, out):
    """Out (m, k) <- rows of the least sizes[j] - 2 products[i, j], asked[i] left out."""
    m, n = products.shape
    k = out.shape[1]
    best = np.empty(k, dtype=np.float32)
    for i in range(m):
        count = 0
        for j in range(n):
            if j == asked[i]:
                continue
            value = sizes[j] - np.float32(2.0) * products[i, j]
            if count == k and value >= best[k - 1]:
                continue
            at = count if count < k else k - 1
            while at > 0 and best[at - 1] > value:
                best[at] = best[at - 1]
                out[i, at] = out[i, at - 1]
                at -= 1
            best[at] = value
            out[i, at] = j
            if count < k:
                count += 1


@njit(cache=True, nogil=True)
def _measure(points, asked, rows, out):
    """Sort rows (m, k) by their distances in float64, of equal ones the lower row first; out <- those."""
    m, k = rows.shape
    d = points.shape[1]
    for i in range(m):
        for s in range(k):
            row = rows[i, s]
            total = 0.0
            for r in range(d):
                t = points[asked[i], r] - points[row, r]
                total += t * t
            at = s
            while at > 0 and (out[i, at - 1] > total or (out[i, at - 1] == total and rows[i, at - 1] > row)):
                out[i, at] = out[i, at - 1]
                rows[i, at] = rows[i, at - 1]
                at -= 1
            out[i, at] = total
            rows[i, at] = row
        for s in range(k):
            out[i, s] = np.sqrt(out[i, s])
