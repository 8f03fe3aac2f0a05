"""Linear fit: how much of one space a linear map reads off the other."""

from __future__ import annotations

import numpy as np

from tunescope.geometry._measures.measure import ComparisonMeasure, Value
from tunescope.geometry._measures.space import Space


class LinearFit(ComparisonMeasure):
    """R² of the least-squares map (with an intercept) from one space to the other, over all coordinates together.

    It is 1 whatever the spaces when points are no more than coordinates plus one; beside it stands what points in
    random order give.
    """

    name = "linear-r2"
    title = "Linear fit (R²)"
    range = (0.0, 1.0)
    direction = "up"
    towards = "alike up to a linear map"
    invariant_to = ("rotation", "shift", "scale")
    needs = frozenset({"vectors"})
    source = "Kornblith et al., ICML 2019, table 1"
    null = "independent-rows"
    settings = ("second from first", "first from second")

    def compute(self, first: Space, second: Space, setting: str) -> Value:
        """Also invariant to every invertible map of the space that is read from."""
        n = len(first)
        source, target = (first, second) if setting == "second from first" else (second, first)
        if target.is_one_point or source.is_one_point:
            return Value.undefined("all points of a space coincide", n)
        values, axes = source.axes
        explained = np.square(axes @ (source.centred.T @ target.centred)).sum(axis=1) / (values * n)
        return Value(min(1.0, float(explained.sum() / np.square(target.centred).sum())), n=n)
