"""Where points lie and how far they reach: one pass over them each, compiled, without copies."""

from __future__ import annotations

import numpy as np
from numba import njit

from tunescope.geometry._active_set import FAST, dot


@njit(cache=True, fastmath=FAST, nogil=True)
def mean_and_largest(X):
    """(d,) float64 mean of the rows of X (n, d), and the largest absolute value in it."""
    n, d = X.shape
    mean = np.zeros(d)
    most = np.zeros(d)
    for i in range(0, n - 1, 2):
        x = X[i]
        y = X[i + 1]
        for r in range(d):
            v = np.float64(x[r])
            u = np.float64(y[r])
            mean[r] += v + u
            most[r] = max(most[r], max(abs(v), abs(u)))
    if n % 2:
        x = X[n - 1]
        for r in range(d):
            v = np.float64(x[r])
            mean[r] += v
            most[r] = max(most[r], abs(v))
    return mean / n, most.max()


@njit(cache=True, fastmath=FAST, nogil=True)
def take_in(X, out):
    """Copy X (n, d) to ``out``; returns its mean and largest absolute value as ``mean_and_largest`` does."""
    n, d = X.shape
    mean = np.zeros(d)
    most = np.zeros(d)
    for i in range(0, n - 1, 2):
        x = X[i]
        y = X[i + 1]
        p = out[i]
        q = out[i + 1]
        for r in range(d):
            v = np.float64(x[r])
            u = np.float64(y[r])
            p[r] = x[r]
            q[r] = y[r]
            mean[r] += v + u
            most[r] = max(most[r], max(abs(v), abs(u)))
    if n % 2:
        x = X[n - 1]
        p = out[n - 1]
        for r in range(d):
            v = np.float64(x[r])
            p[r] = x[r]
            mean[r] += v
            most[r] = max(most[r], abs(v))
    return mean / n, most.max()


@njit(cache=True, fastmath=FAST, nogil=True)
def take_in_order(X, order, starts, out):
    """Copy the rows X[order] to ``out``, group by group: group g takes the places starts[g] to starts[g + 1].

    Returns the (k, d) float64 means of the groups and the largest absolute value.
    """
    d = X.shape[1]
    k = starts.shape[0] - 1
    means = np.zeros((k, d))
    most = np.zeros(d)
    for g in range(k):
        mean = means[g]
        for i in range(starts[g], starts[g + 1]):
            x = X[order[i]]
            p = out[i]
            for r in range(d):
                v = np.float64(x[r])
                p[r] = x[r]
                mean[r] += v
                most[r] = max(most[r], abs(v))
        for r in range(d):
            mean[r] /= max(1, starts[g + 1] - starts[g])
    return means, most.max()


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
    """out (n, k) <- X[:, columns] * stretch."""
    for i in range(X.shape[0]):
        x = X[i]
        p = out[i]
        for r in range(columns.shape[0]):
            p[r] = x[columns[r]] * stretch[r]
