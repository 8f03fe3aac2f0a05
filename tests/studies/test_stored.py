"""A study that version 0.1.0 has made is read, and gone on with."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from tunescope.storage import ResultStore
from tunescope.studies import Watcher, run_study

STORED = Path(__file__).parents[1] / "stored" / "study-0.1.0.tar.xz"


class Listener(Watcher):
    def __init__(self):
        self.titles, self.notes = [], []

    def started(self, title, number, n_units):
        self.titles.append(title)

    def noted(self, text):
        self.notes.append(text)


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stored")
    with tarfile.open(STORED) as archive:
        archive.extractall(folder, filter="data")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        before = {(unit.kind, unit.key) for unit in ResultStore("study").units()}
        listener = Listener()
        result = run_study("study.yaml", "study", watcher=listener)
        after = {(unit.kind, unit.key) for unit in ResultStore("study").units()}
    return folder / "study", result, listener, before, after


def test_nothing_that_is_there_is_done_again(stored):
    _, result, listener, before, after = stored
    assert (result.n_done, listener.titles) == (0, [])
    assert after == before


def test_its_tables_hold_what_its_units_hold(stored):
    folder, result, _, _, _ = stored
    record = json.loads((folder / "study.json").read_text())
    assert record["failed"] == []
    assert {row.task for row in result.summary} == {"toy-question-coarse", "toy-pos-coarse"}
    for path in ("accuracy", "clusters", "gaps", "pairs", "movement", "paths", "memorisation"):
        assert (folder / "tables" / f"{path}.parquet").is_file()


def test_a_change_of_it_does_only_what_the_change_concerns(stored):
    folder, _, _, _, _ = stored
    listener = Listener()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder.parent)
        run_study("study.yaml", "study", watcher=listener, experiments=["memorisation"], memorisation_epochs=2)
    assert listener.titles
    assert all(title.startswith("memorisation of") for title in listener.titles)
