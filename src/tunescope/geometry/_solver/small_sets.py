"""Two small sets in one compiled call: where they lie, the search, and what it found, proved.

Most of what two small hulls cost is not arithmetic but passes over points and calls from Python. Here the points are
centred once, into float32, those of the second set with their sign turned, so that one rule serves both, and searched
by ``known_points``. What is handed out is computed from the points as they were given, in float64; whoever finds it
not good enough goes on from there.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from tunescope.geometry._solver.active_set import FAST, copy_into, dot
from tunescope.geometry._solver.known_points import Centred, search_known
from tunescope.geometry._solver.nearest_points import CONVERGED, OPEN
from tunescope.geometry._solver.terms import FloatArray, IntArray

MOST_POINTS = 512
"""Sets with more points together are no small ones: a search that copies none of them is as quick."""
LEAST_RTOL = 2e-5
"""Narrower bounds are beyond float32."""
_FAR_OFF = 10.0
"""Points this many radii away from the origin are left to those who centre them in float64."""
_SMALLEST, _LARGEST = 1e-12, 1e12
"""Radii whose squares float32 holds, with the squares of much smaller numbers."""
_EPSILON = float(np.finfo(np.float64).eps)


@njit(cache=True, fastmath=FAST, nogil=True)
def _sum_rows(X, out):
    """Out (d) <- sum of the rows of X, in float64."""
    n, d = X.shape
    for r in range(d):
        out[r] = 0.0
    for i in range(0, n - 3, 4):
        x0 = X[i]
        x1 = X[i + 1]
        x2 = X[i + 2]
        x3 = X[i + 3]
        for r in range(d):
            out[r] += (np.float64(x0[r]) + np.float64(x1[r])) + (np.float64(x2[r]) + np.float64(x3[r]))
    for i in range(n - n % 4, n):
        x0 = X[i]
        for r in range(d):
            out[r] += x0[r]


@njit(cache=True, fastmath=FAST, nogil=True)
def _centre_rows(X, center, sign, out):
    """Out (n, d) <- sign * (X - center); returns the largest squared length."""
    largest = 0.0
    for i in range(X.shape[0]):
        x = X[i]
        p = out[i]
        square = 0.0
        for r in range(center.shape[0]):
            away = x[r] - center[r]
            square += away * away
            p[r] = sign * away
        largest = max(largest, square)
    return largest


@njit(cache=True, fastmath=FAST, nogil=True)
def _centred(A, B, memory):
    """The two sets around their mean; of size 0 when they are not finite, or too far off for float32."""
    na, d = A.shape
    n = na + B.shape[0]
    center = np.empty(d)
    towards = np.empty(d)
    _sum_rows(A, towards)
    _sum_rows(B, center)
    square = 0.0
    for r in range(d):
        a = towards[r]
        b = center[r]
        towards[r] = a / na - b / (n - na)
        center[r] = (a + b) / n
        square += center[r] * center[r]
    points = memory[: n * d].reshape(n, d) if n * d <= memory.shape[0] else np.empty((n, d), np.float32)
    size = 0.0
    if square < np.inf:
        largest = max(_centre_rows(A, center, 1.0, points[:na]), _centre_rows(B, center, -1.0, points[na:]))
        size = np.sqrt(largest)
        if not (_SMALLEST < size < _LARGEST and square <= _FAR_OFF * _FAR_OFF * largest):
            size = 0.0
    return Centred(points, na, center, towards, size)


class Answer(NamedTuple):
    """What one call finds: bounds and a plane that are proved, or an active set to go on from."""

    status: int
    """``OPEN`` when the bounds are not as narrow as asked, or the hulls not proved apart."""
    lower: float
    upper: float
    offset: float
    """Of the plane half way between the hulls."""
    size: float
    """Radius of all points; 0 when they are not for this search."""
    normal: FloatArray
    """(d,) of length one."""
    rows: IntArray
    """Active points: of the first set, then of the second, counted within their sets."""
    weights: FloatArray
    """Of those; they sum to one in each set."""
    side: int
    """How many belong to the first set."""


@njit(cache=True, fastmath=FAST, nogil=True)
def _by_set(na, k, rows, weights):
    """Active points set by set, with weights that sum to one in each: (rows, weights, how many of the first)."""
    sorted_rows = np.empty(k, np.int64)
    shares = np.empty(k)
    at = 0
    side = 0
    for first in (True, False):
        begin = at
        total = 0.0
        for c in range(k):
            if (rows[c] < na) == first and weights[c] > 0.0:
                sorted_rows[at] = rows[c] if first else rows[c] - na
                shares[at] = weights[c]
                total += weights[c]
                at += 1
        for c in range(begin, at):
            shares[c] /= total
        if first:
            side = at
    return sorted_rows[:at], shares[:at], side


@njit(cache=True, fastmath=FAST, nogil=True)
def _least(X, w, sign):
    """Least ``sign`` times height of a row of X along w, in float64."""
    least = np.inf
    for i in range(X.shape[0]):
        least = min(least, sign * dot(X[i], w))
    return least


@njit(cache=True, fastmath=FAST, nogil=True)
def nearest_of_small_sets(A, B, rtol, narrowest, verdict_only, scratch):
    """Bounds of the distance of conv(A) and conv(B) with their proof, computed from the points as they are.

    The search goes for a relative width of ``narrowest``; up to ``rtol`` is good enough.
    """
    centred = _centred(A, B, scratch.points)
    size = centred.size
    if size == 0.0:
        return Answer(OPEN, 0.0, 0.0, 0.0, 0.0, centred.center, np.empty(0, np.int64), np.empty(0), 0)
    na, d = A.shape
    center = centred.center
    status, k, rows, weights, w = search_known(centred, narrowest, verdict_only, scratch)
    rows, shares, side = _by_set(na, k, rows, weights)
    between = np.zeros(d)
    for c in range(rows.shape[0]):
        x = A[rows[c]] if c < side else B[rows[c]]
        f = shares[c] if c < side else -shares[c]
        for r in range(d):
            between[r] += f * (x[r] - center[r])
    upper = np.sqrt(dot(between, between))
    if status == CONVERGED:
        copy_into(w, between)
    norm = np.sqrt(dot(w, w))
    if status == OPEN or not norm > 0.0:
        return Answer(OPEN, 0.0, upper, 0.0, size, w, rows, shares, side)
    for r in range(d):
        w[r] /= norm
    base = dot(center, w)
    high = _least(A, w, 1.0) - base
    low = -_least(B, w, -1.0) - base
    length = np.sqrt(dot(center, center))
    # as in ``rounding_of_planes``
    lower = high - low - _EPSILON * (4.0 * d * (2.0 * size + length) + 2.0 * np.sqrt(d) * length)
    lower = min(lower, upper)
    if lower <= 0.0 or (status == CONVERGED and upper - lower > rtol * upper):
        status = OPEN
    return Answer(status, lower, upper, (high + low) / 2 + base, size, w, rows, shares, side)
