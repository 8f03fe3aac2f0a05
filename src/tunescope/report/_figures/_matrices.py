"""Label by label distance matrices: before, after, and the change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tunescope.findings import Distances
from tunescope.report._figures._style import COLUMN, figure, finite, plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def distance_matrices(distances: Distances, title: str) -> Figure | None:
    """Before and after on one scale, the change on a diverging one, labels in the order of clustering.

    Two columns wide, because three matrices in one column cannot carry their labels. None without any pair.
    """
    panels = [("before", distances.before), ("after", distances.after), ("change", distances.change)]
    shown = [(name, matrix) for name, matrix in panels if matrix is not None and np.isfinite(matrix).any()]
    if not shown:
        return None
    k = len(distances.labels)
    width = 2 * COLUMN + 0.2 if len(shown) > 1 else COLUMN
    size = float(np.clip(140 / k, 2.2, 6.5))
    drawing, all_axes = figure(2.75 if len(shown) > 1 else 3.4, len(shown), width)
    largest = max(float(finite(matrix).max()) for name, matrix in shown if name != "change")
    for axes, (name, matrix) in zip(all_axes, shown, strict=True):
        if name == "change":
            reach = float(np.abs(finite(matrix)).max()) or 1.0
            image = axes.imshow(matrix, cmap="PuOr", vmin=-reach, vmax=reach)
        else:
            image = axes.imshow(matrix, cmap="cividis", vmin=0, vmax=largest or 1.0)
        axes.set_title(name)
        axes.set_xticks(range(k), [plain(label, 14) for label in distances.labels], rotation=90, fontsize=size)
        first = axes is all_axes[0]
        names = [plain(label, 14) if first else "" for label in distances.labels]
        axes.set_yticks(range(k), names, fontsize=size)
        axes.tick_params(length=0, pad=1.5)
        for spine in axes.spines.values():
            spine.set_visible(False)
        bar = drawing.colorbar(image, ax=axes, orientation="horizontal", shrink=0.8, pad=0.02, aspect=30)
        bar.ax.tick_params(labelsize=6, length=2)
        bar.outline.set_linewidth(0.4)
    drawing.suptitle(title, fontsize=8, x=0.01, ha="left")
    return drawing
