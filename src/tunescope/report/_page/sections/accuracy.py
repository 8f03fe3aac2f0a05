"""Accuracy of the classifier probe."""

from __future__ import annotations

from typing import Any

from tunescope.findings import find_accuracies
from tunescope.report._page._json import estimate_json
from tunescope.report._page._section import Section
from tunescope.report._page._view import RunView


class AccuracySection(Section):
    """What a classifier finds in the vectors, before and after, by layer and split."""

    name = "accuracy"
    title = "What does a classifier find?"
    order = 100

    def of_run(self, view: RunView) -> list[dict[str, Any]]:
        """One entry a probe, split and layer."""
        return [
            {
                "probe": one.probe,
                "split": one.split,
                "layer": one.layer,
                "before": estimate_json(one.before_estimate),
                "after": estimate_json(one.after_estimate),
                "runsBefore": one.before,
                "runsAfter": [list(pair) for pair in one.after],
                "over": one.over,
            }
            for one in find_accuracies(view.study, view.run)
        ]
