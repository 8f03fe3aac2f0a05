"""A study does what is missing, once, and lays it out as tables."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

from tunescope.errors import EncoderError, StudyError, UnitsFailed
from tunescope.geometry._solver.search import DEFAULT_RTOL
from tunescope.records import BUILT_IN, schema
from tunescope.storage import ArrayFile, ResultStore, read_table
from tunescope.studies import Watcher, run_study

EXPERIMENTS = ["performance", "linearity", "dynamics", "paths", "layers", "cross-task", "memorisation", "chance"]
"""Those that read and write the tables of every study; the others have tables, and tests, of their own."""
EVERY_TABLE = {one.name for one in BUILT_IN}
OF_DISTANCES = {"pairs", "gaps", "comparisons", "leave_one_out"}


def tables(folder):
    """All tables of a study without what no two runs share: how long something took."""
    found = {path.stem: read_table(path) for path in (folder / "tables").glob("*.parquet")}
    if "clusters" in found:
        found["clusters"] = found["clusters"].drop(columns="seconds")
    return found


def assert_same_tables(a, b):
    assert set(a) == set(b)
    for name in a:
        # Equal but for the last bits, as a product of matrices depends on where in memory they lie; and a distance is
        # any number within its proved bounds, of which the last bits of the points decide.
        rtol = DEFAULT_RTOL if name in OF_DISTANCES else 1e-6
        pd.testing.assert_frame_equal(a[name], b[name], rtol=rtol, atol=1e-9)


class Listener(Watcher):
    def __init__(self):
        self.titles, self.notes = [], []

    def started(self, title, number, n_units):
        self.titles.append(title)

    def noted(self, text):
        self.notes.append(text)


BESIDE = "beside permuted labels"
"""The setting of similarities that stand beside those of permuted labels."""


@pytest.fixture(scope="module")
def everything(tmp_path_factory, encoder_folder):
    """Every experiment on two tasks, in the last layer and in all layers."""
    from tunescope.studies import Study

    study = Study.model_validate(
        {
            "name": "everything",
            "encoders": [{"name": str(encoder_folder), "label": "small"}],
            "tasks": ["toy-question-coarse", "toy-coin"],
            "experiments": [{"name": name, "layers": "all"} if name == "layers" else name for name in EXPERIMENTS],
            "epochs": 1,
            "every": 2,
            "fraction": 0.3,
            "seeds": [0, 1],
            "classifier": {"hidden": [16, 16], "runs": 2, "max_iter": 20},
            "memorisation_epochs": 5,
            "convention": "both",
        }
    )
    folder = tmp_path_factory.mktemp("everything")
    return study, folder, run_study(study, folder)


def test_every_table_is_there_with_its_columns(everything):
    _, folder, _ = everything
    found = tables(folder)
    assert set(found) == EVERY_TABLE
    for name in EVERY_TABLE - {"clusters"}:
        assert list(found[name].columns) == schema(name).names
        assert not found[name].empty


def test_two_units_that_measure_the_same_space_agree(everything):
    """The end of a fine-tuning is measured on the way and from nothing; the record says where the two differ."""
    _, folder, _ = everything
    notes = json.loads((folder / "study.json").read_text())["notes"]
    assert [note for note in notes if note.startswith("table ")] == []
    store = ResultStore(folder)
    on_the_way = pd.concat([unit.table("gaps").assign(of=unit.key) for unit in store.units("finetune")])
    last = on_the_way[on_the_way["update"] == on_the_way["update"].max()]
    alone = pd.concat([unit.table("gaps") for unit in store.units("geometry")])
    both = last.merge(alone, on=["layer", "label", "n_points"], suffixes=("", "_alone"))
    apart = (both["distance"] - both["distance_alone"]).abs() <= 1e-3 * both["distance"] + 1e-9
    assert apart.groupby([both["of"], both["layer"], both["label"]]).any().all()


def test_rows_say_where_they_come_from(everything):
    study, folder, _ = everything
    for name, table in tables(folder).items():
        if name == "tasks":
            continue
        assert set(table["encoder"]) == {"small"}, name
        original = table[table["stage"] == "original"]
        tuned = table[table["stage"] == "fine-tuned"]
        assert len(original) + len(tuned) == len(table)
        assert set(original["seed"]) <= {-1}
        assert set(original["tuned_on"]) <= {""}
        assert set(tuned["seed"]) == set(study.seeds), name
        if name != "blocks":  # nothing blocks a linear space
            assert set(tuned["tuned_on"]) == {choice.name for choice in study.tasks}, name


def test_the_way_is_watched_from_its_start_to_its_end(everything):
    _, folder, _ = everything
    found = tables(folder)
    last = int(found["training"]["update"].max())
    assert last == found["training"].groupby(["task", "seed"]).size().max()
    on_the_way = found["spaces"][(found["spaces"]["task"] == "toy-coin") & (found["spaces"]["stage"] == "fine-tuned")]
    assert set(on_the_way.query("tuned_on == 'toy-coin'")["update"]) == {*range(0, last, 2), last}
    start = found["comparisons"].query("comparison == 'to-start' and update == 0")
    assert start["value"].dropna().between(1 - 1e-9, 1 + 1e-9).all()
    assert (found["gaps"]["distance"] >= 0).all()
    assert set(found["comparisons"]["layer"]) == {0, 1, 2}
    assert set(found["comparisons"]["setting"]) - {BESIDE} == {"all", "published"}


def test_a_similarity_is_given_in_the_convention_that_is_asked_for(make_study, tmp_path):
    run_study(make_study(experiments=["performance", "layers"], convention="published"), tmp_path)
    assert set(tables(tmp_path)["comparisons"]["setting"]) == {"published"}
    assert set(tables(tmp_path)["leave_one_out"]["convention"]) == {"published"}


def test_labels_that_nothing_can_tell_apart_are_found(everything):
    """Of toy-coin every sentence occurs twice, with heads and with tails at the same place."""
    _, folder, _ = everything
    blocks = tables(folder)["blocks"].query("task == 'toy-coin'")
    conflicts = blocks[blocks["kind"] == "conflict"]
    assert {(a, b) for a, b in zip(conflicts["label_a"], conflicts["label_b"], strict=True)} == {("heads", "tails")}
    assert all("[" in text for text in conflicts["text"])
    clusters = tables(folder)["clusters"].query("task == 'toy-coin'")
    assert not clusters["linear"].any()
    assert (clusters["conflicts"] > 0).all()


def test_the_summary_tells_before_and_after(everything):
    _, _, result = everything
    rows = {(row.task, row.tuned_on): row for row in result.summary}
    tasks = ("toy-question-coarse", "toy-coin")
    assert set(rows) == {(probed, source) for probed in tasks for source in tasks}
    own = rows["toy-coin", "toy-coin"]
    assert own.before.accuracy.n == 2  # initialisations
    assert (own.after.accuracy.n, own.after.accuracy.over) == (2, "seeds")  # each the mean of its initialisations
    assert own.after.linear == (False, False)
    assert own.after.similarity is None


def test_the_record_tells_what_was_run_with_what(everything):
    _, folder, result = everything
    record = json.loads((folder / "study.json").read_text())
    assert record["study"]["seeds"] == [0, 1]
    assert record["encoders"][0]["n_layers"] == 2
    assert record["layers"]["layers"] == {"small": [0, 1, 2]}
    assert {"torch", "numpy", "tunescope"} <= set(record["versions"])
    assert record["seconds"] == result.time
    assert len(record["units"]) == result.n_units


def test_run_again_it_does_nothing_and_ends_with_the_same_tables(everything):
    study, folder, _ = everything
    before = tables(folder)
    listener = Listener()
    again = run_study(study, folder, watcher=listener)
    assert (again.n_done, listener.titles) == (0, [])
    assert_same_tables(before, tables(folder))


def test_tables_are_written_again_only_when_they_would_be_others(everything):
    study, folder, result = everything
    run_study(study, folder)
    paths = [folder / "tables" / "gaps.parquet", folder / "explorer" / "points.parquet"]
    written = [path.stat().st_mtime_ns for path in paths]
    again = run_study(study, folder)
    assert [path.stat().st_mtime_ns for path in paths] == written
    assert again.summary == result.summary
    paths[0].unlink()
    run_study(study, folder)
    assert paths[0].is_file(), "a table that is missing is written again"
    run_study(study.model_copy(update={"convention": "published"}), folder)
    assert set(read_table(folder / "tables" / "comparisons.parquet")["setting"]) - {BESIDE} == {"published"}
    run_study(study, folder)


def test_an_experiment_uses_what_another_has_computed(everything, make_study):
    study, folder, _ = everything
    listener = Listener()
    alone = study.model_dump() | {"experiments": ["dynamics"], "layers": [1]}
    result = run_study(type(study).model_validate(alone), folder, watcher=listener)
    assert listener.titles == []
    assert set(read_table(folder / "tables" / "gaps.parquet")["layer"]) == {1}
    assert not (folder / "tables" / "accuracy.parquet").exists()
    assert result.summary[0].before.distance is not None
    run_study(study, folder)


def test_only_what_a_change_concerns_is_done_again(make_study, tmp_path):
    run_study(make_study(), tmp_path)
    listener = Listener()
    run_study(make_study(classifier={"hidden": [8, 8], "runs": 1, "max_iter": 5}), tmp_path, watcher=listener)
    assert len(listener.titles) == 2
    assert all(title.startswith("classifier probe") for title in listener.titles)


def test_encoders_that_are_not_kept_are_trained_again_when_they_are_needed(make_study, tmp_path):
    dropped = {"keep": {"encoders": False}}
    run_study(make_study(**dropped), tmp_path)
    assert not list(tmp_path.glob("units/**/model.safetensors"))
    assert run_study(make_study(**dropped), tmp_path).n_done == 0
    run_study(make_study(layers=[1], **dropped), tmp_path)
    assert not list(tmp_path.glob("units/**/model.safetensors"))
    apart = tmp_path / "apart"
    run_study(make_study(layers=[1]), apart)
    assert_same_tables(tables(tmp_path), tables(apart))


def test_a_label_of_test_that_train_lacks_is_told(make_study, tmp_path):
    listener = Listener()
    run_study(make_study(tasks=["toy-ps-role"], experiments=["linearity"]), tmp_path, watcher=listener)
    assert any("not in train" in note for note in listener.notes)


def test_weights_that_are_a_pickle_need_leave(encoder_folder, make_study, tmp_path):
    import torch
    from safetensors.torch import load_file

    folder = tmp_path / "pickled"
    shutil.copytree(encoder_folder, folder)
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    asked = {"encoders": [str(folder)], "experiments": ["linearity"]}
    with pytest.raises(EncoderError, match="--allow-pickle"):
        run_study(make_study(**asked), tmp_path / "out")
    assert run_study(make_study(allow_pickle=True, **asked), tmp_path / "out").n_done > 0


STUDY = """\
name: small
encoders:
  - {encoder}
