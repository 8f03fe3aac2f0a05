"""The paper's claims, asked of made tables whose answer is known."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunescope.findings import estimate, find_runs
from tunescope.findings._paper.claim import FAILS, HOLDS, OPEN, above, below, share
from tunescope.findings._paper.tables import CLAIM_COLUMNS
from tunescope.findings._study import read_study
from tunescope.report import claims, write_figures
from tunescope.report._page._payload import payload
from tunescope.report._page._view import StudyView

DEPTH = 4


class Tables:
    """A study folder, table by table; every number of it is given by a test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows: dict[str, list[dict[str, object]]] = {}

    def add(self, table: str, *, task: str = "toy", tuned_on: str = "", seed: int = -1, **row: object) -> None:
        origin = {"encoder": "e", "task": task, "tuned_on": tuned_on, "seed": seed, "layer": DEPTH}
        stage = "fine-tuned" if tuned_on else "original"
        self.rows.setdefault(table, []).append({**origin, "stage": stage, **row})

    def write(self) -> Path:
        (self.folder / "tables").mkdir(parents=True, exist_ok=True)
        for name, rows in self.rows.items():
            pd.DataFrame(rows).to_parquet(self.folder / "tables" / f"{name}.parquet")
        settings = {"encoders": [{"label": "e", "name": "e", "n_layers": DEPTH}]}
        (self.folder / "study.json").write_text(json.dumps(settings), encoding="utf-8")
        return self.folder

    def accuracies(self, before: Sequence[float], after: Mapping[int, Sequence[float]], task: str = "toy") -> None:
        for init, value in enumerate(before):
            self.add("accuracy", task=task, split="test", probe="classifier", init=init, accuracy=value)
        for seed, values in after.items():
            for init, value in enumerate(values):
                where = {"task": task, "tuned_on": task, "seed": seed}
                self.add("accuracy", **where, split="test", probe="classifier", init=init, accuracy=value)

    def gaps(
        self, before: Mapping[str, float], after: Mapping[int, Mapping[str, float]], task: str = "toy",
        tuned_on: str = "", scale: float = 1.0,
    ) -> None:  # fmt: skip
        for label, value in before.items():
            self.add("gaps", task=task, update=0, label=label, distance=value, scaled=value)
        for seed, values in after.items():
            for label, value in values.items():
                where = {"task": task, "tuned_on": tuned_on or task, "seed": seed}
                self.add("gaps", **where, update=50, label=label, distance=value, scaled=value / scale)

    def similarities(self, ends: Mapping[int, Sequence[float]]) -> None:
        """Similarity to the start at the end, by layer, one value a seed."""
        for layer, values in ends.items():
            for seed, value in enumerate(values):
                self.add("similarity", tuned_on="toy", seed=seed, layer=layer, comparison="to-start", update=50,
                         convention="all", pearson=value)  # fmt: skip


@pytest.fixture
def tables(tmp_path: Path) -> Tables:
    return Tables(tmp_path / "made")


def claim(folder: Path, name: str, tuned_on: str | None = None) -> pd.Series:
    """The one row of a claim."""
    table = claims(folder)
    table = table[(table["claim"] == name) & (table["tuned_on"] == (tuned_on or table["tuned_on"]))]
    assert len(table) == 1
    return table.iloc[0]


@pytest.mark.parametrize(
    ("after", "outcome"), [((0.93, 0.94, 0.95), "holds"), ((0.86, 0.87, 0.88), "does not hold"), ((0.8, 1.0), "open")]
)
def test_accuracy_rises_or_falls_or_stays_open(tables, after, outcome):
    tables.accuracies([0.9, 0.9], {seed: [value, value] for seed, value in enumerate(after)})
    found = claim(tables.write(), "accuracy-rises")
    assert found["outcome"] == outcome
    assert found["value"] == pytest.approx(sum(after) / len(after) - 0.9)
    assert found["bound"] == 0
    assert found["n"] == len(after)
    # Such runs are too few for an interval: the least and the greatest are told, and that they are few.
    assert (found["low"], found["high"]) == pytest.approx((min(after) - 0.9, max(after) - 0.9))
    assert not found["is_interval"]
    assert found["evidence"].endswith(f"; few runs: {len(after)} seeds")


@pytest.mark.parametrize(
    ("after", "outcome"),
    [
        ((0.93, 0.94, 0.95, 0.94, 0.93, 0.95), "holds"),
        ((0.89, 0.99, 0.99, 0.99, 0.99, 0.98), "holds"),  # one run fell, and the interval still excludes 0
        ((0.85, 0.99, 0.86, 0.94, 0.88, 0.93), "open"),
        ((0.85, 0.86, 0.86, 0.84, 0.88, 0.85), "does not hold"),
    ],
)
def test_of_six_seeds_the_interval_of_the_difference_decides(tables, after, outcome):
    tables.accuracies([0.88, 0.92], {seed: [value - 0.01, value + 0.01] for seed, value in enumerate(after)})
    found = claim(tables.write(), "accuracy-rises")
    assert found["outcome"] == outcome
    assert found["is_interval"]
    assert (found["n"], found["over"]) == (6, "seeds")
    assert (found["low"] > 0 or found["high"] < 0) == (outcome != "open")
    assert "few runs" not in found["evidence"]


