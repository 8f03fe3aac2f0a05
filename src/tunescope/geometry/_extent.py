"""Where points lie and how far they reach: one pass over them each, compiled, without copies."""

from __future__ import annotations

import numpy as np
from numba import njit

from tunescope.geometry._active_set import FAST


def all_finite(X):
    """Whether X (n, d) holds neither NaN nor infinity."""
    # either one spreads to the mean of its column; so may numbers near the largest there are, hence the second look
    return bool(np.isfinite(mean_and_largest(X)[0]).all() or np.isfinite(X).all())


@njit(cache=True, fastmath=FAST, nogil=True)
def mean_and_largest(X):
    """(d,) float64 mean of the rows of X (n, d), and the largest absolute value in it."""
    n, d = X.shape
    mean = np.zeros(d)
    most = np.zeros(d)
    for i in range(n):
        x = X[i]
        for r in range(d):
            v = np.float64(x[r])
            mean[r] += v
            most[r] = max(most[r], abs(v))
    return mean / n, most.max()


@njit(cache=True, fastmath=FAST, nogil=True)
def farthest(X, center):
    """Largest squared distance of a row of X (n, d) to ``center`` (d,), in float64."""
    largest = 0.0
    for i in range(X.shape[0]):
        x = X[i]
        square = 0.0
        for r in range(center.shape[0]):
            away = x[r] - center[r]
            square += away * away
        largest = max(largest, square)
    return largest
