"""One far point is no measure for the others; and which of two sets is named first decides nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sets import examples, labelled_grids
from spaces import check_maximal, check_valid

from tunescope.geometry import DirectProbe, hull_distance, label_distances, separable, verify
from tunescope.geometry._solver.bulk import bulk_of
from tunescope.geometry._solver.extent import mean_of


def with_far_point(n, away, d=3, seed=0):
    random = np.random.default_rng(seed)
    X = np.concatenate([random.normal(size=(n, d)), np.eye(1, d) * away])
    return X, random.choice(list("ab"), n + 1)


@pytest.mark.parametrize("away", [1e5, 1e8, -1e8])
@pytest.mark.parametrize("n", [20, 60, 120])
def test_how_far_away_a_far_point_lies_does_not_change_the_clusters_of_the_others(n, away):
    X, y = with_far_point(n, away)
    probe = DirectProbe(n_jobs=1).fit(X, y)
    nearer, _ = with_far_point(n, np.sign(away) * 1e3)
    expected = DirectProbe(n_jobs=1).fit(nearer, y)
    assert np.array_equal(probe.labels_, expected.labels_)
    assert probe.n_undecided_ == 0
    check_valid(X, y, probe)


def test_many_far_points_and_more_than_one_label():
    random = np.random.default_rng(1)
    X, y = random.normal(size=(200, 4)), random.integers(0, 3, 200)
    X[::20] *= 1e7
    probe = DirectProbe(n_jobs=1).fit(X, y)
    check_valid(X, y, probe)
    assert probe.n_undecided_ == 0


def test_distances_of_ordinary_labels_beside_a_far_point():
    random = np.random.default_rng(2)
    X, y = random.normal(size=(90, 5)), np.repeat(["a", "b", "c"], 30)
    X[y == "b", 0] += 8
    X[y == "c", 1] += 8
    expected = label_distances(X, y)
    X[0] = -1e9, 0, 0, 0, 0
    found = label_distances(X, y)
    assert found.verdicts[1, 2] == "separable"
    assert found.upper[1, 2] == pytest.approx(expected.upper[1, 2], rel=1e-3)
    for (i, j), certificate in found.certificates.items():
        assert verify(certificate, X[y == found.labels[i]], X[y == found.labels[j]])


@pytest.mark.parametrize("away", [1e4, 1e8])
def test_a_gap_beside_a_far_point_is_measured(away):
    A = np.array([[0.0, 0.0], [0.0, 1.0], [-away, 0.5]])
    B = np.array([[0.001, 0.0], [0.001, 1.0], [2.0, 0.5]])
    behind = np.array([0.5, 0.0])
    A, B = np.concatenate([A, A[:2] - behind]), np.concatenate([B, B[:2] + behind])
    answer = hull_distance(A, B)
    assert answer.verdict == "separable"
    assert verify(answer, A, B)
    assert answer.lower <= 0.001 * (1 + 1e-9)
    assert answer.upper >= 0.001 * (1 - 1e-4)


def test_the_bulk_is_all_there_is_unless_a_point_is_far():
    random = np.random.default_rng(3)
    for X in (random.normal(size=(50, 3)), random.standard_cauchy(size=(50, 1)).clip(-9, 9), np.ones((5, 2))):
        mean = mean_of(X)
        radius = float(np.linalg.norm(X - mean, axis=1).max())
        bulk = bulk_of(X, mean, radius)
        assert len(bulk.far) == 0
        assert bulk.span == bulk.radius == radius
    X, _ = with_far_point(30, 1e6)
    bulk = bulk_of(X, mean_of(X), 1e6)
    assert bulk.far.tolist() == [30]
    assert bulk.span < 5
    assert bulk.radius == pytest.approx(1e6, rel=1e-4)


def test_points_in_one_place_but_for_rounding_are_no_measure_for_the_others():
    A = np.repeat([[0.12573022]], 6, axis=0)
    answer = hull_distance(A, [[0.50831779]], rtol=1e-6)
    assert answer.upper == pytest.approx(0.38258757)
    assert answer.tolerance > 1e-10
    assert verify(answer, A, [[0.50831779]])


# ---- which set comes first


@st.composite
def nearly_touching(draw):
    """Two sets with a gap, a contact or an overlap near what can be told, now and then with a far point."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    d, na, nb = draw(st.integers(1, 5)), draw(st.integers(1, 12)), draw(st.integers(1, 12))
    gap = draw(st.sampled_from([0.0, 1e-12, 3e-11, 1e-9, 9e-9, 1e-8, 1.1e-8, 1e-7, -1e-9]))
    A, B = random.normal(size=(na, d)), random.normal(size=(nb, d))
    A[:, 0], B[:, 0] = np.abs(A[:, 0]), -np.abs(B[:, 0])
    A[0, :], B[0, :] = 0.0, 0.0
    B[:, 0] -= gap
    if draw(st.booleans()):
        A = np.concatenate([A, np.eye(1, d) * 1e6])
    turn = np.linalg.qr(random.normal(size=(d, d)))[0]
    dtype = draw(st.sampled_from([np.float64, np.float64, np.float32]))
    return (A @ turn).astype(dtype), (B @ turn).astype(dtype)


@examples(150)
@given(nearly_touching())
def test_the_answer_does_not_depend_on_which_set_is_named_first(drawn):
    A, B = drawn
    for question in (hull_distance, separable):
        one, other = question(A, B), question(B, A)
        assert one.verdict == other.verdict
        assert (one.lower, one.upper) == (other.lower, other.upper)
        assert verify(one, A, B)
        assert verify(other, B, A)
        assert np.array_equal(one.points_a, other.points_b)


@examples(60)
@given(labelled_grids(least=4))
def test_witnesses_hold_beside_a_far_point(drawn):
    X, y = drawn
    X = np.concatenate([X.astype(float), np.full((1, X.shape[1]), 1e6)])
    y = np.append(y, 0)
    probe = DirectProbe(n_jobs=1).fit(X, y)
    check_valid(X, y, probe)
    check_maximal(X, y, probe)
