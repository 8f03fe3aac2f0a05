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
def means_by_group(X, group, k):
    """(k, d) float64 means of the rows of X (n, d) in each of the groups 0 … k - 1, and the largest absolute value."""
    n, d = X.shape
    means = np.zeros((k, d))
    counts = np.zeros(k)
    most = np.zeros(d)
    for i in range(n):
        x = X[i]
        mean = means[group[i]]
        counts[group[i]] += 1.0
        for r in range(d):
            v = np.float64(x[r])
            mean[r] += v
            most[r] = max(most[r], abs(v))
    for g in range(k):
        for r in range(d):
            means[g, r] /= counts[g]
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
def apart(X, rows, weights, center):
    """Length of the weighted sum of rows of X (n, d), centred, in float64: how far apart two weighted means are."""
    total = np.zeros(center.shape[0])
    for i in range(rows.shape[0]):
        f = weights[i]
        x = X[rows[i]]
        for r in range(total.shape[0]):
            total[r] += f * (x[r] - center[r])
    return np.sqrt(dot(total, total))
