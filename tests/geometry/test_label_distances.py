"""Distances of all label pairs at once: the same as one by one, from scratch and from an earlier answer."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from oracle import meet_exactly
from sets import examples, labelled_grids

from tunescope.errors import RepresentationError
from tunescope.geometry import (
    distances_from_arrays,
    distances_to_arrays,
    hull_distance,
    label_distances,
    scale_of,
    verify,
)
from tunescope.geometry._hulls.groups import Groups
from tunescope.geometry._hulls.pairs import PairSearch
from tunescope.geometry._solver.coordinates import Spaces

NAMES = np.array(["ADJ", "ADP", "NOUN", "PRON", "VERB"])


def labelled(seed=0, n=200, d=8, away=8.0, k=5):
    """Clouds of different sizes around centres, most pairs apart."""
    random = np.random.default_rng(seed)
    y = np.concatenate([np.arange(k), random.choice(k, n - k, p=np.arange(1, k + 1) / sum(range(1, k + 1)))])
    X = random.normal(size=(n, d)) + away * random.normal(size=(k, d))[y] / np.sqrt(d) ** 0.5
    return X, NAMES[y]


def of_pair(X, y, result, pair):
    return X[y == result.labels[pair[0]]], X[y == result.labels[pair[1]]]


@pytest.mark.parametrize("away", [0.5, 2.0, 8.0])
@pytest.mark.parametrize("rtol", [1e-2, 1e-3, 1e-6])
def test_each_pair_is_as_far_as_when_asked_alone(away, rtol):
    X, y = labelled(away=away)
    result = label_distances(X, y, rtol=rtol)
    assert result.labels.tolist() == sorted(set(y))
    assert result.counts.tolist() == [int((y == label).sum()) for label in result.labels]
    assert set(result.certificates) == set(combinations(range(5), 2))
    for i, j in combinations(range(5), 2):
        A, B = of_pair(X, y, result, (i, j))
        alone = hull_distance(A, B, rtol=1e-8)
        certificate = result.certificates[i, j]
        assert verify(certificate, A, B)
        assert result.verdicts[i, j] == result.verdicts[j, i] == alone.verdict == certificate.verdict
        assert (result.lower[i, j], result.upper[i, j]) == (certificate.lower, certificate.upper)
        if alone.separable:
            assert result.lower[i, j] <= alone.upper
            assert alone.lower <= result.upper[i, j]
            assert result.upper[i, j] - result.lower[i, j] <= rtol * result.upper[i, j]
            assert result.distances[i, j] == result.upper[i, j]
        else:
            assert result.distances[i, j] == 0
    assert np.array_equal(result.distances, result.distances.T)
    assert not result.distances.diagonal().any()
    assert set(result.verdicts.diagonal()) == {""}


@examples(60)
@given(labelled_grids(least=2, most_labels=5))
def test_meeting_labels_on_grids(drawn):
    X, y = drawn
    if len(set(y.tolist())) < 2:
        y[0] = y.max() + 1
    result = label_distances(X, y, n_jobs=1)
    for i, j in combinations(range(len(result.labels)), 2):
        A, B = of_pair(X, y, result, (i, j))
        assert result.verdicts[i, j] == ("meet" if meet_exactly(A, B) else "separable")
    k = len(result.labels)
    assert result.is_linear == bool((result.verdicts[np.triu_indices(k, 1)] == "separable").all())
    assert result.n_undecided == 0


def test_the_number_of_threads_changes_nothing():
    X, y = labelled(away=2.0)
    one, two = label_distances(X, y, n_jobs=1), label_distances(X, y, n_jobs=2)
    all_of_them = label_distances(X, y, n_jobs=-1)
    for name in ("lower", "upper", "verdicts", "distances"):
        assert np.array_equal(getattr(one, name), getattr(two, name))
        assert np.array_equal(getattr(one, name), getattr(all_of_them, name))


def test_no_threads_is_an_error():
    with pytest.raises(ValueError, match="n_jobs must not be 0"):
        label_distances(*labelled(), n_jobs=0)


def test_progress_counts_the_pairs():
    seen = []
    label_distances(*labelled(), n_jobs=1, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(i, 10) for i in range(1, 11)]


def test_the_order_of_the_points_and_the_names_of_the_labels_do_not_matter():
    X, y = labelled(away=3.0)
    first = label_distances(X, y, rtol=1e-6)
    order = np.random.default_rng(1).permutation(len(X))
    second = label_distances(X[order], y[order], rtol=1e-6)
    numbered = label_distances(X, np.searchsorted(NAMES, y), rtol=1e-6)
    np.testing.assert_allclose(second.distances, first.distances, rtol=2e-6)
    assert np.array_equal(numbered.distances, first.distances)
    assert np.array_equal(second.verdicts, first.verdicts)


# ---- warm starts


@pytest.mark.parametrize("step", [0.0, 1e-3, 0.3, 5.0])
@pytest.mark.parametrize("away", [1.0, 8.0])
def test_an_earlier_answer_changes_the_work_and_not_the_result(step, away):
    X, y = labelled(away=away)
    before = label_distances(X, y)
    moved = X + step * np.random.default_rng(3).normal(size=X.shape)
    cold, warm = label_distances(moved, y), label_distances(moved, y, previous=before)
    assert np.array_equal(cold.verdicts, warm.verdicts)
    np.testing.assert_allclose(warm.distances, cold.distances, rtol=2e-3)
    for pair, certificate in warm.certificates.items():
        assert verify(certificate, *of_pair(moved, y, warm, pair))
        assert certificate.gap <= 1e-3


def test_warm_starts_through_labels_that_begin_and_cease_to_meet():
    X, y = labelled(away=0.0)
    centres = np.random.default_rng(4).normal(size=(5, 8))
    place = centres[np.searchsorted(NAMES, y)]
    previous = None
    linear = []
    for away in (0.0, 0.4, 1.5, 6.0, 1.5, 0.4, 0.0):
        moved = X + away * place
        cold, previous = label_distances(moved, y), label_distances(moved, y, previous=previous)
        assert np.array_equal(cold.verdicts, previous.verdicts)
        np.testing.assert_allclose(previous.distances, cold.distances, rtol=2e-3)
        linear.append(cold.is_linear)
    assert linear[0] is False
    assert linear[3] is True


def test_labels_that_share_a_point_are_settled_by_it_a_snapshot_later():
    X, y = labelled(away=8.0)
    first, other = np.flatnonzero(y == "ADJ")[0], np.flatnonzero(y == "VERB")[0]
    previous, found = None, None
    for step in range(4):
        X[other] = X[first]
        warm = label_distances(X, y, previous=previous)
        certificate = warm.certificates[0, 4]
        assert certificate.meet
        assert verify(certificate, *of_pair(X, y, warm, (0, 4)))
        points = certificate.points_a.tolist(), certificate.points_b.tolist()
        found = points if previous is None else found
        assert points == found  # the very same two points, without a search
        previous = warm
        X = X + 0.01 * np.random.default_rng(step).normal(size=X.shape)


def test_earlier_active_points_save_scans_and_a_rotation_needs_one():
    """counters: scans of all points and steps, of each pair."""
    X, y = labelled(n=1500, d=40, away=12.0)
    before = label_distances(X, y)
    turned = X @ np.linalg.qr(np.random.default_rng(1).normal(size=(40, 40)))[0]
    stretched = turned * np.geomspace(0.2, 5.0, 40)
    begun, afresh = search(stretched, y, before), search(stretched, y)
    assert begun.counters[:, 0].sum() < afresh.counters[:, 0].sum()
    still, again = search(turned, y, before), search(turned, y)
    assert (still.counters == 1).all()
    assert again.counters[:, 0].sum() > 2 * len(again)


def search(X, y, previous=None):
    """The searches behind ``label_distances``, done."""
    groups = Groups.by(y)
    points = np.ascontiguousarray(X[groups.order])
    means = np.stack([X[y == label].mean(axis=0) for label in groups.labels])
    searches = PairSearch(Spaces(points), groups, means, 1e-3)
    if previous is not None:
        searches.begin_with(previous._active, np.ones(len(searches), dtype=bool))
    assert sum(searches.run(1)) == len(searches)
    return searches


def test_an_earlier_answer_about_other_points_is_refused():
    X, y = labelled()
    before = label_distances(X, y)
    for other in (y[::-1], np.roll(y, 1), np.where(y == "NOUN", "X", y)):
        with pytest.raises(RepresentationError, match="previous is about other points"):
            label_distances(X, other, previous=before)
    with pytest.raises(RepresentationError, match="previous"):
        label_distances(X[1:], y[1:], previous=before)


def test_stored_numbers_come_back_and_serve_as_an_earlier_answer():
    X, y = labelled(away=2.0)
    before = label_distances(X, y)
    again = distances_from_arrays(before.labels, distances_to_arrays(before), y)
    for name in ("labels", "counts", "lower", "upper", "verdicts", "distances", "scale", "radius"):
        assert np.array_equal(getattr(again, name), getattr(before, name))
    warm = label_distances(X * 1.1, y, previous=before)
    warmed = label_distances(X * 1.1, y, previous=again)
    assert np.array_equal(warm.upper, warmed.upper)
    assert np.array_equal(warm.lower, warmed.lower)


def test_stored_numbers_that_point_elsewhere_are_left_aside():
    """As in a file that another version wrote: rows outside a label's points must neither crash nor mislead."""
    X, y = labelled(away=2.0)
    cold = label_distances(X, y)
    for shift in (-1000, -1, 1, 7, 10**6):
        arrays = distances_to_arrays(cold)
        arrays["active-rows"] = arrays["active-rows"] + shift
        warm = label_distances(X, y, previous=distances_from_arrays(cold.labels, arrays, y))
        assert np.array_equal(warm.verdicts, cold.verdicts)
        np.testing.assert_allclose(warm.distances, cold.distances, rtol=2e-3)


