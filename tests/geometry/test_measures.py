"""Measures by name: what they declare, what they refuse, and what is drawn by chance."""

import numpy as np
import pytest
from spaces import rotation

from tunescope.errors import RepresentationError
from tunescope.geometry import (
    ComparisonMeasure,
    Space,
    SpaceMeasure,
    Value,
    compare,
    compare_distances,
    compare_spaces,
    label_distances,
    measure,
    measure_space,
    measures,
    null_of,
)
from tunescope.geometry._measures.measure import Measure


def cloud(n=60, d=5, seed=0):
    return np.random.default_rng(seed).normal(size=(n, d))


def labelled(n=60, d=5, k=3, seed=0, apart=4.0):
    random = np.random.default_rng(seed)
    y = np.arange(n) % k
    return random.normal(size=(n, d)) + apart * random.normal(size=(k, d))[y], np.array(list("abcdefgh"))[y]


@pytest.fixture
def own_measures():
    """Two measures of somebody else's, defined outside of the package; gone when the test is over."""

    class Size(SpaceMeasure):
        name = "mean-length"
        title = "Mean length"
        range = (0.0, float("inf"))
        direction = "up"
        towards = "long"
        invariant_to = ("rotation",)
        needs = frozenset({"vectors"})
        source = "a test"
        null = "equal-space"

        def compute(self, space, setting):
            return Value(float(np.linalg.norm(space.X, axis=1).mean()), n=len(space))

    class Shift(ComparisonMeasure):
        name = "mean-shift"
        title = "Mean shift"
        range = (0.0, float("inf"))
        direction = "down"
        towards = "alike"
        invariant_to = ("rotation of both",)
        needs = frozenset({"vectors"})
        source = "a test"
        null = "equal-space"
        settings = ("of means", "of points")

        def compute(self, first, second, setting):
            away = second.X - first.X
            of_points = np.linalg.norm(away, axis=1).mean()
            return Value(float(np.linalg.norm(away.mean(axis=0)) if setting == "of means" else of_points), n=len(first))

    yield Size, Shift
    del Measure.registered["mean-length"], Measure.registered["mean-shift"]


def test_a_measure_of_one_space_and_one_of_two_come_from_outside_the_package(own_measures):
    X = np.array([[3.0, 4.0], [0.0, 5.0], [5.0, 0.0]])
    infos = {info.name: info for info in measures()}
    assert (infos["mean-length"].spaces, infos["mean-shift"].spaces) == (1, 2)
    assert float(measure_space(X, "mean-length")) == 5.0
    found = compare(X, X + np.array([3.0, 4.0]), names=["mean-shift"], n_draws=30)
    assert [(one.measure, one.setting, one.value, one.n) for one in found] == [
        ("mean-shift", "of means", 5.0, 3),
        ("mean-shift", "of points", 5.0, 3),
    ]
    assert found[0].null_low <= found[0].null < found[0].null_high <= 5.0
    assert "mean-length" in [one.measure for one in measure(X)]
    assert "mean-shift" in [one.measure for one in compare(X, X)]


def test_measures_of_other_packages_come_by_their_entry_point(install_package):
    text = (
        "from tunescope.geometry import SpaceMeasure, Value\n"
        "class Count(SpaceMeasure):\n"
        "    name, title, range, direction, towards = 'count', 'Count', (0.0, float('inf')), 'up', 'many'\n"
        "    invariant_to, needs, source, null = (), frozenset({'vectors'}), 'a test', 'none'\n"
        "    def compute(self, space, setting):\n"
        "        return Value(float(len(space)), n=len(space))\n"
    )
    install_package({"counts.py": text}, {"tunescope.measures": {"count": "counts"}})
    try:
        assert float(measure_space(cloud(7), "count")) == 7.0
    finally:
        Measure.registered.pop("count", None)
    install_package({}, {"tunescope.measures": {"broken": "no_such_module"}})
    with pytest.raises(RepresentationError, match=r"'broken' of theirs \(no_such_module\) cannot be imported"):
        measures()


def test_a_measure_must_declare_what_a_page_needs_to_say():
    with pytest.raises(TypeError, match="'half' must declare title, range"):

        class Half(SpaceMeasure):
            name = "half"

            def compute(self, space, setting):
                raise NotImplementedError


def test_two_measures_cannot_share_a_name():
    with pytest.raises(TypeError, match="a measure 'cka' already"):

        class Other(ComparisonMeasure):
            name, title, range, direction, towards = "cka", "Other", (0.0, 1.0), "up", "alike"
            invariant_to, needs, source, null = (), frozenset({"vectors"}), "a test", "none"

            def compute(self, first, second, setting):
                raise NotImplementedError


