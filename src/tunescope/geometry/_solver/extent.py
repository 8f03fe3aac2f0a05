"""Where points lie and how far they reach: one pass over them each, compiled, without copies."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tunescope.geometry._solver.active_set import FAST, copy_into, dot


@njit(cache=True, fastmath=FAST, nogil=True)
def group_means(X, order, starts, out):
    """(k, d) float64 means of the groups of rows of X (n, d): group g is X[order[starts[g] : starts[g + 1]]].

    With room for n rows, ``out`` takes X[order] on the way; with none, nothing is copied.
    """
    d = X.shape[1]
    k = starts.shape[0] - 1
    copying = out.shape[0] > 0
    means = np.zeros((k, d))
    for g in range(k):
        mean = means[g]
        begin = starts[g]
        end = starts[g + 1]
        fours = end - (end - begin) % 4
        for i in range(begin, fours, 4):
            x0 = X[order[i]]
            x1 = X[order[i + 1]]
            x2 = X[order[i + 2]]
            x3 = X[order[i + 3]]
            for r in range(d):
                mean[r] += (np.float64(x0[r]) + np.float64(x1[r])) + (np.float64(x2[r]) + np.float64(x3[r]))
            if copying:
                for j in range(i, i + 4):
                    copy_into(out[j], X[order[j]])
        for i in range(fours, end):
            x0 = X[order[i]]
            for r in range(d):
                mean[r] += x0[r]
            if copying:
                copy_into(out[i], x0)
        for r in range(d):
            mean[r] /= max(1, end - begin)
    return means


def mean_of(X: NDArray[Any], out: NDArray[Any] | None = None) -> NDArray[np.float64]:
    """(d,) float64 mean of the rows of X (n, d), which are copied to ``out`` where it is given."""
    n = len(X)
    mean: NDArray[np.float64] = group_means(X, np.arange(n), np.array([0, n]), X[:0] if out is None else out)[0]
    return mean


@njit(cache=True, fastmath=FAST, nogil=True)
def reach(X, center):
    """(largest, sum) of the squared distances of the rows of X (n, d) to ``center`` (d,), in float64."""
    largest = 0.0
    total = 0.0
    for i in range(X.shape[0]):
        x = X[i]
        square = 0.0
        for r in range(center.shape[0]):
            away = x[r] - center[r]
            square += away * away
        total += square
        largest = max(largest, square)
    return largest, total


@njit(cache=True, fastmath=FAST, nogil=True)
def squares_around(X, center):
    """(n,) squared distances of the rows of X (n, d) to ``center`` (d,), in float64."""
    squares = np.empty(X.shape[0])
    for i in range(X.shape[0]):
        x = X[i]
        square = 0.0
        for r in range(center.shape[0]):
            away = x[r] - center[r]
            square += away * away
        squares[i] = square
    return squares


@njit(cache=True, fastmath=FAST, nogil=True)
def gap_along(X, rows_a, rows_b, origin, normal):
    """(least height of rows_a, largest height of rows_b) over the plane through ``origin`` with this normal."""
    base = dot(origin, normal)
    least = np.inf
    most = -np.inf
    for i in range(rows_a.shape[0]):
        least = min(least, dot(X[rows_a[i]], normal))
    for i in range(rows_b.shape[0]):
        most = max(most, dot(X[rows_b[i]], normal))
    return least - base, most - base


@njit(cache=True, fastmath=FAST, nogil=True)
def difference(X, rows_a, weights_a, rows_b, weights_b, center):
    """(d,) weighted mean of rows_a less that of rows_b, from centred rows of X (n, d), in float64."""
    total = np.zeros(center.shape[0])
    for i in range(rows_a.shape[0]):
        f = weights_a[i]
        x = X[rows_a[i]]
        for r in range(total.shape[0]):
            total[r] += f * (x[r] - center[r])
    for i in range(rows_b.shape[0]):
        f = weights_b[i]
        x = X[rows_b[i]]
        for r in range(total.shape[0]):
            total[r] -= f * (x[r] - center[r])
    return total


@njit(cache=True, fastmath=FAST, nogil=True)
def squares_by_column(X):
    """(d,) sums of the squares in the columns of X (n, d), in float64."""
    total = np.zeros(X.shape[1])
    for i in range(X.shape[0]):
        x = X[i]
        for r in range(total.shape[0]):
            total[r] += x[r] * x[r]
    return total


@njit(cache=True, fastmath=FAST, nogil=True)
def farthest_stretched(X, columns, stretch):
    """Largest length of a row of X[:, columns] * stretch."""
    largest = 0.0
    for i in range(X.shape[0]):
        x = X[i]
        square = 0.0
        for r in range(columns.shape[0]):
            square += (x[columns[r]] * stretch[r]) ** 2
        largest = max(largest, square)
    return np.sqrt(largest)


@njit(cache=True, fastmath=FAST, nogil=True)
def stretch_into(X, columns, stretch, out):
    """Out (n, k) <- X[:, columns] * stretch."""
    for i in range(X.shape[0]):
        x = X[i]
        p = out[i]
        for r in range(columns.shape[0]):
            p[r] = x[columns[r]] * stretch[r]
