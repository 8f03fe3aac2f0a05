"""Searches for the nearest point of a hull in the few of its points that each search sees, many in one call."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from tunescope.geometry._solver.active_set import FAST, room_for_factor
from tunescope.geometry._solver.nearest_points import nearest_points
from tunescope.geometry._solver.terms import FloatArray, Found, Goal, IntArray, Pair


class Seen(NamedTuple):
    """What each of some searches has seen of its hull."""

    rows: IntArray
    """(p, most) rows of the points; the first counts[t] were seen, the first n_active[t] of them are active."""
    counts: IntArray
    """(p,)"""
    n_active: IntArray
    """(p,)"""
    weights: FloatArray
    """(p, most) of the active ones."""


@njit(cache=True, nogil=True)
def see(seen, places, rows):
    """What the next search of the pairs at ``places`` sees: its active points and new ones of ``rows`` (places, v)."""
    for t in range(places.shape[0]):
        p = places[t]
        n = seen.n_active[p]
        for row in rows[t]:
            known = False
            for c in range(seen.n_active[p]):
                known = known or seen.rows[p, c] == row
            if not known:
                seen.rows[p, n] = row
                n += 1
        seen.counts[p] = n


@njit(cache=True, fastmath=FAST, nogil=True)
def search_all(space, points, seen, rtol, give_up, lines, norms):
    """Nearest point to each of ``points`` in the hull of what was seen; the active ones come to the front of it.

    lines (p, d) <- from the nearest point of the hull to the point, in units of ``size``; norms (p) <- its length.
    """
    X = space.points
    size = space.size
    rows_seen = seen.rows
    weights = seen.weights
    d = X.shape[1]
    largest = 1
    for t in range(points.shape[0]):
        largest = max(largest, seen.counts[t])
    capacity = min(d + 2, largest + 1) + 1
    factor = room_for_factor(capacity, d)
    found = Found(
        np.empty(capacity, np.int64), np.empty(capacity), np.empty(d), np.zeros(2), np.zeros(2, np.int64)
    )  # fmt: skip
    S = found.positions
    share = found.weights
    unknown = np.empty(0)
    line = np.empty(d)
    front = np.empty(capacity, np.int64)
    for t in range(points.shape[0]):
        n = seen.counts[t]
        rows = np.empty(n + 1, np.int64)
        rows[0] = points[t]
        rows[1:] = rows_seen[t, :n]
        k = min(seen.n_active[t], capacity - 2)
        if k > 0:
            S[0] = 0
            share[0] = 1.0
            for c in range(k):
                S[c + 1] = c + 1
                share[c + 1] = max(weights[t, c], 1e-12)
            k = -(k + 1)
        limit = 40 * min(d + 2, n + 1) + 400
        goal = Goal(False, rtol, 0.0, np.inf, 1e-13 * size, give_up * size, limit, min(32, n + 1))
        _, k, _, _ = nearest_points(space, Pair(rows, 1, unknown), goal, factor, k, found)
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
            rows_seen[t, c] = rows[front[c]]
        seen.n_active[t] = active
        square = 0.0
        for r in range(d):
            square += line[r] * line[r]
            lines[t, r] = line[r] / size
        norms[t] = np.sqrt(square) / size
