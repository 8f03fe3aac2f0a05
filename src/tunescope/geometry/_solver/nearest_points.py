"""The nearest points of two convex hulls by an active-set method (Wolfe 1976, for two hulls at once).

One loop: minimise over the affine hulls of the active points; move there, dropping each point whose weight
would turn negative on the way; then let in the point that lies furthest beyond the supporting hyperplane. A
scan of all points gives a lower bound (the gap along the current direction) and a short list of candidates;
between scans only that list is priced, so that most steps cost O(d k) and not O(d n). The norm falls strictly,
so the loop ends; rounding is met by limits on the steps and on steps without progress.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from tunescope.geometry._solver.active_set import (
    FAST,
    add_column,
    affine_minimizer,
    count_row,
    dot,
    drop_column,
    move_towards,
    straighten,
    sum_rows,
    write_column,
)

SEPARATED = 1
"""The gap along the direction found exceeds what was asked for."""
MET = 2
"""The two weighted means coincide to rounding."""
OPEN = 3
"""Neither: the bounds stopped improving, or the limit on steps was reached."""
_RENEW = 200
"""Steps after which the sums that are kept from step to step are computed anew."""

THIN_GAP = 1e-3
"""Gaps below this share of the radius need a normal that is made exact before it bounds anything."""

CONVERGED = 4
"""The bounds agree to the relative gap that was asked for."""


@njit(cache=True, fastmath=FAST, nogil=True)
def _extreme(X, rows, begin, end, w, sign):
    """Position of the row with the least ``sign`` times height."""
    best = np.inf
    at = begin
    for i in range(begin, end):
        s = sign * dot(X[rows[i]], w)
        if s < best:
            best = s
            at = i
    return at


@njit(cache=True, fastmath=FAST, nogil=True)
def _face_each_other(space, pair, factor, found):
    """First active set: the two points that face each other along the line of the means."""
    X = space.points
    rows = pair.rows
    na = pair.na
    w = factor.w
    S = found.positions
    n = rows.shape[0]
    for r in range(X.shape[1]):
        w[r] = 0.0
    for i in range(n):
        x = X[rows[i]]
        f = 1.0 / na if i < na else -1.0 / (n - na)
        for r in range(X.shape[1]):
            w[r] += f * x[r]
    S[0] = _extreme(X, rows, 0, na, w, 1.0)
    S[1] = _extreme(X, rows, na, n, w, -1.0)
    for k in range(2):
        write_column(space, rows[S[k]], k == 0, factor.column)
        add_column(factor.Qt, factor.Rt, k, factor.column)
        found.weights[k] = 1.0


@njit(cache=True, fastmath=FAST, nogil=True)
def _take_up(space, pair, factor, count, found):
    """Factor the first ``count`` points that were found, with their weights; those that depend on others are left out.

    Returns how many there are: none when a hull has no weight.
    """
    na = pair.na
    S = found.positions
    weights = found.weights
    k = 0
    sum_a = 0.0
    sum_b = 0.0
    for t in range(count):
        p = S[t]
        write_column(space, pair.rows[p], p < na, factor.column)
        if add_column(factor.Qt, factor.Rt, k, factor.column):
            S[k] = p
            weights[k] = weights[t]
            if p < na:
                sum_a += weights[t]
            else:
                sum_b += weights[t]
            k += 1
    if sum_a <= 0.0 or sum_b <= 0.0:
        return 0
    for c in range(k):
        weights[c] /= sum_a if S[c] < na else sum_b
    return k


@njit(cache=True, fastmath=FAST, nogil=True)
def fill_pool(score, member, floor, pool, held):
    """Positions of the largest scores above the floor into ``pool``; returns how many, the best one, and its score.

    ``held`` are their scores; once the pool is full both are a heap with the least score on top.
    """
    size = pool.shape[0]
    count = 0
    enter = -1
    beyond = 0.0
    for i in range(score.shape[0]):
        s = score[i]
        if s <= floor or member[i] != 0:
            continue
        if s > beyond:
            beyond = s
            enter = i
        if count < size:
            pool[count] = i
            held[count] = s
            count += 1
            if count == size:
                for top in range(size // 2 - 1, -1, -1):
                    _sift(pool, held, top, size)
                floor = max(floor, held[0])
        else:
            pool[0] = i
            held[0] = s
            _sift(pool, held, 0, size)
            floor = max(floor, held[0])
    return count, enter, beyond


@njit(cache=True, fastmath=FAST, nogil=True)
def _sift(pool, held, top, size):
    """Let the entry at ``top`` sink to its place in the heap below it."""
    p = pool[top]
    s = held[top]
    while True:
        child = 2 * top + 1
        if child >= size:
            break
        if child + 1 < size and held[child + 1] < held[child]:
            child += 1
        if held[child] >= s:
            break
        pool[top] = pool[child]
        held[top] = held[child]
        top = child
    pool[top] = p
    held[top] = s


@njit(cache=True, fastmath=FAST, nogil=True)
def _minor_cycle(factor, k, size, found, member, budget):
    """Move to the affine minimiser, dropping the points that block the way. Returns (k, steps)."""
    Qt = factor.Qt
    Rt = factor.Rt
    target = factor.target
    S = found.positions
    weights = found.weights
    steps = 0
    while True:
        steps += 1
        affine_minimizer(factor, k, size)
        block = move_towards(weights, target, k)
        if block < 0:
            return k, steps
        for c in range(k - 1, -1, -1):
            if c == block or (weights[c] <= 1e-15 and target[c] <= 0.0):
                member[S[c]] = 0
                drop_column(Qt, Rt, k, c)
                count_row(Qt[k - 1], -1.0, factor.sums)
                for e in range(c, k - 1):
                    S[e] = S[e + 1]
                    weights[e] = weights[e + 1]
                    target[e] = target[e + 1]
                k -= 1
        if steps >= budget:
            affine_minimizer(factor, k, size)
            return k, steps


@njit(cache=True, fastmath=FAST, nogil=True)
def nearest_points(space, pair, goal, factor, k, found):
    """Nearest points of the two hulls of a pair: (status, k, lower, upper), bounds in these coordinates.

    With k > 0, ``factor`` and ``found`` hold an active set of k points to begin with; with k < 0, ``found`` does, and
    it is still to be factored. The first k of ``found`` are the active points that are left.
    """
    X = space.points
    center = space.center
    size = space.size
    rows = pair.rows
    na = pair.na
    rtol = goal.rtol
    Qt = factor.Qt
    Rt = factor.Rt
    sums = factor.sums
    column = factor.column
    w = factor.w
    S = found.positions
    weights = found.weights
    d = X.shape[1]
    n = rows.shape[0]
    capacity = Qt.shape[0]
    score = np.empty(n)
    member = np.zeros(n, np.int8)  # 1: active; 2: in the span of the active ones, it can add nothing
    pool = np.empty(goal.candidates, np.int64)
    held = np.empty(goal.candidates)
    pooled = 0
    scans = 0
    steps = 0
    stale = 0
    best_norm = np.inf
    norm_then = np.inf
    next_look = 0
    lower = -np.inf
    upper = np.inf
    status = OPEN
    if k < 0:
        k = _take_up(space, pair, factor, -k, found)
    if k == 0:
        _face_each_other(space, pair, factor, found)
        k = 2
    for c in range(k):
        member[S[c]] = 1
    sum_rows(Qt, k, sums)
    fresh = 0
    turn = 0
    last_beyond = np.inf
    while True:
        k, taken = _minor_cycle(factor, k, size, found, member, goal.most_steps)
        steps += taken
        fresh += taken
        norm = np.sqrt(dot(w, w))
        if fresh > _RENEW or (fresh > 0 and norm < THIN_GAP * size):
            # taking rows away piles up rounding, which a short difference feels
            sum_rows(Qt, k, sums)
            fresh = -1
            k, taken = _minor_cycle(factor, k, size, found, member, goal.most_steps)
            fresh += taken
            norm = np.sqrt(dot(w, w))
        upper = norm
        if norm <= goal.rounding:
            status = MET
            break
        stale = 0 if norm < best_norm * (1.0 - 1e-10) else stale + 1
        best_norm = min(best_norm, norm)
        if steps >= goal.most_steps or stale > 60:
            break
        if norm <= goal.give_up and steps >= next_look:
            # hulls that meet in all but directions of rounding: the norm creeps, and other coordinates do better
            if norm > 0.8 * norm_then:
                break
            norm_then = norm
            next_look = steps + 100
        # the heights of the two faces: those of any active point of each
        height_a = 0.0
        height_b = 0.0
        for c in range(k):
            if S[c] < na:
                height_a = dot(X[rows[S[c]]], w)
            else:
                height_b = dot(X[rows[S[c]]], w)
            if c > 0 and (S[c] < na) != (S[c - 1] < na):
                break
        if norm < THIN_GAP * size:
            base = dot(center, w)
            straighten(factor, k, size, height_a - base, height_b - base, norm)
            height_a = 0.0
            height_b = 0.0
            for c in range(k):
                v = weights[c] * dot(X[rows[S[c]]], w)
                if S[c] < na:
                    height_a += v
                else:
                    height_b += v
        floor = 1e-14 * norm * size
        enter = -1
        beyond = 0.0
        for u in range(pooled):
            t = (u + turn) % pooled
            p = pool[t]
            if member[p] != 0:
                continue
            s = dot(X[rows[p]], w)
            v = height_a - s if p < na else s - height_b
            if v > beyond:
                beyond = v
                enter = p
                if v > 0.8 * last_beyond:
                    turn = t + 1
                    break
        last_beyond = beyond
        if enter < 0 or beyond <= max(floor, 0.25 * rtol * norm * norm):
            scans += 1
            least = np.inf
            most = -np.inf
            for i in range(na):
                s = dot(X[rows[i]], w)
                score[i] = height_a - s
                least = min(least, s)
            for i in range(na, n):
                s = dot(X[rows[i]], w)
                score[i] = s - height_b
                most = max(most, s)
            gap = (least - most) / norm
            if gap > lower:
                lower = gap
                for r in range(d):
                    found.direction[r] = w[r]
            if goal.verdict_only and gap > 0.0:
                length = 0.0
                for r in range(d):
                    length += (w[r] * space.stretch[r]) ** 2
                if (least - most) / np.sqrt(length) > goal.least_gap:
                    status = SEPARATED
                    for r in range(d):
                        found.direction[r] = w[r]
                    break
            if lower > goal.cutoff:
                status = SEPARATED
                break
            if upper - lower <= rtol * upper:
                status = CONVERGED
                break
            pooled, enter, beyond = fill_pool(score, member, floor, pool, held)
            if enter < 0:
                break
        write_column(space, rows[enter], enter < na, column)
        if k < capacity - 1 and add_column(Qt, Rt, k, column):
            count_row(Qt[k], 1.0, sums)
            S[k] = enter
            weights[k] = 0.0
            member[enter] = 1
            k += 1
        else:
            member[enter] = 2
    found.counters[0] += scans
    found.counters[1] += steps
    return status, k, lower, upper
