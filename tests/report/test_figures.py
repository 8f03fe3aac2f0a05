"""Figures and tables for papers: what is drawn is what the study holds."""

from __future__ import annotations

import csv
import itertools
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.text import Text

from tunescope.errors import StorageError
from tunescope.findings import find_gaps, find_paths, find_runs, find_similarity_curves
from tunescope.findings._study import read_study
from tunescope.report import write_figures, write_report
from tunescope.report._figures._centroid_paths import centroid_paths
from tunescope.report._figures._minimum_distances import minimum_distances
from tunescope.report._figures._style import BLUE, COLUMN, figure, label_ends, spread, style
from tunescope.report._figures._tables import booktabs, write_table_files


def test_every_figure_of_a_whole_study_is_written_once(make_study):
    folder = make_study(tasks={"toy": ("A", "B", "C", "D")}, pairs=(("toy", "toy"),), layers=(0, 1))
    written = write_figures(folder, formats=("pdf",))
    assert len(set(written)) == len(written)
    assert all(path.is_file() and path.parent == folder / "figures" for path in written)
    kinds = {path.name.split("_")[0] for path in written if path.suffix == ".pdf"}
    assert kinds == {
        "minimum-distances", "minimum-distances-scaled", "centroid-paths", "similarity", "movement",
        "movement-by-layer", "movement-lengths", "distances", "memorisation",
    }  # fmt: skip
    for path in written:
        if path.suffix == ".pdf":
            assert path.read_bytes().startswith(b"%PDF")


def test_figures_without_data_are_not_written(make_study):
    folder = make_study(tables=("gaps",), pairs=(("toy-role", "toy-role"),), layers=(0, 1), seeds=(0,))
    kinds = {path.name.split("_")[0] for path in write_figures(folder, formats=("png",))}
    assert kinds == {
        "minimum-distances", "minimum-distances-scaled", "summary.csv", "summary.tex", "claims.csv", "claims.tex",
    }  # fmt: skip


@pytest.mark.parametrize("empty", [[1], [0, 1]])
def test_layers_without_any_similarity_are_left_out(make_study, empty):
    folder = make_study(tasks={"toy": ("A", "B", "C", "D")}, pairs=(("toy", "toy"),), layers=(0, 1), seeds=(0,))
    path = folder / "tables" / "similarity.parquet"
    table = pd.read_parquet(path)
    gone = table["layer"].isin(empty)
    table.loc[gone, ["pearson", "spearman", "low", "high"]] = np.nan
    start = table[table["update"] == table["update"].min()].assign(update=0)
    pd.concat([table, start]).to_parquet(path)
    study = read_study(folder)
    assert set(find_similarity_curves(study, find_runs(study)[0])) == {0, 1} - set(empty)
    kinds = {path.name.split("_")[0] for path in write_figures(folder, formats=("png",))}
    assert ("similarity" in kinds) == (len(empty) == 1)
    assert write_report(folder).is_file()


def test_figures_fit_one_column(study_dir):
    study = read_study(study_dir)
    run = find_runs(study)[0]
    drawing = minimum_distances(find_gaps(study, run)[run.last_layer], run.title)
    assert drawing is not None
    assert drawing.get_figwidth() == COLUMN


def test_lines_are_the_means_of_the_three_that_rise_most_and_least(study_dir):
    study = read_study(study_dir)
    run = find_runs(study)[0]
    table = pd.read_parquet(study_dir / "tables" / "gaps.parquet")
    table = table[(table["task"] == run.task) & (table["layer"] == run.last_layer)]
    first = table[table["update"] == 0].drop_duplicates("label").set_index("label")["distance"]
    last = table[(table["update"] == 60) & (table["tuned_on"] == run.tuned_on)]
    change = (last.groupby("label")["distance"].mean() - first).sort_values()
    drawing = minimum_distances(find_gaps(study, run)[run.last_layer], run.title)
    assert drawing is not None
    names = {text.get_text() for text in drawing.axes[0].texts}
    assert names == {*change.index[:3], *change.index[-3:]}
    ends = sorted(line.get_ydata()[-1] for line in drawing.axes[0].lines if line.get_linewidth() > 1)
    means = last.groupby("label")["distance"].mean()
    assert ends == pytest.approx(sorted(means[name] for name in names))


def test_names_at_line_ends_do_not_cover_each_other(study_dir):
    study = read_study(study_dir)
    run = find_runs(study)[0]
    drawing = minimum_distances(find_gaps(study, run)[run.last_layer], run.title)
    assert drawing is not None
    drawing.canvas.draw()
    boxes = sorted((Text.get_window_extent(text) for text in drawing.axes[0].texts), key=lambda box: box.y0)
    assert all(low.y1 <= high.y0 + 1 for low, high in itertools.pairwise(boxes))


@pytest.mark.parametrize("ends", [(0.0, 0.001, 0.002), (5.0, 5.0, 5.0, 5.0), (0.0, 9.9, 9.95, 10.0, 0.01)])
def test_leaders_of_names_neither_cross_nor_touch_other_names(ends):
    # Names of very different lengths, in an order of their own.
    names = ["X", "a relation of some length", "PROPN", "NOUN", "I"][: len(ends)]
    with style():
        drawing, (axes,) = figure(2.25)
        axes.set_xlim(0, 75)
        axes.set_ylim(0, 10)
        label_ends(axes, [(end, name, BLUE) for end, name in zip(ends, names, strict=True)], 75)
        drawing.canvas.draw()
    texts = list(axes.texts)
    leaders = [text.arrow_patch.get_transform().transform(text.arrow_patch.get_path().vertices) for text in texts]
    boxes = [Text.get_window_extent(text) for text in texts]
    for one, leader in enumerate(leaders):
        # In the channel between the lines and the names, where no other name is.
        assert leader[:, 0].max() <= min(box.x0 for box in boxes) + 0.5
        for other in leaders[:one]:
            # By their ends at the lines and at the names: leaders cross when the order changes in between.
            at_line, at_name = leader[-1, 1] - other[-1, 1], leader[0, 1] - other[0, 1]
            assert at_line * at_name >= 0 or abs(at_line) < 1.0
            assert abs(at_name) > 1.0