def test_an_unknown_name_is_answered_with_the_nearest_one():
    with pytest.raises(
        RepresentationError, match=r"there is no measure 'efective-rank' of one space; did you mean effective-rank\?"
    ):
        measure_space(cloud(), "efective-rank")
    with pytest.raises(RepresentationError, match="'cka' is a measure of two spaces, not of one space"):
        measure_space(cloud(), "cka")
    X, y = labelled()
    with pytest.raises(RepresentationError, match=r"no setting 'some'. It has: 'all', 'published'"):
        compare_spaces(X, X, "spatial-pearson", y=y, setting="some", n_draws=0)


def test_what_a_measure_needs_is_asked_for_by_name():
    with pytest.raises(RepresentationError, match=r"'spatial-pearson' needs labels \(y\)"):
        compare_spaces(cloud(), cloud(), "spatial-pearson")
    with pytest.raises(RepresentationError, match="the same points in the same order; they have 60 and 59"):
        compare(cloud(60), cloud(59))
    with pytest.raises(RepresentationError, match="NaN or infinite"):
        measure(np.full((3, 2), np.nan))


def test_unnamed_measures_are_those_that_the_input_allows():
    X, y = labelled()
    without, having = ({one.measure for one in measure(X, given)} for given in (None, y))
    needs = {info.name: info.needs for info in measures()}
    assert without <= having
    assert all(not needs[name] & {"labels", "distances", "centroids", "probabilities"} for name in without)
    assert all(not needs[name] & {"distances", "probabilities"} for name in having)
    assert "spatial-pearson" not in {one.measure for one in compare(X, X, y)}
    d = label_distances(X, y)
    assert "spatial-pearson" in {one.measure for one in compare(X, X, y, distances=(d, d))}


def test_every_measure_keeps_to_its_range_and_says_where_it_is_from():
    X, y = labelled(n=90, d=12)
    turned = X @ rotation(12, np.random.default_rng(1)) + cloud(90, 12, 3)
    ranges = {info.name: info.range for info in measures()}
    for one in (*measure(X, y), *compare(X, turned, y)):
        low, high = ranges[one.measure]
        assert low - 1e-9 <= one.value <= high + 1e-9, one
        assert not one.low > one.value
        assert not one.high < one.value
        assert one.n > 0
    for info in measures():
        assert info.title
        assert info.source
        assert info.settings


def test_every_measure_keeps_what_it_says_it_keeps():
    """Rotation, shift and scale change nothing where a measure declares so; elsewhere each changes something."""
    X, y = labelled(n=90, d=12, apart=0.5)
    X = X + 3
    Z = X @ np.diag([1, 2, 3, *[1] * 9]) + 0.3 * cloud(90, 12, 7)
    turn = rotation(12, np.random.default_rng(5))
    changes = {
        "rotation": lambda A: A @ turn,
        "shift": lambda A: A + np.arange(12.0),
        "scale": lambda A: A * 3.7,
    }
    kept = {info.name: info.invariant_to for info in measures()}
    for change, moved in changes.items():
        of_one = list(zip(measure(X, y), measure(moved(X), y), strict=True))
        of_two = list(zip(compare(X, Z, y), compare(moved(X), Z, y), strict=True))
        back = list(zip(compare(X, Z, y), compare(X, moved(Z), y), strict=True))
        both = list(zip(compare(X, Z, y), compare(moved(X), moved(Z), y), strict=True))
        for before, after in of_one + of_two + back:
            if change in kept[before.measure]:
                assert after.value == pytest.approx(before.value, rel=1e-6, abs=1e-7), (change, before)
        for before, after in both:
            if {change, f"{change} of both"} & set(kept[before.measure]):
                assert after.value == pytest.approx(before.value, rel=1e-6, abs=1e-7), (change, before)
        for found in (of_one, of_two):
            for name in {before.measure for before, _ in found}:
                same = [np.isclose(a.value, b.value, rtol=1e-6) for b, a in found if b.measure == name]
                assert any(k.startswith(change) for k in kept[name]) or not all(same), (
                    f"{name} keeps {change} and does not say so"
                )


def test_an_order_of_the_points_is_none_of_a_measure():
    X, y = labelled(n=90, d=12)
    Z = X + 0.3 * cloud(90, 12, 7)
    order = np.random.default_rng(0).permutation(90)
    pairs = [
        *zip(measure(X, y), measure(X[order], y[order]), strict=True),
        *zip(compare(X, Z, y), compare(X[order], Z[order], y[order]), strict=True),
    ]
    for before, after in pairs:
        assert after.value == pytest.approx(before.value, rel=1e-6, abs=1e-8), before


