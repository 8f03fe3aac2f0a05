"""The quick way to the nearest points of two hulls: the active-set method on the inverse of the Gram matrix.

The loop of ``nearest_points`` with points that come in blocks and cheaper steps, for hulls that are well apart:
it ends as soon as a scan of all points proves what was asked. Where squared lengths are not precise enough (gaps
below 1e-6 of the radius, active points that nearly depend on each other) it hands its active set over to the
orthogonal factor. Nothing rests on the inverse: direction and bounds come from the points and the weights.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from tunescope.geometry._solver.active_set import FAST, copy_into, dot, move_towards
from tunescope.geometry._solver.gram_inverse import BLOCK, Block, Inverse, admit, affine_weights, dismiss, refine, up_to
from tunescope.geometry._solver.nearest_points import CONVERGED, OPEN, SEPARATED, fill_pool
from tunescope.geometry._solver.products import combination
from tunescope.geometry._solver.terms import FloatArray

_POOL = (32, 128)
"""Least and most candidates between scans: a sixteenth of the points, as a scan of few points costs little."""
_FIRST_ROOM = 96
"""Active points for which there is room at first; it doubles when they are more."""
_DRIFT = 0.02
"""Active points of one hull whose heights differ by more than this share of the gap asked for: the inverse is worn."""
_TOGETHER = 0.4
"""Points that come together lie at least this share as far beyond the plane as the first of them."""
_EXHAUSTED = 0.1
"""A pool whose best candidate lies less than this share as far beyond as at the scan is replaced."""
_NEARER = 1e-6
"""Means nearer than this share of the radius are beyond what squared lengths can tell."""
_MOVED = 0.3
"""An earlier active set whose own points leave a relative gap above this is no face any more, only a first pool."""
_STALE = 20
"""Steps without progress after which the orthogonal factor takes over."""


@njit(cache=True, fastmath=FAST, nogil=True)
def _between_means(X, rows, na, w):
    """W <- mean of the first ``na`` rows less that of the others."""
    n = rows.shape[0]
    for r in range(w.shape[0]):
        w[r] = 0.0
    for i in range(n):
        x = X[rows[i]]
        f = 1.0 / na if i < na else -1.0 / (n - na)
        for r in range(w.shape[0]):
            w[r] += f * x[r]


@njit(cache=True, fastmath=FAST, nogil=True)
def _scores(X, rows, w, score):
    """score[i] <- X[rows[i]] . w"""
    for i in range(rows.shape[0]):
        score[i] = dot(X[rows[i]], w)


@njit(cache=True, fastmath=FAST, nogil=True)
def larger(inverse, k, room):
    """The same inverse with a matrix that has room for so many columns."""
    grown = np.zeros((room, room))
    for c in range(k):
        for r in range(k):
            grown[c, r] = inverse.matrix[c, r]
    return Inverse(inverse.active, inverse.signs, grown, inverse.Z)


@njit(cache=True, fastmath=FAST, nogil=True)
def room_for(capacity, first_room, d):
    """An empty inverse with room for ``capacity`` columns of length d (at first for fewer), and a block of new ones."""
    room = up_to(min(capacity, first_room))
    wide = up_to(capacity)
    inverse = Inverse(np.empty(capacity, np.int64), np.empty(capacity), np.zeros((room, room)), np.empty((2, capacity)))
    block = Block(
        np.empty(BLOCK, np.int64), np.empty(BLOCK), np.empty((BLOCK, d)), np.empty((BLOCK, wide)),
        np.empty((BLOCK, wide)), np.empty((BLOCK + 1, BLOCK + 4)),
    )  # fmt: skip
    return inverse, block


@njit(cache=True, fastmath=FAST, nogil=True)
def weights_of_one(weights, signs, k):
    """Scale the weights of each hull to sum to one; False when a hull has none."""
    sum_a = 0.0
    sum_b = 0.0
    for c in range(k):
        if signs[c] > 0.0:
            sum_a += weights[c]
        else:
            sum_b += weights[c]
    if sum_a <= 0.0 or sum_b <= 0.0:
        return False
    for c in range(k):
        weights[c] /= sum_a if signs[c] > 0.0 else sum_b
    return True


@njit(cache=True, fastmath=FAST, nogil=True)
def to_affine_minimizer(inverse, k, found, target, member, work):
    """Move to the affine minimiser, dropping the points that block the way: (k, steps), or -k: unknown."""
    positions = found.positions
    weights = found.weights
    steps = 0
    while True:
        steps += 1
        if not affine_weights(inverse, k, target):
            return -k, steps
        block = move_towards(weights, target, k)
        if block < 0:
            return k, steps
        for c in range(k - 1, -1, -1):
            if c == block or (weights[c] <= 1e-15 and target[c] <= 0.0):
                member[positions[c]] = 0
                dismiss(inverse, k, c, work)
                k -= 1
                positions[c] = positions[k]
                weights[c] = weights[k]
                target[c] = target[k]


class Faces(NamedTuple):
    """The plane of each hull across a direction."""

    w: FloatArray
    """(d,) from the nearest point of the second hull to that of the first."""
    height_a: float
    height_b: float


@njit(cache=True, fastmath=FAST, nogil=True)
def _price(space, pair, faces, member, pool, beyond):
    """beyond[t] <- how far candidate t lies beyond its plane (0 when active); returns the farthest, -1 if none."""
    best = -1
    most = 0.0
    for t in range(pool.shape[0]):
        p = pool[t]
        beyond[t] = 0.0
        if member[p] == 0:
            s = dot(space.points[pair.rows[p]], faces.w)
            beyond[t] = faces.height_a - s if p < pair.na else s - faces.height_b
            if beyond[t] > most:
                most = beyond[t]
                best = t
    return best


@njit(cache=True, fastmath=FAST, nogil=True)
def _face(space, pair, given, given_weights, w):
    """What has become of an earlier active set: (relative gap, nearest of the first hull, nearest of the second).

    The gap is that of its own points along w <- the difference of its two means, which is 0 for the nearest points of
    the two hulls that it spans. The nearest are positions in ``given``, -1 in a hull that has none.
    """
    X = space.points
    rows = pair.rows
    na = pair.na
    for r in range(w.shape[0]):
        w[r] = 0.0
    sum_a = 0.0
    sum_b = 0.0
    for c in range(given.shape[0]):
        if given[c] < na:
            sum_a += given_weights[c]
        else:
            sum_b += given_weights[c]
    for c in range(given.shape[0]):
        f = given_weights[c] / sum_a if given[c] < na else -given_weights[c] / sum_b
        x = X[rows[given[c]]]
        for r in range(w.shape[0]):
            w[r] += f * x[r]
    a = -1
    b = -1
    least = np.inf
    most = -np.inf
    for c in range(given.shape[0]):
        height = dot(X[rows[given[c]]], w)
        if given[c] < na:
            if height < least:
                least = height
                a = c
        elif height > most:
            most = height
            b = c
    square = dot(w, w)
    return (1.0 - (least - most) / square if square > 0.0 else 0.0), a, b


@njit(cache=True, fastmath=FAST, nogil=True)
def approach(space, pair, goal, k, capacity, found):
    """Nearest points of the two hulls of a pair, or an active set to go on from: (status, k, lower, upper).

    ``found`` has room for ``capacity`` points, and with k > 0 its first k are an earlier active set: the one to begin
    with while it still is nearly a face, else the first candidates. Without one, the search begins with the two
    points that face each other along the line of the means. The status is ``OPEN`` when more digits are needed: the
    first k of ``found`` are where to go on.
    """
    X = space.points
    rows = pair.rows
    na = pair.na
    S = found.positions
    weights = found.weights
    rtol = goal.rtol
    d = X.shape[1]
    n = rows.shape[0]
    inverse, block = room_for(capacity, max(_FIRST_ROOM, 2 * k), d)
    signs = inverse.signs
    target = np.empty(capacity)
    positions = np.empty(BLOCK, np.int64)
    work = block.solved[0]
    w = np.empty(d)
    score = np.empty(n)
    member = np.zeros(n, np.int8)
    own_pool = np.empty(goal.candidates, np.int64)
    pool = own_pool[:0]
    beyond = np.empty(max(goal.candidates, k))
    scans = 0
    steps = 0
    stale = 0
    best_norm = np.inf
    lower = -np.inf
    upper = np.inf
    status = OPEN
    at_scan = 0.0
    refined = False
    given = S[:k].copy()
    given_weights = weights[:k].copy()
    if k > 0:
        moved, a, b = _face(space, pair, given, given_weights, w)
        if a >= 0 and b >= 0 and not moved <= _MOVED:
            pool = given
            given = np.empty(2, np.int64)
            given[0] = pool[a]
            given[1] = pool[b]
            given_weights = np.ones(2)
    for attempt in range(2):
        if attempt == 1:
            # nothing to go on from: the two points that face each other along the line of the means
            if pair.towards.shape[0] == d:
                copy_into(w, pair.towards)
            else:
                _between_means(X, rows, na, w)
            _scores(X, rows, w, score)
            scans += 1
            given = np.empty(2, np.int64)
            given[0] = np.argmin(score[:na])
            given[1] = na + np.argmax(score[na:])
            given_weights = np.ones(2)
        k = np.int64(0)
        t = 0
        while t < given.shape[0]:
            m = min(BLOCK, given.shape[0] - t)
            for j in range(m):
                p = given[t + j]
                block.rows[j] = rows[p]
                block.signs[j] = 1.0 if p < na else -1.0
            count = admit(space, inverse, k, block, m)
            for j in range(count):
                S[k + j] = given[t + j]
                weights[k + j] = given_weights[t + j]
            k += count
            t += count if count == m else count + 1  # behind one that depends on others
        if weights_of_one(weights, signs, k):
            break
        if attempt == 1:  # two points that cannot be told apart
            copy_into(S, given)
            copy_into(weights, given_weights)
            found.counters[0] += scans
            return status, 2, lower, upper
    for c in range(k):
        member[S[c]] = 1
    while True:
        kept, taken = to_affine_minimizer(inverse, k, found, target, member, work)
        steps += taken
        k = abs(kept)
        if kept < 0:
            break
        for c in range(k):
            target[c] = signs[c] * weights[c]
        combination(X, inverse.active, target, k, w)
        square = dot(w, w)
        norm = np.sqrt(square)
        upper = norm
        stale = 0 if norm < best_norm * (1.0 - 1e-10) else stale + 1
        best_norm = min(best_norm, norm)
        if norm < _NEARER * space.size or stale > _STALE or steps >= goal.most_steps:
            break
        # the heights of the two faces: those of any active point of each
        height_a = 0.0
        height_b = 0.0
        for c in range(k):
            if signs[c] > 0.0:
                height_a = dot(X[inverse.active[c]], w)
            else:
                height_b = dot(X[inverse.active[c]], w)
            if c > 0 and signs[c] != signs[c - 1]:
                break
        first = _price(space, pair, Faces(w, height_a, height_b), member, pool, beyond)
        if first < 0 or beyond[first] <= max(_EXHAUSTED * at_scan, 0.25 * rtol * square):
            # the heights of the two faces, from all active points: they agree unless the inverse is worn
            height_a = 0.0
            height_b = 0.0
            for c in range(k):
                target[c] = dot(X[inverse.active[c]], w)
                if signs[c] > 0.0:
                    height_a += weights[c] * target[c]
                else:
                    height_b += weights[c] * target[c]
            drift = 0.0
            for c in range(k):
                drift = max(drift, abs(target[c] - (height_a if signs[c] > 0.0 else height_b)))
            if drift > _DRIFT * rtol * square:
                if refined:
                    break
                refine(space, inverse, k, block)
                refined = True
                continue
            refined = False
            scans += 1
            _scores(X, rows, w, score)
            least = np.inf
            most = -np.inf
            for i in range(na):
                least = min(least, score[i])
                score[i] = height_a - score[i]
            for i in range(na, n):
                most = max(most, score[i])
                score[i] -= height_b
            gap = (least - most) / norm
            if gap > lower:
                lower = gap
                copy_into(found.direction, w)
                found.planes[0] = least / norm
                found.planes[1] = most / norm
            if goal.verdict_only and gap > 0.0:
                length = 0.0
                for r in range(d):
                    length += (w[r] * space.stretch[r]) ** 2
                if (least - most) / np.sqrt(length) > goal.least_gap:
                    status = SEPARATED
                    copy_into(found.direction, w)
                    found.planes[0] = least / norm
                    found.planes[1] = most / norm
                    break
            if lower > goal.cutoff:
                status = SEPARATED
                break
            if upper - lower <= rtol * upper:
                status = CONVERGED
                break
            pooled, entered, at_scan = fill_pool(score, member, 0.0, own_pool, beyond[: goal.candidates])
            pool = own_pool[:pooled]
            if entered < 0:
                break
            first = 0
            for t in range(1, pooled):
                if beyond[t] > beyond[first]:
                    first = t
        m = 0
        floor = _TOGETHER * beyond[first]
        while first >= 0 and m < min(BLOCK, capacity - 1 - k):
            p = pool[first]
            positions[m] = p
            block.rows[m] = rows[p]
            block.signs[m] = 1.0 if p < na else -1.0
            beyond[first] = 0.0
            m += 1
            first = -1
            most = floor
            for t in range(pool.shape[0]):
                if beyond[t] > most:
                    most = beyond[t]
                    first = t
        if k + m > inverse.matrix.shape[0]:
            inverse = larger(inverse, k, up_to(min(capacity, 2 * k + BLOCK)))
        count = admit(space, inverse, k, block, m)
        for j in range(count):
            S[k + j] = positions[j]
            weights[k + j] = 0.0
            member[positions[j]] = 1
        k += count
        if count == 0:
            break
    found.counters[0] += scans
    found.counters[1] += steps
    return status, k, lower, upper


@njit(cache=True)
def limits(d, n):
    """For n points of d dimensions: room for active points, most steps, and candidates between scans."""
    independent = min(d + 2, n)
    return independent + 1, 40 * independent + 400, min(n, min(max(_POOL[0], n // 16), _POOL[1]))
