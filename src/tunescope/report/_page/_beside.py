"""Published numbers beside the measured ones, as two sections of the page show them."""

from __future__ import annotations

from typing import Any

from tunescope.findings import compare, paper_setup
from tunescope.report._page._json import estimate_json
from tunescope.report._page._view import RunView


def beside(view: RunView) -> dict[str, Any] | None:
    """What the paper has beside what was measured, and in what it is something else; None where it has nothing."""
    rows = compare(view.study, view.run, view.summary)
    if not rows:
        return None
    return {
        "different": paper_setup(view.study, view.run).different,
        "rows": [
            {
                "quantity": row.quantity,
                "stage": row.stage,
                "layer": row.layer,
                "label": row.label,
                "unit": row.unit,
                "low": row.low,
                "high": row.high,
                "std": row.published_std,
                "of": row.published_for,
                "same": row.is_same,
                "measured": estimate_json(row.measured),
                "difference": row.difference,
                "standing": row.standing,
                "source": row.source,
                "readOff": row.is_read_off,
                "note": row.note,
            }
            for row in rows
        ],
    }


def is_same(found: dict[str, Any] | None) -> bool:
    """Whether the paper has a number of the very same thing."""
    return found is not None and any(row["same"] for row in found["rows"])
