"""What each measure of two spaces must say of pairs whose answer is known."""

import numpy as np
import pytest
from scipy.spatial.distance import pdist
from spaces import rotation

from tunescope.geometry import Space, compare, compare_spaces, label_distances, spatial_similarity
from tunescope.geometry._measures.neighbours import nearest_neighbours


def cloud(n=80, d=6, seed=0):
    return np.random.default_rng(seed).normal(size=(n, d))


def value(X, Z, name, y=None, setting=None):
    return float(compare_spaces(X, Z, name, y=y, setting=setting, n_draws=0))


SAME = {"cka": 1, "procrustes": 0, "rsa-cosine": 1, "rsa-euclid": 1, "knn-jaccard": 1, "linear-r2": 1, "wasserstein": 0}


@pytest.mark.parametrize("name", SAME)
def test_a_space_beside_itself(name):
    X = cloud()
    for one in compare(X, X.copy(), np.arange(80) % 3, names=[name]):
        assert one.value == pytest.approx(SAME[name], abs=1e-7)


def test_frozen_layers_give_exactly_one():
    X = cloud().astype(np.float32)
    assert [value(X, X, name) for name in ("knn-jaccard",)] == [1.0]
    assert value(X, X, "cka") == pytest.approx(1, abs=1e-14)


@pytest.mark.parametrize("name", ["cka", "rsa-cosine", "rsa-euclid", "knn-jaccard", "stir", "procrustes", "linear-r2"])
def test_independent_spaces_lie_within_their_chance(name):
    inside = 0
    for seed in range(20):
        found = compare_spaces(cloud(60, 5, seed), cloud(60, 5, 100 + seed), name, n_draws=60, seed=seed)
        inside += not found.beyond_chance
    assert inside >= 15
    assert compare_spaces(cloud(60, 5), cloud(60, 5) @ rotation(5, np.random.default_rng(0)), name).beyond_chance


def test_rsa_is_the_correlation_over_all_pairs_written_out():
    X, Z = cloud(50, 6, 1) + 1, cloud(50, 9, 2) - 2
    Z[:, :6] += X
    for name, metric in (("rsa-cosine", "cosine"), ("rsa-euclid", "sqeuclidean")):
        slow = np.corrcoef(pdist(X, metric), pdist(Z, metric))[0, 1]
        assert value(X, Z, name) == pytest.approx(slow, abs=1e-10)


def test_jaccard_is_the_overlap_written_out():
    X, Z = cloud(50, 6, 1), cloud(50, 6, 1) + 0.7 * cloud(50, 6, 2)
    shares = []
    for i in range(50):
        near = []
        for A in (X, Z):
            unit = A / np.linalg.norm(A, axis=1, keepdims=True)
            likeness = unit @ unit[i]
            likeness[i] = -2
            near.append(set(np.argsort(-likeness)[:10].tolist()))
        shares.append(len(near[0] & near[1]) / len(near[0] | near[1]))
    assert value(X, Z, "knn-jaccard") == pytest.approx(np.mean(shares))


def test_stir_knows_who_takes_what_for_the_same():
    """Groups that the first space keeps as points and the second tears apart."""
    random = np.random.default_rng(0)
    centres = 10 * random.normal(size=(40, 6))
    group = np.repeat(np.arange(40), 4)
    tight = centres[group] + 0.01 * random.normal(size=(160, 6))
    loose = centres[group] + 20 * random.normal(size=(160, 6))
    assert value(tight, tight, "stir") > 0.99
    assert value(tight, loose, "stir") < 0.5
    assert value(cloud(200, 20), cloud(200, 20), "stir") < 0.4  # a ceiling far below 1, as published
    assert value(cloud(200, 20), cloud(200, 20), "stir", setting="second given first, of its ceiling") == 1
    forth = value(tight, loose, "stir", setting="first given second")
    assert forth == pytest.approx(value(loose, tight, "stir", setting="second given first"))


