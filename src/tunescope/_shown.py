"""How results show themselves in a notebook: one escaped table of HTML, axes to plot on, a page in a frame."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_ROWS = 40
"""Rows of a table that are shown; it says how many there are."""


def html_table(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    facts: Iterable[tuple[str, Any]] = (),
    notes: Iterable[str] = (),
) -> str:
    """A table as HTML; all that came as data is escaped.

    Parameters
    ----------
    title : str
        What it is.
    columns : sequence of str
        Heads of the columns; none leaves the table away.
    rows : iterable of sequence
        One value a column; floats are shown to four digits, None as nothing.
    facts : iterable of (str, any), optional
        What stands above the table.
    notes : iterable of str, optional
        What stands below it.

    Returns
    -------
    str

    Examples
    --------
    >>> html_table("<b>", ["label"], [["<script>"]])
    '<div><strong>&lt;b&gt;</strong><table><thead><tr><th>label</th></tr></thead><tbody><tr><td>&lt;script&gt;</td></tr></tbody></table></div>'
    """
    parts = [f"<strong>{_cell(title)}</strong>"]
    told = [f"{_cell(name)}: {_cell(value)}" for name, value in facts]
    if told:
        parts.append(f"<p>{'; '.join(told)}</p>")
    lines = list(rows)
    if columns and lines:
        heads = "".join(f"<th>{_cell(name)}</th>" for name in columns)
        body = "".join(f"<tr>{''.join(f'<td>{_cell(one)}</td>' for one in line)}</tr>" for line in lines[:_MOST_ROWS])
        parts.append(f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>")
    if len(lines) > _MOST_ROWS:
        parts.append(f"<p>{_MOST_ROWS} of {len(lines):,} rows</p>")
    parts += [f"<p>{_cell(note)}</p>" for note in notes]
    return f"<div>{''.join(parts)}</div>"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or type(value).__name__ in ("bool_", "bool"):
        return "yes" if value else "no"
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        value = value.item()
    if isinstance(value, float):
        return "" if value != value else f"{value:.4g}"
    if isinstance(value, int):
        return f"{value:,}"
    return escape(str(value))


@dataclass(frozen=True, repr=False)
class Frame:
    """A whole page of HTML in a frame of its own, so that its looks and programs do not touch the notebook."""

    page: str
    """The page."""
    height: int
    """In pixels."""

    def __repr__(self) -> str:
        return f"Frame({len(self.page):,} characters, {self.height} pixels high)"

    def _repr_html_(self) -> str:
        style = f"width:100%;height:{int(self.height)}px;border:0"
        return f'<iframe sandbox="allow-scripts allow-downloads" style="{style}" srcdoc="{escape(self.page)}"></iframe>'


def axes_for(ax: Axes | None) -> Axes:
    """These axes; those of a new figure where none are given."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots(layout="constrained")[1]
