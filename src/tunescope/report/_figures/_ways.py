"""Ways of fine-tuning: accuracy against how much of the space was kept, and their table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tunescope.findings import Ways, pareto_front
from tunescope.records import AT_END, AT_EQUAL
from tunescope.report._figures._style import CATEGORIES, GREY, figure, plain
from tunescope.report._figures._tables import Cell

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_TITLES = {AT_END: "at the end", AT_EQUAL: "at equal training accuracy"}


def accuracy_against_kept(found: Ways | None, title: str) -> Figure | None:
    """A panel for the ends and one for equal training accuracy: a point a way, with its runs; the front is joined.

    Parameters
    ----------
    found : Ways or None
        The ways of a run.
    title : str
        Of the run.

    Returns
    -------
    Figure or None
        None where nothing tells what was kept.
    """
    if found is None or not found.kept:
        return None
    kept = next(iter(found.kept))
    moments = [at for at in _TITLES if any({kept, "probe"} <= way.at(at).keys() for way in found.ways)]
    if not moments:
        return None
    drawing, all_axes = figure(2.6, len(moments), 3.3 * len(moments))
    for axes, at in zip(all_axes, moments, strict=True):
        _panel(axes, found, kept, at)
    all_axes[0].set_ylabel("accuracy on test (%)")
    drawing.suptitle(f"{plain(title, 60)}, layer {found.layer}", fontsize=8, x=0.01, ha="left")
    return drawing


def _panel(axes: Axes, found: Ways, kept: str, at: str) -> None:
    shown = [(number, way) for number, way in enumerate(found.ways) if {kept, "probe"} <= way.at(at).keys()]
    points = [(way.at(at)[kept].mean, 100 * way.at(at)["probe"].mean) for _, way in shown]
    front = pareto_front(points)
    joined = sorted(points[place] for place in front)
    axes.plot([x for x, _ in joined], [y for _, y in joined], color=GREY, lw=1, zorder=1)
    if "probe" in found.start:
        axes.axhline(100 * found.start["probe"], color=GREY, lw=0.8, ls=(0, (4, 2)), zorder=0)
    for place, ((number, way), (x, y)) in enumerate(zip(shown, points, strict=True)):
        colour = CATEGORIES[number % len(CATEGORIES)]
        across, up = way.at(at)[kept], way.at(at)["probe"]
        if across.is_interval and across.low is not None and across.high is not None:
            axes.hlines(y, across.low, across.high, color=colour, lw=0.9)
        if up.is_interval and up.low is not None and up.high is not None:
            axes.vlines(x, 100 * up.low, 100 * up.high, color=colour, lw=0.9)
        if not across.is_interval and len(across.values) == len(up.values) > 1:
            runs = [100 * value for value in up.values]
            axes.plot(across.values, runs, "o", color=colour, ms=2.2, mew=0, alpha=0.5)
        marker = "o" if number < len(CATEGORIES) else "s"
        face = colour if place in front else "white"
        axes.plot(x, y, marker, color=colour, mfc=face, ms=5, label=plain(way.recipe, 34), zorder=3)
    axes.set_xlabel(found.kept[kept])
    axes.set_title(_TITLES[at])
    axes.margins(0.08)
    axes.legend(fontsize=5.5, frameon=False, loc="best", handletextpad=0.2)


def ways_table(found: Ways | None) -> tuple[list[str], list[list[Cell]]]:
    """One row a way and moment: means over runs, with the least and greatest, or the interval, of what is compared."""
    if found is None:
        return [], []
    kept = list(found.kept)
    head = ["way", "at", "runs", "trained", "total", "seconds", "accuracy (probe)", "from", "to", "accuracy (head)",
            "calibration error", "clusters", "distance", "scaled"]  # fmt: skip
    for name in kept:
        head += [found.kept[name], "from", "to"]
    head.append("not beaten")
    rows: list[list[Cell]] = []
    for at in _TITLES:
        shown = [way for way in found.ways if "probe" in way.at(at)]
        first = [way for way in shown if kept and kept[0] in way.at(at)]
        front = pareto_front([(way.at(at)[kept[0]].mean, way.at(at)["probe"].mean) for way in first])
        unbeaten = {first[place].recipe for place in front}
        for way in shown:
            here = way.at(at)
            row: list[Cell] = [way.recipe, at, here["probe"].n, way.trained, way.total]
            row += [way.seconds.mean if way.seconds else None]
            row += [here["probe"].mean, here["probe"].low, here["probe"].high]
            row += [here[name].mean if name in here else None for name in ("head", "ece", "clusters", "distance")]
            row += [here["scaled"].mean if "scaled" in here else None]
            for name in kept:
                one = here.get(name)
                row += [one.mean, one.low, one.high] if one is not None else [None, None, None]
            rows.append([*row, "yes" if way.recipe in unbeaten else "no"])
    return head, rows
