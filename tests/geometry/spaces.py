"""Labelled spaces of every kind, and what must hold of any answer about them."""

from itertools import combinations

import numpy as np
import pytest
from sklearn.datasets import load_digits, load_iris, make_blobs, make_circles, make_moons

from tunescope.geometry import verify


def brackets(answer, A, B, distance, rtol=1e-3):
    """Whether an answer is proved and says that the hulls are ``distance`` apart (up to rounding)."""
    radius = np.ptp(np.concatenate([A, B]), axis=0).max()
    rounding = 1e-12 * radius
    assert verify(answer, A, B)
    assert answer.verdict == "separable"
    assert answer.lower - rounding <= distance <= answer.upper + rounding
    assert answer.upper - answer.lower <= rtol * answer.upper + rounding
    return True


def same(first, second, factor=1.0, rtol=1e-6):
    """Whether two answers agree, with distances in the ratio ``factor``."""
    assert first.verdict == second.verdict
    if first.separable:
        assert first.lower * factor <= second.upper * (1 + rtol)
        assert second.lower <= first.upper * factor * (1 + rtol)
        assert second.upper == pytest.approx(first.upper * factor, rel=2 * rtol)
    return True


def rotation(d, random):
    return np.linalg.qr(random.normal(size=(d, d)))[0]


def spirals(n, turns=1.5, seed=0):
    random = np.random.default_rng(seed)
    t = np.sqrt(random.uniform(0.05, 1, n))
    y = np.arange(n) % 2
    angle = 2 * np.pi * turns * t + np.pi * y
    return np.column_stack([t * np.cos(angle), t * np.sin(angle)]), y


def layer_normed(n, d, k, seed=0):
    """What an encoder gives: float32 vectors of constant sum, labels that overlap."""
    random = np.random.default_rng(seed)
    y = random.integers(0, k, n)
    X = random.normal(size=(n, d)) + random.normal(size=(k, d))[y] * 0.8
    X = X - X.mean(axis=1, keepdims=True)
    return (X / X.std(axis=1, keepdims=True)).astype(np.float32), y


def with_conflicts(n=120, d=3, seed=1):
    """Overlapping clouds in which ten points have a twin of another label and five one of the same."""
    random = np.random.default_rng(seed)
    X, y = random.normal(size=(n, d)), random.integers(0, 3, n)
    X[n - 10 :], y[n - 10 :] = X[:10], (y[:10] + 1) % 3
    X[n - 15 : n - 10], y[n - 15 : n - 10] = X[20:25], y[20:25]
    return X, y


def thin_axes(n=200, d=12, seed=2):
    """Overlapping clouds in a space whose axes differ in width by six orders of magnitude."""
    random = np.random.default_rng(seed)
    X = random.normal(size=(n, d)) * np.logspace(0, -6, d)
    return X @ np.linalg.qr(random.normal(size=(d, d)))[0] + 100, random.integers(0, 3, n)


SETS = {
    "moons": lambda: make_moons(200, noise=0.2, random_state=0),
    "circles": lambda: make_circles(200, noise=0.05, factor=0.5, random_state=0),
    "spirals": lambda: spirals(200),
    "iris": lambda: load_iris(return_X_y=True),
    "digits": lambda: [part[:600] for part in load_digits(return_X_y=True)],
    "blobs": lambda: make_blobs(300, 5, centers=4, cluster_std=5.0, random_state=0),
    "layer norm, linear": lambda: layer_normed(300, 64, 6),
    "layer norm, not linear": lambda: layer_normed(500, 16, 5),
    "conflicts": with_conflicts,
    "thin axes": thin_axes,
    "one dimension": lambda: (np.random.default_rng(0).normal(size=(80, 1)), np.arange(80) % 3),
    "few points": lambda: (np.random.default_rng(0).normal(size=(20, 50)), np.arange(20) % 4),
    "coincident": lambda: (np.ones((30, 4)), np.arange(30) % 2),
}


def radius_of(X):
    X = np.asarray(X, float)
    return np.linalg.norm(X - X.mean(axis=0), axis=1).max()


def check_valid(X, y, probe):
    """The hulls of clusters of different labels are apart, each pair by a certificate of its own."""
    assert probe.labels_.shape == y.shape
    assert sorted(set(probe.labels_)) == list(range(probe.n_clusters_))
    assert np.array_equal(probe.cluster_classes_[probe.labels_], y)
    assert np.array_equal(probe.cluster_sizes_, np.bincount(probe.labels_))
    certificates = probe.certificates()
    classes = probe.cluster_classes_
    different = {(i, j) for i, j in combinations(range(probe.n_clusters_), 2) if classes[i] != classes[j]}
    assert set(certificates) == different
    for (i, j), certificate in certificates.items():
        A, B = X[probe.labels_ == i], X[probe.labels_ == j]
        assert verify(certificate, A, B)
        if not certificate.separable:  # only the single points that coincide from the start
            assert len(A) == len(B) == 1
            assert np.array_equal(A, B)


def check_maximal(X, y, probe):
    """No two clusters of a label may be joined: a common point of their union and a third cluster is known."""
    alone = {int(c) for c in probe.labels_[probe.conflicts_]}
    assert all(probe.cluster_sizes_[c] == 1 for c in alone)
    classes = probe.cluster_classes_
    expected = {
        (i, j)
        for i, j in combinations(range(probe.n_clusters_), 2)
        if classes[i] == classes[j] and i not in alone and j not in alone
    }
    witnesses = probe.witnesses()
    assert sorted((w.cluster_a, w.cluster_b) for w in witnesses) == sorted(expected)
    X, radius = X.astype(float) - X.mean(axis=0, dtype=float), radius_of(X)
    for w in witnesses:
        assert classes[w.blocker] != classes[w.cluster_a]
        assert set(probe.labels_[w.points_union]) <= {w.cluster_a, w.cluster_b}
        assert set(probe.labels_[w.points_blocker]) == {w.blocker}
        for weights in (w.weights_union, w.weights_blocker):
            assert weights.min() >= 0
            assert weights.sum() == pytest.approx(1, abs=1e-9)
        common = w.weights_union @ X[w.points_union], w.weights_blocker @ X[w.points_blocker]
        assert np.linalg.norm(common[0] - common[1]) <= 1e-8 * radius
