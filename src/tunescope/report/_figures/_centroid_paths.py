"""Paths of the centroids of the closest labels: the first layer against the last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tunescope.findings import Paths
from tunescope.report._figures._style import CATEGORIES, figure, finite, padded, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARKERS = ("o", "s", "^", "D", "v")


def centroid_paths(by_layer: dict[int, Paths], title: str) -> Figure | None:
    """The paths of the three labels that start closest in the last layer, in the first layer and the last.

    Axes are the two principal components of all centroids of all updates in that layer (Zhou and Srikumar
    2022, Figure 3). Open marks are starts, filled ones ends. None without paths.
    """
    layers = sorted(by_layer)
    if not layers:
        return None
    above_embeddings = [layer for layer in layers if layer > 0] or layers
    shown = list(dict.fromkeys((above_embeddings[0], layers[-1])))
    names = [by_layer[layers[-1]].labels[index] for index in by_layer[layers[-1]].closest()]
    drawing, all_axes = figure(2.2, len(shown))
    for axes, layer in zip(all_axes, shown, strict=True):
        _draw(axes, by_layer[layer], names)
        axes.set_title(f"layer {layer}")
        axes.set_xlabel("first component")
    all_axes[0].set_ylabel("second component")
    _name(drawing, names)
    drawing.suptitle(title, fontsize=8, x=0.01, ha="left")
    return drawing


def _name(drawing: Figure, names: list[str]) -> None:
    """What marks and colours are, below the panels: names at the paths' ends would lie on each other."""
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=colour, marker=marker, ms=4, lw=0.9, label=plain(name, 16))
        for name, colour, marker in zip(names, CATEGORIES, _MARKERS, strict=False)
    ]
    drawing.legend(
        handles=handles, loc="outside lower center", ncols=len(handles), frameon=False, fontsize=6.5,
        title="open: start, filled: end", title_fontsize=6.5,
    )  # fmt: skip


def _draw(axes: Axes, paths: Paths, names: list[str]) -> None:
    everything = np.concatenate([paths.points[paths.labels.index(name)] for name in names if name in paths.labels])
    for name, colour, marker in zip(names, CATEGORIES, _MARKERS, strict=False):
        if name not in paths.labels:
            continue
        points = paths.points[paths.labels.index(name)]
        points = points[np.isfinite(points).all(axis=1)]
        axes.plot(points[:, 0], points[:, 1], color=colour, lw=0.9, marker=".", ms=2.2, zorder=2)
        axes.plot(*points[0], marker=marker, ms=4.5, mfc="white", mec=colour, zorder=3)
        axes.plot(*points[-1], marker=marker, ms=4.5, mfc=colour, mec=colour, zorder=3)
    axes.set_xlim(*padded(finite(everything[:, 0]).min(), finite(everything[:, 0]).max(), 0.22))
    axes.set_ylim(*padded(finite(everything[:, 1]).min(), finite(everything[:, 1]).max(), 0.22))
