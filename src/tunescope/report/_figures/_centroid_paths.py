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
    drawing, all_axes = figure(1.95, len(shown))
    for axes, layer in zip(all_axes, shown, strict=True):
        _draw(axes, by_layer[layer], names)
        axes.set_title(f"layer {layer}")
        axes.set_xlabel("first component")
    all_axes[0].set_ylabel("second component")
    drawing.suptitle(title, fontsize=8, x=0.01, ha="left")
    return drawing


def _draw(axes: Axes, paths: Paths, names: list[str]) -> None:
    drawn = [(name, paths.points[paths.labels.index(name)]) for name in names if name in paths.labels]
    everything = np.concatenate([points for _, points in drawn])
    middle = np.nanmean(everything, axis=0)
    for (name, points), colour, marker in zip(drawn, CATEGORIES, _MARKERS, strict=False):
        points = points[np.isfinite(points).all(axis=1)]
        axes.plot(points[:, 0], points[:, 1], color=colour, lw=0.9, marker=".", ms=2.2, zorder=2)
        axes.plot(*points[0], marker=marker, ms=4.5, mfc="white", mec=colour, zorder=3)
        axes.plot(*points[-1], marker=marker, ms=4.5, mfc=colour, mec=colour, zorder=3)
        outward = points[-1] - middle
        axes.annotate(
            plain(name),
            points[-1],
            xytext=(0, 7 if outward[1] >= 0 else -7),
            textcoords="offset points",
            color=colour,
            fontsize=6.5,
            ha="center",
            va="bottom" if outward[1] >= 0 else "top",
        )
    axes.set_xlim(*padded(finite(everything[:, 0]).min(), finite(everything[:, 0]).max(), 0.22))
    axes.set_ylim(*padded(finite(everything[:, 1]).min(), finite(everything[:, 1]).max(), 0.22))
