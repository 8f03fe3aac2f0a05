"""DirectProbe as an estimator: valid and maximal clusters, what it explains, invariances, bad input."""

import os
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle import cluster, meet_by_linprog, meet_exactly, same_partition
from sets import WHOLE, examples, labelled_grids
from sklearn.datasets import make_circles, make_moons
from sklearn.metrics import accuracy_score
from spaces import SETS, check_maximal, check_valid, layer_normed, radius_of, spirals

from tunescope.geometry import DirectProbe, hull_distance, label_distances, verify

FITTED: dict = {}


@pytest.fixture(params=SETS)
def fitted(request):
    """(X, y, probe) of each set; fitted once."""
    if request.param not in FITTED:
        X, y = SETS[request.param]()
        FITTED[request.param] = X, y, DirectProbe().fit(X, y)
    return FITTED[request.param]


def test_clusters_of_different_labels_do_not_meet(fitted):
    check_valid(*fitted)


def test_clusters_of_one_label_cannot_be_joined(fitted):
    check_maximal(*fitted)


def test_each_point_belongs_to_the_label_that_it_has(fitted):
    X, y, probe = fitted
    free = np.setdiff1d(np.arange(len(X)), probe.conflicts_)
    if len(free):
        assert np.array_equal(probe.predict(X[free]), y[free])
    if len(free) == len(X):
        assert probe.score(X, y) == 1.0


def test_conflicts_are_the_points_that_coincide_with_one_of_another_label(fitted):
    X, y, probe = fitted
    found = [i for i in range(len(X)) if (y[(X[i] == X).all(axis=1)] != y[i]).any()]
    assert probe.conflicts_.tolist() == found


def test_blocking_names_the_labels_that_meet_and_points_that_show_it(fitted):
    X, y, probe = fitted
    named = [(block.label_a, block.label_b) for block in probe.blocking_]
    meeting = [(a, b) for a, b in combinations(probe.classes_, 2) if not hull_distance(X[y == a], X[y == b]).separable]
    assert named == meeting
    for block in probe.blocking_:
        assert (y[block.points_a] == block.label_a).all()
        assert (y[block.points_b] == block.label_b).all()
        shown = hull_distance(X[block.points_a], X[block.points_b])
        assert not shown.separable
        assert block.upper <= 1e-8 * radius_of(X)
        # a few points are enough: Kirchberger's theorem
        assert len(block.points_a) + len(block.points_b) <= X.shape[1] + 2
    assert probe.is_linear_ == (not meeting) == (probe.n_clusters_ == len(probe.classes_))


def test_distances_agree_with_the_distances_of_the_labels_when_the_space_is_linear():
    X, y = layer_normed(300, 64, 6)
    probe, labels = DirectProbe().fit(X, y), label_distances(X, y)
    assert probe.is_linear_
    np.testing.assert_allclose(probe.distances_, labels.distances, rtol=2e-3)
    np.testing.assert_allclose(probe.label_distances(), labels.matrix(), rtol=2e-3)


def test_distances_between_clusters_and_their_means_between_labels():
    # a: {0, 1}, {6}; b: {3, 4}; c: six points from 10 to 15; d: the same, from 30 on
    X = np.array([0, 1, 6, 3, 4, *range(10, 16), *range(30, 36)], float)[:, None]
    y = np.array(list("aaabb") + ["c"] * 6 + ["d"] * 6)
    probe = DirectProbe().fit(X, y)
    assert probe.cluster_classes_.tolist() == ["a", "a", "b", "c", "d"]
    assert probe.cluster_sizes_.tolist() == [2, 1, 2, 6, 6]
    nan = float("nan")
    expected = [[0, nan, 2, 9, 29], [nan, 0, 2, 4, 24], [2, 2, 0, 6, 26], [9, 4, 6, 0, 15], [29, 24, 26, 15, 0]]
    np.testing.assert_allclose(probe.distances_, expected, rtol=1e-9)
    np.testing.assert_allclose(probe.label_distances()[0], [nan, 2, 6.5, 26.5], rtol=1e-9)
    published = probe.label_distances("published")
    assert np.isfinite(published).sum() == 2
    assert published[2, 3] == pytest.approx(15)
    with pytest.raises(ValueError, match="'all' or 'published'"):
        probe.label_distances("none")


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ["moons", "circles", "spirals"])
def test_the_rule_by_linear_programs_in_the_plane(name, seed):
    X, y = {
        "moons": lambda: make_moons(36, noise=0.15, random_state=seed),
        "circles": lambda: make_circles(36, noise=0.05, factor=0.5, random_state=seed),
        "spirals": lambda: spirals(36, seed=seed),
    }[name]()
    probe = DirectProbe().fit(X, y)
    assert probe.n_clusters_ > 2
    assert same_partition(probe.labels_, cluster(X, y, meet_by_linprog))


