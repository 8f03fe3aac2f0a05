"""Where and how far labels moved: arrows in two dimensions, and lengths over layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tunescope.findings import Movement
from tunescope.report._figures._style import BLUE, GREY, RISING, figure, label_ends, padded

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Arrows that are named: the longest. A legend says what the others are, and the table of the figure has them all.
_NAMED = 6


def movement_arrows(movement: Movement, title: str) -> Figure | None:
    """Movements of the centroids in their two principal axes, from one origin (Figures 5, 7 to 10)."""
    arrows = movement.arrows
    known = np.flatnonzero(np.isfinite(arrows).all(axis=1))
    if not len(known):
        return None
    drawing, (axes,) = figure(2.4)
    longest = sorted(known, key=lambda index: -float(np.hypot(*arrows[index])))[:_NAMED]
    for index in known:
        colour = BLUE if index in longest else GREY
        axes.annotate(
            "",
            xy=tuple(arrows[index]),
            xytext=(0, 0),
            arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 0.8, "mutation_scale": 6, "shrinkA": 0,
                        "shrinkB": 0},
        )  # fmt: skip
    axes.set_xlim(*padded(min(0.0, arrows[known, 0].min()), max(0.0, arrows[known, 0].max()), 0.2))
    axes.set_ylim(*padded(min(0.0, arrows[known, 1].min()), max(0.0, arrows[known, 1].max()), 0.16))
    axes.axhline(0, color=GREY, lw=0.4, zorder=0)
    axes.axvline(0, color=GREY, lw=0.4, zorder=0)
    axes.set_xlabel("first component")
    axes.set_ylabel("second component")
    axes.set_title(title, loc="left")
    label_ends(
        axes,
        [(float(arrows[index, 1]), movement.labels[index], BLUE) for index in longest],
        [float(arrows[index, 0]) for index in longest],
    )
    if len(known) > len(longest):
        axes.plot([], [], color=GREY, lw=0.8, label="the other labels")
        axes.legend(frameon=False, fontsize=6.5, loc="best")
    return drawing


def movement_by_layer(by_layer: dict[int, Movement], title: str) -> Figure | None:
    """One small panel a layer, each on its own scale, arrows from one origin; None with fewer than two."""
    if len(by_layer) < 2:
        return None
    columns = min(3, len(by_layer))
    rows = -(-len(by_layer) // columns)
    drawing, _ = figure(0.3 + 1.25 * rows, 0)
    for number, (layer, movement) in enumerate(sorted(by_layer.items())):
        axes = drawing.add_subplot(rows, columns, number + 1)
        arrows = movement.arrows[np.isfinite(movement.arrows).all(axis=1)]
        longest = float(np.hypot(*arrows.T).max()) if len(arrows) else 0.0
        reach = (longest or 1.0) * 1.05
        origin = np.zeros(len(arrows))
        axes.quiver(origin, origin, *arrows.T, angles="xy", scale_units="xy", scale=1, width=0.012, color=BLUE)
        axes.set_xlim(-reach, reach)
        axes.set_ylim(-reach, reach)
        axes.set_aspect("equal")
        axes.set_title(f"layer {layer}", fontsize=7)
        axes.set_xlabel(f"longest {longest:.3g}", fontsize=6)
        axes.set_xticks([])
        axes.set_yticks([])
    drawing.suptitle(title, fontsize=8, x=0.01, ha="left")
    return drawing


def movement_lengths(by_layer: dict[int, list[Movement]], title: str) -> Figure | None:
    """Length of the movement of each label over layers, mean over seeds; None with fewer than two layers."""
    layers = sorted(by_layer)
    if len(layers) < 2:
        return None
    labels = sorted({label for movements in by_layer.values() for one in movements for label in one.labels})
    lengths = np.full((len(labels), len(layers)), np.nan)
    for column, layer in enumerate(layers):
        for row, label in enumerate(labels):
            values = [one.lengths[one.labels.index(label)] for one in by_layer[layer] if label in one.labels]
            if values:
                lengths[row, column] = np.mean(values)
    if not np.isfinite(lengths).any():
        return None
    final = np.where(np.isfinite(lengths[:, -1]), lengths[:, -1], -np.inf)
    top = np.argsort(-final, kind="stable")[:3]
    drawing, (axes,) = figure(2.1)
    for row in range(len(labels)):
        if row not in top:
            axes.plot(layers, lengths[row], color=GREY, lw=0.6)
    ends = []
    for row, colour in zip(top, RISING, strict=False):
        axes.plot(layers, lengths[row], color=colour)
        if np.isfinite(lengths[row, -1]):
            ends.append((float(lengths[row, -1]), labels[row], colour))
    axes.set_xlim(layers[0], layers[-1])
    axes.set_ylim(0, None)
    axes.set_xticks(layers if len(layers) <= 13 else layers[:: -(-len(layers) // 13)])
    axes.set_xlabel("layer")
    axes.set_ylabel("length of the movement")
    axes.set_title(title, loc="left")
    label_ends(axes, ends, layers[-1])
    return drawing
