"""One addition, one class: an experiment, an observer, a unit, an executor, an encoder and a task from outside."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from tunescope.cli.main import app
from tunescope.encoders import load_encoder
from tunescope.errors import StudyError
from tunescope.execution import Executor, executor
from tunescope.records import Table
from tunescope.storage import ResultStore, read_table
from tunescope.studies import (
    Observer,
    SpaceExperiment,
    Study,
    TuningExperiment,
    Watcher,
    Work,
    experiment_names,
    placed,
    run_study,
)
from tunescope.studies._settings.experiments import withdraw
from tunescope.tasks import load_task

NORMS = Table("norms", "label of a space", {"layer": "int64", "label": "string", "norm": "double"}, frozenset({"norm"}))
SIZES = Table(
    "sizes", "space at an update", {"layer": "int64", "update": "int64", "size": "double"}, frozenset({"size"})
)


@pytest.fixture
def norms():
    """An experiment with a kind of unit and a table of its own."""

    class Norm(Work):
        kind = "norm"

        def __init__(self, space):
            self.space = space

        def inputs(self):
            return {"space": self.space.inputs()}

        @property
        def title(self):
            return f"norms of {self.space.state.title}"

        @property
        def needs(self):
            return (self.space,)

        def run(self, writer, bench, folder):
            train, _ = self.space.points(bench.store)
            rows = [
                {"layer": self.space.layer, "label": str(label), "norm": float((train.X[train.y == label] ** 2).sum())}
                for label in sorted(set(train.y.tolist()))
            ]
            writer.table("norms", rows)

    class Norms(SpaceExperiment):
        name = "norms"
        question = "how long are the vectors?"
        tables = (NORMS,)

        def looks(self, plan, space):
            yield Norm(space), ("norms",)

    yield Norms
    withdraw("norms")


def test_an_experiment_from_outside_has_its_table(norms, make_study, tmp_path):
    result = run_study(make_study(experiments=["norms"]), tmp_path)
    rows = read_table(tmp_path / "tables" / "norms.parquet")
    assert list(rows.columns) == NORMS.schema.names
    assert set(rows["stage"]) == {"original", "fine-tuned"}
    assert "norm" in result.time
    assert run_study(make_study(experiments=["norms"]), tmp_path).n_done == 0


def test_an_experiment_from_outside_is_listed_and_named_in_help(norms):
    assert "norms" in experiment_names()[7:]
    runner = CliRunner()
    assert "norms" in runner.invoke(app, ["run", "--help"]).output
    listed = json.loads(runner.invoke(app, ["experiments", "--json"]).output)
    assert listed[experiment_names().index("norms")] == {
        "name": "norms",
        "question": "how long are the vectors?",
        "tables": ["norms"],
    }


def test_an_experiment_that_is_not_there_is_told_with_what_there_is(norms, make_study):
    with pytest.raises(ValueError, match=r"unknown experiment; did you mean norms\?"):
        make_study(experiments=["norm"])


def test_an_observer_from_outside_looks_when_an_experiment_names_it(make_study, tmp_path):
    class Sizes(Observer):
        name = "sizes"
        tables = ("sizes",)

        def see(self, state):
            for number, layer in state.layers.items():
                yield "sizes", [{**state.place(number), "size": float((layer.X**2).mean())}]

    class Sizing(TuningExperiment):
        name = "sizing-here"
        question = "how large?"
        tables = (SIZES,)
        observers = ("sizes",)

        def seen(self, plan, course, layers, store):
            yield placed("sizes", course.record.result(store).table("sizes"), course.origin)

    try:
        run_study(make_study(experiments=["dynamics"]), tmp_path)
        run_study(make_study(experiments=["sizing-here"]), tmp_path)
        rows = read_table(tmp_path / "tables" / "sizes.parquet")
        assert len(rows) > 2
        assert rows["update"].is_monotonic_increasing
        listener = Titles()
        run_study(make_study(experiments=["dynamics"]), tmp_path, watcher=listener)
        assert listener.titles == []
    finally:
        withdraw("sizing-here")
        Observer._known.pop("sizes")


class Titles(Watcher):
    def __init__(self):
        self.titles, self.notes = [], []

    def started(self, title, number, n_units):
        self.titles.append(title)

    def noted(self, text):
        self.notes.append(text)


def test_an_executor_from_outside_does_the_work_and_is_named_in_help(make_study, tmp_path):
    done = []

    class Counting(Executor):
        name = "counting"
        about = "locally, and counts"

        def run(self, graph, do):
            for one in executor("local").run(graph, do):
                done.append(one)
                yield one

    try:
        result = run_study(make_study(), tmp_path, on="counting")
        assert "counting" in CliRunner().invoke(app, ["run", "--help"]).output
    finally:
        Executor._known.pop("counting")
    assert len(done) == result.n_done > 0


def test_encoders_and_tasks_are_taken_as_objects(make_study, encoder_folder, tmp_path):
    encoder, task = load_encoder(encoder_folder), load_task("toy-question-coarse", fraction=0.3)
    named = make_study(fraction=None)
    settings = {name: getattr(named, name) for name in ("epochs", "every", "classifier", "experiments")}
    study = Study(name="objects", encoders=[encoder], tasks=[task], **settings)
    result = run_study(study, tmp_path)
    assert result.n_done > 0
    record = json.loads((tmp_path / "study.json").read_text())
    assert record["study"]["encoders"][0]["fingerprint"] == encoder.fingerprint
    assert record["study"]["tasks"][0]["fingerprint"] == task.fingerprint
    again = Study(name="objects", encoders=[load_encoder(encoder_folder)], tasks=[task], **settings)
    assert run_study(again, tmp_path).n_done == 0
    assert run_study(named, tmp_path, encoders=[encoder], tasks=[task]).n_done == 0
    with pytest.raises(StudyError, match="handed over as an object"):
        run_study(Study.model_validate(record["study"]), tmp_path)


def test_an_encoder_that_changes_under_the_study_is_refused(encoder_folder, tmp_path):
    from tunescope.errors import EncoderError
    from tunescope.studies._units.bench import Bench
    from tunescope.studies._units.states import Original

    state = Original("small", str(encoder_folder), None, "another fingerprint", 2)
    with pytest.raises(EncoderError, match="changed since the study began"):
        Bench(ResultStore(tmp_path), {}).encoder(state)


def test_a_split_of_one_label_is_refused_before_anything_runs(make_study, tmp_path):
    path = tmp_path / "one.tsv"
    path.write_text("text\tlabel\n" + "".join(f"word {i}\tNOUN\n" for i in range(10)))
    with pytest.raises(StudyError, match="at least two labels"):
        run_study(make_study(tasks=[{"name": "one", "file": str(path)}], fraction=None), tmp_path / "out")
    assert not (tmp_path / "out" / "units").exists()


def test_units_of_an_older_version_of_their_kind_are_done_again_and_that_is_said(make_study, tmp_path, monkeypatch):
    from tunescope.studies._units.classifier import Classify

    run_study(make_study(), tmp_path)
    monkeypatch.setattr(Classify, "version", 2)
    listener = Titles()
    run_study(make_study(), tmp_path, watcher=listener)
    assert len(listener.titles) == 2
    assert any(note.startswith("2 units of the kind classifier are done again") for note in listener.notes)


def test_what_fails_ends_the_command_with_1(make_study, encoder_folder, tmp_path, monkeypatch):
    from tunescope.studies._units.classifier import Classify

    def broken(self, train, bench):
        raise RuntimeError("no more")

    monkeypatch.setattr(Classify, "_fitted", broken)
    study = tmp_path / "study.yaml"
    study.write_text(
        f"name: a\nencoders: [{encoder_folder}]\ntasks: [toy-question-coarse]\nexperiments: [performance]\n"
        "epochs: 1\nfraction: 0.2\n"
    )
    ended = CliRunner().invoke(app, ["run", str(study), "--out", str(tmp_path / "out"), "--quiet"])
    assert ended.exit_code == 1
    assert "RuntimeError: no more" in ended.output
    assert (tmp_path / "out" / "tables" / "clusters.parquet").is_file()
