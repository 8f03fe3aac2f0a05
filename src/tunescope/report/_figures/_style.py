"""How every figure looks: one column wide, colours that colour-blind readers can tell apart, lines named."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Width of one column of the ACL style, in inches.
COLUMN = 3.3

#: Okabe and Ito's palette without its yellow, which is too light for lines on white.
BLUE, VERMILION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#AA4499"
ORANGE, SKY, BLACK, GREY = "#E69F00", "#56B4E9", "#222222", "#C9CDD2"
RISING = (BLUE, GREEN, SKY)
RESTING = (VERMILION, PURPLE, ORANGE)
CATEGORIES = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK)

_SETTINGS: dict[str, Any] = {
    "font.size": 7.5,
    "axes.titlesize": 8,
    "axes.labelsize": 7.5,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "lines.linewidth": 1.3,
    "figure.dpi": 100,
    "savefig.dpi": 300,
    # Type 42 keeps text as text: it can be searched, and publishers accept it.
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "font.family": "DejaVu Sans",
}


@contextmanager
def style() -> Iterator[None]:
    """Draw and save with the house's settings, whatever the caller's matplotlibrc says."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        for name, value in _SETTINGS.items():
            matplotlib.rcParams[name] = value  # type: ignore[index]
        yield


def figure(height: float, columns: int = 1, width: float = COLUMN) -> tuple[Figure, list[Axes]]:
    """A figure without pyplot (nothing global, no window) and its axes from left to right."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    drawing = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(drawing)
    return drawing, [drawing.add_subplot(1, columns, index + 1) for index in range(columns)]


def grid(height: float, rows: int, columns: int, width: float) -> tuple[Figure, list[Axes]]:
    """The same with panels in rows, read from left to right and from top to bottom."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    drawing = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(drawing)
    return drawing, [drawing.add_subplot(rows, columns, index + 1) for index in range(rows * columns)]


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places for labels, at least `gap` apart and as near to where they are wanted as that allows.

    Labels that are too close form a block around the mean of what they want; blocks that touch are joined
    (pool adjacent violators). All stay within [low, high] when there is room for them.
    """
    if not wanted:
        return []
    order = sorted(range(len(wanted)), key=lambda index: (wanted[index], index))
    gap = min(gap, (high - low) / max(len(wanted) - 1, 1))
    blocks: list[tuple[float, int]] = []  # (sum of what its members want of the first, members)
    for position, index in enumerate(order):
        total, size = wanted[index] - position * gap, 1
        while blocks and blocks[-1][0] / blocks[-1][1] >= total / size:
            before, members = blocks.pop()
            total, size = total + before, size + members
        blocks.append((total, size))
    places = [0.0] * len(wanted)
    position = 0
    last = high - (len(wanted) - 1) * gap
    for total, size in blocks:
        first = min(max(total / size, low), last)
        for _ in range(size):
            places[order[position]] = first + position * gap
            position += 1
    return places


#: Width of the channel between lines and their names that leaders run in, as a share of the axes' width.
_CHANNEL = 0.075


def label_ends(
    axes: Axes, ends: Sequence[tuple[float, str, str]], x: float | Sequence[float], points: float = 6.5
) -> None:
    """Name lines at their right ends: (y of the end, text, colour), moved apart and tied by a thin leader.

    Names keep the order of the ends, and leaders run in a channel of their own, from the ends to the left edges of
    the names: so none crosses another or touches a name that is not its own.
    `x` is where all lines end, or where each does.
    """
    on_log = axes.get_yscale() == "log"
    low, high = np.log10(axes.get_ylim()) if on_log else axes.get_ylim()
    height = axes.get_figure(root=True).get_figheight() * 0.72 * 72  # type: ignore[union-attr]
    gap = (high - low) * points * 1.35 / height
    wanted = [float(np.log10(end)) if on_log else end for end, _, _ in ends]
    places = spread(wanted, gap, low + gap / 2, high - gap / 2)
    if on_log:
        places = [10**place for place in places]
    tips = list(x) if isinstance(x, Sequence) else [x] * len(ends)
    for (end, text, colour), tip, place in zip(ends, tips, places, strict=True):
        axes.annotate(
            plain(text),
            xy=(tip, end),
            xytext=(1.0 + _CHANNEL, place),
            xycoords="data",
            textcoords=axes.get_yaxis_transform(),
            color=colour,
            fontsize=points,
            va="center",
            ha="left",
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": colour, "lw": 0.4, "shrinkA": 0, "shrinkB": 1, "relpos": (0, 0.5)},
        )


def plain(text: str, limit: int = 24) -> str:
    """Text that Matplotlib draws as it is (no mathematics between dollar signs), of bounded length."""
    text = " ".join(text.split())
    text = text if len(text) <= limit else text[: limit - 1] + "…"
    return text.replace("$", r"\$")


def slug(*parts: object) -> str:
    """A file name of plain characters from names that may hold any."""
    return "_".join(re.sub(r"[^A-Za-z0-9.+-]+", "-", str(part)).strip("-.") or "x" for part in parts)


def save(drawing: Figure, stem: Path, formats: Sequence[str]) -> list[Path]:
    """Write a figure in each format; the same data give the same bytes."""
    written = []
    stem.parent.mkdir(parents=True, exist_ok=True)
    for form in formats:
        path = stem.with_name(f"{stem.name}.{form}")
        metadata: dict[str, Any] = {"pdf": {"CreationDate": None}, "svg": {"Date": None}}.get(form, {})
        drawing.savefig(path, format=form, metadata=metadata)
        written.append(path)
    return written


def padded(low: float, high: float, share: float = 0.06) -> tuple[float, float]:
    """Limits with room around the data; a single value gets room of its own size."""
    room = (high - low) * share if high > low else (abs(high) or 1.0) * 0.5
    return low - room, high + room


def finite(values: np.ndarray) -> np.ndarray:
    """The finite values, flat."""
    return values[np.isfinite(values)]
