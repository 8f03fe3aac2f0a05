"""What a person looks at: tables, figures, the report page, the explorer. Reads what `storage` holds."""

from tunescope.report._figures import write_figures

__all__ = ["write_figures"]
