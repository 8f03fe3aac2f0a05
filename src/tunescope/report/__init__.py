"""What a person looks at: tables, figures, the report page, the explorer. Reads what `storage` holds."""

from tunescope.report._figures import write_figures
from tunescope.report._page import write_report

__all__ = ["write_figures", "write_report"]
