"""Representational similarity analysis: whether pairs of points that are unlike in one space are so in the other.

Cosine and squared Euclidean dissimilarities are sums of products, so that the correlation over all n (n - 1) / 2 pairs
follows from (d, e) products of the points; no pair is ever formed, and none is left out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tunescope.geometry._measures.measure import ComparisonMeasure, Value
from tunescope.geometry._measures.space import Space


class _RSA(ComparisonMeasure):
    """Pearson's correlation of the dissimilarities of all pairs of different points."""

    range = (-1.0, 1.0)
    direction = "up"
    towards = "alike"
    needs = frozenset({"vectors"})
    source = "Kriegeskorte, Mur and Bandettini, Frontiers in Systems Neuroscience 2008"
    null = "independent-rows"

    def compute(self, first: Space, second: Space, setting: str) -> Value:
        """O(n d²)."""
        n = len(first)
        if n < 3:
            return Value.undefined("fewer than three points", n)
        one, two = (self.forms(space) for space in (first, second))
        cross, own, other = (_covariance(a, b, n) for a, b in ((one, two), (one, one), (two, two)))
        scale = (_square(one, n) * _square(two, n)) ** 0.5
        if own <= 0 or other <= 0 or (own * other) ** 0.5 <= 1e-14 * scale:
            return Value.undefined("all pairs of a space are equally unlike", n)
        return Value(float(np.clip(cross / (own * other) ** 0.5, -1.0, 1.0)), n=n)

    def forms(self, space: Space) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Points P (n, d) and numbers a (n,) with which a pair is unlike by aᵢ + aⱼ - 2 Pᵢ · Pⱼ and a constant."""
        raise NotImplementedError


class RSACosine(_RSA):
    """Dissimilarity 1 - cosine."""

    name = "rsa-cosine"
    title = "RSA (cosine)"
    invariant_to = ("rotation", "scale")

    def forms(self, space: Space) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Half of -2 cosine, up to the constant 1."""
        return space.unit, np.zeros(len(space))


class RSAEuclid(_RSA):
    """Dissimilarity: squared Euclidean distance."""

    name = "rsa-euclid"
    title = "RSA (squared Euclid)"
    invariant_to = ("rotation", "shift", "scale")

    def forms(self, space: Space) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """|Pᵢ|² + |Pⱼ|² - 2 Pᵢ · Pⱼ."""
        return space.centred, np.einsum("ij,ij->i", space.centred, space.centred)


Form = tuple[NDArray[np.float64], NDArray[np.float64]]


def _products(one: Form, two: Form, n: int) -> float:
    """Σ over ordered pairs i ≠ j of (aᵢ + aⱼ - 2 Pᵢ · Pⱼ)(bᵢ + bⱼ - 2 Qᵢ · Qⱼ)."""
    (P, a), (Q, b) = one, two
    own_p, own_q = np.einsum("ij,ij->i", P, P), np.einsum("ij,ij->i", Q, Q)
    rows_p, rows_q = P @ P.sum(axis=0) - own_p, Q @ Q.sum(axis=0) - own_q
    sums = 2 * (n - 2) * float(a @ b) + 2 * float(a.sum() * b.sum())
    mixed = -4 * float(a @ rows_q) - 4 * float(b @ rows_p)
    return sums + mixed + 4 * float(np.square(P.T @ Q).sum() - own_p @ own_q)


def _total(one: Form, n: int) -> float:
    P, a = one
    whole = P.sum(axis=0)
    return 2 * (n - 1) * float(a.sum()) - 2 * float(whole @ whole - np.square(P).sum())


def _covariance(one: Form, two: Form, n: int) -> float:
    pairs = n * (n - 1)
    return _products(one, two, n) / pairs - _total(one, n) / pairs * _total(two, n) / pairs


def _square(one: Form, n: int) -> float:
    """Mean square of the numbers: what their variance is held against."""
    return _products(one, one, n) / (n * (n - 1))
