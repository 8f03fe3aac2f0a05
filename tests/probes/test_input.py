"""What probes refuse: the same labels as everything else, and what float32 cannot hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from tunescope.errors import RepresentationError
from tunescope.probes import ClassifierProbe, fit_together, grid_search

X = np.random.default_rng(0).normal(size=(12, 3))
Y = np.array(["a", "b", "c"] * 4)
FAST: dict[str, Any] = {"hidden": [(4, 4)], "alphas": [1e-3], "runs": 1, "max_iter": 3, "device": "cpu"}


def labels_with(value: Any) -> list[Any]:
    return [value, *Y[1:].tolist()]


@pytest.mark.parametrize("value", [None, float("nan"), pd.NA, pd.NaT, "", 1, 2.5], ids=repr)
def test_labels_that_are_missing_or_mixed_are_refused(value: Any) -> None:
    with pytest.raises(RepresentationError, match=r"no label|mixes"):
        ClassifierProbe((4,), device="cpu").fit(X, labels_with(value))
    with pytest.raises(RepresentationError, match=r"no label|mixes"):
        grid_search(X, labels_with(value), **FAST)
    with pytest.raises(RepresentationError, match=r"no label|mixes"):
        grid_search(X, Y, X, labels_with(value), **FAST)
    with pytest.raises(RepresentationError, match=r"no label|mixes"):
        ClassifierProbe((4,), device="cpu").fit(X, Y, monitor={"test": (X, labels_with(value))})


@pytest.mark.parametrize("value", [1e39, -1e39])
def test_what_float32_cannot_hold_is_refused_with_the_row(value: float) -> None:
    large = X.copy()
    large[5, 1] = value
    for call in (
        lambda: fit_together([ClassifierProbe((4,), device="cpu")], large, Y),
        lambda: grid_search(large, Y, **FAST),
        lambda: grid_search(X, Y, large, Y, **FAST),
        lambda: ClassifierProbe((4,), device="cpu").fit(X, Y, monitor={"test": (large, Y)}),
    ):
        with pytest.raises(RepresentationError, match=r"1 of its 12 points \(first at row 5\)"):
            call()


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_training_that_leaves_the_numbers_is_told(precision: str) -> None:
    with pytest.raises(RepresentationError, match="too large to train on"):
        ClassifierProbe((4, 4), device="cpu", precision=precision).fit(X * 1e38, Y)


def test_test_points_of_another_width_are_refused() -> None:
    with pytest.raises(ValueError, match="width 2, and X of width 3"):
        grid_search(X, Y, X[:, :2], Y, **FAST)