def test_wasserstein_of_a_shift_is_its_length_and_of_a_swap_nothing():
    X, y = cloud(90, 4), np.repeat([0, 1, 2], [20, 30, 40])
    assert value(X, X + np.array([3.0, 4.0, 0, 0]), "wasserstein", y) == pytest.approx(5)
    order = np.concatenate([np.random.default_rng(0).permutation(rows) for rows in np.split(np.arange(90), [20, 50])])
    assert value(X, X[order], "wasserstein", y) == pytest.approx(0, abs=1e-7)
    large = np.zeros(700, int)
    found = compare_spaces(cloud(700, 3), cloud(700, 3) + 1, "wasserstein", y=large, n_draws=0)
    assert float(found) == pytest.approx(np.sqrt(3))
    assert found.note == "1 of 1 labels by a sample of 300 points"


def test_wasserstein_of_two_draws_of_one_law_lies_within_its_chance():
    y = np.arange(60) % 2
    one_law = compare_spaces(cloud(60, 3, 1), cloud(60, 3, 2), "wasserstein", y=y, n_draws=60)
    assert one_law.value <= one_law.null_high
    assert compare_spaces(cloud(60, 3, 1), cloud(60, 3, 2) + 1, "wasserstein", y=y, n_draws=60).beyond_chance


def test_a_linear_map_is_read_one_way_only_when_it_drops_something():
    X = cloud(200, 6)
    Z = X[:, :3] @ np.random.default_rng(0).normal(size=(3, 3))
    assert value(X, Z, "linear-r2") == pytest.approx(1)
    assert 0.3 < value(X, Z, "linear-r2", setting="first from second") < 0.7
    M = np.random.default_rng(1).normal(size=(6, 6))
    noisy = Z + cloud(200, 3, 5)
    assert value(X @ M, noisy, "linear-r2") == pytest.approx(value(X, noisy, "linear-r2"))


def test_spatial_similarity_is_one_of_them():
    random = np.random.default_rng(0)
    y = np.arange(80) % 5
    X = cloud() + 8 * random.normal(size=(5, 6))[y]
    Z = cloud(seed=1) + 8 * random.normal(size=(5, 6))[y]
    one, two = label_distances(X, y), label_distances(Z, y)
    known = spatial_similarity(one, two)
    found = compare_spaces(X, Z, "spatial-pearson", y=y, n_draws=0)
    assert (found.value, found.low, found.high, found.n, found.n_labels) == (
        known.pearson, known.low, known.high, known.n_pairs, known.n_labels,
    )  # fmt: skip
    assert value(X, Z, "spatial-spearman", y) == known.spearman
    meeting = compare_spaces(cloud(), cloud(seed=1), "spatial-pearson", y=y, n_draws=0)
    assert np.isnan(meeting.value)
    assert not meeting.linear
    assert meeting.note == "a space is not linear"


@pytest.mark.parametrize("far", [0.0, 1e4])
def test_neighbours_are_those_of_float64_even_far_from_zero(far):
    X = cloud(300, 5) + far
    found = nearest_neighbours(Space(X).centred, 12)
    away = np.square(X[:, None] - X[None]).sum(axis=-1)
    np.fill_diagonal(away, np.inf)
    assert np.array_equal(found.rows, np.argsort(away, axis=1, kind="stable")[:, :12])
    assert found.distances == pytest.approx(np.sqrt(np.sort(away, axis=1)[:, :12]))


def test_more_points_than_are_asked_are_sampled_and_that_is_said(monkeypatch):
    from tunescope.geometry._measures import neighbours
    from tunescope.geometry._measures.of_one import knn_accuracy  # noqa: F401

    assert neighbours.sampled(20_000) == ""
    assert neighbours.sampled(30_000) == "a sample of 20,000 of 30,000 points was asked"
    rows = neighbours.asked_rows(50, most=10)
    assert len(set(rows.tolist())) == 10
    assert np.array_equal(neighbours.asked_rows(5, most=10), np.arange(5))
