"""Searches for the nearest point of a hull in the few of its points that each search sees, many in one call."""

from __future__ import annotations

import numpy as np
from numba import njit

from tunescope.geometry._solver.active_set import FAST
from tunescope.geometry._solver.nearest_points import nearest_points


@njit(cache=True, nogil=True)
def see(seen, n_seen, n_active, places, rows):
    """What the next search of the pairs at ``places`` sees: its active points and new ones of ``rows`` (places, v)."""
    for t in range(places.shape[0]):
        p = places[t]
        n = n_active[p]
        for row in rows[t]:
            known = False
            for c in range(n_active[p]):
                known = known or seen[p, c] == row
            if not known:
                seen[p, n] = row
                n += 1
        n_seen[p] = n


@njit(cache=True, fastmath=FAST, nogil=True)
def search_all(
    X, center, stretch, size, points, seen, n_seen, n_active, weights, rtol, creeping, lines, norms
):  # fmt: skip
    """Nearest point to each of ``points`` in the hull of what was seen; the active ones come to the front of it.

    lines (p, d) <- from the nearest point of the hull to the point, in units of ``size``; norms (p) <- its length.
    """
    d = X.shape[1]
    largest = 1
    for t in range(points.shape[0]):
        largest = max(largest, n_seen[t])
    capacity = min(d + 2, largest + 1) + 1
    Qt = np.empty((capacity, d + 2))
    Rt = np.empty((capacity, capacity))
    S = np.empty(capacity, np.int64)
    share = np.empty(capacity)
    direction = np.empty(d)
    counters = np.zeros(2, np.int64)
    line = np.empty(d)
    front = np.empty(capacity, np.int64)
    for t in range(points.shape[0]):
        n = n_seen[t]
        rows = np.empty(n + 1, np.int64)
        rows[0] = points[t]
        rows[1:] = seen[t, :n]
        k = min(n_active[t], capacity - 2)
        if k > 0:
            S[0] = 0
            share[0] = 1.0
            for c in range(k):
                S[c + 1] = c + 1
                share[c + 1] = max(weights[t, c], 1e-12)
            k = -(k + 1)
        limit = 40 * min(d + 2, n + 1) + 400
        _, k, _, _ = nearest_points(
            X, center, stretch, rows, 1, size, False, rtol, 0.0, 1e-13 * size, creeping * size, np.inf, limit,
            min(32, n + 1), Qt, Rt, k, S, share, direction, counters,
        )  # fmt: skip
        total = 0.0
        for c in range(k):
            if S[c] != 0:
                total += max(share[c], 0.0)
        for r in range(d):
            line[r] = X[rows[0], r]
        active = 0
        for c in range(k):
            if S[c] != 0:
                weight = max(share[c], 0.0) / total
                row = rows[S[c]]
                for r in range(d):
                    line[r] -= weight * X[row, r]
                front[active] = S[c]
                weights[t, active] = weight
                active += 1
        for c in range(active):
            seen[t, c] = rows[front[c]]
        n_active[t] = active
        square = 0.0
        for r in range(d):
            square += line[r] * line[r]
            lines[t, r] = line[r] / size
        norms[t] = np.sqrt(square) / size
