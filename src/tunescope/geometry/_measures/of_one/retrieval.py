"""Retrieval: whether a point, asked for its like, finds its own label first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tunescope.geometry._measures.intervals import mean_of_points
from tunescope.geometry._measures.measure import SpaceMeasure, Value
from tunescope.geometry._measures.neighbours import asked_rows
from tunescope.geometry._measures.space import Space

ASKED = 2_000
"""Points that are asked: each ranks all others, which costs n log n."""

_BLOCK = 256


class RetrievalMAP(SpaceMeasure):
    """Mean average precision of all other points ranked by cosine, those of the same label being relevant."""

    name = "retrieval-map"
    title = "Retrieval (mean average precision)"
    range = (0.0, 1.0)
    direction = "up"
    towards = "gathered by label"
    invariant_to = ("rotation", "scale")
    needs = frozenset({"vectors", "labels"})
    source = "Manning, Raghavan and Schütze, Introduction to Information Retrieval, section 8.4"
    null = "permuted-labels"

    def compute(self, space: Space, setting: str) -> Value:
        """Exact up to 2,000 points; above, 2,000 at random are asked. Points alone with their label are left out."""
        n, k = len(space), len(space.labels)
        unit = space.unit
        asked = asked_rows(n, ASKED)
        found = []
        for start in range(0, len(asked), _BLOCK):
            rows = asked[start : start + _BLOCK]
            likeness = unit[rows] @ unit.T
            for row, values in zip(rows, likeness, strict=True):
                same = space.index == space.index[row]
                same[row] = False
                found.append(average_precision(np.delete(values, row), values[same]))
        scores = np.array(found)
        there = np.isfinite(scores)
        if not there.any() or k < 2:
            return Value.undefined("no label has two points" if k > 1 else "one label only", n, k)
        alone = int((~there).sum())
        notes = [f"{alone} points alone with their label left out" if alone else ""]
        notes.append(f"{ASKED:,} of {n:,} points were asked" if n > ASKED else "")
        return mean_of_points(scores[there], n_labels=k, note=", ".join(filter(None, notes)))


def average_precision(values: NDArray[np.float64], relevant: NDArray[np.float64]) -> float:
    """Mean, over the relevant ones, of the share of relevant ones among all that are ranked as high; nan without any.

    Equally high ones count together, so that their order plays no part.
    """
    if len(relevant) == 0:
        return float("nan")
    values, relevant = np.sort(values), np.sort(relevant)
    as_high = len(values) - np.searchsorted(values, relevant, side="left")
    hits = len(relevant) - np.searchsorted(relevant, relevant, side="left")
    return float((hits / as_high).mean())
