"""Memorisation curves: subtrain, subtest and test over the probe's epochs, before and after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tunescope.findings import Memorisation
from tunescope.records import ORIGINAL
from tunescope.report._figures._style import BLUE, GREEN, VERMILION, figure, label_ends

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_LINES = {"subtrain": (BLUE, "-"), "subtest": (VERMILION, (0, (5, 1.5))), "test": (GREEN, (0, (1.5, 1.2)))}


def memorisation_curves(found: Sequence[Memorisation], title: str) -> Figure | None:
    """One panel a stage, on one scale, means over seeds. None without curves."""
    if not found:
        return None
    drawing, all_axes = figure(1.9, len(found))
    low = min(float(curve.min()) for one in found for curve in one.curves.values())
    for axes, one in zip(all_axes, found, strict=True):
        ends = []
        for split, curve in one.curves.items():
            colour, dash = _LINES.get(split, (BLUE, "-"))
            axes.plot(one.epochs, curve, color=colour, ls=dash)
            ends.append((float(curve[-1]), split, colour))
        axes.set_xlim(one.epochs[0], one.epochs[-1])
        axes.set_ylim(max(0.0, low - 0.05), 1.02)
        axes.set_title("before" if one.stage == ORIGINAL else "after")
        axes.set_xlabel("probe epochs")
        label_ends(axes, ends, one.epochs[-1], 6)
    all_axes[0].set_ylabel("accuracy")
    drawing.suptitle(title, fontsize=8, x=0.01, ha="left")
    return drawing
