"""ν: the hidden-state variability ratio, variance within labels over that between them, point by point."""

from __future__ import annotations

import numpy as np

from tunescope.geometry._measures.measure import SpaceMeasure, Value
from tunescope.geometry._measures.of_one.neural_collapse import within_over_between
from tunescope.geometry._measures.space import Space


class Nu(SpaceMeasure):
    """tr(Σ_w Σ_b⁺) / k, a label's mean counting in Σ_b as often as it has points (in NC1 every mean counts once)."""

    name = "nu"
    title = "Variability ratio ν"
    range = (0.0, float("inf"))
    direction = "down"
    towards = "gathered by label"
    invariant_to = ("rotation", "shift", "scale")
    needs = frozenset({"vectors", "labels"})
    source = "hidden-state variability ratio, as layer-wise studies of neural collapse define it"
    null = "permuted-labels"

    def compute(self, space: Space, setting: str) -> Value:
        """0 when each label is one point."""
        n, k = len(space), len(space.labels)
        if k < 2:
            return Value.undefined("one label only", n, k)
        means = (space.means - space.mean) * np.sqrt(space.counts / n)[:, None]
        if np.square(means).sum() <= 1e-20 * max(float(np.square(space.centred).sum()) / n, 1e-300):
            return Value.undefined("the labels' means coincide", n, k)
        return Value(within_over_between(space, means) / k, n=n, n_labels=k)