# ---- what follows from the distances


def on_a_line():
    """Labels at known places of a line; b has six points, c five, d one."""
    places = {"a": [0.0, 1, 0, 1, 0, 1, 0], "b": [3.0] * 6, "c": [7.0, 8, 8, 8, 9], "d": [19.0]}
    X = np.concatenate(list(places.values()))[:, None]
    return X, np.repeat(list(places), [len(p) for p in places.values()])


def test_known_distances_and_what_is_read_from_them():
    result = label_distances(*on_a_line())
    assert result.distances.round(9).tolist() == [[0, 2, 6, 18], [2, 0, 4, 16], [6, 4, 0, 10], [18, 16, 10, 0]]
    assert result.vector().round(9).tolist() == [2, 6, 18, 4, 16, 10]
    assert result.minimum().round(9).tolist() == [2, 2, 4, 10]
    assert result.nearest().tolist() == ["b", "a", "b", "c"]
    assert result.is_linear
    assert result.n_undecided == 0


def test_the_published_convention_leaves_labels_of_five_points_or_fewer_out_and_counts_them_as_zero():
    result = label_distances(*on_a_line())
    assert result.vector("published").round(9).tolist() == [2, 0, 0, 0, 0, 0]
    matrix = result.matrix("published")
    assert np.isfinite(matrix).sum() == 2
    assert np.isnan(result.matrix("all")).sum() == 4
    with pytest.raises(ValueError, match="'all' or 'published'"):
        result.vector("some")