tasks:
  - toy-pos
experiments: [dynamics]
layers: [{layer}]
fraction: 0.2
"""


@pytest.mark.parametrize(
    ("changes", "error", "said"),
    [
        ({"layer": 9}, StudyError, ":7: layers: small has no layer 9; it has 0 (embedding layer) to 2"),
        ({"encoder": "tinny"}, EncoderError, ":3: encoders[0]: there is no encoder 'tinny'; did you mean tiny?"),
        ({"encoder": "./absent/folder"}, EncoderError, ":3: encoders[0]: there is no folder"),
        ({"task": "toy-poss"}, StudyError, ":5: tasks[0]: unknown task 'toy-poss'; did you mean toy-pos"),
    ],
)
def test_what_is_not_there_is_told_before_anything_runs(encoder_folder, tmp_path, changes, error, said):
    text = STUDY.format(encoder=changes.get("encoder", encoder_folder), layer=changes.get("layer", 1))
    path = tmp_path / "study.yaml"
    path.write_text(text.replace("toy-pos", changes.get("task", "toy-pos")))
    with pytest.raises(error) as caught:
        run_study(path, tmp_path / "out")
    assert str(caught.value).startswith(f"{path}{said}")
    assert not (tmp_path / "out").exists()


def test_weights_that_are_not_numbers_are_one_clear_error(encoder_folder, make_study, tmp_path):
    import torch

    from tunescope.encoders import load_encoder

    encoder = load_encoder(encoder_folder)
    with torch.no_grad():
        next(encoder.model.parameters())[:] = float("nan")
    encoder.save(tmp_path / "broken")
    with pytest.raises(UnitsFailed, match=r"vectors of broken on toy-question-coarse.*NaN"):
        run_study(make_study(encoders=[str(tmp_path / "broken")]), tmp_path / "out")


KILLED = """\
import json, sys, time
from tunescope.studies import Study, Watcher, run_study

