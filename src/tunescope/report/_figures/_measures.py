"""Any measure over updates beside what chance gives, and its table: for all measures alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tunescope.findings import Agreement, Measured, measure_words
from tunescope.records import SPATIAL_PEARSON, SPATIAL_SPEARMAN
from tunescope.report._figures._style import BLUE, COLUMN, GREY, finite, grid, plain
from tunescope.report._figures._tables import Cell

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Panels side by side, over two columns of text.
_ACROSS = 3
#: Colour of what is no more than chance.
_CHANCE = "#8A9097"


def only_spatial(found: Sequence[Measured]) -> bool:
    """Whether these are nothing but the spatial similarities, which have a figure of their own."""
    return all(one.measure in (SPATIAL_PEARSON, SPATIAL_SPEARMAN) for one in found)


def measures_over_updates(found: Sequence[Measured], title: str, layer: int) -> Figure | None:
    """A panel a measure: its mean over seeds in one layer, with its null band; grey where it lies inside.

    Parameters
    ----------
    found : sequence of Measured
        The measures of a run.
    title : str
        Of the run.
    layer : int
        The layer that is drawn.

    Returns
    -------
    Figure or None
        None where nothing but spatial similarity was measured in that layer at two updates.
    """
    shown = [one for one in found if layer in one.layers and len(one.updates) > 1]
    shown = [one for one in shown if np.isfinite(one.mean()[one.layers.index(layer)]).any()]
    if only_spatial(shown):
        return None
    rows = -(-len(shown) // _ACROSS)
    drawing, all_axes = grid(1.35 * rows + 0.2, rows, _ACROSS, 2 * COLUMN)
    for axes, one in zip(all_axes, shown, strict=False):
        _panel(axes, one, one.layers.index(layer))
    for axes in all_axes[len(shown) :]:
        axes.remove()
    drawing.suptitle(f"{plain(title, 60)}, layer {layer}", x=0.01, ha="left", fontsize=8)
    return drawing


def _panel(axes: Axes, one: Measured, row: int) -> None:
    updates = np.array(one.updates)
    value, low, high = one.mean()[row], one.mean("null_low")[row], one.mean("null_high")[row]
    if np.isfinite(low).any():
        axes.fill_between(updates, low, high, color=GREY, alpha=0.6, lw=0)
    if len(one.seeds) > 1:
        several = np.ma.masked_invalid(one.value[:, row])
        axes.fill_between(updates, several.min(axis=0), several.max(axis=0), color=BLUE, alpha=0.15, lw=0)
    axes.plot(updates, value, color=BLUE)
    inside = one.is_chance[row]
    axes.plot(updates[inside], value[inside], "o", color=_CHANCE, ms=2.5)
    at = finite(np.concatenate([value, low, high]))
    if at.min() == at.max():
        axes.set_ylim(at.min() - 0.5, at.max() + 0.5)
    axes.set_xlim(min(0, updates[0]), updates[-1])
    axes.set_xlabel("updates")
    of = one.comparison or one.split
    axes.set_title(
        plain(", ".join(part for part in (measure_words(one.measure).title, one.setting, of) if part), 38),
        loc="left",
        fontsize=6.5,
    )


def measures_table(found: Sequence[Measured]) -> tuple[list[str], list[list[Cell]]]:
    """One row a measure and layer: first and last update, mean over seeds, with what chance gives at the last."""
    head = ["measure", "setting", "of", "layer", "first update", "first", "last update", "last", "chance from",
            "chance to", "more than chance", "points"]  # fmt: skip
    rows: list[list[Cell]] = []
    for one in () if only_spatial(found) else found:
        value, low, high, inside = one.mean(), one.mean("null_low"), one.mean("null_high"), one.is_chance
        for row, layer in enumerate(one.layers):
            known = np.isfinite([low[row, -1], high[row, -1]]).all()
            rows.append(
                [
                    one.measure,
                    one.setting,
                    one.comparison or one.split,
                    layer,
                    one.updates[0],
                    _number(value[row, 0]),
                    one.updates[-1],
                    _number(value[row, -1]),
                    _number(low[row, -1]),
                    _number(high[row, -1]),
                    ("no" if inside[row, -1] else "yes") if known else None,
                    one.n,
                ]
            )
    return head, rows


def agreement_table(found: Agreement) -> tuple[list[str], list[list[Cell]]]:
    """One row a pair of measures that can be compared, those that agree most first."""
    head = ["measure", "other measure", "rank correlation", "spaces"]
    rows: list[list[Cell]] = []
    names = [", ".join(part for part in key if part) for key in found.keys]
    for a in range(len(names)):
        for b in range(a + 1, len(names)):
            if np.isfinite(found.correlation[a, b]):
                rows.append([names[a], names[b], float(found.correlation[a, b]), int(found.n[a, b])])
    return head, sorted(rows, key=lambda row: -float(row[2] or 0))


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
