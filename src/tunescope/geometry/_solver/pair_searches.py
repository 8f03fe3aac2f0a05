"""The searches of many pairs of groups of points, one after the other in one compiled call."""

from __future__ import annotations

import numpy as np
from numba import njit

from tunescope.geometry._solver.active_set import FAST, dot
from tunescope.geometry._solver.approach import approach, limits


@njit(cache=True, fastmath=FAST, nogil=True)
def approach_groups(
    X, center, stretch, starts, means, first, second, size, rtol, counts, S, weights, statuses, bounds, directions,
    counters,
):  # fmt: skip
    """``approach`` for the distances of many pairs of groups of rows, one after the other.

    Group i takes the rows starts[i] to starts[i + 1] and has the mean means[i]; pair p is first[p] and second[p]. Row p
    of the other arrays is about pair p: counts and the active positions S with their weights come in and go out,
    bounds are (lower, upper, planes), counters (scans, steps).
    """
    for p in range(first.shape[0]):
        a = first[p]
        b = second[p]
        na = starts[a + 1] - starts[a]
        n = na + starts[b + 1] - starts[b]
        rows = np.empty(n, np.int64)
        for i in range(na):
            rows[i] = starts[a] + i
        for i in range(na, n):
            rows[i] = starts[b] + i - na
        capacity, most_steps, candidates = limits(X.shape[1], n)
        statuses[p], counts[p], bounds[p, 0], bounds[p, 1] = approach(
            X, center, stretch, rows, na, size, False, rtol, 0.0, np.inf, most_steps, candidates, means[a] - means[b],
            counts[p], capacity, S[p], weights[p], directions[p], bounds[p, 2:], counters[p],
        )  # fmt: skip


@njit(cache=True, fastmath=FAST, nogil=True)
def weighted(X, center, starts, first, second, counts, S, weights, begins, positions, shares, sides, uppers):
    """The two weighted means of many pairs of groups, from what ``approach_groups`` left.

    Those of pair p go to positions and shares[begins[p] : begins[p] + counts[p]]: active points of the first group,
    sides[p] of them, then of the second, as positions within their group, with weights that sum to one in each.
    uppers[p] is the distance of the two means, from points less ``center``, in float64.
    """
    d = center.shape[0]
    between = np.empty(d)
    for p in range(first.shape[0]):
        na = starts[first[p] + 1] - starts[first[p]]
        at = begins[p]
        for r in range(d):
            between[r] = 0.0
        for side in range(2):
            group = first[p] if side == 0 else second[p]
            begin = at
            total = 0.0
            for c in range(counts[p]):
                if (S[p, c] < na) == (side == 0):
                    positions[at] = S[p, c] - (0 if side == 0 else na)
                    shares[at] = max(weights[p, c], 0.0)
                    total += shares[at]
                    at += 1
            if side == 0:
                sides[p] = at - begin
            for c in range(begin, at):
                shares[c] /= total
                f = shares[c] if side == 0 else -shares[c]
                x = X[starts[group] + positions[c]]
                for r in range(d):
                    between[r] += f * (x[r] - center[r])
        uppers[p] = np.sqrt(dot(between, between))
