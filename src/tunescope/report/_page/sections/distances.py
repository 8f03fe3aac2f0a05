"""Distances between all pairs of labels."""

from __future__ import annotations

from typing import Any

import numpy as np

from tunescope.findings import find_distances
from tunescope.report._page._section import Section
from tunescope.report._page._view import RunView


class DistancesSection(Section):
    """Which labels are near which, before and after."""

    name = "distances"
    title = "Which labels part from which?"
    order = 50

    def of_run(self, view: RunView) -> dict[int, Any]:
        """The upper triangles of both matrices, by layer."""
        found = find_distances(view.study, view.run)
        entries: dict[int, Any] = {}
        for layer in view.detail.layers(list(found)):
            one = found[layer]
            upper = np.triu_indices(len(one.labels), 1)
            entries[layer] = {
                "labels": one.labels,
                "before": None if one.before is None else one.before[upper],
                "after": None if one.after is None else one.after[upper],
                "seeds": one.n_seeds,
            }
        return entries
