"""Draw the pictures of docs/concepts.md (docs/images/concepts/*.svg) from points that the script makes itself.

Whatever a picture says in numbers is computed by tunescope on the very points that are drawn.

    python scripts/concept_pictures.py
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from scipy.spatial import ConvexHull

from tunescope import DirectProbe, hull_distance, label_distances, spatial_similarity
from tunescope.geometry import log_cover

OUT = Path(__file__).resolve().parent.parent / "docs" / "images" / "concepts"
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#AA4499")


def clouds(centres: list[tuple[float, float]], n: int, seed: int, width: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    """Round clouds of `n` points about each centre, and their labels."""
    numbers = np.random.default_rng(seed)
    X = np.concatenate([numbers.normal(centre, width, (n, 2)) for centre in centres])
    return X, np.repeat([chr(ord("a") + index) for index in range(len(centres))], n)


def draw_hull(axes: Any, points: np.ndarray, colour: str, name: str = "") -> None:
    """Points of one colour in their hull, with a name at its top."""
    axes.plot(*points.T, "o", ms=3.5, color=colour, mec="white", mew=0.4)
    corners = points[ConvexHull(points).vertices]
    axes.fill(*corners.T, facecolor=colour, alpha=0.13, edgecolor=colour, linewidth=1.2)
    top = corners[corners[:, 1].argmax()]
    axes.annotate(name, top, (0, 5), textcoords="offset points", ha="center", color=colour, fontweight="bold")


def panels(n: int) -> tuple[Figure, list[Any]]:
    """`n` square panels without axes."""
    figure = Figure(figsize=(3.3 * n, 3.0), layout="constrained")
    axes = [figure.add_subplot(1, n, index + 1) for index in range(n)]
    for panel in axes:
        panel.set_aspect("equal", adjustable="datalim")
        panel.set_xticks([])
        panel.set_yticks([])
        for spine in panel.spines.values():
            spine.set_color("#cccccc")
    return figure, axes


def hulls() -> Figure:
    """Hulls apart, with the distance between them, and hulls that meet."""
    figure, (apart, meeting) = panels(2)
    X, y = clouds([(0, 0), (3, 1)], 20, seed=1)
    A, B = X[y == "a"], X[y == "b"]
    found = hull_distance(A, B)
    draw_hull(apart, A, COLOURS[0], "A")
    draw_hull(apart, B, COLOURS[1], "B")
    near_a, near_b = found.weights_a @ A[found.points_a], found.weights_b @ B[found.points_b]
    apart.plot(*np.stack([near_a, near_b]).T, "k-", lw=1.4)
    middle, across = (near_a + near_b) / 2, np.array([near_a[1] - near_b[1], near_b[0] - near_a[0]])
    across = across / np.linalg.norm(across)
    apart.plot(*np.stack([middle - 2 * across, middle + 2 * across]).T, "--", color="#777777", lw=1)
    apart.set_title(f"apart: distance {found.lower:.2f}; a line separates them", fontsize=9)
    X, y = clouds([(0, 0), (1.2, 0.5)], 20, seed=2)
    found = hull_distance(X[y == "a"], X[y == "b"])
    draw_hull(meeting, X[y == "a"], COLOURS[0], "A")
    draw_hull(meeting, X[y == "b"], COLOURS[1], "B")
    meeting.set_title(f"verdict: {found.verdict}; no line separates them", fontsize=9)
    return figure


def directprobe() -> Figure:
    """Two labels of which one is in the way of the other, and the clusters that DirectProbe makes of them."""
    figure, (before, after) = panels(2)
    X, y = clouds([(0, 0), (2.2, 0), (4.4, 0)], 14, seed=3, width=0.42)
    y = np.where(y == "c", "a", y)
    for index, label in enumerate("ab"):
        before.plot(*X[y == label].T, "o", ms=3.5, color=COLOURS[index], mec="white", mew=0.4)
    before.set_title("two labels, and no line between them", fontsize=9)
    probe = DirectProbe().fit(X, y)
    for cluster in range(probe.n_clusters_):
        members = X[probe.labels_ == cluster]
        label = str(probe.cluster_classes_[cluster])
        draw_hull(after, members, COLOURS["ab".index(label)], label)
    after.set_title(f"DirectProbe: {probe.n_clusters_} clusters whose hulls do not meet", fontsize=9)
    return figure


def scale() -> Figure:
    """A space that merely grows: its distances rise, its scaled distances do not."""
    figure, axes = panels(2)
    X, y = clouds([(0, 0), (2.4, 0.6), (0.8, 2.6)], 14, seed=4, width=0.45)
    for panel, factor in zip(axes, (1.0, 1.6), strict=True):
        space = label_distances(X * factor, y)
        for index, label in enumerate("abc"):
            draw_hull(panel, factor * X[y == label], COLOURS[index], label)
        least = float(space.minimum().mean())
        panel.set_title(f"mean minimum distance {least:.2f}, scaled {least / space.scale:.2f}", fontsize=9)
        panel.set_aspect("equal", adjustable="box")
        panel.set_xlim(-2.2, 6.0)
        panel.set_ylim(-2.2, 6.0)
    return figure


def similarity() -> Figure:
    """The same layout turned around, and another layout."""
    figure, axes = panels(3)
    centres = [(0, 0), (4, 0), (1, 3), (5.5, 4.5)]
    X, y = clouds(centres, 12, seed=5)
    turned = X @ np.array([[0.0, 1.0], [-1.0, 0.0]])
    other, _ = clouds([centres[index] for index in (0, 3, 1, 2)], 12, seed=6)
    start = label_distances(X, y)
    for panel, points in zip(axes, (X, turned, other), strict=True):
        for index, label in enumerate("abcd"):
            draw_hull(panel, points[y == label], COLOURS[index], label)
    said = [spatial_similarity(start, label_distances(points, y)).pearson for points in (turned, other)]
    axes[0].set_title("the start", fontsize=9)
    axes[1].set_title(f"turned: similarity {said[0]:.2f}", fontsize=9)
    axes[2].set_title(f"labels moved: similarity {said[1]:.2f}", fontsize=9)
    return figure


def chance() -> Figure:
    """Cover's count: the share of labellings that a hyperplane can make, over points per dimension."""
    figure = Figure(figsize=(5.2, 3.0), layout="constrained")
    axes = figure.add_subplot()
    for colour, d in zip(COLOURS, (8, 64, 768), strict=False):
        n = np.unique(np.linspace(2, 4 * (d + 1), 200).astype(int))
        axes.plot(n / (d + 1), [np.exp(log_cover(int(count), d)) for count in n], color=colour, label=f"{d} dimensions")
    axes.axvspan(0, 1, color="#0072B2", alpha=0.08, lw=0)
    axes.text(0.5, 0.5, "always\nseparable", ha="center", va="center", fontsize=9)
    axes.set_xlabel("points per dimension (n / (d + 1))")
    axes.set_ylabel("labellings that are separable")
    axes.set_xlim(0, 4)
    axes.legend(frameon=False, fontsize=8)
    return figure


def main() -> None:
    """Draw all of them."""
    OUT.mkdir(parents=True, exist_ok=True)
    matplotlib.rcParams["svg.hashsalt"] = "tunescope"
    matplotlib.rcParams["svg.fonttype"] = "path"
    for draw in (hulls, directprobe, scale, similarity, chance):
        draw().savefig(OUT / f"{draw.__name__}.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
