"""Spatial similarity: how alike two spaces are in the layout of their labels."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import pearsonr, spearmanr
from sets import examples

from tunescope.geometry import DirectProbe, label_distances, spatial_similarity


def places(centres, counts=None, names=None):
    """Label distances of labels at known places: each ``counts`` points in one place."""
    centres = np.asarray(centres, float).reshape(len(centres), -1)
    counts = [6] * len(centres) if counts is None else counts
    names = [f"L{i:02d}" for i in range(len(centres))] if names is None else names
    X = np.repeat(centres, counts, axis=0)
    return label_distances(X, np.repeat(names, counts), n_jobs=1)


def probe_of(centres, **options):
    centres = np.asarray(centres, float).reshape(len(centres), -1)
    X = np.repeat(centres, 6, axis=0)
    return DirectProbe(**options).fit(X, np.repeat([f"L{i:02d}" for i in range(len(centres))], 6))


def random_centres(k, d, seed):
    return np.random.default_rng(seed).normal(size=(k, d))


def pairs_between(centres):
    centres = np.asarray(centres, float).reshape(len(centres), -1)
    return [np.linalg.norm(a - b) for a, b in combinations(centres, 2)]


# ---- what it is


@pytest.mark.parametrize("seed", range(5))
def test_it_is_the_correlation_of_the_distances_of_all_label_pairs(seed):
    one, two = random_centres(6, 4, seed), random_centres(6, 9, seed + 100)
    found = spatial_similarity(places(one), places(two))
    assert float(found) == found.pearson == pytest.approx(pearsonr(pairs_between(one), pairs_between(two))[0], abs=1e-9)
    assert found.spearman == pytest.approx(spearmanr(pairs_between(one), pairs_between(two))[0])
    assert (found.n_pairs, found.n_labels, found.linear, found.convention) == (15, 6, True, "all")


@examples(50)
@given(st.integers(3, 8), st.integers(1, 6), st.floats(-6, 6), st.integers(0, 2**32 - 1))
def test_a_space_is_like_itself_moved_turned_and_scaled(k, d, exponent, seed):
    random = np.random.default_rng(seed)
    centres = random.normal(size=(k, d))
    turned = centres @ np.linalg.qr(random.normal(size=(d, d)))[0] * 10**exponent
    same = places(centres)
    for other in (same, places(turned + 10**exponent * random.normal(size=d))):
        found = spatial_similarity(same, other, resamples=20)
        assert found.pearson == pytest.approx(1, abs=1e-6)
        assert all(r == pytest.approx(1, abs=1e-6) for r in found.leave_one_out.values() if k > 3)


@examples(50)
@given(st.integers(3, 8), st.integers(0, 2**32 - 1))
def test_it_does_not_depend_on_sides_nor_on_the_order_of_the_labels(k, seed):
    one, two = random_centres(k, 3, seed), random_centres(k, 3, seed + 1)
    first = spatial_similarity(places(one), places(two), resamples=20)
    turned = spatial_similarity(places(two), places(one), resamples=20)
    assert turned.pearson == pytest.approx(first.pearson, abs=1e-12)
    assert -1 <= first.pearson <= 1
    order = np.random.default_rng(seed).permutation(k)
    renamed = spatial_similarity(places(one[order]), places(two[order]), resamples=20)
    assert renamed.pearson == pytest.approx(first.pearson, abs=1e-9)
    assert renamed.spearman == pytest.approx(first.spearman, abs=1e-9)


def test_the_layout_decides_and_the_names_do_not_follow_by_themselves():
    line = [0.0, 1.0, 3.0, 7.0]
    assert float(spatial_similarity(places(line), places(line[::-1], names=["L03", "L02", "L01", "L00"]))) == (
        pytest.approx(1)
    )
    assert float(spatial_similarity(places(line), places([7.0, 1.0, 3.0, 0.0]))) < 1


def test_opposite_layouts_have_a_negative_similarity():
    near_then_far = places([[0, 0], [1, 0], [0, 5]])  # 1, 5, 5.1
    far_then_near = places([[0, 0], [5, 0], [0, 1]])  # 5, 1, 5.1
    found = spatial_similarity(near_then_far, far_then_near)
    assert found.pearson == pytest.approx(pearsonr([1, 5, np.sqrt(26)], [5, 1, np.sqrt(26)])[0])
    assert found.pearson < 0


def test_a_probe_says_the_same_as_the_distances():
    one, two = random_centres(6, 4, 0), random_centres(6, 4, 1)
    distances = spatial_similarity(places(one), places(two))
    for a, b in ((probe_of(one), probe_of(two)), (probe_of(one), places(two)), (places(one), probe_of(two))):
        found = spatial_similarity(a, b)
        assert found.pearson == pytest.approx(distances.pearson, abs=1e-6)
        assert found.linear


def test_distances_that_are_all_zero_have_no_correlation():
    X, y = np.arange(12.0)[:, None] % 4, np.arange(12) // 4
    for space in (label_distances(X, y), DirectProbe().fit(X, y)):
        found = spatial_similarity(space, space, nonlinear="zero")
        assert np.isnan([found.pearson, found.spearman, found.low, found.high]).all()


# ---- labels that only one space has


def test_labels_of_one_space_alone_are_dropped():
    centres = random_centres(6, 3, 2)
    other = random_centres(5, 3, 3)
    names = ["L00", "L02", "L03", "L05", "other"]
    found = spatial_similarity(places(centres), places(other, names=names))
    expected = pearsonr(pairs_between(centres[[0, 2, 3, 5]]), pairs_between(other[:4]))[0]
    assert found.pearson == pytest.approx(expected, abs=1e-9)
    assert (found.n_pairs, found.n_labels) == (6, 4)
    assert sorted(found.leave_one_out) == ["L00", "L02", "L03", "L05"]


def test_the_published_convention_counts_absent_pairs_as_zero():
    line, other = [0.0, 1, 3, 7, 20], [0.0, 2, 3, 9, 11]
    counts = [6, 9, 6, 6, 5]  # the last label is too small
    found = spatial_similarity(places(line, counts), places(other), convention="published")
    first, second = np.array(pairs_between(line)), np.array(pairs_between(other))
    absent = [4 in pair for pair in combinations(range(5), 2)]
    first[absent] = 0
    assert found.pearson == pytest.approx(pearsonr(first, second)[0], abs=1e-9)
    assert (found.n_pairs, found.n_labels, found.convention) == (10, 5, "published")
    # a label that one space lacks altogether is absent there
    lacking = spatial_similarity(places(line[:4]), places(other), convention="published")
    assert lacking.pearson == pytest.approx(found.pearson, abs=1e-9)
    assert spatial_similarity(places(line, counts), places(other)).pearson == pytest.approx(
        pearsonr(pairs_between(line), second)[0], abs=1e-9
    )


def test_fewer_than_three_labels_in_common_are_refused():
    three = places([0.0, 1.0, 3.0])
    with pytest.raises(ValueError, match="at least three labels that both spaces have; they share 2: L00, L01"):
        spatial_similarity(three, places([0.0, 1.0]))
    with pytest.raises(ValueError, match="they share 0: none"):
        spatial_similarity(three, places([0.0, 1.0, 3.0], names=["a", "b", "c"]))
    assert spatial_similarity(three, three).n_pairs == 3


@pytest.mark.parametrize(("option", "value"), [("convention", "some"), ("nonlinear", "one")])
def test_unknown_options_are_refused(option, value):
    space = places([0.0, 1.0, 3.0])
    with pytest.raises(ValueError, match=f"{option} must be"):
        spatial_similarity(space, space, **{option: value})


# ---- spaces that are not linear


def meeting():
    """Three labels on a line of which the first two meet, and a fourth one far away."""
    X = np.array([0.0, 2, 1, 3, 6, 7, 20, 21])[:, None]
    return X, np.repeat(["L00", "L01", "L02", "L03"], 2)


@pytest.mark.parametrize("make", [label_distances, lambda X, y: DirectProbe().fit(X, y)])
def test_it_is_not_defined_when_hulls_meet_unless_told_to_count_zero(make):
    space, other = make(*meeting()), places([0.0, 1.0, 4.0, 5.0])
    for pair in ((space, other), (other, space)):
        found = spatial_similarity(*pair)
        assert not found.linear
        assert np.isnan([found.pearson, found.spearman, found.low, found.high, *found.leave_one_out.values()]).all()
        assert len(found.leave_one_out) == 4
        counted = spatial_similarity(*pair, nonlinear="zero")
        assert np.isfinite(counted.pearson)
        assert not counted.linear
    zero = spatial_similarity(label_distances(*meeting()), other, nonlinear="zero")
    assert zero.pearson == pytest.approx(pearsonr([0, 4, 18, 3, 17, 13], pairs_between([0.0, 1, 4, 5]))[0], abs=1e-6)


# ---- how much it can be trusted


def test_leaving_a_label_out_is_the_similarity_without_it():
    one, two = random_centres(6, 3, 5), random_centres(6, 3, 6)
    found = spatial_similarity(places(one), places(two))
    for i in range(6):
        rest = np.delete(np.arange(6), i)
        expected = pearsonr(pairs_between(one[rest]), pairs_between(two[rest]))[0]
        assert found.leave_one_out[f"L{i:02d}"] == pytest.approx(expected, abs=1e-9)


def test_one_label_that_decides_is_seen_when_it_is_left_out():
    one, two = random_centres(7, 3, 7), random_centres(7, 3, 8)
    one[0] = two[0] = 50.0
    found = spatial_similarity(places(one), places(two))
    assert found.pearson > 0.95
    assert found.leave_one_out["L00"] < 0.7
    assert min(found.leave_one_out, key=found.leave_one_out.get) == "L00"


@pytest.mark.parametrize("seed", range(4))
def test_the_interval_holds_the_similarity_and_narrows_with_agreement(seed):
    one = random_centres(12, 4, seed)
    noise = np.random.default_rng(seed + 100).normal(size=one.shape)
    widths = []
    for share in (0.02, 0.5):
        found = spatial_similarity(places(one), places(one + share * noise))
        assert -1 <= found.low <= found.pearson <= found.high <= 1
        widths.append(found.high - found.low)
    assert widths[0] < 0.1 * widths[1]


def test_the_interval_is_the_same_for_the_same_seed_and_another_for_another():
    one, two = places(random_centres(6, 3, 1)), places(random_centres(6, 3, 2))
    first, again = spatial_similarity(one, two), spatial_similarity(one, two)
    other = spatial_similarity(one, two, seed=1)
    assert (first.low, first.high) == (again.low, again.high)
    assert (first.low, first.high) != (other.low, other.high)
    assert first.pearson == other.pearson


def test_three_labels_have_an_interval_all_the_same():
    one, two = places([0.0, 1.0, 3.0]), places([0.0, 2.0, 3.0])
    found = spatial_similarity(one, two, resamples=200)
    assert found.low <= found.high
    assert all(np.isnan(r) for r in found.leave_one_out.values())  # one pair is left