def test_labels_that_meet_are_at_distance_zero():
    result = label_distances([[0.0], [2.0], [1.0], [5.0]], ["a", "a", "b", "c"])
    assert result.verdicts.tolist() == [["", "meet", "separable"], ["meet", "", "separable"], ["separable"] * 2 + [""]]
    assert result.minimum().round(9).tolist() == [0, 0, 3]
    assert not result.is_linear


def test_a_gap_below_the_tolerance_counts_as_meeting_and_is_counted():
    result = label_distances([[0.0], [1.0], [1.0 + 1e-9], [2.0], [9.0]], ["a", "a", "b", "b", "c"])
    assert result.verdicts[0, 1] == "undecided"
    assert result.n_undecided == 1
    assert not result.is_linear
    assert result.distances[0, 1] == 0


def test_scale_is_the_root_mean_square_distance_to_the_mean():
    X, y = labelled()
    result = label_distances(X, y)
    away = np.linalg.norm(X - X.mean(axis=0), axis=1)
    assert result.scale == pytest.approx(np.sqrt((away**2).mean()))
    assert result.radius == pytest.approx(away.max())
    assert scale_of((7 * X + 100).astype(np.float32)) == pytest.approx(7 * result.scale, rel=1e-5)
    grown = label_distances(X * 50 + 3, y)
    np.testing.assert_allclose(grown.distances / grown.scale, result.distances / result.scale, rtol=2e-3)


# ---- what is refused


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        ([[0.0], [1.0]], ["a", "a"], "at least two labels"),
        ([[0.0]], ["a"], "at least two labels"),
        ([[0.0], [1.0]], ["a", "b", "b"], "X has 2 points, y has shape \\(3,\\)"),
        ([[0.0], [1.0]], [["a"], ["b"]], "one label per point"),
        ([[0.0], [float("nan")]], ["a", "b"], "1 of its 2 points"),
        ([[0.0], [float("inf")]], ["a", "b"], "1 of its 2 points"),
        (np.zeros((0, 3)), [], "at least 1"),
        (np.zeros((2, 3, 4)), ["a", "b"], "shape \\(2, 3, 4\\)"),
    ],
)
def test_what_is_not_a_labelled_space_is_refused(X, y, message):
    with pytest.raises(RepresentationError, match=message):
        label_distances(X, y)


@pytest.mark.parametrize("rtol", [0, 1, -1, float("nan")])
def test_a_relative_width_lies_between_zero_and_one(rtol):
    with pytest.raises(ValueError, match="rtol"):
        label_distances(*on_a_line(), rtol=rtol)


@pytest.mark.parametrize("scale", [1e-150, 1e150])
def test_numbers_that_cannot_be_squared_are_refused(scale):
    with pytest.raises(RepresentationError, match="1e-100"):
        label_distances(np.array([[0.0], [1.0]]) * scale, ["a", "b"])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_certificates_of_labels_that_are_small_in_a_wide_space(dtype):
    y = np.repeat(["a", "b", "far"], [200, 200, 20])
    for seed in range(10):
        random = np.random.default_rng(seed)
        X = np.concatenate([1e-5 * random.normal(size=(400, 8)), 100 + random.normal(size=(20, 8))]).astype(dtype)
        result = label_distances(X, y)
        for pair, certificate in result.certificates.items():
            assert verify(certificate, *of_pair(X, y, result, pair))
