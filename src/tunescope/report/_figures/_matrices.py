"""Label by label distance matrices: before, after, and the change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tunescope.findings import Distances
from tunescope.report._figures._style import COLUMN, figure, finite, grid, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Labels whose names can be read where three matrices share two columns.
_SIDE_BY_SIDE = 16

#: Size of the names of more labels than that, in points.
_NAME = 5.5


def distance_matrices(distances: Distances, title: str) -> Figure | None:
    """Before and after on one scale, the change on a diverging one, labels in the order of clustering.

    Two columns wide, because three matrices in one column cannot carry their labels. None without any pair.
    """
    panels = [("before", distances.before), ("after", distances.after), ("change", distances.change)]
    shown = [(name, matrix) for name, matrix in panels if matrix is not None and np.isfinite(matrix).any()]
    if not shown:
        return None
    k = len(distances.labels)
    if k > _SIDE_BY_SIDE:
        return _below_each_other(distances, dict(shown), title)
    width = 2 * COLUMN + 0.2 if len(shown) > 1 else COLUMN
    size = float(np.clip(90 / k, 5.0, 6.5))
    drawing, all_axes = figure(2.75 if len(shown) > 1 else 3.4, len(shown), width)
    largest = max(float(finite(matrix).max()) for name, matrix in shown if name != "change")
    for axes, (name, matrix) in zip(all_axes, shown, strict=True):
        axes.set_title(name)
        _draw(drawing, axes, matrix, distances.labels, size, change=name == "change", largest=largest)
        if axes is not all_axes[0]:
            axes.set_yticklabels([])
    drawing.suptitle(title, fontsize=8, x=0.01, ha="left")
    return drawing


def _below_each_other(distances: Distances, shown: dict[str, np.ndarray], title: str) -> Figure:
    """Many labels: before and after share one matrix, below and above its diagonal, and names have their full size."""
    panels: list[tuple[str, np.ndarray]] = list(shown.items())
    if "before" in shown and "after" in shown:
        both = np.where(np.tri(len(distances.labels), dtype=bool), shown["before"], shown["after"])
        panels = [("below the diagonal: before; above: after", both)]
        panels += [(name, matrix) for name, matrix in shown.items() if name == "change"]
    side = len(distances.labels) * _NAME * 1.2 / 72
    width, height = max(side + 1.0, COLUMN), side + 1.35
    drawing, all_axes = grid(height * len(panels), len(panels), 1, width)
    largest = max(float(finite(matrix).max()) for name, matrix in shown.items() if name != "change")
    for axes, (name, matrix) in zip(all_axes, panels, strict=True):
        axes.set_title(name)
        _draw(drawing, axes, matrix, distances.labels, _NAME, change=name == "change", largest=largest)
    drawing.suptitle(title, fontsize=8, x=0.01, ha="left")
    return drawing


def _draw(
    drawing: Figure, axes: Axes, matrix: np.ndarray, labels: Sequence[str], size: float, *, change: bool, largest: float
) -> None:
    """One matrix with the names of its labels and a bar that says what its colours are."""
    if change:
        reach = float(np.abs(finite(matrix)).max()) or 1.0
        image = axes.imshow(matrix, cmap="PuOr", vmin=-reach, vmax=reach)
    else:
        image = axes.imshow(matrix, cmap="cividis", vmin=0, vmax=largest or 1.0)
    names = [plain(label, 14) for label in labels]
    axes.set_xticks(range(len(names)), names, rotation=90, fontsize=size)
    axes.set_yticks(range(len(names)), names, fontsize=size)
    axes.tick_params(length=0, pad=1.5)
    for spine in axes.spines.values():
        spine.set_visible(False)
    bar: Any = drawing.colorbar(image, ax=axes, orientation="horizontal", shrink=0.8, pad=0.02, aspect=30)
    bar.set_label("change of the hull distance" if change else "hull distance", fontsize=6)
    bar.ax.tick_params(labelsize=6, length=2)
    bar.outline.set_linewidth(0.4)
