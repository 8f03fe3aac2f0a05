"""What a person looks at: tables, figures, the report page, the explorer. Reads what `storage` holds."""

from tunescope.findings._paper.tables import claims, published_beside_measured
from tunescope.report._explorer import ExplorerServer, serve_explorer
from tunescope.report._figures import write_figures
from tunescope.report._page import RunView, Section, StudyView, write_report

__all__ = [
    "ExplorerServer",
    "RunView",
    "Section",
    "StudyView",
    "claims",
    "published_beside_measured",
    "serve_explorer",
    "write_figures",
    "write_report",
]
