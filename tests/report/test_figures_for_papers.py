"""Figures as a paper needs them: what is drawn is named, can be read, and no name lies on another."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest

from tunescope.findings import Distances, Gaps, Movement
from tunescope.findings._paths import Paths
from tunescope.report._figures._centroid_paths import centroid_paths
from tunescope.report._figures._matrices import distance_matrices
from tunescope.report._figures._minimum_distances import minimum_distances
from tunescope.report._figures._movement import movement_arrows
from tunescope.report._figures._style import style
from tunescope.report._figures._tables import booktabs

NUMBERS = np.random.default_rng(0)


def distances(k: int) -> Distances:
    matrices = []
    for _ in range(2):
        half = NUMBERS.uniform(1, 9, (k, k))
        matrices.append(half + half.T)
        np.fill_diagonal(matrices[-1], np.nan)
    return Distances(2, tuple(f"label{index:02}" for index in range(k)), matrices[0], matrices[1], 1)


def gaps(least: float, most: float) -> Gaps:
    values = np.linspace(least, most, 12).reshape(1, 3, 4)
    nearest = np.zeros((1, 3, 4), dtype=np.int64)
    return Gaps(2, (0, 10, 20), ("a", "b", "c", "d"), (5, 5, 5, 5), (0,), values, None, nearest)


def overlapping(drawing, texts) -> list[tuple[str, str]]:
    drawing.draw_without_rendering()
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts if text.get_text()]
    return [(a, b) for (a, one), (b, other) in itertools.combinations(boxes, 2) if one.overlaps(other)]


@pytest.mark.parametrize("k", [4, 16, 17, 28, 46])
def test_every_label_of_a_matrix_can_be_read_and_every_bar_says_what_it_is(k):
    with style():
        drawing = distance_matrices(distances(k), "encoder · task")
        panels = [axes for axes in drawing.axes if axes.images]
        bars = [axes for axes in drawing.axes if not axes.images]
        assert all("hull distance" in axes.get_xlabel() for axes in bars)
        assert len(bars) == len(panels)
        for axes in panels:
            names = [label for label in axes.get_yticklabels() if label.get_text()]
            assert overlapping(drawing, names) == []
            assert overlapping(drawing, axes.get_xticklabels()) == []
            assert all(label.get_fontsize() >= 5 for label in axes.get_xticklabels())


def test_one_matrix_of_many_labels_holds_before_and_after():
    many = distances(28)
    with style():
        drawing = distance_matrices(many, "t")
    both = np.asarray(drawing.axes[0].images[0].get_array().filled(np.nan))
    assert both[9, 3] == many.before[9, 3]
    assert both[3, 9] == many.after[3, 9]
    assert "below" in drawing.axes[0].get_title()


@pytest.mark.parametrize(("least", "scale"), [(0.01, "log"), (2.0, "linear"), (0.0, "linear")])
def test_the_axis_is_logarithmic_where_distances_span_decades(least, scale):
    with style():
        [axes] = minimum_distances(gaps(least, 4.0), "t").axes
    assert axes.get_yscale() == scale
    low, high = axes.get_ylim()
    assert low <= least
    assert high >= 4


def test_every_arrow_is_named_or_in_the_legend():
    labels = tuple(f"label{index}" for index in range(15))
    turned = np.arange(15) * 2 * np.pi / 15
    arrows = np.stack([np.cos(turned), np.sin(turned)], axis=1) * np.where(np.arange(15) % 5 < 2, 4.0, 1.0)[:, None]
    with style():
        drawing = movement_arrows(Movement(2, 0, labels, arrows, np.hypot(*arrows.T)), "t")
        [axes] = drawing.axes
        named = {text.get_text() for text in axes.texts if text.get_text()}
        longest = {labels[index] for index in np.argsort(-np.hypot(*arrows.T))[:6]}
        assert named == longest
        assert [text.get_text() for text in axes.get_legend().get_texts()] == ["the other labels"]
        assert overlapping(drawing, [text for text in axes.texts if text.get_text()]) == []


def test_a_label_has_one_colour_in_all_panels_and_the_legend_of_the_paths():
    labels = ("near", "nearer", "nearest", "far")
    points = np.cumsum(NUMBERS.normal(size=(4, 5, 2)), axis=1)
    points[3] += 50
    first = Paths(1, 0, (0, 1, 2, 3, 4), labels[1:], points[1:])
    last = Paths(2, 0, (0, 1, 2, 3, 4), labels, points)
    with style():
        drawing = centroid_paths({1: first, 2: last}, "t")
    [legend] = drawing.legends
    colours = {
        text.get_text(): line.get_color() for text, line in zip(legend.get_texts(), legend.get_lines(), strict=True)
    }
    for axes, paths in zip(drawing.axes, (first, last), strict=True):
        for line in axes.lines:
            place = np.array([line.get_xdata()[0], line.get_ydata()[0]])
            for name, colour in colours.items():
                if name in paths.labels and (paths.points[paths.labels.index(name)] == place).all(axis=1).any():
                    assert colour in (line.get_color(), line.get_markeredgecolor())


def test_decimals_stand_below_each_other_and_what_is_absent_is_a_dash():
    text = booktabs(["label", "n", "value"], [["a", 1, 2.5], ["b_c", 200, -0.0123], ["d", None, float("nan")]], "c")
    assert "@{}lS[table-format=3.0]S[table-format=-1.4]@{}" in text
    assert r"label & {n} & {value} \\" in text
    assert r"b\_c & 200 & -0.0123 \\" in text
    assert r"d & {--} & {--} \\" in text


@pytest.mark.parametrize("value", [1e-7, 123456.789, -3.0, 0.0, 1e12])
def test_a_number_is_written_out(value):
    [row] = re.findall(r"^    a & (\S+)", booktabs(["l", "x"], [["a", value]], "c"), re.M)
    assert "e" not in row
    assert float(row) == pytest.approx(value, rel=5e-3)