@pytest.mark.parametrize(("shift", "outcome"), [(0.01, "holds"), (-0.01, "does not hold")])
def test_initialisations_that_both_sides_share_are_compared_with_each_other(tables, shift, outcome):
    # Initialisations differ by far more than fine-tuning changes any of them.
    before = [0.70, 0.75, 0.80, 0.85, 0.90]
    noise = [0.001, -0.001, 0.002, -0.002, 0.0]
    tables.accuracies(before, {0: [value + shift + by for value, by in zip(before, noise, strict=True)]})
    found = claim(tables.write(), "accuracy-rises")
    assert found["outcome"] == outcome
    assert (found["n"], found["over"]) == (5, "initialisations")


def test_labels_whose_minimum_distance_fell_are_named(tables):
    tables.gaps({"A": 1, "B": 2, "C": 0, "D": 1}, {0: {"A": 3, "B": 1.5, "C": 0, "D": 2}})
    found = claim(tables.write(), "minimum-distances-rise")
    assert found["outcome"] == "does not hold"  # of half of the labels or fewer
    assert found["value"] == 2
    assert found["bound"] == 4
    assert found["evidence"] == "2 of 4 labels; fell: B; unchanged: C; few runs: 1 seed"
    assert found["labels"] == "B | C"


def test_every_minimum_distance_may_rise_because_the_space_grew(tables):
    labels = {"A": 1.0, "B": 2.0, "C": 3.0}
    tables.gaps(labels, {0: {name: 2 * value for name, value in labels.items()}}, scale=2.5)
    folder = tables.write()
    assert claim(folder, "minimum-distances-rise")["outcome"] == "holds"
    assert claim(folder, "minimum-distances-rise")["evidence"] == "3 of 3 labels; few runs: 1 seed"
    scaled = claim(folder, "scaled-minimum-distances-rise")
    assert scaled["outcome"] == "does not hold"
    assert scaled["evidence"] == "0 of 3 labels; fell: A, B, C; few runs: 1 seed"
    assert scaled["source"] == ""


def test_labels_that_fall_for_some_seeds_are_counted(tables):
    tables.gaps({"A": 1, "B": 1, "C": 1}, {0: {"A": 2, "B": 2, "C": 2}, 1: {"A": 2, "B": 0.5, "C": 2}})
    found = claim(tables.write(), "minimum-distances-rise")
    assert found["outcome"] == "partly"
    assert found["value"] == 2.5
    assert found["evidence"] == "2.5 of 3 labels (mean over 2 seeds); fell: B (1 of 2 seeds); few runs: 2 seeds"
    assert found["high"] > found["low"]


@pytest.mark.parametrize(
    ("before", "after", "outcome"),
    [
        (20, 17, "holds"),
        (17, 17, "holds"),
        (20, 25, "does not hold"),
        (17, 18, "does not hold"),
        (20, 20, "does not hold"),
    ],
)
def test_clusters_fall_towards_the_number_of_labels(tables, before, after, outcome):
    tables.add("clusters", n_labels=17, n_clusters=before, linear=before == 17)
    tables.add("clusters", tuned_on="toy", seed=0, n_labels=17, n_clusters=after, linear=after == 17)
    found = claim(tables.write(), "clusters-fall")
    assert found["outcome"] == outcome
    assert f"{before} → {after} clusters for 17 labels" in found["evidence"]


@pytest.mark.parametrize(("after", "outcome"), [(0.7, "holds"), (0.97, "does not hold")])
def test_similarity_of_training_and_test_points_falls(tables, after, outcome):
    common = {"comparison": "train-test", "convention": "all"}
    tables.add("similarity", **common, update=0, pearson=0.95)
    tables.add("similarity", **common, tuned_on="toy", seed=0, update=50, pearson=after)
    found = claim(tables.write(), "train-test-similarity-falls")
    assert found["outcome"] == outcome
    assert found["evidence"] == f"r = 0.95 → {after:.2f}; few runs: 1 seed"


