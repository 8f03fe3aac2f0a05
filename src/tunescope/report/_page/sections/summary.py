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
            "accuracy": (summary.before.accuracy, summary.after.accuracy),
            "clusters": (summary.before.n_clusters, summary.after.n_clusters),
            "trainTest": (summary.before.similarity, summary.after.similarity),
            "gap": (summary.before.distance, summary.after.distance),
            "scaledGap": (summary.before.scaled, summary.after.scaled),
            "toStart": (None, summary.to_start),
        }
        found: dict[str, Any] = {
            name: [estimate_json(side) for side in sides] for name, sides in pairs.items() if any(sides)
        }
        if summary.before.is_linear is not None or summary.after.is_linear is not None:
            found["linear"] = [summary.before.is_linear, summary.after.is_linear]
        return {**found, "labels": summary.n_labels}
