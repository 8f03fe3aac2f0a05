"""What the paper's numbers would be by chance."""

import math
from itertools import product

import numpy as np
import pytest

from tunescope.errors import RepresentationError
from tunescope.geometry import (
    label_chance,
    label_distances,
    log_cover,
    measure_space,
    pair_chance,
    separable,
    spanned_dimensions,
)


@pytest.mark.parametrize(("n", "d"), [(4, 2), (5, 2), (6, 2), (7, 3), (6, 1), (5, 4), (3, 5)])
def test_cover_counts_what_brute_force_counts(n, d):
    X = np.random.default_rng(n + 10 * d).normal(size=(n, d))
    apart = 0
    for labels in product([False, True], repeat=n):
        first = np.array(labels)
        apart += not first.any() or bool(first.all()) or separable(X[first], X[~first]).separable
    assert math.exp(log_cover(n, d)) == pytest.approx(apart / 2**n, abs=1e-12)


def test_cover_is_exact_where_float64_is_not():
    """The share of 20,000 points in 384 dimensions is far below the least float64; beside it whole numbers."""
    for n, d in ((1000, 100), (3000, 384), (20_000, 384)):
        whole = sum(math.comb(n - 1, k) for k in range(d + 1))
        exact = math.log(whole) - (n - 1) * math.log(2)
        assert log_cover(n, d) == pytest.approx(exact, rel=1e-10)
    assert log_cover(2 * 385, 384) == pytest.approx(math.log(0.5))  # Cover's capacity: twice the dimensions plus one
    assert log_cover(385, 384) == 0.0


def test_pairs_with_no_more_points_than_dimensions_plus_one_are_forced():
    y = np.repeat(["a", "b", "c"], [3, 4, 20])
    X = np.random.default_rng(0).normal(size=(27, 6))
    found = pair_chance(y, 6)
    assert found.forced.tolist() == [[False, True, False], [True, False, False], [False, False, False]]
    assert found.share_forced == pytest.approx(1 / 3)
    assert found.probability[0, 1] == 1
    assert 0 < found.probability[0, 2] < 0.5
    assert float(measure_space(X, "forced-pairs", y=y)) == pytest.approx(1 / 3)
    for seed in range(20):  # whatever the labels
        drawn = np.random.default_rng(seed).permutation(y)
        verdicts = label_distances(X, drawn, n_jobs=1).verdicts
        assert verdicts[0, 1] == "separable"


def test_dimensions_are_those_that_points_span():
    random = np.random.default_rng(0)
    X = random.normal(size=(50, 8))
    assert spanned_dimensions(X) == 8
    assert spanned_dimensions(X[:5]) == 4
    assert spanned_dimensions(X - X.mean(axis=1, keepdims=True)) == 7
    normed = X - X.mean(axis=1, keepdims=True)
    normed = (normed / normed.std(axis=1, keepdims=True)).astype(np.float32)
    assert spanned_dimensions(normed + 3) == 7
    assert spanned_dimensions(np.ones((5, 3))) == 0


def labels_apart(by, n=90, d=6, seed=0):
    random = np.random.default_rng(seed)
    y = np.array(list("abcdef"))[np.arange(n) % 6]
    return random.normal(size=(n, d)) + by * random.normal(size=(6, d))[np.arange(n) % 6], y


def test_excess_is_one_for_labels_that_mean_nothing_and_grows_with_the_labels():
    """Wide enough that hulls of random labels are apart, too."""
    quiet = label_chance(*labels_apart(0.0, d=40), n_permutations=30, n_jobs=1)
    loud = label_chance(*labels_apart(2.0, d=40), n_permutations=30, n_jobs=1)
    assert np.median(quiet.vector_excess()) == pytest.approx(1, abs=0.1)
    assert np.median(loud.vector_excess()) > 1.5
    assert loud.beyond()[np.triu_indices(6, 1)].all()
    assert quiet.beyond()[np.triu_indices(6, 1)].mean() < 0.2
    for found in (quiet, loud):
        assert np.median(found.permuted_excess(), axis=0) == pytest.approx(np.ones(15))
        assert found.pairs.forced[np.triu_indices(6, 1)].all()
        assert found.linear.all()
        assert (found.minimum_excess() >= found.observed.minimum() / found.minimum().max(axis=0) - 1e-12).all()


def test_permuted_labels_keep_sizes_and_one_seed_gives_one_answer():
    X, y = labels_apart(1.0, d=40)
    first, again, other = (label_chance(X, y, n_permutations=3, seed=s, n_jobs=1) for s in (1, 1, 2))
    assert np.array_equal(first.distances, again.distances)
    assert not np.array_equal(first.distances, other.distances)
    child = np.random.SeedSequence(1).spawn(3)[0]
    by_hand = label_distances(X, y[np.random.default_rng(child).permutation(len(y))], n_jobs=1)
    assert np.array_equal(first.distances[0], by_hand.distances)


def test_labels_in_random_order_are_not_linear_in_a_narrow_space():
    X, y = labels_apart(6.0, d=3)
    found = label_chance(X, y, n_permutations=4, clusters=True, n_jobs=1)
    assert not found.linear.any()
    assert (found.n_clusters > 6).all()
    assert np.isnan(found.similarity()).all() or np.abs(found.similarity()[np.isfinite(found.similarity())]).max() <= 1


def test_label_sizes_alone_make_distance_vectors_alike():
    """Hulls of many points lie nearer to others: vectors of two random labellings correlate."""
    random = np.random.default_rng(3)
    y = np.repeat(list("abcdef"), [2, 3, 5, 20, 40, 60])
    X = random.normal(size=(len(y), 130))
    found = label_chance(X, y, n_permutations=5, n_jobs=1)
    assert (found.similarity() > 0.8).all()


def test_the_measure_of_excess_draws_its_chance_from_the_same_permutations():
    X, y = labels_apart(2.0, d=40)
    one = measure_space(X, "excess-distance", y=y)
    assert one.null == pytest.approx(1, abs=0.1)
    assert one.null_low <= 1 <= one.null_high < one.value
    assert one.beyond_chance


@pytest.mark.parametrize(
    ("change", "words"),
    [({"n_permutations": 0}, "n_permutations must be at least 1"), ({"y": ["a"] * 90}, "at least two labels")],
)
def test_what_has_no_chance_is_refused(change, words):
    X, y = labels_apart(1.0)
    with pytest.raises(RepresentationError, match=words):
        label_chance(X, **{"y": y, **change})
    with pytest.raises(RepresentationError, match="other labels than y"):
        label_chance(X, y, distances=label_distances(X, np.where(y == "a", "z", y)))