def test_lower_layers_keep_their_layout_and_upper_ones_change(tables):
    tables.similarities({0: [0.99, 0.98], 1: [0.98, 0.97], 2: [0.96, 0.961], 3: [0.8, 0.8], 4: [0.6, 0.605]})
    folder = tables.write()
    lower = claim(folder, "lower-layers-keep-layout")
    assert lower["outcome"] == "holds"
    assert lower["value"] == pytest.approx(0.9605)
    assert lower["evidence"].startswith("layers 0 to 2 of 4: least r = ")
    assert lower["evidence"].endswith("in layer 2; few runs: 2 seeds")
    upper = claim(folder, "upper-layers-change-more")
    assert upper["outcome"] == "holds"
    assert upper["value"] == pytest.approx(-1)
    last = claim(folder, "last-layer-keeps-layout")
    assert last["outcome"] == "holds"
    assert last["value"] == pytest.approx(0.6025)


def test_lower_layers_that_change_and_a_last_layer_that_loses_its_layout(tables):
    tables.similarities({0: [0.7], 2: [0.95], 4: [0.44]})
    folder = tables.write()
    lower = claim(folder, "lower-layers-keep-layout")
    assert lower["outcome"] == "does not hold"
    assert lower["evidence"] == "layers 0 to 2 of 4: least r = 0.70, in layer 0; few runs: 1 seed"
    assert claim(folder, "upper-layers-change-more")["outcome"] == "partly"
    assert claim(folder, "last-layer-keeps-layout")["outcome"] == "does not hold"


def test_the_label_that_decides_a_similarity_is_named(tables):
    tables.similarities({DEPTH: [0.44]})
    for label, without in (("A", 0.45), ("INTJ", 0.61), ("X", 0.40)):
        tables.add("leave_one_out", tuned_on="toy", seed=0, comparison="to-start", update=50, convention="all",
                   label=label, pearson=without)  # fmt: skip
    assert (
        claim(tables.write(), "last-layer-keeps-layout")["evidence"] == "r = 0.44; without INTJ 0.61; few runs: 1 seed"
    )


def test_lower_layers_are_looked_at_on_the_way_too(tables):
    tables.similarities({0: [0.99], 1: [0.97], 4: [0.6]})
    tables.add("similarity", tuned_on="toy", seed=0, layer=1, comparison="to-start", update=25, convention="all",
               pearson=0.85)  # fmt: skip
    assert claim(tables.write(), "lower-layers-keep-layout")["value"] == 0.85


@pytest.mark.parametrize(
    ("lengths", "outcome", "correlation"),
    [
        ((1, 2, 3, 4, 5), "holds", 1.0),
        ((1, 2, 3, 6, 5), "holds", 0.9),  # as the paper's own: a little less in the last layer
        ((1, 4, 3, 2, 5), "partly", 0.6),
        ((5, 4, 3, 2, 1), "does not hold", -1.0),
    ],
)
def test_movement_grows_with_the_layer(tables, lengths, outcome, correlation):
    for layer, length in enumerate(lengths):
        for label, factor in (("A", 0.5), ("B", 1.5)):
            tables.add("movement", tuned_on="toy", seed=0, layer=layer, label=label, dx=1.0, dy=0.0,
                       length=length * factor)  # fmt: skip
    found = claim(tables.write(), "movement-grows-with-layer")
    assert found["outcome"] == outcome
    assert found["value"] == pytest.approx(correlation)


def curves(tables: Tables, tuned_on: str, seed: int, subtrain: float, subtest: float, test: float) -> None:
    for epoch in range(5):
        for split, end in (("subtrain", subtrain), ("subtest", subtest), ("test", test)):
            tables.add("memorisation", tuned_on=tuned_on, seed=seed, split=split, probe_epoch=epoch,
                       accuracy=end * (1 - 0.5**epoch))  # fmt: skip


def test_subtest_leaves_test_for_subtrain(tables):
    curves(tables, "", -1, 1.0, 0.84, 0.85)
    for seed in (0, 1):
        curves(tables, "toy", seed, 1.0, 0.99, 0.85)
    found = claim(tables.write(), "subtest-follows-subtrain")
    assert found["outcome"] == "holds"
    assert found["value"] > 0
    assert found["n"] == 2
    assert "before: subtrain 93.8" in found["evidence"]


def test_a_probe_whose_subtest_stays_with_test_has_memorised_nothing(tables):
    curves(tables, "", -1, 1.0, 0.84, 0.85)
    curves(tables, "toy", 0, 1.0, 0.86, 0.85)
    found = claim(tables.write(), "subtest-follows-subtrain")
    assert found["outcome"] == "partly"  # before it is as the paper says, after it is not
    assert found["value"] < 0


