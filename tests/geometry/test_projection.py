"""Principal axes that several snapshots share."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sets import examples
from sklearn.decomposition import PCA

from tunescope.errors import RepresentationError
from tunescope.geometry import common_axes


def drifting(seed, n=40, d=7, n_snapshots=4, dtype=np.float64):
    """Snapshots of points that drift, far from the origin."""
    random = np.random.default_rng(seed)
    drift = random.normal(size=(n_snapshots, n, d)).cumsum(axis=0) * np.geomspace(3, 0.1, d)
    return (random.normal(size=(n, d)) + drift + 50).astype(dtype)


@examples(25)
@given(st.integers(0, 2**32 - 1))
def test_they_are_the_principal_axes_of_all_snapshots_together(seed):
    snapshots = drifting(seed)
    found = common_axes(iter(snapshots))
    known = PCA(3).fit(snapshots.reshape(-1, 7))
    np.testing.assert_allclose(found.variance, known.explained_variance_ratio_, rtol=1e-8)
    np.testing.assert_allclose(found.mean, known.mean_)
    coordinates = np.concatenate([found.project(X) for X in snapshots])
    np.testing.assert_allclose(np.abs(coordinates), np.abs(known.transform(snapshots.reshape(-1, 7))), atol=1e-6)
    assert (found.axes[range(3), np.abs(found.axes).argmax(axis=1)] > 0).all()


def test_float32_far_from_the_origin_gives_the_same_axes():
    exact, rough = common_axes(drifting(1)), common_axes(drifting(1, dtype=np.float32))
    np.testing.assert_allclose(rough.axes, exact.axes, atol=1e-4)
    np.testing.assert_allclose(rough.variance, exact.variance, atol=1e-5)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_axes_beyond_the_span_of_the_points_are_zero(dtype):
    line = np.outer(np.arange(6), [1, 2, 2]).astype(dtype)
    found = common_axes([line, line + 3 * line[1]])
    np.testing.assert_allclose(found.axes, [[1 / 3, 2 / 3, 2 / 3], [0, 0, 0], [0, 0, 0]], atol=1e-6)
    np.testing.assert_allclose(found.variance, [1, 0, 0], atol=1e-6)
    assert common_axes([line[:, :2]]).axes.shape == (3, 2)
    assert not common_axes([np.ones((4, 3), dtype)]).axes.any()


def test_what_has_no_common_axes_is_an_error():
    with pytest.raises(RepresentationError, match="at least one snapshot"):
        common_axes([])
    with pytest.raises(RepresentationError, match="different widths: 2 and 3"):
        common_axes([np.ones((4, 2)), np.ones((4, 3))])
    with pytest.raises(RepresentationError, match="NaN"):
        common_axes([np.full((4, 2), np.nan)])
    with pytest.raises(RepresentationError, match="width 3"):
        common_axes([np.eye(2)]).project(np.eye(3))
