"""The active set of two hulls by the inverse of its Gram matrix: columns come and go for k (d + 2 k) operations.

A column is ``(s, 0, x)`` for a point of the first hull and ``(0, s, -x)`` for one of the second, as in
``active_set``. With ``M = columns' columns`` and E (k, 2) the indicator of the two hulls, the weights that
minimise the difference of the two means over the *affine* hulls are a combination of the two columns of
``Z = M⁻¹ E``. A column that comes or goes changes ``M⁻¹`` and Z by rank one (bordering): no triangles, no
rotations, and nothing of length d but one product with the active points. Squaring loses half of the digits, so
this serves where half of them are enough; where they are not, the orthogonal factor takes over.
"""

from __future__ import annotations

from typing import NamedTuple

from numba import njit

from tunescope.geometry._solver.active_set import FAST, dot
from tunescope.geometry._solver.products import combination, cross_products, four_lines
from tunescope.geometry._solver.terms import FloatArray, IntArray

WIDE = 32
"""Loops over active points run to a multiple of this, over zeros: what is left over would not be vectorised."""

NARROW = 1e-8
"""A column whose part outside the span of the others has less than this share of its squared length is refused."""


BLOCK = 8
"""Columns that come at once; what they share is read from memory once."""


class Inverse(NamedTuple):
    """The inverse and what belongs to its columns; the first k of each array are in use."""

    active: IntArray
    """(room,) rows of the points."""
    signs: FloatArray
    """(room,) +1 for the first hull and -1 for the second."""
    matrix: FloatArray
    """(room, room), room a multiple of ``WIDE``; zeros beyond k."""
    Z: FloatArray
    """(2, room)"""


class Block(NamedTuple):
    """Columns that come together, and room to work them in."""

    rows: IntArray
    """(BLOCK,)"""
    signs: FloatArray
    """(BLOCK,)"""
    columns: FloatArray
    """(BLOCK, d)"""
    cross: FloatArray
    """(BLOCK, room) their products with the active columns."""
    solved: FloatArray
    """(BLOCK, room) the inverse times those."""
    small: FloatArray
    """(BLOCK + 1, BLOCK + 4) their products with each other, and what follows from them."""


@njit(cache=True)
def up_to(k):
    """The next multiple of ``WIDE``: what arrays over active points need room for."""
    return (k + WIDE - 1) // WIDE * WIDE


@njit(cache=True, fastmath=FAST, nogil=True)
def _solve(inverse, k, wide, cross, m, solved):
    """solved[j, :k] <- inverse[:k, :k] cross[j, :k] for j < m; zeros up to ``wide``, as those of ``cross``.

    The matrix is symmetric: sums of its rows, rather than products with them, leave nothing to be added across.
    """
    fours = (k + 3) // 4 * 4
    for j in range(m):
        line = solved[j]
        if k > 0:
            four_lines(inverse, cross[j], fours, wide, line, False)
        for c in range(k, wide):
            line[c] = 0.0


@njit(cache=True, fastmath=FAST, nogil=True)
def admit(space, inverse, k, block, m):
    """Border the inverse with the columns of the m <= BLOCK points in ``block``; returns how many, from the first on.

    Those behind the first nearly dependent column are left out, with it.
    """
    d = space.center.shape[0]
    padded = (m + 3) // 4 * 4
    square = space.size * space.size
    signs = inverse.signs
    for j in range(m):
        x = space.points[block.rows[j]]
        sign = block.signs[j]
        column = block.columns[j]
        for r in range(d):
            column[r] = sign * (x[r] - space.center[r])
    for j in range(m, padded):
        block.columns[j] = 0.0
    cross_products(space.points, inverse.active, k, block.columns, padded, d, block.cross)
    for j in range(m):
        line = block.cross[j]
        shift = dot(space.center, block.columns[j])
        sign = block.signs[j]
        for c in range(k):
            line[c] = signs[c] * (line[c] - shift) + (square if signs[c] == sign else 0.0)
        for i in range(j + 1):
            v = dot(block.columns[i], block.columns[j]) + (square if block.signs[i] == sign else 0.0)
            block.small[i, j] = v
            block.small[j, i] = v
    return border(inverse, k, block, m, NARROW)


