import dataclasses
import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_digits

from tunescope.probes import ALPHAS, HIDDEN, ClassifierProbe, grid_search
from tunescope.probes._grid import coarse, draw_validation
from tunescope.probes._halving import Meter, Search

SMALL = {"hidden": [(8, 8), (32, 16)], "alphas": [1e-6, 1e-2, 1.0], "runs": 2, "max_iter": 40, "device": "cpu"}


def digits():
    X, y = load_digits(return_X_y=True)
    X = (X / 16).astype(np.float32)
    test = np.arange(len(X)) % 3 == 0
    return X[~test], y[~test], X[test], y[test]


def test_the_grid_is_the_papers():
    assert len(HIDDEN) * len(ALPHAS) == 128
    assert set(HIDDEN) == {(a, b) for a in (32, 64, 128, 256) for b in (32, 64, 128, 256)}
    np.testing.assert_allclose(ALPHAS, 10.0 ** np.arange(-7, 1))


def test_result_is_whole_and_consistent():
    X, y, Z, u = digits()
    told = []
    result = grid_search(X, y, Z, u, rungs=(20, 60, 120), keep=0.5, progress=lambda *a: told.append(a), **SMALL)
    assert [(r["hidden1"], r["hidden2"], r["alpha"]) for r in result.rows] == [
        (*h, a) for h in SMALL["hidden"] for a in SMALL["alphas"]
    ]
    # 958 points in minibatches of 200 are 5 updates an epoch
    assert result.settings["n_train"] + result.settings["n_validation"] == len(X)
    assert result.settings["rung_epochs"] == [4, 12, 24]
    # one of two widths goes on, then two of three alphas
    assert sorted(r["epochs"] for r in result.rows) == [4, 4, 4, 12, 24, 24]
    assert sum(not r["stopped_early"] for r in result.rows) == sum(r["epochs"] == 24 for r in result.rows)
    assert result.best in result.rows
    assert not result.best["stopped_early"]
    assert result.mean == pytest.approx(np.mean(result.accuracies))
    assert result.std == pytest.approx(np.std(result.accuracies, ddof=1))
    assert told[-1][0] == told[-1][1]
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.best = {}


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_runs_are_plain_probes_on_all_training_points(precision):
    X, y, Z, u = digits()
    result = grid_search(X, y, Z, u, rungs=(20,), seed=3, precision=precision, **SMALL)
    for i, accuracy in enumerate(result.accuracies):
        with pytest.warns(UserWarning, match="max_iter=40"):
            probe = ClassifierProbe(
                result.best_hidden, result.best_alpha, 40, 3 + i, device="cpu", precision=precision
            ).fit(X, y)
        # in bfloat16 the runs are multiplied in one call: equal up to rounding
        assert probe.score(Z, u) == pytest.approx(accuracy, abs=0 if precision == "float32" else 0.03)


def test_one_seed_one_outcome():
    X, y, _, _ = digits()
    a, b = (grid_search(X, y, seed=4, rungs=(20, 60), **SMALL) for _ in range(2))
    assert a.rows == b.rows
    assert len(a.accuracies) == 0
    assert math.isnan(a.mean)


def test_number_of_threads_changes_nothing():
    X, y, _, _ = digits()
    before = torch.get_num_threads()
    try:
        outcomes = []
        for n_threads in (1, 2):
            torch.set_num_threads(n_threads)
            outcomes.append(grid_search(X, y, rungs=(20,), precision="float32", **SMALL).rows)
            assert torch.get_num_threads() == n_threads
    finally:
        torch.set_num_threads(before)
    assert outcomes[0] == outcomes[1]


def test_stopping_losers_does_not_change_the_winner():
    """Only one network is wide enough to tell the classes apart and free enough of the penalty to do so."""
    random = np.random.RandomState(0)
    X = random.uniform(-1, 1, (2000, 2)).astype(np.float32)
    y = ((np.floor(X * 2).sum(1)) % 2).astype(int)  # a chessboard of 4 x 4
    arguments = {
        "hidden": [(2, 2), (3, 2), (2, 4), (64, 64)],
        "alphas": [1e-4, 10.0, 100.0, 300.0],
        "max_iter": 100,
        "device": "cpu",
    }
    halved = grid_search(X, y, rungs=(200, 400, 800), keep=0.25, **arguments)
    whole = grid_search(X, y, rungs=(), **arguments)
    assert halved.best_hidden == whole.best_hidden == (64, 64)
    assert halved.best_alpha == whole.best_alpha == 1e-4
    assert not any(row["stopped_early"] for row in whole.rows)
    assert sum(row["epochs"] for row in halved.rows) < 0.5 * sum(row["epochs"] for row in whole.rows)


