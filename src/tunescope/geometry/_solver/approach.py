"""The quick way to the nearest points of two hulls: the active-set method on the inverse of the Gram matrix.

The loop of ``_nearest_points`` with points that come in blocks and cheaper steps, for hulls that are well apart:
it ends as soon as a scan of all points proves what was asked. Where squared lengths are not precise enough (gaps
below 1e-6 of the radius, active points that nearly depend on each other) it hands its active set over to the
orthogonal factor. Nothing rests on the inverse: direction and bounds come from the points and the weights.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from tunescope.geometry._solver.active_set import FAST, copy_into, dot, move_towards
from tunescope.geometry._solver.gram_inverse import BLOCK, admit, affine_weights, combination, dismiss, refine, up_to
from tunescope.geometry._solver.nearest_points import CONVERGED, OPEN, SEPARATED, fill_pool

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
    """w <- mean of the first ``na`` rows less that of the others."""
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
def _larger(matrix, k, room):
    grown = np.zeros((room, room))
    for c in range(k):
        for r in range(k):
            grown[c, r] = matrix[c, r]
    return grown


@njit(cache=True, fastmath=FAST, nogil=True)
def _weights_of_one(weights, signs, k):
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
def _to_affine_minimizer(k, S, active, signs, weights, target, member, inverse, Z, work):
    """Move to the affine minimiser, dropping the points that block the way: (k, steps), or -k: unknown."""
    steps = 0
    while True:
        steps += 1
        if not affine_weights(Z, signs, k, target):
            return -k, steps
        block = move_towards(weights, target, k)
        if block < 0:
            return k, steps
        for c in range(k - 1, -1, -1):
            if c == block or (weights[c] <= 1e-15 and target[c] <= 0.0):
                member[S[c]] = 0
                dismiss(c, k, active, signs, inverse, Z, work)
                k -= 1
                S[c] = S[k]
                weights[c] = weights[k]
                target[c] = target[k]


@njit(cache=True, fastmath=FAST, nogil=True)
def _price(X, rows, na, w, height_a, height_b, member, pool, pooled, beyond):
    """beyond[t] <- how far candidate t lies beyond its plane (0 when active); returns the farthest, -1 if none."""
    best = -1
    most = 0.0
    for t in range(pooled):
        p = pool[t]
        beyond[t] = 0.0
        if member[p] == 0:
            s = dot(X[rows[p]], w)
            beyond[t] = height_a - s if p < na else s - height_b
            if beyond[t] > most:
                most = beyond[t]
                best = t
    return best


@njit(cache=True, fastmath=FAST, nogil=True)
def _face(X, rows, na, given, given_weights, w):
    """What has become of an earlier active set: (relative gap, nearest of the first hull, nearest of the second).

    The gap is that of its own points along w <- the difference of its two means, which is 0 for the nearest points of
    the two hulls that it spans. The nearest are positions in ``given``, -1 in a hull that has none.
    """
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
    return 1.0 - (least - most) / dot(w, w), a, b


@njit(cache=True, fastmath=FAST, nogil=True)
def approach(
    X, center, stretch, rows, na, size, verdict_only, rtol, least_gap, cutoff, max_steps, pool_size,
    towards, k, capacity, S, weights, direction, planes, counters,
):  # fmt: skip
    """Nearest points of conv(X[rows[:na]]) and conv(X[rows[na:]]), or an active set to go on from.

    Arguments as in ``nearest_points``; S and weights have room for ``capacity`` points, and with k > 0 their first
    k hold an earlier active set: the one to begin with while it still is nearly a face, else the first candidates.
    Without one, the search begins with the two points that face each other along ``towards`` (d), the mean of the first
    hull less that of the second; empty when it is not known. Returns (status, k, lower, upper); ``planes`` are the
    heights X . direction of the two supporting planes for a direction of length one. The status is ``OPEN`` when more
    digits are needed: S[:k] and weights[:k] are where to go on.
    """
    d = X.shape[1]
    n = rows.shape[0]
    room = up_to(min(capacity, max(_FIRST_ROOM, 2 * k)))
    inverse = np.zeros((room, room))
    Z = np.empty((2, capacity))
    active = np.empty(capacity, np.int64)
    signs = np.empty(capacity)
    target = np.empty(capacity)
    cross = np.empty((BLOCK, up_to(capacity)))
    solved = np.empty((BLOCK, up_to(capacity)))
    columns = np.empty((BLOCK, d))
    small = np.empty((BLOCK + 1, BLOCK + 4))
    entering = np.empty(BLOCK, np.int64)
    entering_signs = np.empty(BLOCK)
    positions = np.empty(BLOCK, np.int64)
    w = np.empty(d)
    score = np.empty(n)
    member = np.zeros(n, np.int8)
    own_pool = np.empty(pool_size, np.int64)
    pool = own_pool
    beyond = np.empty(max(pool_size, k))
    pooled = np.int64(0)  # of its own type, a literal would have all that takes it compiled once more
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
        moved, a, b = _face(X, rows, na, given, given_weights, w)
        if a >= 0 and b >= 0 and not moved <= _MOVED:
            pool = given
            pooled = given.shape[0]
            given = np.empty(2, np.int64)
            given[0] = pool[a]
            given[1] = pool[b]
            given_weights = np.ones(2)
    for attempt in range(2):
        if attempt == 1:
            # nothing to go on from: the two points that face each other along the line of the means
            if towards.shape[0] == d:
                copy_into(w, towards)
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
                entering[j] = rows[p]
                entering_signs[j] = 1.0 if p < na else -1.0
            count = admit(
                X, center, entering, entering_signs, m, size, active, signs, k, inverse, Z, columns, cross, solved,
                small,
            )  # fmt: skip
            for j in range(count):
                S[k + j] = given[t + j]
                weights[k + j] = given_weights[t + j]
            k += count
            t += count if count == m else count + 1  # behind one that depends on others
        if _weights_of_one(weights, signs, k):
            break
        if attempt == 1:  # two points that cannot be told apart
            copy_into(S, given)
            copy_into(weights, given_weights)
            counters[0] += scans
            return status, 2, lower, upper
    for c in range(k):
        member[S[c]] = 1
    while True:
        kept, taken = _to_affine_minimizer(k, S, active, signs, weights, target, member, inverse, Z, solved[0])
        steps += taken
        k = abs(kept)
        if kept < 0:
            break
        for c in range(k):
            target[c] = signs[c] * weights[c]
        combination(X, active, target, k, w)
        square = dot(w, w)
        norm = np.sqrt(square)
        upper = norm
        stale = 0 if norm < best_norm * (1.0 - 1e-10) else stale + 1
        best_norm = min(best_norm, norm)
        if norm < _NEARER * size or stale > _STALE or steps >= max_steps:
            break
        # the heights of the two faces: those of any active point of each
        height_a = 0.0
        height_b = 0.0
        for c in range(k):
            if signs[c] > 0.0:
                height_a = dot(X[active[c]], w)
            else:
                height_b = dot(X[active[c]], w)
            if c > 0 and signs[c] != signs[c - 1]:
                break
        first = _price(X, rows, na, w, height_a, height_b, member, pool, pooled, beyond)
        if first < 0 or beyond[first] <= max(_EXHAUSTED * at_scan, 0.25 * rtol * square):
            # the heights of the two faces, from all active points: they agree unless the inverse is worn
            height_a = 0.0
            height_b = 0.0
            for c in range(k):
                target[c] = dot(X[active[c]], w)
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
                refine(X, center, size, active, signs, k, inverse, Z, columns[0], cross, solved)
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
                copy_into(direction, w)
                planes[0] = least / norm
                planes[1] = most / norm
            if verdict_only and gap > 0.0:
                length = 0.0
                for r in range(d):
                    length += (w[r] * stretch[r]) ** 2
                if (least - most) / np.sqrt(length) > least_gap:
                    status = SEPARATED
                    copy_into(direction, w)
                    planes[0] = least / norm
                    planes[1] = most / norm
                    break
            if lower > cutoff:
                status = SEPARATED
                break
            if upper - lower <= rtol * upper:
                status = CONVERGED
                break
            pool = own_pool
            pooled, entered, at_scan = fill_pool(score, member, 0.0, pool, beyond[:pool_size])
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
            entering[m] = rows[p]
            entering_signs[m] = 1.0 if p < na else -1.0
            beyond[first] = 0.0
            m += 1
            first = -1
            most = floor
            for t in range(pooled):
                if beyond[t] > most:
                    most = beyond[t]
                    first = t
        if k + m > inverse.shape[0]:
            inverse = _larger(inverse, k, up_to(min(capacity, 2 * k + BLOCK)))
        count = admit(
            X, center, entering, entering_signs, m, size, active, signs, k, inverse, Z, columns, cross, solved, small
        )
        for j in range(count):
            S[k + j] = positions[j]
            weights[k + j] = 0.0
            member[positions[j]] = 1
        k += count
        if count == 0:
            break
    counters[0] += scans
    counters[1] += steps
    return status, k, lower, upper


@njit(cache=True)
def limits(d, n):
    """For n points of d dimensions: room for active points, most steps, and candidates between scans."""
    independent = min(d + 2, n)
    return independent + 1, 40 * independent + 400, min(n, min(max(_POOL[0], n // 16), _POOL[1]))