# ---- invariances


@examples(100)
@given(labelled_grids(), st.randoms(use_true_random=False))
def test_the_order_of_the_points_does_not_matter_even_with_ties(drawn, random):
    X, y = drawn
    order = list(range(len(X)))
    random.shuffle(order)
    first = DirectProbe(n_jobs=1).fit(X * WHOLE, y)
    second = DirectProbe(n_jobs=1).fit(X[order] * WHOLE, y[order])
    _, where = np.unique(np.column_stack([X, y]), axis=0, return_inverse=True)  # twins may stand for each other
    where = where.ravel()
    assert first.n_clusters_ == second.n_clusters_
    of_place = lambda labels, places: sorted(  # noqa: E731
        sorted(places[labels == c].tolist()) for c in set(labels.tolist())
    )
    assert of_place(first.labels_, where) == of_place(second.labels_, where[order])
    assert sorted(first.conflicts_) == sorted(np.array(order)[second.conflicts_])
    assert first.cluster_sizes_.tolist() == second.cluster_sizes_.tolist()


@examples(60)
@given(labelled_grids(), st.integers(-4, 4), st.integers(-20, 20))
def test_whole_steps_and_powers_of_two_change_nothing(drawn, step, power):
    X, y = drawn
    first = DirectProbe(n_jobs=1).fit(X * WHOLE, y)
    second = DirectProbe(n_jobs=1).fit((X + step) * WHOLE * 2.0**power, y)
    assert np.array_equal(first.labels_, second.labels_)


GENERAL = ["moons", "spirals", "blobs", "layer norm, not linear", "conflicts", "one dimension"]


@pytest.mark.parametrize("name", GENERAL)
@pytest.mark.parametrize("change", ["order", "translation", "rotation", "1e-6", "1e6", "names", "threads", "copies"])
def test_the_clusters_do_not_change_with(name, change):
    X, y = SETS[name]()
    X = np.asarray(X, float)
    first = DirectProbe().fit(X, y)
    random = np.random.default_rng(7)
    kept, parameters = np.arange(len(X)), {}
    if change == "order":
        kept = random.permutation(len(X))
        X, y = X[kept], y[kept]
    elif change == "translation":
        X = X + 3 * radius_of(X) * random.normal(size=X.shape[1])
    elif change == "rotation":
        X = X @ np.linalg.qr(random.normal(size=(X.shape[1], X.shape[1])))[0]
    elif change == "names":
        y = np.array(["NOUN", "VERB", "ADJ", "ADP", "X"])[y]
    elif change == "threads":
        parameters = {"n_jobs": 1}
    elif change == "copies":  # the centre of a cluster is the mean of its points: all points alike
        X, y = np.concatenate([X, X]), np.concatenate([y, y])
    else:
        X = X * float(change)
    second = DirectProbe(**parameters).fit(X, y)
    found = second.labels_
    if change == "copies":
        free = np.setdiff1d(np.arange(len(kept)), first.conflicts_)
        assert np.array_equal(found[: len(kept)][free], found[len(kept) :][free])
        kept, found = free, found[free]
    assert same_partition(found, first.labels_[kept])
    if change in ("order", "translation", "rotation", "1e-6", "1e6"):
        number = np.empty(first.n_clusters_, int)
        number[first.labels_[kept]] = second.labels_
        factor = float(change) if change[0] == "1" else 1.0
        np.testing.assert_allclose(
            second.distances_[np.ix_(number, number)],
            first.distances_ * factor,
            rtol=3e-3,
            atol=1e-9 * factor * radius_of(SETS[name]()[0]),
        )


