"""The report page: one HTML file that holds its data, its looks and its programs."""

from tunescope.report._page._section import Section
from tunescope.report._page._view import RunView, StudyView
from tunescope.report._page._write import write_report

__all__ = ["RunView", "Section", "StudyView", "write_report"]
