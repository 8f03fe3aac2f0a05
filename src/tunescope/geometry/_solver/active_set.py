"""The orthogonal factor of the active set: columns come and go, and it stays orthonormal.

The nearest points of two convex hulls are weighted means of few points, the active set. Each active point is
a column ``(s, 0, x)`` when it belongs to the first hull and ``(0, s, -x)`` when it belongs to the second: the
two leading rows carry the conditions that the weights of each hull sum to one, the others the difference of
the two means. With ``columns = Q R``, the weights that minimise the norm of that difference over the *affine*
hulls follow from the two leading rows of ``Q`` alone, and the difference itself is a combination of the
columns of ``Q``, which is accurate to rounding of the *data*, not of its square: that is what lets a gap of
1e-8 of the radius be told from none. (The normal equations would lose half of the digits.)

``Qt`` holds Q transposed (a row per active point, so that rotations run along memory), ``R`` is kept by
columns: ``Rt[c, r] = R[r, c]``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from tunescope.geometry._solver.terms import FloatArray

# Reassociation lets the loops vectorise; NaN and infinity keep their meaning (they are refused much earlier).
FAST = {"reassoc", "contract", "nsz", "arcp"}

DEPENDENT = 1e-12
"""A column whose part outside the span of the others is below this share of it adds nothing."""


class Factor(NamedTuple):
    """The factor, and room to work in; the first k rows and numbers are those of the active points."""

    Qt: FloatArray
    """(room, d + 2)"""
    Rt: FloatArray
    """(room, room)"""
    sums: FloatArray
    """(2, d + 2) rows of ``Qt``, weighted by their leading entries."""
    work: FloatArray
    """(room,)"""
    target: FloatArray
    """(room,) weights of the affine minimiser."""
    column: FloatArray
    """(d + 2,)"""
    w: FloatArray
    """(d,) difference of the two means."""


@njit(cache=True, nogil=True)
def room_for_factor(capacity, d):
    """An empty factor for at most so many points of d dimensions."""
    return Factor(
        np.empty((capacity, d + 2)), np.empty((capacity, capacity)), np.empty((2, d + 2)), np.empty(capacity),
        np.empty(capacity), np.empty(d + 2), np.empty(d),
    )  # fmt: skip


@njit(cache=True, fastmath=FAST, nogil=True)
def dot(a, b):
    """Inner product in float64 of two vectors of any float type."""
    total = 0.0
    for i in range(b.shape[0]):
        total += a[i] * b[i]
    return total


@njit(cache=True, fastmath=FAST, nogil=True)
def copy_into(out, a):
    """Out <- a, number by number: compiled in a fraction of the time that an assignment of slices takes."""
    for i in range(a.shape[0]):
        out[i] = a[i]


@njit(cache=True, fastmath=FAST, nogil=True)
def write_column(space, row, first, column):
    """Column of one point: ``(size, 0, x - center)`` or ``(0, size, center - x)``."""
    X = space.points
    center = space.center
    column[0] = space.size if first else 0.0
    column[1] = 0.0 if first else space.size
    sign = 1.0 if first else -1.0
    for r in range(X.shape[1]):
        column[r + 2] = sign * (X[row, r] - center[r])


@njit(cache=True, fastmath=FAST, nogil=True)
def add_column(Qt, Rt, k, column):
    """Append a column by Gram-Schmidt, repeated until it is orthogonal; False when it is dependent."""
    size = Qt.shape[1]
    norm_before = np.sqrt(dot(column, column))
    norm = norm_before
    for c in range(k):
        Rt[k, c] = 0.0
    for _ in range(6):  # "twice is enough" unless the first pass cancels nearly everything
        for c in range(k):  # one after the other, so that each row is read from memory once
            q = Qt[c]
            h = dot(q, column)
            for r in range(size):
                column[r] -= h * q[r]
            Rt[k, c] += h
        last, norm = norm, np.sqrt(dot(column, column))
        if norm > 0.1 * last:
            break
    if norm <= DEPENDENT * norm_before:
        return False
    for r in range(size):
        Qt[k, r] = column[r] / norm
    Rt[k, k] = norm
    return True


@njit(cache=True, fastmath=FAST, nogil=True)
def drop_column(Qt, Rt, k, j):
    """Remove column j: the later columns move up and Givens rotations restore the triangle."""
    for c in range(j + 1, k):
        for r in range(c + 1):
            Rt[c - 1, r] = Rt[c, r]
    for i in range(j, k - 1):
        a = Rt[i, i]
        b = Rt[i, i + 1]
        h = np.hypot(a, b)
        cos = 1.0
        sin = 0.0
        if h > 0.0:
            cos = a / h
            sin = b / h
        for c in range(i, k - 1):
            x = Rt[c, i]
            y = Rt[c, i + 1]
            Rt[c, i] = cos * x + sin * y
            Rt[c, i + 1] = cos * y - sin * x
        p = Qt[i]
        q = Qt[i + 1]
        for r in range(Qt.shape[1]):
            x = p[r]
            y = q[r]
            p[r] = cos * x + sin * y
            q[r] = cos * y - sin * x


@njit(cache=True, fastmath=FAST, nogil=True)
def sum_rows(Qt, k, sums):
    """Sums (2, d + 2) <- what ``affine_minimizer`` needs of Q: its rows weighted by their two leading entries."""
    for r in range(sums.shape[1]):
        sums[0, r] = 0.0
        sums[1, r] = 0.0
    for c in range(k):
        count_row(Qt[c], 1.0, sums)


@njit(cache=True, fastmath=FAST, nogil=True)
def count_row(q, sign, sums):
    """Add (or, with sign -1, take away) the share of one row of Q. Rotations of two rows leave the sums as they are."""
    first = sign * q[0]
    second = sign * q[1]
    for r in range(sums.shape[1]):
        sums[0, r] += first * q[r]
        sums[1, r] += second * q[r]


@njit(cache=True, fastmath=FAST, nogil=True)
def affine_minimizer(factor, k, size):
    """``factor.target`` and ``factor.w`` <- weights and difference of the nearest points of the affine hulls."""
    Qt = factor.Qt
    Rt = factor.Rt
    sums = factor.sums
    work = factor.work
    weights = factor.target
    w = factor.w
    g11 = sums[0, 0]
    g12 = sums[0, 1]
    g22 = sums[1, 1]
    det = g11 * g22 - g12 * g12
    first = size * (g22 - g12) / det
    second = size * (g11 - g12) / det
    for r in range(w.shape[0]):
        w[r] = first * sums[0, r + 2] + second * sums[1, r + 2]
    for c in range(k):
        work[c] = Qt[c, 0] * first + Qt[c, 1] * second
    for c in range(k - 1, -1, -1):
        v = work[c] / Rt[c, c]
        weights[c] = v
        for r in range(c):
            work[r] -= v * Rt[c, r]


@njit(cache=True, fastmath=FAST, nogil=True)
def straighten(factor, k, size, height_a, height_b, norm):
    """Make ``factor.w`` exactly normal to the two faces again.

    The difference of two near means carries rounding of the data, and as a direction that is rounding divided by
    its length. Scaled to length one and with the heights of its two planes in front it has to be orthogonal to
    all columns; projecting their span out, twice, makes it so to the last digit.
    """
    Qt = factor.Qt
    w = factor.w
    column = factor.column
    column[0] = -height_a / (norm * size)
    column[1] = height_b / (norm * size)
    for r in range(w.shape[0]):
        column[r + 2] = w[r] / norm
    for _ in range(2):
        for c in range(k):
            q = Qt[c]
            h = dot(q, column)
            for r in range(column.shape[0]):
                column[r] -= h * q[r]
    length = 0.0
    for r in range(w.shape[0]):
        length += column[r + 2] ** 2
    length = np.sqrt(length)
    for r in range(w.shape[0]):
        w[r] = column[r + 2] * norm / length


@njit(cache=True, fastmath=FAST, nogil=True)
def move_towards(weights, target, k):
    """Move the weights (k) to their target, or as far as none turns negative; returns which blocks the way, or -1."""
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
        return block
    for c in range(k):
        weights[c] += step * (target[c] - weights[c])
    weights[block] = 0.0
    return block
