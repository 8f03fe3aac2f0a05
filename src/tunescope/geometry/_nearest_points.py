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

from tunescope.geometry._active_set import (
    FAST,
    add_column,
    affine_minimizer,
    dot,
    drop_column,
    factor_columns,
    write_column,
)

SEPARATED = 1
"""The gap along the direction found exceeds what was asked for."""
MET = 2
"""The two weighted means coincide to rounding."""
OPEN = 3
"""Neither: the bounds stopped improving, or the limit on steps was reached."""
CONVERGED = 4
"""The bounds agree to the relative gap that was asked for."""

_LARGE_SEED = 24


@njit(cache=True, fastmath=FAST, nogil=True)
def _extreme(X, center, rows, begin, end, w, want_least):
    best = np.inf if want_least else -np.inf
    at = begin
    for i in range(begin, end):
        s = dot(X[rows[i]], w)
        if (want_least and s < best) or (not want_least and s > best):
            best = s
            at = i
    return at


@njit(cache=True, fastmath=FAST, nogil=True)
def _start(X, center, rows, na, seeds, seed_weights, size, Qt, Rt, S, weights, member, column, work, w):
    """First active set: the seeds, or the two points that face each other along the line of the means."""
    n = rows.shape[0]
    k = 0
    count_a = 0
    count_b = 0
    for t in range(seeds.shape[0]):
        if seeds[t] < na:
            count_a += 1
        else:
            count_b += 1
    if count_a > 0 and count_b > 0:
        limit = Qt.shape[0] - 1
        if seeds.shape[0] >= _LARGE_SEED and seeds.shape[0] <= limit:
            columns = np.empty((seeds.shape[0], Qt.shape[1]))
            for t in range(seeds.shape[0]):
                p = seeds[t]
                write_column(X, center, rows[p], p < na, size, columns[t])
            if factor_columns(columns, Qt, Rt):
                for t in range(seeds.shape[0]):
                    S[t] = seeds[t]
                    weights[t] = seed_weights[t]
                    member[seeds[t]] = 1
                k = seeds.shape[0]
        if k == 0:
            for t in range(seeds.shape[0]):
                p = seeds[t]
                if member[p] != 0 or k >= limit:
                    continue
                write_column(X, center, rows[p], p < na, size, column)
                if add_column(Qt, Rt, k, column, work):
                    S[k] = p
                    weights[k] = seed_weights[t]
                    member[p] = 1
                    k += 1
        sum_a = 0.0
        sum_b = 0.0
        for c in range(k):
            weights[c] = max(weights[c], 1e-12)
            if S[c] < na:
                sum_a += weights[c]
            else:
                sum_b += weights[c]
        if sum_a > 0.0 and sum_b > 0.0:
            for c in range(k):
                weights[c] /= sum_a if S[c] < na else sum_b
            return k
        for c in range(k):
            member[S[c]] = 0
        k = 0
    for r in range(X.shape[1]):
        w[r] = 0.0
    for i in range(n):
        x = X[rows[i]]
        f = 1.0 / na if i < na else -1.0 / (n - na)
        for r in range(X.shape[1]):
            w[r] += f * x[r]
    for t in range(2):
        p = _extreme(X, center, rows, 0, na, w, True) if t == 0 else _extreme(X, center, rows, na, n, w, False)
        write_column(X, center, rows[p], p < na, size, column)
        add_column(Qt, Rt, k, column, work)
        S[k] = p
        weights[k] = 1.0
        member[p] = 1
        k += 1
    return k


@njit(cache=True, fastmath=FAST, nogil=True)
def _minor_cycle(Qt, Rt, k, size, S, weights, target, member, work, w, budget):
    """Move to the affine minimiser, dropping the points that block the way. Returns (k, steps)."""
    steps = 0
    while True:
        steps += 1
        affine_minimizer(Qt, Rt, k, size, work, target, w)
        step = 1.0
        block = -1
        for c in range(k):
            if target[c] <= 0.0:
                change = weights[c] - target[c]
                t = weights[c] / change if change > 0.0 else 0.0
                if block < 0 or t < step:
                    step = min(t, step)
                    block = c
        if block < 0:
            for c in range(k):
                weights[c] = target[c]
            return k, steps
        for c in range(k):
            weights[c] += step * (target[c] - weights[c])
        weights[block] = 0.0
        for c in range(k - 1, -1, -1):
            if c == block or (weights[c] <= 1e-15 and target[c] <= 0.0):
                member[S[c]] = 0
                drop_column(Qt, Rt, k, c)
                for e in range(c, k - 1):
                    S[e] = S[e + 1]
                    weights[e] = weights[e + 1]
                    target[e] = target[e + 1]
                k -= 1
        if steps >= budget:
            affine_minimizer(Qt, Rt, k, size, work, target, w)
            return k, steps


