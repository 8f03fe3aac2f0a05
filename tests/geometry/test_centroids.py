"""Centroids of labels, their paths and movements."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sets import examples
from sklearn.decomposition import PCA

from tunescope.errors import RepresentationError
from tunescope.geometry import centroid_paths, centroids, movement, principal_axes

NAMES = np.array(["ADJ", "ADP", "NOUN", "PRON", "VERB"])


def labelled(seed, n=60, d=6):
    random = np.random.default_rng(seed)
    y = NAMES[np.arange(n) % 5]
    return random.normal(size=(n, d)) + 3 * random.normal(size=(5, d))[np.arange(n) % 5], y


def at(places, names=None):
    """Centroids in known places."""
    places = np.asarray(places, float)
    return centroids(places, NAMES[: len(places)] if names is None else names)


# ---- means


def test_a_centroid_is_the_mean_of_the_points_of_its_label():
    X, y = labelled(0)
    found = centroids(X[:57], y[:57])
    assert found.labels.tolist() == NAMES.tolist()
    assert found.counts.tolist() == [12, 12, 11, 11, 11]
    for label, mean in zip(found.labels, found.means, strict=True):
        np.testing.assert_allclose(mean, X[:57][y[:57] == label].mean(axis=0))


@examples(30)
@given(st.integers(0, 2**32 - 1), st.floats(-6, 6))
def test_centroids_follow_every_affine_map(seed, exponent):
    X, y = labelled(seed)
    random = np.random.default_rng(seed)
    change, shift = random.normal(size=(6, 4)) * 10**exponent, random.normal(size=4) * 10**exponent
    before, after = centroids(X, y), centroids(X @ change + shift, y)
    np.testing.assert_allclose(after.means, before.means @ change + shift, atol=1e-12 * 10**exponent * 100)
    order = random.permutation(len(X))
    np.testing.assert_allclose(centroids(X[order], y[order]).means, before.means)


def test_means_of_float32_are_taken_in_float64():
    X = np.full((100_000, 1), 0.1, np.float32)
    assert centroids(X, ["a"] * len(X)).means[0, 0] == pytest.approx(float(np.float32(0.1)), rel=1e-12)
    assert centroids(X, ["a"] * len(X)).means.dtype == np.float64


def test_a_choice_of_labels_in_a_given_order():
    found = at(np.eye(5)).of(["VERB", "ADJ"])
    assert found.labels.tolist() == ["VERB", "ADJ"]
    assert found.means.tolist() == [[0, 0, 0, 0, 1], [1, 0, 0, 0, 0]]
    with pytest.raises(RepresentationError, match=r"no centroid of X, Z"):
        at(np.eye(5)).of(["X", "ADJ", "Z"])


def test_a_choice_of_a_choice():
    chosen = at(np.eye(5)).of(["VERB", "ADJ"])
    assert chosen.of(["VERB"]).means.tolist() == [[0, 0, 0, 0, 1]]
    assert movement(chosen, at(np.eye(5) * 2)).labels.tolist() == ["ADJ", "VERB"]
    paths = centroid_paths([chosen, chosen])
    assert paths.shape == (2, 2, 2)


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        ([[0.0], [1.0]], ["a"], "X has 2 points"),
        ([[float("nan")], [1.0]], ["a", "b"], "NaN"),
        (np.zeros((0, 3)), [], "at least 1"),
        ([["x"]], ["a"], "not numbers"),
    ],
)
def test_what_is_not_a_labelled_space_is_refused(X, y, message):
    with pytest.raises(RepresentationError, match=message):
        centroids(X, y)


# ---- principal axes


@examples(40)
@given(st.integers(3, 20), st.integers(1, 8), st.integers(0, 2**32 - 1))
def test_principal_axes_are_those_of_scikit_learn_up_to_their_sign(n, d, seed):
    vectors = np.random.default_rng(seed).normal(size=(n, d))
    axes, share = principal_axes(vectors)
    assert axes.shape == (2, d)
    pca = PCA(min(2, n, d)).fit(vectors)
    known = min(2, d)
    np.testing.assert_allclose(np.abs(axes[:known]), np.abs(pca.components_[:known]), atol=1e-8)
    np.testing.assert_allclose(share[:known], pca.explained_variance_ratio_[:known], atol=1e-12)
    largest = np.abs(axes[:known]).argmax(axis=1)
    assert (axes[np.arange(known), largest] > 0).all()


def test_axes_that_the_vectors_do_not_span_are_zero():
    axes, share = principal_axes(np.outer([0.0, 1.0, 2.0], [3.0, 0.0, 4.0]))
    np.testing.assert_allclose(axes[0], [0.6, 0.0, 0.8])
    assert not axes[1].any()
    assert share.tolist() == pytest.approx([1.0, 0.0])
    assert not principal_axes(np.ones((4, 3)))[0].any()
    assert not principal_axes(np.ones((1, 3)))[0].any()


# ---- paths


def test_paths_of_flat_snapshots_keep_every_distance():
    random = np.random.default_rng(0)
    flat = np.linalg.qr(random.normal(size=(9, 2)))[0]
    places = random.normal(size=(4, 5, 2))  # snapshots, labels
    paths = centroid_paths([at(p @ flat.T + 7) for p in places])
    assert paths.shape == (5, 4, 2)
    away = lambda p: np.linalg.norm(p.reshape(-1, 2)[:, None] - p.reshape(-1, 2)[None], axis=-1)  # noqa: E731
    np.testing.assert_allclose(away(paths), away(places.transpose(1, 0, 2)), atol=1e-9)


def test_paths_follow_the_labels_that_are_asked_for():
    snapshots = [at(np.eye(5) * s) for s in (1.0, 2.0, 3.0)]
    paths = centroid_paths(snapshots, ["VERB", "ADJ"])
    assert paths.shape == (2, 3, 2)
    np.testing.assert_allclose(paths[::-1], centroid_paths(snapshots, ["ADJ", "VERB"]), atol=1e-12)
    # labels may come in another order, or with others, in later snapshots
    later = centroids(np.eye(6)[::-1, 1:] * 2, [*NAMES[::-1], "X"])
    assert centroid_paths([snapshots[0], later]).shape == (5, 2, 2)


def test_paths_need_snapshots_that_have_the_labels():
    with pytest.raises(RepresentationError, match="at least one snapshot"):
        centroid_paths([])
    with pytest.raises(RepresentationError, match="no centroid of VERB"):
        centroid_paths([at(np.eye(5)), at(np.eye(4))])


@pytest.mark.parametrize("function", [lambda a, b: centroid_paths([a, b]), movement])
def test_spaces_of_different_width_are_refused(function):
    with pytest.raises(RepresentationError, match=r"width|numbers|wide"):
        function(at(np.eye(5)), at(np.ones((5, 3))))


# ---- movement


def test_movement_is_after_minus_before():
    X, y = labelled(1)
    moved = X + np.random.default_rng(2).normal(size=(5, 6))[np.searchsorted(NAMES, y)]
    before, after = centroids(X, y), centroids(moved, y)
    found = movement(before, after)
    vectors = after.means - before.means
    np.testing.assert_allclose(found.lengths, np.linalg.norm(vectors, axis=1))
    assert found.arrows.shape == (5, 2)
    assert (np.linalg.norm(found.arrows, axis=1) <= found.lengths + 1e-12).all()
    assert 0 < found.explained[1] <= found.explained[0] <= 1
    assert found.explained.sum() <= 1 + 1e-12
    # back again: the same lengths, the opposite arrows
    back = movement(after, before)
    np.testing.assert_allclose(back.lengths, found.lengths)
    np.testing.assert_allclose(back.arrows, -found.arrows, atol=1e-9)


def test_flat_movement_is_shown_whole():
    random = np.random.default_rng(3)
    flat = np.linalg.qr(random.normal(size=(6, 2)))[0]
    places, steps = random.normal(size=(5, 6)), random.normal(size=(5, 2))
    found = movement(at(places), at(places + steps @ flat.T))
    np.testing.assert_allclose(np.linalg.norm(found.arrows, axis=1), found.lengths)
    assert found.explained.sum() == pytest.approx(1)


def test_a_space_that_stands_still_has_no_movement():
    found = movement(at(np.eye(5)), at(np.eye(5)))
    assert not found.arrows.any()
    assert not found.lengths.any()
    assert not found.explained.any()


def test_all_labels_moving_together_is_seen_in_the_arrows():
    """The vectors are not centred: a common movement is a movement."""
    found = movement(at(np.eye(5)), at(np.eye(5) + np.array([3.0, 4.0, 0, 0, 0])))
    np.testing.assert_allclose(found.lengths, 5)
    np.testing.assert_allclose(np.linalg.norm(found.arrows, axis=1), 5)


def test_labels_that_one_space_lacks_are_left_out():
    found = movement(at(np.eye(5)), centroids(np.eye(5)[:3] + 1, ["X", "NOUN", "ADP"]))
    assert found.labels.tolist() == ["ADP", "NOUN"]
    with pytest.raises(RepresentationError, match="no label in common"):
        movement(at(np.eye(5)), centroids(np.eye(5), ["a", "b", "c", "d", "e"]))
