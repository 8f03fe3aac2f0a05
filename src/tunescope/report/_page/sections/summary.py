"""The table of encoders by tasks."""

from __future__ import annotations

from typing import Any

from tunescope.report._page._json import estimate_json
from tunescope.report._page._section import Section
from tunescope.report._page._view import RunView


class SummarySection(Section):
    """Every run's few numbers before and after, one row a run."""

    name = "summary"
    title = "Encoders and tasks"
    order = 10

    def of_run(self, view: RunView) -> dict[str, Any]:
        """Before and after of each number that the run has."""
        summary = view.summary
        pairs = {
            "accuracy": (summary.accuracy_before, summary.accuracy_after),
            "clusters": (summary.clusters_before, summary.clusters_after),
            "trainTest": (summary.train_test_before, summary.train_test_after),
            "gap": (summary.gap_before, summary.gap_after),
            "scaledGap": (summary.scaled_gap_before, summary.scaled_gap_after),
            "toStart": (None, summary.to_start),
        }
        found: dict[str, Any] = {
            name: [estimate_json(side) for side in sides] for name, sides in pairs.items() if any(sides)
        }
        if summary.linear_before is not None or summary.linear_after is not None:
            found["linear"] = [summary.linear_before, summary.linear_after]
        return {**found, "labels": summary.n_labels}