@pytest.mark.parametrize(
    ("tuned_on", "name", "change", "outcome"),
    [
        ("ps-role", "related-task-raises-distances", (1.0, 1.0, 1.0, -0.5), "holds"),
        ("ps-role", "related-task-raises-distances", (-1.0, -1.0, 1.0, -0.5), "does not hold"),
        ("ps-role", "related-task-raises-distances", (-0.1, -0.1, 3.0, -0.1), "partly"),
        ("pos", "opposed-task-lowers-distances", (-1.0, -1.0, -1.0, -0.5), "holds"),
        ("pos", "opposed-task-lowers-distances", (1.0, 1.0, 1.0, -0.5), "does not hold"),
    ],
)
def test_related_tasks_raise_distances_and_opposed_ones_lower_them(tables, tuned_on, name, change, outcome):
    before = dict.fromkeys("ABCD", 4.0)
    after = {label: 4 + by for label, by in zip("ABCD", change, strict=True)}
    tables.gaps(before, {0: after}, task="ps-fxn", tuned_on=tuned_on)
    tables.gaps({}, {0: before}, task="ps-fxn")
    folder = tables.write()
    found = claim(folder, name, tuned_on)
    assert found["outcome"] == outcome
    assert found["value"] == pytest.approx(sum(change) / 4)
    risen = sum(by > 0 for by in change)
    assert found["evidence"].startswith(f"{risen} rose, {4 - risen} fell; mean change ")
    # What the paper says of fine-tuning on the probed task itself is not asked of such a run.
    assert set(claims(folder).query("tuned_on == @tuned_on")["claim"]) == {name}


def test_of_tasks_that_the_paper_does_not_relate_nothing_is_claimed(tables):
    tables.gaps(dict.fromkeys("AB", 1.0), {0: dict.fromkeys("AB", 2.0)}, task="trec-50", tuned_on="dep")
    folder = tables.write()
    assert claims(folder).empty
    assert tuple(claims(folder).columns) == CLAIM_COLUMNS


def test_claims_are_counted_over_runs(tables):
    for task, after in (("pos", 0.95), ("dep", 0.95), ("trec-50", 0.85)):
        tables.accuracies([0.9], {0: [after]}, task=task)
    folder = tables.write()
    data = payload(StudyView(read_study(folder)))
    (tallied,) = data["sections"]["tally"]
    assert tallied["name"] == "accuracy-rises"
    assert tallied["told"] == "2 of 3 tasks"
    assert tallied["paper"] == "24 of 25"
    (failed,) = [run for run, outcome in tallied["outcomes"] if outcome != "holds"]
    assert data["runs"][failed]["task"] == "trec-50"
    written = {path.name: path for path in write_figures(folder, formats=("png",))}
    with open(written["claims.csv"], encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["task"], row["outcome"]) for row in rows] == [
        ("pos", "holds"), ("dep", "holds"), ("trec-50", "does not hold")
    ]  # fmt: skip
    assert "2 of 3 tasks" in written["claims-over-runs.csv"].read_text(encoding="utf-8")
    assert r"\bottomrule" in written["claims.tex"].read_text(encoding="utf-8")


def test_a_study_of_one_run_has_no_count_over_runs(tables):
    tables.accuracies([0.9], {0: [0.95]})
    folder = tables.write()
    assert len(find_runs(read_study(folder))) == 1
    assert "tally" not in payload(StudyView(read_study(folder)))["sections"]
    assert "claims-over-runs.csv" not in {path.name for path in write_figures(folder, formats=("png",))}


def test_the_cross_task_table_is_laid_out_as_table_5(tables):
    before = dict.fromkeys("ABC", 4.0)
    tables.gaps(before, {0: {"A": 9.0, "B": 9.0, "C": 9.0}}, task="ps-fxn")
    tables.gaps({}, {0: {"A": 3.0, "B": 2.0, "C": 5.0}}, task="ps-fxn", tuned_on="pos")
    written = {path.name: path for path in write_figures(tables.write(), formats=("png",))}
    with open(written["cross-task.csv"], encoding="utf-8", newline="") as file:
        rows = {row["tuned on"]: row for row in csv.DictReader(file)}
    assert (rows["ps-fxn"]["labels that rose"], rows["ps-fxn"]["labels that fell"]) == ("3", "0")
    assert (rows["pos"]["labels that rose"], rows["pos"]["labels that fell"]) == ("1", "2")
    assert float(rows["pos"]["mean change"]) == pytest.approx(-2 / 3)
    assert "accuracy after (%)" not in rows["pos"]


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=5), st.floats(-10, 10))
def test_above_and_below_exclude_each_other(values, limit):
    found = estimate(values)
    outcomes = {above(found, limit), below(found, limit)}
    assert outcomes in ({HOLDS, FAILS}, {OPEN}) or found.mean == limit


@given(st.integers(1, 50), st.data())
def test_all_is_all(n, data):
    count = data.draw(st.integers(0, n))
    assert (share(count, n) == HOLDS) == (count == n)
    assert (share(count, n) == FAILS) == (2 * count <= n)
