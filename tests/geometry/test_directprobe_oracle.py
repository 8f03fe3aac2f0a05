"""The engine gives the partition of the rule as it reads in the paper."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle import cluster, meet_by_linprog, meet_exactly, same_partition
from sets import WHOLE, examples, labelled_grids, point_grids

from tunescope.geometry import DirectProbe, separable


@examples(400)
@given(labelled_grids())
def test_the_rule_on_grids_with_ties_lines_and_coincident_points(drawn):
    X, y = drawn
    probe = DirectProbe(n_jobs=1).fit((X * WHOLE).astype(float), y)
    assert same_partition(probe.labels_, cluster(X, y, meet_exactly))


@examples(60)
@given(labelled_grids(least=10, most=16, most_labels=14, dimensions=(1, 2, 3), spans=(2, 4)))
def test_the_rule_with_many_labels(drawn):
    X, y = drawn
    probe = DirectProbe(n_jobs=1).fit((X * WHOLE).astype(float), y)
    assert same_partition(probe.labels_, cluster(X, y, meet_exactly))


@examples(150)
@given(point_grids(least=2, most=12), st.data())
def test_two_hulls_against_whole_numbers(points, data):
    cut = data.draw(st.integers(1, len(points) - 1))
    A, B = points[:cut], points[cut:]
    answer = separable(A, B)
    assert answer.verdict == ("meet" if meet_exactly(A, B) else "separable")


@examples(100)
@given(point_grids(least=2, most=12), st.data())
def test_the_two_tests_of_the_oracle_agree(points, data):
    cut = data.draw(st.integers(1, len(points) - 1))
    assert meet_by_linprog(points[:cut], points[cut:]) == meet_exactly(points[:cut], points[cut:])


@pytest.mark.parametrize("seed", range(25))
def test_the_rule_on_real_coordinates_by_linear_programs(seed):
    random = np.random.default_rng(seed)
    d, k = random.integers(1, 6), random.integers(2, 5)
    y = random.integers(0, k, size=14)
    X = random.normal(size=(14, d)) + 1.5 * random.normal(size=(k, d))[y]
    if seed % 3 == 0:  # some points twice, with the same label and with another
        X[10:12] = X[:2]
    probe = DirectProbe(n_jobs=1).fit(X, y)
    assert same_partition(probe.labels_, cluster(X, y, meet_by_linprog))


@examples(120)
@given(
    st.integers(1, 4),
    st.integers(4, 8),
    st.lists(st.permutations(range(4)), max_size=6),
    st.lists(st.integers(0, 2), min_size=14, max_size=14),
    st.integers(0, 2**32 - 1),
)
def test_points_upon_lines_and_planes_in_general_directions(d, n, upon, labels, seed):
    """Where hulls touch, rounding would decide: the engine may not take the rounding for a gap."""
    random = np.random.default_rng(seed)
    corners = random.integers(-1000, 1000, size=(n, d)) * 8
    inside = [corners[list(three)[:3]].T @ [1, 2, 5] // 8 for three in upon]
    whole = np.array([*corners, *inside])
    y = np.array(labels[: len(whole)])
    axes = np.linalg.qr(random.normal(size=(7, d)))[0]
    probe = DirectProbe(n_jobs=1).fit(whole @ axes.T + random.normal(size=7) * 1000, y)
    assert same_partition(probe.labels_, cluster(whole, y, meet_exactly))


def test_three_coincident_points_tie_where_one_would():
    """(1, -2) is as far from three points in one place as from two others; the first of the three pairs merges."""
    X = np.array([[0, 0], [1, -2], [1, -4], [2, -4], [2, -4], [2, -4], [0, -4]])
    y = np.array([0, 0, 1, 0, 0, 0, 0])
    expected = cluster(X, y, meet_exactly)
    assert same_partition(expected, [0, 0, 1, 2, 2, 2, 0])
    assert same_partition(DirectProbe().fit(X, y).labels_, expected)
