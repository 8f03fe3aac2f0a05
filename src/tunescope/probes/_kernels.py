"""The arithmetic between the matrix products on a CPU: each number is read once and written once."""

from __future__ import annotations

import numpy as np
from numba import njit

from tunescope.probes._adam_constants import BETA_1, BETA_2, EPSILON

# Moments below these are set to zero. They cannot move a weight any more (EPSILON divides the step), but left
# alone they decay into denormal numbers and stay there, which some processors compute a hundred times slower.
_TINY_M = 1e-30
_TINY_V = 1e-36


@njit(cache=True, fastmath=True, error_model="numpy", nogil=True, boundscheck=False)
def adam_float32(p, g, m, v, decay, rate, squares):  # type: ignore[no-untyped-def]
    b1, b2, eps, lr = np.float32(BETA_1), np.float32(BETA_2), np.float32(EPSILON), np.float32(rate)
    c1, c2 = np.float32(1 - BETA_1), np.float32(1 - BETA_2)
    tiny_m, tiny_v, zero = np.float32(_TINY_M), np.float32(_TINY_V), np.float32(0)
    for i in range(p.shape[0]):
        total = zero
        for j in range(p.shape[1]):
            w = p[i, j]
            total += w * w
            grad = g[i, j] + decay[i] * w
            m1 = b1 * m[i, j] + c1 * grad
            v1 = b2 * v[i, j] + c2 * grad * grad
            m1 = m1 if abs(m1) > tiny_m else zero
            v1 = v1 if v1 > tiny_v else zero
            m[i, j] = m1
            v[i, j] = v1
            p[i, j] = w - lr * m1 / (np.sqrt(v1) + eps)
        squares[i] = total


@njit(cache=True, fastmath=True, error_model="numpy", nogil=True, boundscheck=False)
def adam_bfloat16(p, g, m, v, copy, decay, rate, squares):  # type: ignore[no-untyped-def]
    b1, b2, eps, lr = np.float32(BETA_1), np.float32(BETA_2), np.float32(EPSILON), np.float32(rate)
    c1, c2 = np.float32(1 - BETA_1), np.float32(1 - BETA_2)
    tiny_m, tiny_v, zero = np.float32(_TINY_M), np.float32(_TINY_V), np.float32(0)
    for i in range(p.shape[0]):
        total = zero
        for j in range(p.shape[1]):
            w = p[i, j]
            total += w * w
            # a bfloat16 is the upper half of a float32
            grad = np.uint32(np.uint32(g[i, j]) << np.uint32(16)).view(np.float32) + decay[i] * w
            m1 = b1 * m[i, j] + c1 * grad
            v1 = b2 * v[i, j] + c2 * grad * grad
            m1 = m1 if abs(m1) > tiny_m else zero
            v1 = v1 if v1 > tiny_v else zero
            m[i, j] = m1
            v[i, j] = v1
            w1 = np.float32(w - lr * m1 / (np.sqrt(v1) + eps))
            p[i, j] = w1
            bits = np.float32(w1).view(np.uint32)
            # round to nearest, ties to even
            bits += np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1))
            copy[i, j] = np.uint16(bits >> np.uint32(16))
        squares[i] = total


@njit(cache=True, fastmath=True, error_model="numpy", nogil=True, boundscheck=False)
def subtract_top(z):  # type: ignore[no-untyped-def]
    """Subtract each row's largest number from it."""
    for j in range(z.shape[0]):
        top = z[j, 0]
        for c in range(1, z.shape[1]):
            top = max(top, z[j, c])
        for c in range(z.shape[1]):
            z[j, c] -= top


@njit(cache=True, fastmath=True, error_model="numpy", nogil=True, boundscheck=False)
def softmax_loss(z, e, y, losses):  # type: ignore[no-untyped-def]
    """Write each network's summed cross-entropy, and over exp(z) the slope of its mean cross-entropy.

    z are logits whose largest is 0 in each row, e is exp(z); PyTorch's exponential uses vector instructions.
    """
    networks, n_points, k = z.shape
    share = np.float32(1) / np.float32(n_points)
    for i in range(networks):
        total = 0.0
        for j in range(n_points):
            mass = np.float32(0)
            for c in range(k):
                mass += e[i, j, c]
            label = y[i, j]
            total += np.log(mass) - z[i, j, label]
            scale = share / mass
            for c in range(k):
                e[i, j, c] *= scale
            e[i, j, label] -= share
        losses[i] = total


@njit(cache=True, fastmath=True, error_model="numpy", nogil=True, boundscheck=False)
def add_bias_bfloat16(z, bias, floor):  # type: ignore[no-untyped-def]
    """Over z (networks, points, units), bfloat16 as uint16: max(z + bias, floor), rounded to nearest, ties to even."""
    zero = np.float32(floor)
    for i in range(z.shape[0]):
        for j in range(z.shape[1]):
            for c in range(z.shape[2]):
                a = np.uint32(np.uint32(z[i, j, c]) << np.uint32(16)).view(np.float32) + bias[i, c]
                a = np.float32(max(a, zero))
                bits = np.float32(a).view(np.uint32)
                bits += np.uint32(0x7FFF) + ((bits >> np.uint32(16)) & np.uint32(1))
                z[i, j, c] = np.uint16(bits >> np.uint32(16))


@njit(cache=True, fastmath=True, error_model="numpy", nogil=True, boundscheck=False)
def through_relu_float32(delta, activation, sums):  # type: ignore[no-untyped-def]
    """Set the slopes of units that answered 0 to 0, and write each unit's sum of slopes over points."""
    for i in range(delta.shape[0]):
        for c in range(delta.shape[2]):
            sums[i, c] = np.float32(0)
        for j in range(delta.shape[1]):
            for c in range(delta.shape[2]):
                d = delta[i, j, c] if activation[i, j, c] > 0 else np.float32(0)
                delta[i, j, c] = d
                sums[i, c] += d


@njit(cache=True, fastmath=True, error_model="numpy", nogil=True, boundscheck=False)
def through_relu_bfloat16(delta, activation, sums):  # type: ignore[no-untyped-def]
    """`through_relu_float32` of bfloat16 as uint16."""
    for i in range(delta.shape[0]):
        for c in range(delta.shape[2]):
            sums[i, c] = np.float32(0)
        for j in range(delta.shape[1]):
            for c in range(delta.shape[2]):
                d = delta[i, j, c] if activation[i, j, c] != 0 else np.uint16(0)
                delta[i, j, c] = d
                sums[i, c] += np.uint32(np.uint32(d) << np.uint32(16)).view(np.float32)
