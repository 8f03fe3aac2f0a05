"""The paper's numbers for its own encoders and tasks, with the difference."""

from __future__ import annotations

from typing import Any

from tunescope.report._page._beside import beside, is_same
from tunescope.report._page._section import Section
from tunescope.report._page._view import RunView


class PublishedSection(Section):
    """The paper's value, ours, and the difference."""

    name = "published"
    title = "Published beside measured"
    order = 20

    def of_run(self, view: RunView) -> dict[str, Any] | None:
        """Rows of numbers, where the paper has the very same of some."""
        found = beside(view)
        return found if is_same(found) else None