def test_what_cannot_be_measured_is_nan_and_says_why():
    for X, y in (
        (np.ones((30, 12)), np.arange(30) % 3),
        (cloud(30, 12), np.zeros(30, int)),
        (cloud(30, 12), np.arange(30)),
        (cloud(2, 12), [0, 1]),
        (cloud(3, 1), [0, 1, 1]),
        (np.zeros((30, 3)), np.arange(30) % 3),
        (np.repeat(cloud(15, 12), 2, axis=0), np.arange(30) // 2),
        (1e30 * cloud(30, 12), np.arange(30) % 3),
        (1e-30 * cloud(30, 12), np.arange(30) % 3),
    ):
        for one in (*measure(X, y), *compare(X, X, y)):
            assert np.isfinite(one.value) or one.note, one


def test_one_seed_gives_one_null_and_another_seed_another():
    X, Z = cloud(seed=1), cloud(seed=2)
    first, again, other = (compare_spaces(X, Z, "cka", seed=seed) for seed in (0, 0, 1))
    assert first == again
    assert first.null != other.null
    assert first.null_low < first.null < first.null_high
    assert first.beyond_chance is False
    assert compare_spaces(X, X, "cka").beyond_chance is True
    assert compare_spaces(X, X, "cka", n_draws=0).beyond_chance is None


def test_permuted_labels_keep_vectors_and_label_counts():
    X, y = labelled()
    seen = []

    class Peek(SpaceMeasure):
        name, title, range, direction, towards = "peek", "Peek", (0.0, 1.0), "up", "seen"
        invariant_to, needs, source, null = (), frozenset({"labels"}), "a test", "permuted-labels"

        def compute(self, space, setting):
            seen.append(space)
            return Value(0.5)

    null_of(Peek, Space(X, y), n_draws=3)
    del Measure.registered["peek"]
    assert len(seen) == 3
    for space in seen:
        assert space.X is seen[0].X
        assert sorted(space.y) == sorted(y)
        assert (space.y != y).any()


def test_the_jackknife_covers_the_value_of_all_there_is():
    """The value of a whole population lies in the intervals of its samples about as often as they say."""
    random = np.random.default_rng(0)
    X = random.normal(size=(4000, 4)) * [3, 2, 1, 0.5]
    Z = X + random.normal(size=(4000, 4))
    truth = float(compare_spaces(X, Z, "cka", n_draws=0))
    inside = 0
    for _ in range(60):
        rows = random.choice(4000, 150, replace=False)
        found = compare(X[rows], Z[rows], names=["cka"], n_groups=15)[0]
        inside += found.low <= truth <= found.high
    assert inside >= 50


def test_distances_alone_can_be_compared_over_different_points():
    X, y = labelled(90, seed=4)
    train, test = label_distances(X[:45], y[:45]), label_distances(X[45:], y[45:])
    found = {(one.measure, one.setting): one for one in compare_distances(train, test)}
    assert {("spatial-pearson", "all"), ("spatial-spearman", "published")} <= found.keys()
    one = found["spatial-pearson", "all"]
    assert one.n_labels == 3
    assert one.low - 1e-12 <= one.value <= one.high + 1e-12
    with pytest.raises(RepresentationError, match="'cka' needs more than distances"):
        compare_distances(train, test, names=["cka"])


# ---- the two that the others are measured by


def test_cka_is_one_for_a_space_turned_moved_and_scaled():
    X = cloud(200, 30)
    assert float(compare_spaces(X, 2.5 * X @ rotation(30, np.random.default_rng(1)) + 7, "cka")) == pytest.approx(
        1, abs=1e-10
    )


def test_cka_equals_the_estimator_written_out_over_kernels():
    X, Z = cloud(40, 6, 1) + 5, cloud(40, 9, 2)
    Z[:, :6] += X

    def hsic(A, B):
        n = len(A)
        K, L = A @ A.T, B @ B.T
        np.fill_diagonal(K, 0)
        np.fill_diagonal(L, 0)
        one = np.ones(n)
        whole = np.trace(K @ L) + one @ K @ one * (one @ L @ one) / (n - 1) / (n - 2) - 2 / (n - 2) * one @ K @ L @ one
        return whole / n / (n - 3)

    slow = hsic(X, Z) / np.sqrt(hsic(X, X) * hsic(Z, Z))
    assert float(compare_spaces(X, Z, "cka")) == pytest.approx(slow, abs=1e-12)


@pytest.mark.parametrize(("n", "repeats"), [(256, 40), (1000, 20), (5000, 4)])
def test_cka_of_independent_rows_is_zero_within_three_standard_errors(n, repeats):
    values = [float(compare_spaces(cloud(n, 96, s), cloud(n, 96, 1000 + s), "cka", n_draws=0)) for s in range(repeats)]
    assert abs(np.mean(values)) <= 3 * np.std(values, ddof=1) / np.sqrt(repeats)


def test_effective_rank_counts_planted_directions():
    random = np.random.default_rng(0)
    basis = np.linalg.qr(np.column_stack([np.ones(50), random.normal(size=(50, 4))]))[0][:, 1:]
    assert float(measure_space(basis @ rotation(4, random), "effective-rank")) == pytest.approx(4)
    widths = np.array([4.0, 2.0, 1.0, 1.0])
    p = widths / widths.sum()
    assert float(measure_space(basis * widths, "effective-rank")) == pytest.approx(np.exp(-(p * np.log(p)).sum()))
    assert np.isnan(float(measure_space(np.ones((5, 3)), "effective-rank")))