class Slow(Watcher):
    def progressed(self, part, done, total):
        if part == "fine-tune":
            time.sleep(0.05)

run_study(Study.model_validate(json.loads(sys.argv[1])), sys.argv[2], watcher=Slow())
"""


def _until(condition, process):
    end = time.monotonic() + 120
    while not condition():
        assert process.poll() is None, "the run ended before it could be killed"
        assert time.monotonic() < end
        time.sleep(0.01)


def test_killed_in_the_middle_of_a_fine_tuning_it_goes_on_and_ends_with_the_same_tables(make_study, tmp_path):
    study = make_study(experiments=["dynamics", "layers", "performance"], epochs=2, every=1)
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    run_study(study, whole)

    command = [sys.executable, "-c", KILLED, json.dumps(study.model_dump(mode="json")), str(cut)]
    with subprocess.Popen(command) as process:
        # Killed after the first epoch has left its checkpoint, in the middle of the second.
        _until(lambda: len(list(cut.glob("work/finetune/*/snapshots/[0-9]*"))) > 5, process)
        os.kill(process.pid, signal.SIGKILL)
    assert not list(cut.glob("units/finetune/[!.]*"))
    kept = {path.name for path in cut.glob("work/finetune/*/snapshots/[0-9]*")}

    listener = Listener()
    run_study(study, cut, watcher=listener)
    assert any("unfinished" in note for note in listener.notes)
    assert_same_tables(tables(whole), tables(cut))
    same, found = (ArrayFile(next(folder.glob("explorer/projection-*.safetensors"))) for folder in (whole, cut))
    assert found.metadata == same.metadata
    np.testing.assert_allclose(found["scale"], same["scale"], rtol=1e-3)
    # One step is a 32,767th of the way to the farthest point.
    np.testing.assert_allclose(found["projection"].astype(int), same["projection"].astype(int), atol=33)
    unit = ResultStore(cut).units("finetune")[0]
    assert any("went on at update" in note for note in unit.notes)
    assert len(kept) > 5
    assert not list(cut.glob("work/finetune/*"))
