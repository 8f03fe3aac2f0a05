"""H-score: the variance between labels in the coordinates in which the points have variance one."""

from __future__ import annotations

import numpy as np

from tunescope.geometry._measures.measure import SpaceMeasure, Value
from tunescope.geometry._measures.space import Space


class HScore(SpaceMeasure):
    """tr(Σ⁺ Σ_B), Σ shrunk towards a sphere as by Ledoit and Wolf, or plain.

    Plain, it cannot fall when a coordinate is added, and is k - 1 as soon as points are fewer than coordinates.
    """

    name = "h-score"
    title = "H-score"
    range = (0.0, float("inf"))
    direction = "up"
    towards = "readable by a linear map"
    invariant_to = ("rotation", "shift", "scale")
    needs = frozenset({"vectors", "labels"})
    source = "Bao et al., ICIP 2019 (plain); Ibrahim et al., ECML PKDD 2022 (shrunk)"
    null = "permuted-labels"
    settings = ("shrunk", "plain")

    def compute(self, space: Space, setting: str) -> Value:
        """Between 0 and k - 1, up to n / (n - 1)."""
        n, k = len(space), len(space.labels)
        if k < 2 or space.is_one_point:
            return Value.undefined("one label only" if k < 2 else "all points coincide", n, k)
        values, axes = space.axes
        means = (space.means - space.mean) * np.sqrt(space.counts / (n - 1))[:, None]
        along = np.square(means @ axes.T).sum(axis=0)
        if setting == "plain":
            return Value(float((along / values).sum()), n=n, n_labels=k)
        shrinkage = space.once("shrinkage", lambda: _shrinkage(space))
        shrunk = (1 - shrinkage) * values + shrinkage * values.sum() / space.width
        return Value((1 - shrinkage) * float((along / shrunk).sum()), n=n, n_labels=k)


def _shrinkage(space: Space) -> float:
    """Ledoit and Wolf's share of the sphere."""
    n, d = len(space), space.width
    values = space.variances
    mean, squares = float(values.sum()) / d, float(np.square(values).sum())
    sizes = np.square(np.einsum("ij,ij->i", space.centred, space.centred))
    beta = (float(sizes.sum()) / n - squares) / (d * n)
    delta = (squares - d * mean**2) / d
    return float(np.clip(beta / delta, 0.0, 1.0)) if delta > 0 else 1.0
