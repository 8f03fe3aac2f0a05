"""What the paper has of something like this run."""

from __future__ import annotations

from typing import Any

from tunescope.report._page._beside import beside, is_same
from tunescope.report._page._section import Section
from tunescope.report._page._view import RunView


class RangesSection(Section):
    """Whether a measurement lies among those of the paper's encoders, where none of them is the same thing."""

    name = "ranges"
    title = "In the world of the paper?"
    order = 120

    def of_run(self, view: RunView) -> dict[str, Any] | None:
        """Rows of ranges, where the paper has the very same of none."""
        found = beside(view)
        return None if is_same(found) else found