def test_negligible_alphas_share_a_network():
    X, y, _, _ = digits()
    arguments = {"hidden": [(8, 8)], "rungs": (), "max_iter": 3, "device": "cpu", "precision": "float32"}
    alphas = [1e-7, 1.0, 1e-5, 1e-1]
    rows = grid_search(X, y, alphas=alphas, negligible=1e-4, **arguments).rows
    assert [row["alpha"] for row in rows] == alphas
    assert [row["trained_as"] for row in rows] == [1e-5, 1.0, 1e-5, 1e-1]
    assert {**rows[0], "alpha": 1e-5} == rows[2]
    alone = grid_search(X, y, alphas=alphas, negligible=0.0, **arguments).rows
    assert [row["trained_as"] for row in alone] == alphas
    assert alone[2]["validation_accuracy"] == pytest.approx(rows[2]["validation_accuracy"], abs=1e-3)


def test_marks_are_means_over_the_last_epochs():
    """Half of the epochs, at most ten, and none from before an earlier rung."""
    X, y, _, _ = digits()
    taken = {}

    def judge(networks, X, y):
        marks = np.random.RandomState(networks.steps).uniform(size=len(networks))
        for hidden, alpha, mark in zip(networks.hidden, networks.alphas.tolist(), marks, strict=True):
            taken.setdefault((hidden, alpha), {})[networks.steps // 5] = mark  # 5 updates an epoch
        return marks

    grid = list(itertools.product(SMALL["hidden"], SMALL["alphas"]))
    search = Search(
        X, y.astype(np.int64), draw_validation(y, 0.2, 0), grid, n_outputs=10, device=torch.device("cpu"), half=False,
        max_iter=40, seed=0, judge=judge,
    )  # fmt: skip
    search.meter = Meter(None, 2, 3, [4, 12, 30], 0.5, 0)
    search.halve([4, 12, 30], 0.5)
    rows = [search.row(i) for i in range(len(grid))]
    assert {row["epochs"] for row in rows} == {4, 12, 30}
    for row in rows:
        last = {4: range(3, 5), 12: range(7, 13), 30: range(21, 31)}[row["epochs"]]
        marks = taken[(row["hidden1"], row["hidden2"]), row["alpha"]]
        assert row["validation_accuracy"] == pytest.approx(np.mean([marks[epoch] for epoch in last]))


@pytest.mark.parametrize(
    ("precision", "n", "fast", "expected"),
    [
        ("auto", 500, True, (True, False)),
        ("auto", 1000, True, (True, True)),
        ("auto", 5000, False, (False, False)),
        ("bfloat16", 500, False, (True, True)),
        ("float32", 5000, True, (False, False)),
    ],
)
def test_few_points_are_no_place_for_coarse_numbers(precision, n, fast, expected):
    """Where bfloat16 is fast, the winner still trains in float32 unless there are many points or one asks for it."""
    assert coarse(precision, n, fast=fast) == expected


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_both_precisions_find_the_planted_region(precision):
    X, y, Z, u = digits()
    result = grid_search(
        X, y, Z, u, hidden=[(1, 1), (2, 1), (48, 32)], alphas=[1e-3, 300.0], rungs=(60, 120), runs=2,
        precision=precision, device="cpu",
    )  # fmt: skip
    assert (result.best_hidden, result.best_alpha) == ((48, 32), 1e-3)
    assert result.mean > 0.93
    assert result.settings["precision"] == precision


@settings(max_examples=60, deadline=None)
@given(
    counts=st.lists(st.integers(1, 40), min_size=1, max_size=8),
    fraction=st.floats(0.05, 0.95),
    seed=st.integers(0, 1000),
)
def test_validation_set_is_stratified(counts, fraction, seed):
    y = np.random.RandomState(seed).permutation(np.repeat(np.arange(len(counts)), counts))
    chosen = draw_validation(y, fraction, seed)
    np.testing.assert_array_equal(chosen, draw_validation(y, fraction, seed))
    for label, count in enumerate(counts):
        drawn = chosen[y == label].sum()
        if count == 1:
            assert drawn == 0
        else:
            assert 1 <= drawn < count
            assert abs(drawn - fraction * count) <= 1


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"validation": 1.0}, "validation"),
        ({"keep": 0}, "keep"),
        ({"runs": 0}, "runs"),
        ({"rungs": (0,)}, "rungs"),
        ({"alphas": []}, "empty"),
        ({"alphas": [-1.0]}, "alpha"),
        ({"hidden": [(8,), (8, 8)]}, "same number"),
        ({"precision": "float8"}, "precision"),
    ],
)
def test_bad_settings(setting, message):
    X, y, _, _ = digits()
    with pytest.raises(ValueError, match=message):
        grid_search(X, y, **setting)


def test_bad_points():
    X, y, Z, _ = digits()
    with pytest.raises(ValueError, match="both X_test and y_test"):
        grid_search(X, y, Z)
    with pytest.raises(ValueError, match="one class"):
        grid_search(X, np.zeros(len(X), int))
    with pytest.raises(ValueError, match="two points"):
        grid_search(X[:3], ["a", "b", "c"])
    with pytest.raises(ValueError, match="NaN"):
        grid_search(np.where(X[0, 2] == X, np.nan, X), y)
