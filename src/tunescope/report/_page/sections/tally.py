"""For how many runs each of the paper's claims holds."""

from __future__ import annotations

from typing import Any

from tunescope.findings import tally
from tunescope.report._page._section import Section
from tunescope.report._page._view import StudyView


class TallySection(Section):
    """The paper's claims over all runs, where there are several."""

    name = "tally"
    title = "Which of the paper's claims hold?"
    order = 30

    def of_study(self, view: StudyView) -> list[dict[str, Any]] | None:
        """One entry a claim, with its outcome for each run by number."""
        if len(view.runs) < 2:
            return None
        runs = [one.run for one in view.runs]
        return [
            {
                "name": one.name,
                "text": one.text,
                "told": one.told,
                "holds": one.holds,
                "outcomes": [[runs.index(run), outcome] for run, outcome in zip(one.runs, one.outcomes, strict=True)],
                "paper": one.in_the_paper,
            }
            for one in tally([(one.run, one.claims) for one in view.runs])
        ]