@njit(cache=True, fastmath=FAST, nogil=True)
def border(inverse, k, block, m, narrow):
    """Border the inverse with m columns, given their products with the active ones and, in ``small``, each other.

    Returns how many came in: those before the first whose part outside the span of the others has less than the
    share ``narrow`` of its squared length.
    """
    wide = up_to(k)
    cross = block.cross
    solved = block.solved
    small = block.small
    for j in range(m):
        for c in range(k, wide):
            cross[j, c] = 0.0
    _solve(inverse.matrix, k, wide, cross, m, solved)
    # small <- the part of the new Gram matrix outside the span of the others; then its inverse, in place
    for j in range(m):
        small[j, BLOCK] = small[j, j]
        for i in range(0, j, 2):
            _less_two(solved[i], solved[i + 1], cross[j], wide, small[j, i : i + 2])
        if j % 2 == 0:
            small[j, j] -= dot(solved[j][:wide], cross[j][:wide])
        for i in range(j):
            small[i, j] = small[j, i]
    count = _invert(small, m, narrow)
    _border_matrix(inverse, k, wide, block, count)
    for j in range(count):
        inverse.active[k + j] = block.rows[j]
        inverse.signs[k + j] = block.signs[j]
    return count


@njit(cache=True, fastmath=FAST, nogil=True)
def _less_two(x0, x1, v, k, out):
    """Out (2) <- out less the products of two rows with a third, over their first k numbers."""
    a0 = 0.0
    a1 = 0.0
    for c in range(k):
        a0 += x0[c] * v[c]
        a1 += x1[c] * v[c]
    out[0] -= a0
    out[1] -= a1


@njit(cache=True, fastmath=FAST, nogil=True)
def _border_matrix(inverse, k, wide, block, count):
    """Border the inverse and Z, given ``solved`` (inverse times new columns) and the inverse of their own block."""
    matrix = inverse.matrix
    Z = inverse.Z
    signs = inverse.signs
    cross = block.cross
    solved = block.solved
    small = block.small
    factors = small[BLOCK]
    share_a = small[:, BLOCK]
    share_b = small[:, BLOCK + 1]
    work_a = small[:, BLOCK + 2]
    work_b = small[:, BLOCK + 3]
    for j in range(count):
        a = 1.0 if block.signs[j] > 0.0 else 0.0
        b = 1.0 - a
        line = solved[j]
        for c in range(k):
            if signs[c] > 0.0:
                a -= line[c]
            else:
                b -= line[c]
        work_a[j] = a
        work_b[j] = b
    for j in range(count):
        a = 0.0
        b = 0.0
        for i in range(count):
            a += small[j, i] * work_a[i]
            b += small[j, i] * work_b[i]
        share_a[j] = a
        share_b[j] = b
    # the new columns of the inverse, -solved small, take the place of cross
    padded = (count + 3) // 4 * 4
    for j in range(count, padded):
        for c in range(wide):
            solved[j, c] = 0.0
            cross[j, c] = 0.0
    for i in range(padded):
        for j in range(padded):
            if i >= count or j >= count:
                small[i, j] = 0.0
    for j in range(count):
        four_lines(solved, small[j], padded, wide, cross[j], False)
    for c in range(k):
        line = matrix[c]
        for j in range(padded):
            factors[j] = cross[j, c]
        four_lines(solved, factors, padded, wide, line, True)
        for j in range(count):
            line[k + j] = -cross[j, c]
    for j in range(count):
        line = matrix[k + j]
        for c in range(k):
            line[c] = -cross[j, c]
            Z[0, c] -= share_a[j] * solved[j, c]
            Z[1, c] -= share_b[j] * solved[j, c]
        for i in range(count):
            line[k + i] = small[j, i]
        Z[0, k + j] = share_a[j]
        Z[1, k + j] = share_b[j]


