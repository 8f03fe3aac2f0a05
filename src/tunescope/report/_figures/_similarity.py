"""Spatial similarity to the original space over updates, one line a layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tunescope.findings import SimilarityCurve
from tunescope.report._figures._style import figure, finite, label_ends

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: No more lines than can be told apart: every second, third, … layer beyond it, the last always.
_MOST_LINES = 7


def shown_layers(layers: list[int], most: int = _MOST_LINES) -> list[int]:
    """At most `most` of the layers, evenly apart and counted from the last one down."""
    step = -(-len(layers) // most)
    return sorted(layers, reverse=True)[::step][::-1]


def similarity_over_updates(curves: dict[int, SimilarityCurve], title: str) -> Figure | None:
    """The figure (Zhou and Srikumar 2022, Figure 4); means over seeds, bands from least to largest seed."""
    if not curves:
        return None
    import matplotlib

    layers = shown_layers(sorted(curves))
    colours = matplotlib.colormaps["cividis"](np.linspace(0.85, 0.0, len(layers)))
    drawing, (axes,) = figure(2.1)
    ends, least = [], 0.9
    for layer, rgba in zip(layers, colours, strict=True):
        colour = matplotlib.colors.to_hex(rgba)
        curve = curves[layer]
        here = np.isfinite(curve.pearson).any(axis=0)
        updates = np.array(curve.updates)[here]
        values = np.ma.masked_invalid(curve.pearson[:, here])
        mean = values.mean(axis=0)
        axes.plot(updates, mean, color=colour)
        if len(curve.seeds) > 1:
            axes.fill_between(updates, values.min(axis=0), values.max(axis=0), color=colour, alpha=0.15, lw=0)
        ends.append((float(mean[-1]), f"layer {layer}", colour))
        least = min(least, float(finite(curve.pearson).min()))
    last = max(curves[layer].updates[-1] for layer in layers)
    axes.set_xlim(0, last)
    axes.set_ylim(min(least - 0.04, 0.88), 1.015)
    axes.set_xlabel("updates")
    axes.set_ylabel("similarity to the start (r)")
    axes.set_title(title, loc="left")
    label_ends(axes, ends, last)
    return drawing