def test_the_numbers_of_the_clusters_do_not_depend_on_the_order():
    X, y = SETS["blobs"]()
    order = np.random.default_rng(3).permutation(len(X))
    first, second = DirectProbe().fit(X, y), DirectProbe().fit(X[order], y[order])
    assert np.array_equal(first.labels_[order], second.labels_)


# ---- linear spaces, conflicts, thin gaps


def test_labels_that_share_their_only_point_are_not_linear():
    probe = DirectProbe().fit([[0.0], [0.0], [5.0]], ["a", "b", "c"])
    assert [(block.label_a, block.label_b) for block in probe.blocking_] == [("a", "b")]
    assert not label_distances([[0.0], [0.0], [5.0]], ["a", "b", "c"]).is_linear
    assert not probe.is_linear_


@examples(60)
@given(labelled_grids(least=2))
def test_linear_means_that_no_two_labels_meet(drawn):
    X, y = drawn
    probe = DirectProbe(n_jobs=1).fit(X, y)
    pairs = list(combinations(probe.classes_.tolist(), 2))
    meeting = [(a, b) for a, b in pairs if meet_exactly(X[y == a], X[y == b])]
    assert [(block.label_a, block.label_b) for block in probe.blocking_] == meeting
    assert probe.is_linear_ == (not meeting)
    assert probe.n_undecided_ == 0


def test_conflicting_points_stay_alone_and_are_reported():
    X = np.array([[0.0], [1.0], [1.0], [1.0], [2.0], [3.0]])
    y = np.array(["a", "a", "b", "a", "a", "b"])
    probe = DirectProbe().fit(X, y)
    assert probe.conflicts_.tolist() == [1, 2, 3]
    assert probe.n_clusters_ == 6
    assert len(set(probe.labels_[[1, 2, 3]])) == 3
    assert not probe.is_linear_


def test_negative_zero_is_zero():
    probe = DirectProbe().fit([[0.0, 1.0], [-0.0, 1.0], [0.0, 5.0]], ["a", "b", "a"])
    assert probe.conflicts_.tolist() == [0, 1]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("d", [1, 7, 33])
def test_every_conflict_among_many_points_is_found(d, dtype):
    random = np.random.default_rng(d)
    X, y = random.normal(size=(400, d)).astype(dtype), np.arange(400) % 4
    X[200:300] = X[:100]
    y[200:300:2] = (y[:100:2] + 1) % 4
    y[201:300:2] = y[1:100:2]
    even = np.arange(0, 100, 2)
    assert DirectProbe().fit(X, y).conflicts_.tolist() == [*even, *(even + 200)]


def thin_pair(gap):
    """Two labels in the plane, ``gap`` radii apart along a slanted line, with parallel sides."""
    random = np.random.default_rng(0)
    along = np.linspace(-1, 1, 9)
    A = np.column_stack([along, np.full(9, gap / 2)])
    B = np.column_stack([along[:-1] + 0.11, np.full(8, -gap / 2)])
    extra = random.uniform(0.2, 0.8, (6, 2))
    X = np.concatenate([A, extra, B, -extra])
    turn = np.linalg.qr(random.normal(size=(2, 2)))[0]
    return X @ turn, np.repeat(["a", "b"], [15, 14])