@njit(cache=True, fastmath=FAST, nogil=True)
def nearest_points(
    X, center, stretch, rows, na, seeds, seed_weights, size, verdict_only, rtol, least_gap, rounding, cutoff,
    max_steps, pool_size, S, weights, direction, counters,
):  # fmt: skip
    """Nearest points of conv(X[rows[:na]]) and conv(X[rows[na:]]).

    X (n, d) any float type, C-contiguous; center (d) float64 is subtracted on the fly; rows int64. ``stretch``
    (d) turns a direction in these coordinates into one of the original space (ones when they are the same).
    ``seeds`` are positions in ``rows`` to begin with, ``seed_weights`` their weights. ``size`` is the radius of
    the data. ``least_gap`` is the gap, in the original space, above which hulls are apart; two means nearer than
    ``rounding`` coincide; a lower bound above ``cutoff`` ends the search.

    Returns (status, k, lower, upper): S[:k] the active positions with weights[:k]; ``direction`` the best one
    found; lower and upper bounds of the distance in these coordinates. counters += (scans, steps).
    """
    d = X.shape[1]
    n = rows.shape[0]
    height = d + 2
    capacity = min(height, n) + 1
    Qt = np.empty((capacity, height))
    Rt = np.empty((capacity, capacity))
    work = np.empty(capacity)
    target = np.empty(capacity)
    column = np.empty(height)
    w = np.empty(d)
    score = np.empty(n)
    member = np.zeros(n, np.int8)
    pool = np.empty(pool_size, np.int64)
    pooled = 0
    scans = 0
    steps = 0
    stale = 0
    best_norm = np.inf
    lower = -np.inf
    upper = np.inf
    status = OPEN
    k = _start(X, center, rows, na, seeds, seed_weights, size, Qt, Rt, S, weights, member, column, work, w)
    while True:
        k, taken = _minor_cycle(Qt, Rt, k, size, S, weights, target, member, work, w, max_steps)
        steps += taken
        norm = np.sqrt(dot(w, w))
        upper = norm
        if norm <= rounding:
            status = MET
            break
        stale = 0 if norm < best_norm * (1.0 - 1e-10) else stale + 1
        best_norm = min(best_norm, norm)
        if steps >= max_steps or stale > 60:
            break
        # the heights of the two supporting means: both conditions hold with equality on the active points
        mean_a = 0.0
        mean_b = 0.0
        for c in range(k):
            v = weights[c] * dot(X[rows[S[c]]], w)
            if S[c] < na:
                mean_a += v
            else:
                mean_b += v
        floor = 1e-14 * norm * size
        enter = -1
        beyond = 0.0
        for t in range(pooled):
            p = pool[t]
            if member[p] != 0:
                continue
            s = dot(X[rows[p]], w)
            v = mean_a - s if p < na else s - mean_b
            if v > beyond:
                beyond = v
                enter = p
        if enter < 0 or beyond <= max(floor, 0.25 * rtol * norm * norm):
            scans += 1
            least = np.inf
            most = -np.inf
            for i in range(na):
                s = dot(X[rows[i]], w)
                score[i] = mean_a - s
                least = min(least, s)
            for i in range(na, n):
                s = dot(X[rows[i]], w)
                score[i] = s - mean_b
                most = max(most, s)
            gap = (least - most) / norm
            if gap > lower:
                lower = gap
                for r in range(d):
                    direction[r] = w[r]
            if verdict_only and gap > 0.0:
                length = 0.0
                for r in range(d):
                    length += (w[r] * stretch[r]) ** 2
                if (least - most) / np.sqrt(length) > least_gap:
                    status = SEPARATED
                    for r in range(d):
                        direction[r] = w[r]
                    break
            if lower > cutoff:
                status = SEPARATED
                break
            if upper - lower <= rtol * upper:
                status = CONVERGED
                break
            waiting = 0
            for i in range(n):
                if member[i] == 0 and score[i] > floor:
                    waiting += 1
            if waiting == 0:
                break
            threshold = floor
            if waiting > pool_size:
                values = np.empty(waiting)
                e = 0
                for i in range(n):
                    if member[i] == 0 and score[i] > floor:
                        values[e] = score[i]
                        e += 1
                values = np.partition(values, waiting - pool_size)
                threshold = values[waiting - pool_size]
            pooled = 0
            enter = -1
            beyond = 0.0
            for i in range(n):
                if member[i] == 0 and score[i] > floor and score[i] >= threshold and pooled < pool_size:
                    pool[pooled] = i
                    pooled += 1
                    if score[i] > beyond:
                        beyond = score[i]
                        enter = i
            if enter < 0:
                break
        write_column(X, center, rows[enter], enter < na, size, column)
        if k < capacity - 1 and add_column(Qt, Rt, k, column, work):
            S[k] = enter
            weights[k] = 0.0
            member[enter] = 1
            k += 1
        else:
            member[enter] = 2
    counters[0] += scans
    counters[1] += steps
    return status, k, lower, upper
