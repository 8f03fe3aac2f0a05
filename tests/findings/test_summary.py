"""The one summary, of folders that a study left."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pandas as pd
import pytest

import tunescope.report as report
from tunescope import findings

STORED = Path(__file__).parent.parent / "stored" / "study-0.1.0.tar.xz"


@pytest.fixture(scope="module")
def stored(tmp_path_factory) -> Path:
    """The study folder that version 0.1.0 wrote: two tasks, each tuned on both, two seeds."""
    folder = tmp_path_factory.mktemp("stored")
    with tarfile.open(STORED) as archive:
        archive.extractall(folder, filter="data")
    return folder / "study"


@pytest.fixture(scope="module")
def found(stored):
    return {(one.task, one.tuned_on): one for one in findings.summaries(stored)}


def rows(folder: Path, table: str, task: str, tuned_on: str) -> pd.DataFrame:
    table = pd.read_parquet(folder / "tables" / f"{table}.parquet")
    here = table[(table["task"] == task) & (table["tuned_on"] == tuned_on)]
    return here[here["layer"] == table.loc[table["task"] == task, "layer"].max()]


def test_every_task_and_tuning_has_one_row(found):
    tasks = ("toy-question-coarse", "toy-pos-coarse")
    assert set(found) == {(task, source) for task in tasks for source in tasks}


def test_its_numbers_are_those_of_the_tables(stored, found):
    for (task, source), one in found.items():
        before, after = (rows(stored, "accuracy", task, name).query("split == 'test'") for name in ("", source))
        assert one.before.accuracy.mean == pytest.approx(before["accuracy"].mean())
        assert one.before.accuracy.std == pytest.approx(before["accuracy"].std())
        assert one.before.accuracy.over == "initialisations"
        by_seed = after.groupby("seed")["accuracy"].mean()
        assert one.after.accuracy.values == pytest.approx(tuple(by_seed))
        assert one.after.accuracy.runs == "2 seeds"
        assert one.change.accuracy.values == pytest.approx(tuple(by_seed - before["accuracy"].mean()))
        clusters = rows(stored, "clusters", task, source)
        assert sorted(one.after.clusters) == sorted(clusters["n_clusters"])
        assert one.after.is_linear == clusters["linear"].all()
        gaps = rows(stored, "gaps", task, source)
        end = gaps[gaps["update"] == gaps["update"].max()]
        assert one.after.distance.mean == pytest.approx(end.groupby("seed")["distance"].mean().mean())
        assert one.after.scaled.mean == pytest.approx(end.groupby("seed")["scaled"].mean().mean())


def test_two_seeds_are_shown_and_have_no_interval(found):
    for one in found.values():
        after = one.after.accuracy
        assert (after.low, after.high) == (min(after.values), max(after.values))
        assert not after.is_interval


def test_a_folder_without_probes_and_distances_has_no_row(tmp_path):
    (tmp_path / "tables").mkdir()
    assert findings.summaries(tmp_path) == ()


def test_the_report_gives_the_same_tables_by_the_same_names(stored):
    assert report.claims is findings.claims
    assert report.published_beside_measured is findings.published_beside_measured
    assert set(findings.claims(stored)["outcome"]) <= {"holds", "partly", "does not hold", "open"}
