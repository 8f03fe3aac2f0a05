"""The nearest of many hulls, against the distance to each of them."""

from __future__ import annotations

import numpy as np
import pytest

from tunescope import hull_distance
from tunescope.geometry._hulls.nearest_hull import nearest_hulls


def _clusters(random, d, sizes, spread):
    centres = spread * random.standard_normal((len(sizes), d))
    X = np.concatenate([c + random.standard_normal((n, d)) for c, n in zip(centres, sizes, strict=True)])
    return X, np.repeat(np.arange(len(sizes)), sizes)


def _distances(X, labels, point):
    return np.array([float(hull_distance(X[labels == c], point, rtol=1e-9)) for c in range(labels.max() + 1)])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("d", [1, 2, 3, 12, 60])
@pytest.mark.parametrize("spread", [0.1, 1.0, 10.0])
def test_no_other_hull_is_nearer(d, spread, dtype):
    random = np.random.default_rng(d)
    X, labels = _clusters(random, d, [1, 2, 7, 40, 120, 300], spread)
    points = np.concatenate(
        [
            X[::97],  # points of the hulls themselves
            X[labels == 5].mean(axis=0, keepdims=True),
            spread * random.standard_normal((20, d)),
            1e3 * random.standard_normal((4, d)),
        ]
    )
    X, points = X.astype(dtype), points.astype(dtype)
    chosen = nearest_hulls(X, labels, 6, points, 1, None)
    size = np.abs(points).max()
    for point, c in zip(points, chosen, strict=True):
        away = _distances(X, labels, point)
        assert away[c] <= away.min() * (1 + 1e-6) + 1e-10 * size


def test_hulls_that_differ_by_less_than_float32_tells_are_told_apart():
    random = np.random.default_rng(1)
    d = 20
    face = random.standard_normal((200, d))
    face[:, 0] = 0.0
    for shift in (1e-6, -1e-6):
        left, right = face.copy(), face.copy()
        left[:, 0], right[:, 0] = -1.0, 1.0 + shift
        X, labels = np.concatenate([left, right]), np.repeat([0, 1], 200)
        point = face[:50].mean(axis=0, keepdims=True)
        assert nearest_hulls(X, labels, 2, point, 1, None)[0] == (0 if shift > 0 else 1)


def test_points_and_threads_do_not_matter_to_each_other():
    random = np.random.default_rng(2)
    X, labels = _clusters(random, 16, [30, 80, 80, 5, 200], 0.5)
    points = random.standard_normal((600, 16))
    together = nearest_hulls(X, labels, 5, points, 2, None)
    order = random.permutation(600)
    np.testing.assert_array_equal(nearest_hulls(X, labels, 5, points[order], 1, None), together[order])
    np.testing.assert_array_equal(nearest_hulls(X, labels, 5, points[:1], 1, None), together[:1])


def test_very_many_clusters_of_one_point_are_the_nearest_neighbour():
    random = np.random.default_rng(3)
    X, points = random.standard_normal((900, 8)), random.standard_normal((50, 8))
    expected = ((points[:, None] - X[None]) ** 2).sum(axis=2).argmin(axis=1)
    np.testing.assert_array_equal(nearest_hulls(X, np.arange(900), 900, points, 1, None), expected)
