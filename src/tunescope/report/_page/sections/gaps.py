"""Minimum distances of labels over updates."""

from __future__ import annotations

from typing import Any

from tunescope.findings import find_gaps
from tunescope.report._page._section import Section
from tunescope.report._page._view import RunView


class GapsSection(Section):
    """How far each label is from its nearest other label, as fine-tuning goes on."""

    name = "gaps"
    title = "Do labels move apart?"
    order = 40

    def of_run(self, view: RunView) -> dict[int, Any]:
        """By layer, and there by seed and label, so that one list is one line."""
        found = find_gaps(view.study, view.run)
        entries: dict[int, Any] = {}
        for layer in view.detail.layers(list(found)):
            gaps = found[layer]
            at = view.detail.kept(gaps.updates)
            entries[layer] = {
                "updates": [gaps.updates[index] for index in at],
                "labels": gaps.labels,
                "counts": gaps.counts,
                "seeds": gaps.seeds,
                "distance": gaps.distance[:, at].transpose(0, 2, 1),
                "scaled": None if gaps.scaled is None else gaps.scaled[:, at].transpose(0, 2, 1),
                "nearest": gaps.nearest[:, at].transpose(0, 2, 1),
            }
        return entries