@pytest.mark.parametrize("gap", [1e-3, 1e-5, 1e-7])
def test_a_thin_gap_keeps_a_space_linear(gap):
    probe = DirectProbe().fit(*thin_pair(gap))
    assert probe.is_linear_
    assert probe.n_undecided_ == 0
    assert probe.distances_[0, 1] == pytest.approx(gap, rel=0.05)


def test_a_gap_below_the_tolerance_counts_as_meeting_and_is_counted():
    X, y = thin_pair(1e-10)
    probe = DirectProbe().fit(X, y)
    assert not probe.is_linear_
    assert probe.n_undecided_ > 0
    assert [(b.label_a, b.label_b, b.verdict) for b in probe.blocking_] == [("a", "b", "undecided")]
    check_maximal(X, y, probe)
    for (i, j), certificate in probe.certificates().items():
        assert certificate.separable
        assert verify(certificate, X[probe.labels_ == i], X[probe.labels_ == j])


def test_clusters_that_nothing_but_rounding_keeps_apart_have_witnesses():
    """A layer norm in three dimensions leaves a circle and, across it, rounding."""
    for seed in range(40):
        X, y = layer_normed(60, 3, 3, seed)
        check_maximal(X, y, DirectProbe(n_jobs=1).fit(X, y))


# ---- prediction


@pytest.mark.parametrize("name", ["moons", "blobs", "digits", "layer norm, linear", "few points"])
def test_a_point_takes_the_label_of_the_nearest_hull(name):
    X, y = SETS[name]()
    X = np.asarray(X, float)
    probe = DirectProbe().fit(X, y)
    random = np.random.default_rng(0)
    low, high = X.min(axis=0), X.max(axis=0)
    points = random.uniform(low - 0.2 * (high - low), high + 0.2 * (high - low), size=(25, X.shape[1]))
    predicted = probe.predict(points)
    for point, label in zip(points, predicted, strict=True):
        away = [hull_distance(point, X[probe.labels_ == c], rtol=1e-8) for c in range(probe.n_clusters_)]
        nearest = min(map(float, away))
        own = min(float(a) for a, c in zip(away, probe.cluster_classes_, strict=True) if c == label)
        assert own <= nearest * (1 + 1e-6)


def test_prediction_of_one_point_does_not_depend_on_the_others():
    X, y = SETS["blobs"]()
    probe = DirectProbe().fit(X[:200], y[:200])
    together = probe.predict(X[200:])
    assert together.tolist() == [probe.predict(x[None])[0] for x in X[200:]]
    assert np.array_equal(together, DirectProbe(n_jobs=1).fit(X[:200], y[:200]).predict(X[200:]))


def test_score_is_the_accuracy():
    X, y = SETS["blobs"]()
    probe = DirectProbe().fit(X[:200], y[:200])
    assert probe.score(X[200:], y[200:]) == accuracy_score(y[200:], probe.predict(X[200:]))


# ---- the published sets


def fixture(name):
    place = os.environ.get("TUNESCOPE_DATA_DIR")
    if not place:
        pytest.skip("TUNESCOPE_DATA_DIR is not set: it names the folder of the data, beside which fixtures lie")
    path = Path(place).parent / "fixtures" / f"{name}.npz"
    if not path.exists():
        pytest.skip(f"{path} is not there")
    with np.load(path) as file:
        return file["X"], file["y"], file["clusters"]


@pytest.mark.real_data
@pytest.mark.parametrize(
    "name",
    [
        "moons-2d", "circles-2d", "spirals-2d", "iris", "blobs-overlap-5d", "digits-600", "tiny-pos-500",
        "tiny-pos-1000", "tiny-pos-2000", "minilm-pos-1000",
    ],
)  # fmt: skip
def test_the_clusters_of_the_fixtures(name):
    X, y, clusters = fixture(name)
    probe = DirectProbe().fit(X, y)
    assert same_partition(probe.labels_, clusters)
    assert all(block.verdict == "meet" for block in probe.blocking_)
    check_maximal(X, y, probe)
    if len(X) <= 1000:
        check_valid(X, y, probe)
