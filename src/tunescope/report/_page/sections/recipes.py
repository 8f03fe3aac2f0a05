"""Ways of fine-tuning: accuracy against how much of the space was kept."""

from __future__ import annotations

from typing import Any

from tunescope.findings import Way, find_ways
from tunescope.report._page._json import estimate_json
from tunescope.report._page._section import Section
from tunescope.report._page._view import RunView


class RecipesSection(Section):
    """Which way of fine-tuning keeps the space, and at what price?"""

    name = "recipes"
    title = "Which way of fine-tuning keeps the space?"
    order = 115

    def of_run(self, view: RunView) -> dict[str, Any] | None:
        """Every way with its runs, at its end and at equal training accuracy."""
        found = find_ways(view.study, view.run)
        if found is None:
            return None
        return {
            "layer": found.layer,
            "kept": [{"name": name, "title": title} for name, title in found.kept.items()],
            "start": dict(found.start),
            "target": found.ways[0].target,
            "ways": [_way(way) for way in found.ways],
        }


def _way(way: Way) -> dict[str, Any]:
    moments = {
        at: {name: {**(estimate_json(one) or {}), "values": one.values} for name, one in quantities.items()}
        for at, quantities in (("end", way.end), ("equal", way.equal))
    }
    return {
        "name": way.recipe,
        "trained": way.trained,
        "total": way.total,
        "seconds": way.seconds.mean if way.seconds else None,
        "runs": len(way.seeds),
        "reachedAt": way.reached_at,
        **moments,
    }
