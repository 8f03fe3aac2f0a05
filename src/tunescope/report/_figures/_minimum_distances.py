"""Minimum distances of labels over updates: the three that rise most and the three that rise least."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tunescope.findings import BesideChance, Gaps
from tunescope.report._figures._style import GREY, RESTING, RISING, figure, finite, label_ends

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Ratio of the largest to the least distance from which the axis is logarithmic; with a distance of 0 it never is.
_DECADES = 100

_DASHES = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)))


def minimum_distances(
    gaps: Gaps, title: str, scaled: bool = False, chance: BesideChance | None = None
) -> Figure | None:
    """The figure for one layer, raw or divided by the scale of the space; None with fewer than two updates.

    Lines are means over seeds, bands reach from the least to the largest seed; all other labels are thin and
    grey behind (Zhou and Srikumar 2022, Figures 2 and 6). With `chance`, a hatched band between the two ends is what
    labels in random order give, mean over labels, with its median.
    """
    values = gaps.scaled if scaled else gaps.distance
    if values is None or len(gaps.updates) < 2 or not np.isfinite(values).any():
        return None
    mean = gaps.mean(scaled)
    rising, resting = gaps.extremes(3, scaled)
    drawing, (axes,) = figure(2.25)
    for index in range(len(gaps.labels)):
        if index not in rising + resting:
            axes.plot(gaps.updates, mean[:, index], color=GREY, lw=0.5, zorder=1)
    _draw_chance(axes, gaps, chance)
    ends = []
    for group, colours in ((rising, RISING), (resting, RESTING)):
        for index, colour, dash in zip(group, colours, _DASHES, strict=False):
            axes.plot(gaps.updates, mean[:, index], color=colour, ls=dash, zorder=3)
            if len(gaps.seeds) > 1:
                of_label = values[:, :, index]
                low = np.min(np.where(np.isfinite(of_label), of_label, np.inf), axis=0)
                high = np.max(np.where(np.isfinite(of_label), of_label, -np.inf), axis=0)
                here = np.isfinite(low)
                axes.fill_between(np.array(gaps.updates)[here], low[here], high[here], color=colour, alpha=0.14, lw=0)
            known = finite(mean[:, index])
            if len(known):
                ends.append((float(known[-1]), gaps.labels[index], colour))
    axes.set_xlim(gaps.updates[0], gaps.updates[-1])
    least, most = float(finite(values).min()), float(finite(values).max())
    if least > 0 and most / least >= _DECADES:
        axes.set_yscale("log")
        axes.set_ylim(least / 1.2, most * 1.2)
    else:
        axes.set_ylim(0, max(most * 1.05, 1e-9))
    axes.set_xlabel("updates")
    axes.set_ylabel("minimum distance / scale" if scaled else "minimum distance")
    axes.set_title(title, loc="left")
    label_ends(axes, ends, gaps.updates[-1])
    return drawing


def _draw_chance(axes: Axes, gaps: Gaps, chance: BesideChance | None) -> None:
    """The band of labels in random order, which is known at the two ends and drawn straight between them."""
    band = None if chance is None else chance.band()
    if band is None:
        return
    at = [gaps.updates[0], gaps.updates[-1]]
    axes.fill_between(at, band[:, 0], band[:, 2], facecolor="none", edgecolor=GREY, hatch="////", lw=0, zorder=0)
    axes.plot(at, band[:, 1], color=GREY, ls=(0, (4, 2)), lw=0.8, zorder=2)
    axes.annotate("random labels", (at[0], band[0, 2]), (3, 1), textcoords="offset points", fontsize=6, color="0.35")
