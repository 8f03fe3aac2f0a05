"""Products and sums of rows, several at a time: each number is read from memory once for many."""

from __future__ import annotations

import numpy as np
from numba import njit

from tunescope.geometry._solver.active_set import FAST


@njit(cache=True, fastmath=FAST, nogil=True)
def combination(X, index, coefficients, k, out):
    """Out (d) <- sum of coefficients[c] X[index[c]] over c < k, in float64, two rows at a time."""
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
def two_by_four(x0, x1, V, j, d, out, i):
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
def cross_products(X, index, k, V, m, d, out):
    """out[j, c] <- X[index[c], :d] . V[j, :d] for j < m (a multiple of four; rows of V are there) and c < k."""
    for c in range(0, k - 1, 2):
        x0 = X[index[c]]
        x1 = X[index[c + 1]]
        for j in range(0, m, 4):
            two_by_four(x0, x1, V, j, d, out, c)
    if k % 2:
        x0 = X[index[k - 1]]
        for j in range(m):
            v = V[j]
            total = 0.0
            for r in range(d):
                total += x0[r] * v[r]
            out[j, k - 1] = total


@njit(cache=True, fastmath=FAST, nogil=True)
def four_lines(lines, factors, m, k, out, add):
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
def _four_by_four(points, of, j, i, out):
    """out[j : j + 4, i : i + 4] <- products of four float32 points with four others, in float32."""
    x0 = points[of[j]]
    x1 = points[of[j + 1]]
    x2 = points[of[j + 2]]
    x3 = points[of[j + 3]]
    y0 = points[of[i]]
    y1 = points[of[i + 1]]
    y2 = points[of[i + 2]]
    y3 = points[of[i + 3]]
    zero = np.float32(0.0)
    a0 = a1 = a2 = a3 = b0 = b1 = b2 = b3 = c0 = c1 = c2 = c3 = d0 = d1 = d2 = d3 = zero
    for r in range(points.shape[1]):
        e = y0[r]
        f = y1[r]
        g = y2[r]
        h = y3[r]
        x = x0[r]
        a0 += x * e
        a1 += x * f
        a2 += x * g
        a3 += x * h
        x = x1[r]
        b0 += x * e
        b1 += x * f
        b2 += x * g
        b3 += x * h
        x = x2[r]
        c0 += x * e
        c1 += x * f
        c2 += x * g
        c3 += x * h
        x = x3[r]
        d0 += x * e
        d1 += x * f
        d2 += x * g
        d3 += x * h
    _put(out[j], i, (a0, a1, a2, a3))
    _put(out[j + 1], i, (b0, b1, b2, b3))
    _put(out[j + 2], i, (c0, c1, c2, c3))
    _put(out[j + 3], i, (d0, d1, d2, d3))


@njit(cache=True, fastmath=FAST, nogil=True)
def _put(line, i, four):
    line[i], line[i + 1], line[i + 2], line[i + 3] = four


@njit(cache=True, fastmath=FAST, nogil=True)
def products_of_some(points, of, begin, end, out):
    """out[j, i] = out[i, j] <- points[of[j]] . points[of[i]] for begin <= j < end and i < end, in float32."""
    fours = end - (end - begin) % 4
    for j in range(begin, fours, 4):
        for i in range(0, j, 4):
            _four_by_four(points, of, j, i, out)
        for i in range(j // 4 * 4, j + 4):
            for t in range(j, j + 4):
                out[t, i] = _product(points[of[t]], points[of[i]])
    for j in range(fours, end):
        for i in range(j + 1):
            out[j, i] = _product(points[of[j]], points[of[i]])
    for j in range(begin, end):
        for i in range(j):
            out[i, j] = out[j, i]


@njit(cache=True, fastmath=FAST, nogil=True)
def _product(a, b):
    """Inner product in float32."""
    total = np.float32(0.0)
    for r in range(b.shape[0]):
        total += a[r] * b[r]
    return total
