"""The points themselves, where the page has room for them."""

from __future__ import annotations

from typing import Any

from tunescope.report._page._section import Section
from tunescope.report._page._view import StudyView
from tunescope.report._page.points import Points, embedded

#: At most so many bytes of a page are points: what a phone decodes at once.
MOST_BYTES = 5_000_000


class PointsSection(Section):
    """The explorer inside the page."""

    name = "points"
    title = "The points themselves"
    order = 70

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.most_bytes = most_bytes

    def of_rest(self, view: StudyView, room: int) -> dict[str, Any] | None:
        """Points and projections of as many runs as fit."""
        runs = [one.run for one in view.runs]
        return embedded(Points(view.study.folder), runs, min(room, self.most_bytes))
