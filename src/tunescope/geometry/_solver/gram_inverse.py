"""The active set of two hulls by the inverse of its Gram matrix: columns come and go for k (d + 2 k) operations.

A column is ``(s, 0, x)`` for a point of the first hull and ``(0, s, -x)`` for one of the second, as in
``_active_set``. With ``M = columns' columns`` and E (k, 2) the indicator of the two hulls, the weights that
minimise the difference of the two means over the *affine* hulls are a combination of the two columns of
``Z = M⁻¹ E``. A column that comes or goes changes ``M⁻¹`` and Z by rank one (bordering): no triangles, no
rotations, and nothing of length d but one product with the active points. Squaring loses half of the digits, so
this serves where half of them are enough; where they are not, the orthogonal factor takes over.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from tunescope.geometry._solver.active_set import FAST, dot

WIDE = 32
"""Loops over active points run to a multiple of this, over zeros: what is left over would not be vectorised."""

NARROW = 1e-8
"""A column whose part outside the span of the others has less than this share of its squared length is refused."""


BLOCK = 8
"""Columns that come at once; what they share is read from memory once."""


@njit(cache=True)
def up_to(k):
    """The next multiple of ``WIDE``: what arrays over active points need room for."""
    return (k + WIDE - 1) // WIDE * WIDE


@njit(cache=True, fastmath=FAST, nogil=True)
def combination(X, index, coefficients, k, out):
    """out (d) <- sum of coefficients[c] X[index[c]] over c < k, in float64, two rows at a time."""
    d = out.shape[0]
    for r in range(d):
        out[r] = 0.0
    for c in range(0, k - 1, 2):
        x0 = X[index[c]]
        x1 = X[index[c + 1]]
        f0 = coefficients[c]
        f1 = coefficients[c + 1]
        for r in range(d):
            out[r] += f0 * x0[r] + f1 * x1[r]
    if k % 2:
        x0 = X[index[k - 1]]
        f0 = coefficients[k - 1]
        for r in range(d):
            out[r] += f0 * x0[r]


@njit(cache=True, fastmath=FAST, nogil=True)
def _two_by_four(x0, x1, V, j, d, out, i):
    """Products of two rows with four columns: each number is read once for eight of them."""
    v0 = V[j]
    v1 = V[j + 1]
    v2 = V[j + 2]
    v3 = V[j + 3]
    a0 = 0.0
    a1 = 0.0
    a2 = 0.0
    a3 = 0.0
    b0 = 0.0
    b1 = 0.0
    b2 = 0.0
    b3 = 0.0
    for r in range(d):
        e = np.float64(x0[r])
        f = np.float64(x1[r])
        a0 += e * v0[r]
        a1 += e * v1[r]
        a2 += e * v2[r]
        a3 += e * v3[r]
        b0 += f * v0[r]
        b1 += f * v1[r]
        b2 += f * v2[r]
        b3 += f * v3[r]
    out[j, i] = a0
    out[j + 1, i] = a1
    out[j + 2, i] = a2
    out[j + 3, i] = a3
    out[j, i + 1] = b0
    out[j + 1, i + 1] = b1
    out[j + 2, i + 1] = b2
    out[j + 3, i + 1] = b3


@njit(cache=True, fastmath=FAST, nogil=True)
def _cross_products(X, index, k, V, m, d, out):
    """out[j, c] <- X[index[c], :d] . V[j, :d] for j < m (a multiple of four; rows of V are there) and c < k."""
    for c in range(0, k - 1, 2):
        x0 = X[index[c]]
        x1 = X[index[c + 1]]
        for j in range(0, m, 4):
            _two_by_four(x0, x1, V, j, d, out, c)
    if k % 2:
        x0 = X[index[k - 1]]
        for j in range(m):
            v = V[j]
            total = 0.0
            for r in range(d):
                total += x0[r] * v[r]
            out[j, k - 1] = total


@njit(cache=True, fastmath=FAST, nogil=True)
def _four_lines(lines, factors, m, k, out, add):
    """out[:k] <- (out[:k] if add) + sum of factors[j] lines[j, :k] over j < m, a multiple of four."""
    for j in range(0, m, 4):
        f0 = factors[j]
        f1 = factors[j + 1]
        f2 = factors[j + 2]
        f3 = factors[j + 3]
        s0 = lines[j]
        s1 = lines[j + 1]
        s2 = lines[j + 2]
        s3 = lines[j + 3]
        if add or j > 0:
            for r in range(k):
                out[r] += (f0 * s0[r] + f1 * s1[r]) + (f2 * s2[r] + f3 * s3[r])
        else:
            for r in range(k):
                out[r] = (f0 * s0[r] + f1 * s1[r]) + (f2 * s2[r] + f3 * s3[r])


@njit(cache=True, fastmath=FAST, nogil=True)
def _solve(inverse, k, wide, cross, m, solved):
    """solved[j, :k] <- inverse[:k, :k] cross[j, :k] for j < m, a multiple of four; zeros up to ``wide``."""
    for c in range(0, k - 1, 2):
        x0 = inverse[c]
        x1 = inverse[c + 1]
        for j in range(0, m, 4):
            _two_by_four(x0, x1, cross, j, wide, solved, c)
    if k % 2:
        for j in range(m):
            solved[j, k - 1] = dot(cross[j], inverse[k - 1][:wide])
    for j in range(m):
        for c in range(k, wide):
            solved[j, c] = 0.0


@njit(cache=True, fastmath=FAST, nogil=True)
def admit(X, center, entering, entering_signs, m, size, active, signs, k, inverse, Z, columns, cross, solved, small):
    """Border the inverse with the columns of m <= BLOCK points; returns how many of them, from the first on.

    Those behind the first nearly dependent column are left out, with it. active, signs (k): rows of X that are
    active, +1 for the first hull and -1 for the second.
    """
    d = center.shape[0]
    padded = (m + 3) // 4 * 4
    wide = up_to(k)
    square = size * size
    for j in range(m):
        x = X[entering[j]]
        sign = entering_signs[j]
        column = columns[j]
        for r in range(d):
            column[r] = sign * (x[r] - center[r])
    for j in range(m, padded):
        columns[j] = 0.0
    _cross_products(X, active, k, columns, padded, d, cross)
    for j in range(m):
        line = cross[j]
        shift = dot(center, columns[j])
        sign = entering_signs[j]
        for c in range(k):
            line[c] = signs[c] * (line[c] - shift) + (square if signs[c] == sign else 0.0)
        for c in range(k, wide):
            line[c] = 0.0
    for j in range(m, padded):
        for c in range(wide):
            cross[j, c] = 0.0
    _solve(inverse, k, wide, cross, padded, solved)
    # small <- the part of the new Gram matrix outside the span of the others; then its inverse, in place
    for j in range(m):
        for i in range(j + 1):
            v = dot(columns[i], columns[j]) + (square if entering_signs[i] == entering_signs[j] else 0.0)
            if i == j:
                small[j, BLOCK] = v
            line = solved[i]
            other = cross[j]
            for c in range(wide):
                v -= line[c] * other[c]
            small[i, j] = v
            small[j, i] = v
    count = _invert(small, m)
    _border(inverse, Z, signs, k, wide, entering_signs, count, cross, solved, small)
    for j in range(count):
        active[k + j] = entering[j]
        signs[k + j] = entering_signs[j]
    return count


@njit(cache=True, fastmath=FAST, nogil=True)
def _border(inverse, Z, signs, k, wide, entering_signs, count, cross, solved, small):
    """Border the inverse and Z, given ``solved`` (inverse times new columns) and the inverse of their own block."""
    factors = small[BLOCK]
    share_a = small[:, BLOCK]
    share_b = small[:, BLOCK + 1]
    work_a = small[:, BLOCK + 2]
    work_b = small[:, BLOCK + 3]
    for j in range(count):
        a = 1.0 if entering_signs[j] > 0.0 else 0.0
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
        _four_lines(solved, small[j], padded, wide, cross[j], False)
    for c in range(k):
        line = inverse[c]
        for j in range(padded):
            factors[j] = cross[j, c]
        _four_lines(solved, factors, padded, wide, line, True)
        for j in range(count):
            line[k + j] = -cross[j, c]
    for j in range(count):
        line = inverse[k + j]
        for c in range(k):
            line[c] = -cross[j, c]
            Z[0, c] -= share_a[j] * solved[j, c]
            Z[1, c] -= share_b[j] * solved[j, c]
        for i in range(count):
            line[k + i] = small[j, i]
        Z[0, k + j] = share_a[j]
        Z[1, k + j] = share_b[j]


@njit(cache=True, fastmath=FAST, nogil=True)
def _invert(small, m):
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
        if pivot <= NARROW * small[j, BLOCK]:
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
def dismiss(j, k, active, signs, inverse, Z, solved):
    """Take column j out; the last one moves to its place."""
    wide = up_to(k)
    for r in range(k):
        solved[r] = inverse[j, r]
    for r in range(k, wide):
        solved[r] = 0.0
    pivot = solved[j]
    share_a = Z[0, j] / pivot
    share_b = Z[1, j] / pivot
    last = k - 1
    for c in range(k):
        f = solved[c] / pivot
        line = inverse[c]
        for r in range(wide):
            line[r] -= f * solved[r]
        Z[0, c] -= share_a * solved[c]
        Z[1, c] -= share_b * solved[c]
    if j != last:
        for r in range(k):
            inverse[j, r] = inverse[last, r]
        for c in range(last):
            inverse[c, j] = inverse[c, last]
        inverse[j, j] = inverse[last, last]
        Z[0, j] = Z[0, last]
        Z[1, j] = Z[1, last]
        active[j] = active[last]
        signs[j] = signs[last]


@njit(cache=True, fastmath=FAST, nogil=True)
def refine(X, center, size, active, signs, k, inverse, Z, column, cross, solved):
    """One step of iterative refinement of Z, with residuals from the points: takes away the wear of the updates."""
    wide = up_to(k)
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
    for c in range(wide):
        cross[2, c] = 0.0
        cross[3, c] = 0.0
    _solve(inverse, k, wide, cross, 4, solved)
    for c in range(k):
        Z[0, c] += solved[0, c]
        Z[1, c] += solved[1, c]


@njit(cache=True, fastmath=FAST, nogil=True)
def affine_weights(Z, signs, k, weights):
    """weights (k) of the nearest points of the two affine hulls; False when they are not determined."""
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
