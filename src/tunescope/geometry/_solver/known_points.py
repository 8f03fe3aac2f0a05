"""The points that a search knows, with a table of their products, and the search among them.

The loop of ``approach`` on a table: the points that are known at first are all of a few, or those that lie nearest
along the line of the means; a look at all points makes more of them known. Between looks nothing of length d is
touched. float32 is enough to find the active points; nothing that is found here is proved.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tunescope.geometry._solver.active_set import FAST, copy_into, dot
from tunescope.geometry._solver.approach import larger, room_for, to_affine_minimizer
from tunescope.geometry._solver.gram_inverse import BLOCK, Inverse, border, up_to
from tunescope.geometry._solver.nearest_points import CONVERGED, OPEN, SEPARATED, fill_pool
from tunescope.geometry._solver.products import combination, products_of_some
from tunescope.geometry._solver.terms import FloatArray, Found, IntArray

FIRST_ROOM = 128
"""Known points, and active ones, for which there is room at first."""
_ALL = 32
"""So many points are known as a whole from the start."""
_MORE = 24
"""Points that a look at all makes known, at most."""
_NARROW = 1e-5
"""As ``NARROW`` for products of float32 numbers."""
_TOGETHER = 0.4
"""Points that come together lie at least this share as far beyond the plane as the first of them."""
_EXHAUSTED = 0.1
"""Known points of which the best lies less than this share as far beyond as at the last look are not enough."""
_NEARER = 5e-3
"""Means nearer than this share of the radius are beyond what products of float32 numbers can tell."""
_STALE = 10
"""Steps without progress after which the search is over."""


class Scratch(NamedTuple):
    """Memory that calls use one after the other: fresh pages cost more than what is computed in them."""

    points: NDArray[np.float32]
    """(room,) for the centred points of both sets."""
    products: NDArray[np.float32]
    """(room,) for those of the points that are known."""
    matrix: FloatArray
    """(room,) for an inverse of ``FIRST_ROOM`` columns; finite numbers."""


class Centred(NamedTuple):
    """Two sets as one, around their mean; points of the second set with their sign turned."""

    points: NDArray[np.float32]
    """(n, d)"""
    na: int
    """Points of the first set."""
    center: FloatArray
    """(d,) mean of all points."""
    towards: FloatArray
    """(d,) from the mean of the second set to that of the first."""
    size: float
    """Radius: the largest distance to the mean."""


class Known(NamedTuple):
    """The points that a search knows."""

    rows: IntArray
    """(room,) of them."""
    products: NDArray[np.float32]
    """(room, room) of them with each other."""
    member: NDArray[np.int8]
    """(room,) 1 where active, 2 where in the span of the active ones."""
    heights: FloatArray
    """(room,) along the line between the two means; least for the nearest points, of either set."""
    beyond: FloatArray
    """(room,) how far they lie beyond the plane of their set."""


@njit(cache=True, fastmath=FAST, nogil=True)
def _heights_of_all(points, w, score):
    """score[i] <- points[i] . w, in float32."""
    n, d = points.shape
    v = np.empty(d, np.float32)
    copy_into(v, w)
    zero = np.float32(0.0)
    for i in range(0, n - 3, 4):
        x0 = points[i]
        x1 = points[i + 1]
        x2 = points[i + 2]
        x3 = points[i + 3]
        a0 = zero
        a1 = zero
        a2 = zero
        a3 = zero
        for r in range(d):
            a0 += x0[r] * v[r]
            a1 += x1[r] * v[r]
            a2 += x2[r] * v[r]
            a3 += x3[r] * v[r]
        score[i] = a0
        score[i + 1] = a1
        score[i + 2] = a2
        score[i + 3] = a3
    for i in range(n - n % 4, n):
        x0 = points[i]
        a0 = zero
        for r in range(d):
            a0 += x0[r] * v[r]
        score[i] = a0


@njit(cache=True, fastmath=FAST, nogil=True)
def _room(known, m, room):
    """The same m known points with room for more."""
    rows = np.empty(room, np.int64)
    products = np.empty((room, room), np.float32)
    member = np.zeros(room, np.int8)
    for j in range(m):
        rows[j] = known.rows[j]
        member[j] = known.member[j]
        copy_into(products[j], known.products[j, :m])
    return Known(rows, products, member, np.empty(room), np.empty(room))


@njit(cache=True, fastmath=FAST, nogil=True)
def _heights_of_known(known, m, found, k):
    """Heights of the m known points along the line between the means that the weights of the k active ones give."""
    heights = known.heights
    products = known.products
    for j in range(m):
        heights[j] = 0.0
    fours = k - k % 4
    for c in range(0, fours, 4):
        p0 = products[found.positions[c]]
        p1 = products[found.positions[c + 1]]
        p2 = products[found.positions[c + 2]]
        p3 = products[found.positions[c + 3]]
        f0 = found.weights[c]
        f1 = found.weights[c + 1]
        f2 = found.weights[c + 2]
        f3 = found.weights[c + 3]
        for j in range(m):
            heights[j] += (f0 * p0[j] + f1 * p1[j]) + (f2 * p2[j] + f3 * p3[j])
    for c in range(fours, k):
        p0 = products[found.positions[c]]
        f0 = found.weights[c]
        for j in range(m):
            heights[j] += f0 * p0[j]


@njit(cache=True, fastmath=FAST, nogil=True)
def _let_in(centred, known, inverse, k, block, m):
    """Border the inverse with the m known points in ``block.rows``; returns how many came in."""
    square = centred.size * centred.size
    products = known.products
    for j in range(m):
        p = block.rows[j]
        sign = 1.0 if known.rows[p] < centred.na else -1.0
        block.signs[j] = sign
        line = block.cross[j]
        own = products[p]
        for c in range(k):
            line[c] = own[inverse.active[c]] + (square if inverse.signs[c] == sign else 0.0)
        for i in range(j + 1):
            v = own[block.rows[i]] + (square if block.signs[i] == sign else 0.0)
            block.small[i, j] = v
            block.small[j, i] = v
    return border(inverse, k, block, m, _NARROW)


@njit(cache=True, fastmath=FAST, nogil=True)
def _learn(centred, known, m, pool):
    """The m known points and those of ``pool``, with their products: (known, m)."""
    n = m + pool.shape[0]
    if n > known.rows.shape[0]:
        known = _room(known, m, min(centred.points.shape[0], 2 * n))
    for j in range(m, n):
        known.rows[j] = pool[j - m]
        known.member[j] = 0
    products_of_some(centred.points, known.rows, m, n, known.products)
    return known, n


@njit(cache=True, fastmath=FAST, nogil=True)
def _price(centred, known, m, height_a, height_b):
    """known.beyond <- how far each known point lies beyond the plane of its set; returns the farthest, or -1."""
    best = -1
    most = 0.0
    for j in range(m):
        v = 0.0
        if known.member[j] == 0:
            v = (height_a if known.rows[j] < centred.na else height_b) - known.heights[j]
        known.beyond[j] = v
        if v > most:
            most = v
            best = j
    return best


@njit(cache=True, fastmath=FAST, nogil=True)
def _farthest(beyond, m, floor, chosen, most, pool):
    """Chosen <- the known points farthest beyond, ``most`` of those above the floor at most; returns how many."""
    at = 0
    for j in range(m):
        if beyond[j] >= floor and at < pool.shape[0]:
            pool[at] = j
            at += 1
    count = min(at, most)
    for c in range(count):
        best = c
        for t in range(c + 1, at):
            if beyond[pool[t]] > beyond[pool[best]]:
                best = t
        chosen[c] = pool[best]
        pool[best] = pool[c]
    return count


@njit(cache=True, fastmath=FAST, nogil=True)
def search_known(centred, rtol, verdict_only, scratch):
    """Active points, as rows, and their weights: (status, k, rows, weights, w).

    Along w, the line from the second mean to the first, the hulls are apart unless the status is ``OPEN``; that is not
    proved yet.
    """
    points = centred.points
    na = centred.na
    n, d = points.shape
    size = centred.size
    capacity = min(d + 2, n) + 1
    score = np.empty(n)
    seen = np.zeros(n, np.int8)
    w = np.empty(d)
    copy_into(w, centred.towards)
    _heights_of_all(points, w, score)
    a = np.argmin(score[:na])
    b = na + np.argmin(score[na:])
    first_rows = np.empty(2, np.int64)
    first_rows[0] = a
    first_rows[1] = b
    if verdict_only and score[a] + score[b] > 1e-4 * size * np.sqrt(dot(w, w)):
        return SEPARATED, 2, first_rows, np.ones(2), w
    room = min(n, FIRST_ROOM)
    known = Known(
        np.empty(room, np.int64), scratch.products[: room * room].reshape(room, room), np.zeros(room, np.int8),
        np.empty(room), np.empty(room),
    )  # fmt: skip
    # known at first: the two, then the others that lie nearest, of either set
    height_a = score[a]
    height_b = score[b]
    for i in range(n):
        score[i] = (height_a if i < na else height_b) - score[i]
    seen[a] = 1
    seen[b] = 1
    pool = np.empty(max(_ALL, _MORE), np.int64)
    held = np.empty(max(_ALL, _MORE))
    known, m = _learn(centred, known, 0, first_rows)
    first_pool = _ALL if n <= _ALL else _MORE
    pooled, _, _ = fill_pool(score, seen, -np.inf, pool[:first_pool], held[:first_pool])
    for t in range(pooled):
        seen[pool[t]] = 1
    known, m = _learn(centred, known, m, pool[:pooled])
    inverse, block = room_for(capacity, 0, 0)
    room = up_to(min(capacity, FIRST_ROOM))
    matrix = scratch.matrix[: room * room].reshape(room, room)
    inverse = Inverse(inverse.active, inverse.signs, matrix, inverse.Z)
    work = block.solved[0]
    target = np.empty(capacity)
    found = Found(np.empty(capacity, np.int64), np.empty(capacity), w, np.empty(2), np.zeros(2, np.int64))
    block.rows[0] = 0
    block.rows[1] = 1
    k = _let_in(centred, known, inverse, 0, block, 2)
    status = OPEN
    if k < 2:
        return status, 2, first_rows, np.ones(2), w
    for c in range(2):
        found.positions[c] = c
        found.weights[c] = 1.0
        known.member[c] = 1
    rows = np.empty(capacity, np.int64)
    best_square = np.inf
    stale = 0
    at_scan = -1.0
    for _ in range(8 * capacity):
        kept, _ = to_affine_minimizer(inverse, k, found, target, known.member, work)
        k = abs(kept)
        if kept < 0:
            break
        _heights_of_known(known, m, found, k)
        height_a = 0.0
        height_b = 0.0
        for c in range(k):
            v = found.weights[c] * known.heights[found.positions[c]]
            if inverse.signs[c] > 0.0:
                height_a += v
            else:
                height_b += v
        square = height_a + height_b
        stale = 0 if square < best_square * (1.0 - 1e-7) else stale + 1
        best_square = min(best_square, square)
        if square < (_NEARER * size) ** 2 or stale > _STALE:
            break
        first = _price(centred, known, m, height_a, height_b)
        beyond = known.beyond
        if at_scan < 0.0 and first >= 0:
            at_scan = beyond[first]
        if first < 0 or beyond[first] <= max(_EXHAUSTED * at_scan, 0.25 * rtol * square):
            least_a = height_a
            least_b = height_b
            for j in range(m):
                if known.rows[j] < na:
                    least_a = min(least_a, known.heights[j])
                else:
                    least_b = min(least_b, known.heights[j])
            at_scan = 0.0 if first < 0 else beyond[first]
            pooled = 0
            if m < n:
                for c in range(k):
                    rows[c] = known.rows[found.positions[c]]
                combination(points, rows, found.weights, k, w)
                _heights_of_all(points, w, score)
                for i in range(n):
                    if i < na:
                        least_a = min(least_a, score[i])
                        score[i] = height_a - score[i]
                    else:
                        least_b = min(least_b, score[i])
                        score[i] = height_b - score[i]
                pooled, _, most = fill_pool(score, seen, 0.0, pool[:_MORE], held[:_MORE])
                at_scan = max(at_scan, most)
            gap = least_a + least_b
            if verdict_only and gap > 1e-4 * size * np.sqrt(square):
                status = SEPARATED
                break
            if square - gap <= rtol * square:
                status = CONVERGED
                break
            if pooled == 0 and (first < 0 or at_scan <= 0.1 * rtol * square):
                break
            if pooled > 0:
                before = m
                known, m = _learn(centred, known, m, pool[:pooled])
                beyond = known.beyond
                for j in range(before, m):
                    seen[known.rows[j]] = 1
                    known.beyond[j] = score[known.rows[j]]
                for j in range(before):
                    known.beyond[j] = 0.0
                first = before
                for j in range(before, m):
                    if beyond[j] > beyond[first]:
                        first = j
        m_in = _farthest(beyond, m, _TOGETHER * beyond[first], block.rows, min(BLOCK, capacity - 1 - k), pool)
        if k + m_in > inverse.matrix.shape[0]:
            inverse = larger(inverse, k, up_to(min(capacity, 2 * k + BLOCK)))
        count = _let_in(centred, known, inverse, k, block, m_in)
        for j in range(count):
            found.positions[k + j] = block.rows[j]
            found.weights[k + j] = 0.0
            known.member[block.rows[j]] = 1
        if count < m_in:
            known.member[block.rows[count]] = 2
        k += count
    for c in range(k):
        rows[c] = known.rows[found.positions[c]]
    combination(points, rows, found.weights, k, w)
    return status, k, rows, found.weights, w
