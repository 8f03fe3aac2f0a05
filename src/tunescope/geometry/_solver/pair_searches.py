"""The searches of many pairs of groups of points, one after the other in one compiled call."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from tunescope.geometry._solver.active_set import FAST, dot
from tunescope.geometry._solver.approach import approach, limits
from tunescope.geometry._solver.terms import FloatArray, Found, Goal, IntArray, Pair


class GroupPairs(NamedTuple):
    """Pairs of groups of points that lie side by side: group i has the rows starts[i] to starts[i + 1]."""

    starts: IntArray
    """(k + 1,)"""
    means: FloatArray
    """(k, d) of the groups."""
    first: IntArray
    """(pairs,) groups."""
    second: IntArray
    """(pairs,) groups."""


class Searches(NamedTuple):
    """What searches begin with and leave; row p of each array is about pair p."""

    counts: IntArray
    """(pairs,) active points."""
    positions: IntArray
    """(pairs, room) of the active points in the two groups, those of the second behind those of the first."""
    weights: FloatArray
    """(pairs, room) of those."""
    statuses: IntArray
    """(pairs,)"""
    bounds: FloatArray
    """(pairs, 4) lower, upper, heights of the two planes."""
    directions: FloatArray
    """(pairs, d)"""
    counters: IntArray
    """(pairs, 2) scans and steps."""


class Means(NamedTuple):
    """The two weighted means of many pairs: those of pair p from begins[p] on, as many as it has active points."""

    begins: IntArray
    """(pairs,)"""
    positions: IntArray
    """(total,) within their groups: active points of the first group, then of the second."""
    shares: FloatArray
    """(total,) weights that sum to one in each group."""
    sides: IntArray
    """(pairs,) how many belong to the first group."""
    uppers: FloatArray
    """(pairs,) distance of the two means."""


@njit(cache=True, fastmath=FAST, nogil=True)
def approach_groups(space, pairs, rtol, searches):
    """``approach`` for the distances of many pairs of groups of rows, one after the other."""
    X = space.points
    starts = pairs.starts
    for p in range(pairs.first.shape[0]):
        a = pairs.first[p]
        b = pairs.second[p]
        na = starts[a + 1] - starts[a]
        n = na + starts[b + 1] - starts[b]
        rows = np.empty(n, np.int64)
        for i in range(na):
            rows[i] = starts[a] + i
        for i in range(na, n):
            rows[i] = starts[b] + i - na
        capacity, most_steps, candidates = limits(X.shape[1], n)
        pair = Pair(rows, na, pairs.means[a] - pairs.means[b])
        goal = Goal(False, rtol, 0.0, np.inf, 0.0, 0.0, most_steps, candidates)
        found = Found(
            searches.positions[p], searches.weights[p], searches.directions[p], searches.bounds[p, 2:],
            searches.counters[p],
        )  # fmt: skip
        searches.statuses[p], searches.counts[p], searches.bounds[p, 0], searches.bounds[p, 1] = approach(
            space, pair, goal, searches.counts[p], capacity, found
        )


@njit(cache=True, fastmath=FAST, nogil=True)
def weighted(space, pairs, searches, means):
    """``means`` <- the two weighted means of each pair, from points less ``center`` in float64."""
    X = space.points
    center = space.center
    starts = pairs.starts
    positions = means.positions
    shares = means.shares
    d = center.shape[0]
    between = np.empty(d)
    for p in range(pairs.first.shape[0]):
        na = starts[pairs.first[p] + 1] - starts[pairs.first[p]]
        at = means.begins[p]
        for r in range(d):
            between[r] = 0.0
        for side in range(2):
            group = pairs.first[p] if side == 0 else pairs.second[p]
            begin = at
            total = 0.0
            for c in range(searches.counts[p]):
                if (searches.positions[p, c] < na) == (side == 0):
                    positions[at] = searches.positions[p, c] - (0 if side == 0 else na)
                    shares[at] = max(searches.weights[p, c], 0.0)
                    total += shares[at]
                    at += 1
            if side == 0:
                means.sides[p] = at - begin
            for c in range(begin, at):
                shares[c] /= total
                f = shares[c] if side == 0 else -shares[c]
                x = X[starts[group] + positions[c]]
                for r in range(d):
                    between[r] += f * (x[r] - center[r])
        means.uppers[p] = np.sqrt(dot(between, between))