@njit(cache=True, fastmath=FAST, nogil=True)
def _invert(small, m, narrow):
    """Invert the leading block of a symmetric matrix (m, m) in place, up to the first narrow pivot; returns its size.

    small[j, BLOCK] holds the squared lengths that pivots are held against.
    """
    for j in range(m):
        pivot = small[j, j]
        # border the inverse of the leading j x j block, which stands in small[:j, :j]
        for i in range(j):
            v = 0.0
            for r in range(j):
                v += small[i, r] * small[r, j]
            small[i, BLOCK + 1] = v
        for i in range(j):
            pivot -= small[i, BLOCK + 1] * small[i, j]
        if pivot <= narrow * small[j, BLOCK]:
            return j
        for i in range(j):
            f = small[i, BLOCK + 1] / pivot
            for r in range(j):
                small[i, r] += f * small[r, BLOCK + 1]
        for i in range(j):
            small[i, j] = -small[i, BLOCK + 1] / pivot
            small[j, i] = small[i, j]
        small[j, j] = 1.0 / pivot
    return m


@njit(cache=True, fastmath=FAST, nogil=True)
def dismiss(inverse, k, j, work):
    """Take column j out; the last one moves to its place. ``work`` has room for k numbers."""
    active = inverse.active
    signs = inverse.signs
    matrix = inverse.matrix
    Z = inverse.Z
    wide = up_to(k)
    for r in range(k):
        work[r] = matrix[j, r]
    for r in range(k, wide):
        work[r] = 0.0
    pivot = work[j]
    share_a = Z[0, j] / pivot
    share_b = Z[1, j] / pivot
    last = k - 1
    for c in range(k):
        f = work[c] / pivot
        line = matrix[c]
        for r in range(wide):
            line[r] -= f * work[r]
        Z[0, c] -= share_a * work[c]
        Z[1, c] -= share_b * work[c]
    if j != last:
        for r in range(k):
            matrix[j, r] = matrix[last, r]
        for c in range(last):
            matrix[c, j] = matrix[c, last]
        matrix[j, j] = matrix[last, last]
        Z[0, j] = Z[0, last]
        Z[1, j] = Z[1, last]
        active[j] = active[last]
        signs[j] = signs[last]


@njit(cache=True, fastmath=FAST, nogil=True)
def refine(space, inverse, k, block):
    """One step of iterative refinement of Z, with residuals from the points: takes away the wear of the updates."""
    wide = up_to(k)
    X = space.points
    center = space.center
    size = space.size
    active = inverse.active
    signs = inverse.signs
    Z = inverse.Z
    column = block.columns[0]
    cross = block.cross
    solved = block.solved
    for side in range(2):
        z = Z[side]
        line = cross[side]
        total = 0.0
        sum_a = 0.0
        sum_b = 0.0
        for c in range(k):
            line[c] = signs[c] * z[c]
            total += line[c]
            if signs[c] > 0.0:
                sum_a += z[c]
            else:
                sum_b += z[c]
        combination(X, active, line, k, column)
        for r in range(column.shape[0]):
            column[r] -= total * center[r]
        base = dot(center, column)
        for c in range(k):
            share = sum_a if signs[c] > 0.0 else sum_b
            wanted = 1.0 if (signs[c] > 0.0) == (side == 0) else 0.0
            line[c] = wanted - signs[c] * (dot(X[active[c]], column) - base) - size * size * share
        for c in range(k, wide):
            line[c] = 0.0
    _solve(inverse.matrix, k, wide, cross, 2, solved)
    for c in range(k):
        Z[0, c] += solved[0, c]
        Z[1, c] += solved[1, c]


@njit(cache=True, fastmath=FAST, nogil=True)
def affine_weights(inverse, k, weights):
    """Weights (k) of the nearest points of the two affine hulls; False when they are not determined."""
    Z = inverse.Z
    signs = inverse.signs
    aa = 0.0
    ab = 0.0
    bb = 0.0
    for c in range(k):
        if signs[c] > 0.0:
            aa += Z[0, c]
            ab += Z[1, c]
        else:
            bb += Z[1, c]
    det = aa * bb - ab * ab
    if not det > 0.0:
        return False
    first = (bb - ab) / det
    second = (aa - ab) / det
    for c in range(k):
        weights[c] = first * Z[0, c] + second * Z[1, c]
    return True
