"""Bookkeeping of the greedy rule: which two clusters of a label have the closest centres?

Per label a matrix of squared distances between centres (infinite where a pair was rejected) and, per cluster,
its nearest partner. A merge recomputes one row from the centres themselves, so that rounding does not pile up.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from tunescope.geometry._solver.active_set import FAST


@njit(cache=True, fastmath=FAST, nogil=True)
def squared_distances(points, out):
    """Out (m, m) <- squared distances of points (m, d), infinite on the diagonal."""
    m, d = points.shape
    for i in range(m):
        out[i, i] = np.inf
        for j in range(i + 1, m):
            total = 0.0
            for r in range(d):
                t = points[i, r] - points[j, r]
                total += t * t
            out[i, j] = total
            out[j, i] = total


@njit(cache=True, nogil=True)
def find_partner(distances, i, partner, nearest):
    """Nearest partner of cluster i; of equal ones the first."""
    best = np.inf
    at = -1
    for j in range(distances.shape[0]):
        if distances[i, j] < best:
            best = distances[i, j]
            at = j
    partner[i] = at
    nearest[i] = best


@njit(cache=True, nogil=True)
def find_partners(distances, partner, nearest):
    """Nearest partner of every cluster."""
    for i in range(distances.shape[0]):
        find_partner(distances, i, partner, nearest)


@njit(cache=True, fastmath=FAST - {"arcp"}, nogil=True)  # a mean is a quotient: coincident points have equal ones
def merge(distances, sums, counts, alive, partner, nearest, a, b):
    """Cluster a takes in cluster b (a < b): pairs rejected for one of them stay rejected for the union."""
    m, d = sums.shape
    for r in range(d):
        sums[a, r] += sums[b, r]
    counts[a] += counts[b]
    alive[b] = False
    for j in range(m):
        if not alive[j] or j == a:
            continue
        value = max(distances[a, j], distances[b, j])
        if value < 1e300:
            value = 0.0
            for r in range(d):
                t = sums[a, r] / counts[a] - sums[j, r] / counts[j]
                value += t * t
        distances[a, j] = value
        distances[j, a] = value
    for j in range(m):
        distances[b, j] = np.inf
        distances[j, b] = np.inf
    nearest[b] = np.inf
    partner[b] = -1
    find_partner(distances, a, partner, nearest)
    for j in range(m):
        if not alive[j] or j == a:
            continue
        if partner[j] == a or partner[j] == b:
            find_partner(distances, j, partner, nearest)
        elif distances[j, a] < nearest[j] or (distances[j, a] == nearest[j] and a < partner[j]):
            partner[j] = a
            nearest[j] = distances[j, a]


@njit(cache=True, nogil=True)
def reject(distances, partner, nearest, a, b):
    """The pair is rejected for good."""
    distances[a, b] = np.inf
    distances[b, a] = np.inf
    find_partner(distances, a, partner, nearest)
    find_partner(distances, b, partner, nearest)
