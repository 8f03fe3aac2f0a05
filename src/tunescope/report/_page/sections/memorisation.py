"""Accuracy over a probe's epochs, on points it was given and points it was not."""

from __future__ import annotations

from typing import Any

from tunescope.findings import find_memorisation
from tunescope.report._page._section import Section
from tunescope.report._page._view import RunView


class MemorisationSection(Section):
    """Does fine-tuning store its training points?"""

    name = "memorisation"
    title = "Does it memorise?"
    order = 110

    def of_run(self, view: RunView) -> list[dict[str, Any]]:
        """One entry a stage and layer, with a curve for each split."""
        return [
            {"stage": one.stage, "layer": one.layer, "epochs": one.epochs, "curves": one.curves}
            for one in find_memorisation(view.study, view.run)
        ]
