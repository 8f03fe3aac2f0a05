"""Tables follow from the units and from the code that lays them out, and from no order."""

from __future__ import annotations

import itertools
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

import tunescope
from tunescope.errors import UnitsFailed
from tunescope.storage import ResultStore, read_table
from tunescope.storage._checksums import checksum
from tunescope.studies import Watcher, _record, run_study
from tunescope.studies._experiments.experiment import ALONE, ON_THE_WAY, Experiment, Rows, placed
from tunescope.studies._settings.experiments import withdraw
from tunescope.studies._units.work import Work


def gaps(distance, rank):
    row = {"encoder": "e", "task": "t", "tuned_on": "t", "seed": 0, "stage": "fine-tuned", "layer": 1, "update": 5}
    row |= {"epoch": 1.0, "label": "NOUN", "n_points": 4, "distance": distance, "scaled": distance, "nearest": "VERB"}
    return Rows("gaps", pd.DataFrame([row]), rank)


@pytest.mark.parametrize("order", list(itertools.permutations([gaps(1.0, ON_THE_WAY), gaps(1.01, ALONE)])))
def test_which_of_two_measurements_stands_does_not_depend_on_their_order(order):
    rows, n_apart = _record.once("gaps", order)
    assert rows["distance"].tolist() == [1.01]
    assert n_apart == 1


def test_measurements_within_the_tolerance_agree():
    rows, n_apart = _record.once("gaps", [gaps(1.0, ON_THE_WAY), gaps(1.0005, ALONE)])
    assert (len(rows), n_apart) == (1, 0)


def test_two_units_that_differ_are_told(make_study, tmp_path):
    study = make_study(experiments=["dynamics", "linearity"])
    run_study(study, tmp_path)
    store = ResultStore(tmp_path)
    [unit] = store.units("finetune")
    path = unit.path / "gaps.parquet"
    rows = read_table(path)
    rows.loc[rows["update"] == rows["update"].max(), "distance"] += 0.5
    rows.to_parquet(path)
    record = json.loads((unit.path / "unit.json").read_text())
    record["files"]["gaps.parquet"] = path.stat().st_size
    record["sha256"]["gaps.parquet"] = checksum(path)
    (unit.path / "unit.json").write_text(json.dumps(record))
    shutil.rmtree(tmp_path / "tables")
    heard = []

    class Listener(Watcher):
        def noted(self, text):
            heard.append(text)

    run_study(study, tmp_path, watcher=Listener())
    assert any(note.startswith("table gaps: ") and "two units" in note for note in heard)


def test_the_code_that_lays_out_is_part_of_the_key(tmp_path, monkeypatch):
    """Sources in every folder count, those of rooms below as well."""
    package = tmp_path / "tunescope"
    shutil.copytree(Path(tunescope.__file__).parent, package, ignore=shutil.ignore_patterns("*.pyc"))
    monkeypatch.setattr(_record, "__file__", str(package / "studies" / "_record.py"))
    digest = _record.code_digest.__wrapped__
    before = digest()
    for name in ("studies/_experiments/paths.py", "geometry/_centroids.py", "records/_tables.py"):
        with (package / name).open("a") as file:
            file.write("\n# another line\n")
        assert digest() != before, name
        before = digest()
    with (package / "cli" / "main.py").open("a") as file:
        file.write("\n# another line\n")
    assert digest() == before


def test_a_new_kind_of_unit_has_its_time_told(make_study, tmp_path):
    """An experiment and a unit from outside: nothing but the two classes, and the run ends well."""

    class Count(Work):
        kind = "count"

        def inputs(self):
            return {}

        @property
        def title(self):
            return "a count"

        def run(self, writer, bench, folder):
            writer.table("counted", [{"n": 1}])

    class Counting(Experiment):
        name = "counting"
        question = "how many?"

        def units(self, plan):
            yield Count()

        def rows(self, plan, store):
            yield placed("tasks", [{"kind": "word", "split": "train", "label": "all", "n": 1}], {"task": "counted"})

    try:
        result = run_study(make_study(experiments=["counting"]), tmp_path)
    finally:
        withdraw("counting")
    assert "count" in result.time
    assert read_table(tmp_path / "tables" / "tasks.parquet")["n"].tolist() == [1]


def test_a_unit_that_fails_does_not_end_the_others(make_study, tmp_path, monkeypatch):
    from tunescope.studies._units.classifier import Classify

    fit = Classify._fitted
    broken = {"n": 0}

    def fitted(self, train, bench):
        if self.space.state.title == "small":
            broken["n"] += 1
            raise RuntimeError("out of memory")
        return fit(self, train, bench)

    study = make_study(encoders=[{"name": make_study().encoders[0].name, "label": "small"}])
    monkeypatch.setattr(Classify, "_fitted", fitted)
    with pytest.raises(UnitsFailed) as caught:
        run_study(study, tmp_path)
    said = str(caught.value)
    assert said.startswith("1 of ")
    assert "classifier probe of small on toy-question-coarse, layer 2: RuntimeError: out of memory" in said
    there = read_table(tmp_path / "tables" / "accuracy.parquet")
    assert set(there["stage"]) == {"fine-tuned"}
    monkeypatch.undo()
    assert run_study(study, tmp_path).n_done == 1
    assert set(read_table(tmp_path / "tables" / "accuracy.parquet")["stage"]) == {"original", "fine-tuned"}


def test_what_waits_for_a_unit_that_failed_is_told(make_study, tmp_path, monkeypatch):
    from tunescope.studies._units.finetune import FineTuneUnit

    def run(self, writer, bench, folder):
        raise MemoryError("no memory")

    monkeypatch.setattr(FineTuneUnit, "run", run)
    with pytest.raises(UnitsFailed, match=r"not begun, because they need one of these: 3"):
        run_study(make_study(), tmp_path)
    assert set(read_table(tmp_path / "tables" / "clusters.parquet")["stage"]) == {"original"}
