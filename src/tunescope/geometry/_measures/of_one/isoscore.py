"""IsoScore: how evenly the variance lies over the coordinates' number of directions."""

from __future__ import annotations

import numpy as np

from tunescope.geometry._measures.measure import SpaceMeasure, Value
from tunescope.geometry._measures.space import Space


class IsoScore(SpaceMeasure):
    """1 when all directions have one variance, 0 when one direction has it all."""

    name = "isoscore"
    title = "IsoScore"
    range = (0.0, 1.0)
    direction = "up"
    towards = "spread evenly"
    invariant_to = ("rotation", "shift", "scale")
    needs = frozenset({"vectors"})
    source = "Rudman et al., IsoScore: measuring the uniformity of embedding space utilization, ACL 2022 Findings"
    null = "equal-space"

    def compute(self, space: Space, setting: str) -> Value:
        """The share of directions that the variance fills, less one, over d - 1."""
        n, d = len(space), space.width
        if space.is_one_point or d < 2:
            return Value.undefined("all points coincide" if d > 1 else "one coordinate has no evenness", n)
        variances = space.variances
        along = variances * d**0.5 / np.sqrt(np.square(variances).sum())
        squares = float(np.square(along - 1.0).sum()) + (d - len(variances))  # directions that points do not reach
        defect = squares / (2 * (d - d**0.5))
        filled = (d - defect * (d - d**0.5)) ** 2 / d
        return Value(max(0.0, (filled - 1.0) / (d - 1.0)), n=n)