def test_paths_start_with_the_three_closest_labels(study_dir):
    study = read_study(study_dir)
    run = find_runs(study)[0]
    by_layer = {layer: seeds[0] for layer, seeds in find_paths(study, run).items()}
    paths = by_layer[run.last_layer]
    start = paths.points[:, 0]
    chosen = paths.closest()
    apart = np.linalg.norm(start[:, None] - start[None], axis=-1)
    total = sum(apart[a, b] for a in chosen for b in chosen)
    for others in ((0, 1, 2), (2, 5, 8), (1, 4, 7)):
        assert total <= sum(apart[a, b] for a in others for b in others) + 1e-9
    drawing = centroid_paths(by_layer, run.title)
    assert drawing is not None
    [legend] = drawing.legends
    assert {text.get_text() for text in legend.get_texts()} == {paths.labels[index] for index in chosen}


@given(st.lists(st.floats(0, 100), min_size=1, max_size=12))
def test_spread_keeps_order_and_distance(wanted):
    gap = 5.0
    places = spread(wanted, gap, 0, 100)
    order = sorted(range(len(wanted)), key=lambda index: (wanted[index], index))
    ordered = [places[index] for index in order]
    assert all(b - a >= gap - 1e-6 for a, b in itertools.pairwise(ordered))
    assert min(ordered) >= -1e-6
    assert max(ordered) <= 100 + 1e-6
    if all(b - a >= gap for a, b in zip(sorted(wanted), sorted(wanted)[1:], strict=False)):
        assert places == pytest.approx(wanted)


def test_the_summary_says_before_and_after(make_study):
    folder = make_study(pairs=(("toy-pos", "toy-pos"),), layers=(0, 1))
    write_figures(folder, formats=("png",))
    with open(folder / "figures" / "summary.csv", encoding="utf-8", newline="") as file:
        (row,) = list(csv.DictReader(file))
    accuracy = pd.read_parquet(folder / "tables" / "accuracy.parquet").query("split == 'test'")
    before = 100 * accuracy[accuracy["stage"] == "original"]["accuracy"].mean()
    after = 100 * accuracy[accuracy["stage"] == "fine-tuned"]["accuracy"].mean()
    assert row["accuracy (%)"] == f"{before:.2f} → {after:.2f}"
    assert row["clusters"] == "27 → 13"
    assert row["linear"] == "no → yes"


def test_latex_of_a_hostile_label_is_text():
    text = booktabs(["label"], [[r"\input{/etc/passwd} $x_1$ 100% & #"]], "a_b")
    assert r"\input{" not in text
    assert r"\textbackslash{}input\{/etc/passwd\} \$x\_1\$ 100\% \& \#" in text
    assert re.search(r"\\caption\{a\\_b\}", text)


def test_csv_holds_no_formula(tmp_path):
    csv_path, _ = write_table_files(tmp_path / "t", ["label"], [["=cmd|' /C calc'!A0"]], "")
    assert csv_path.read_text(encoding="utf-8").splitlines()[1].startswith("'=")


@pytest.mark.parametrize("hostile", ["$\\frac{", "_^", "a\nb", "日本語", "x" * 200])
@pytest.mark.filterwarnings("ignore:Glyph")
def test_any_label_can_be_drawn(make_study, hostile):
    folder = make_study(
        tasks={"t": (hostile, "B", "C", "D", "E")},
        pairs=(("t", "t"),),
        layers=(1,),
        seeds=(0,),
        tables=("gaps", "paths"),
    )
    assert [path for path in write_figures(folder, formats=("png",)) if path.suffix == ".png"]


def test_names_of_runs_cannot_leave_the_folder(make_study, tmp_path):
    folder = make_study(encoders=("../../evil", "..?..?evil"), tables=("gaps",), layers=(1,), seeds=(0,))
    written = write_figures(folder, tmp_path / "out", formats=("png",))
    assert len(set(written)) == len(written)
    assert all(path.parent == tmp_path / "out" for path in written)


def test_what_is_wrong_with_a_folder_is_said(tmp_path, make_study):
    with pytest.raises(StorageError, match="no such folder"):
        write_figures(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(StorageError, match="no results here"):
        write_figures(tmp_path / "empty")
    folder = make_study("broken", layers=(1,), seeds=(0,), tables=("gaps",))
    path = folder / "tables" / "gaps.parquet"
    pd.read_parquet(path).drop(columns="distance").to_parquet(path)
    with pytest.raises(StorageError, match=r"gaps\.parquet: the column distance"):
        write_figures(folder)
    path.write_bytes(b"PAR1 and then nothing")
    with pytest.raises(StorageError, match=r"gaps\.parquet"):
        write_figures(folder)
    with pytest.raises(ValueError, match="jpeg"):
        write_figures(folder, formats=("jpeg",))


def test_the_same_study_gives_the_same_bytes(make_study, tmp_path: Path):
    folder = make_study(pairs=(("toy-role", "toy-role"),), layers=(1,), seeds=(0,), tables=("gaps",))
    first = write_figures(folder, tmp_path / "a", formats=("pdf",))
    second = write_figures(folder, tmp_path / "b", formats=("pdf",))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
