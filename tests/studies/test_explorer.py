"""A study leaves its points for the explorer, on axes that the snapshots of a layer share."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tunescope.report._page.points import Points
from tunescope.storage import ArrayFile, ResultStore, read_json, read_table, write_json
from tunescope.studies import Study, Watcher, run_study
from tunescope.studies._points import shown
from tunescope.tasks import load_task

TASKS = ("toy-question-coarse", "toy-coin")


class Listener(Watcher):
    def __init__(self):
        self.titles, self.notes = [], []

    def started(self, title, number, n_units):
        self.titles.append(title)

    def finished(self, title, seconds, notes):
        self.notes += notes


@pytest.fixture(scope="module")
def study(encoder_folder):
    return Study.model_validate(
        {
            "name": "points",
            "encoders": [{"name": str(encoder_folder), "label": "small"}],
            "tasks": list(TASKS),
            "experiments": ["performance", "linearity", {"name": "dynamics", "layers": "all"}, "cross-task"],
            "epochs": 1,
            "every": 2,
            "fraction": 0.3,
            "classifier": {"hidden": [8, 8], "runs": 1, "max_iter": 5},
        }
    )


@pytest.fixture(scope="module")
def ran(study, tmp_path_factory):
    folder = tmp_path_factory.mktemp("points")
    run_study(study, folder)
    return folder


def projection(folder, task=TASKS[0], tuned_on=None):
    """The file of one way, and its metadata read."""
    one = next(p for p in Points(folder).projections if (p.task, p.tuned_on) == (task, tuned_on or task))
    stored = ArrayFile(one.path)
    texts = ("encoder", "task", "tuned_on", "seed")
    about = {name: text if name in texts else json.loads(text) for name, text in stored.metadata.items()}
    return stored, about


def vectors(folder, task=TASKS[0], layer=2):
    """The vectors of train and test before and after, as the units of the two ends hold them."""
    n = int((read_table(folder / "explorer" / "points.parquet")["task"] == task).sum())
    ends = {}
    for unit in ResultStore(folder).units("space"):
        stored = unit.arrays("vectors")
        if unit.inputs["layer"] == layer and len(stored["train"]) + len(stored["test"]) == n:
            tuned = unit.inputs["encoder"].get("recipe") is not None
            if not tuned or unit.inputs["encoder"]["task"] == unit.inputs["task"]:
                ends["after" if tuned else "before"] = np.concatenate([stored["train"], stored["test"]])
    return ends["before"], ends["after"]


def test_every_update_of_every_layer_is_there(ran):
    stored, about = projection(ran)
    last = int(read_table(ran / "tables" / "training.parquet").query("task == @TASKS[0]")["update"].max())
    assert about["updates"] == sorted({*range(0, last, 2), last})
    assert about["layers"] == [0, 1, 2]
    n = len(Points(ran).of_task(TASKS[0])["label"])
    assert stored["projection"].shape == (len(about["updates"]), 3, n, 3)
    # The farthest point of a layer uses the whole range.
    assert (np.abs(stored["projection"].astype(int)).max(axis=(0, 2, 3)) >= 32766).all()
    assert (np.diff(stored["variance"], axis=1) <= 0).all()


def test_axes_are_orthonormal_and_those_of_before_are_those_of_after(ran):
    stored, _ = projection(ran)
    X = np.concatenate(vectors(ran)).astype(float)
    places = stored["projection"][[0, -1], -1].reshape(-1, 3) * float(stored["scale"][-1])
    with_one = np.column_stack([X, np.ones(len(X))])
    axes, *_ = np.linalg.lstsq(with_one, places, rcond=None)
    width = np.abs(places).max()
    np.testing.assert_allclose(with_one @ axes, places, atol=2e-3 * width)
    # Directions in which no point lies are free; so lengths are compared where the points are.
    about = places - places.mean(axis=0)
    within = X - X.mean(axis=0)
    assert (np.linalg.norm(about, axis=1) <= np.linalg.norm(within, axis=1) * 1.01).all()


def test_points_are_the_targets_of_the_task_training_first(ran):
    points = read_table(ran / "explorer" / "points.parquet")
    told = read_table(ran / "tables" / "tasks.parquet")
    for name in TASKS:
        rows = points[points["task"] == name].reset_index()
        n_train = int((rows["split"] == "train").sum())
        assert (rows["split"][:n_train] == "train").all()
        assert rows["index"].tolist() == [*range(n_train), *range(len(rows) - n_train)]
        want = told[told["task"] == name].set_index(["split", "label"])["n"].to_dict()
        assert rows.groupby(["split", "label"]).size().to_dict() == want
        whole = load_task(name)
        said = {
            (tuple(split.sentences[target.sentence].words), target.positions, target.label)
            for split in (whole.train, whole.test)
            for target in split.targets
        }
        for row in rows.itertuples():
            assert (tuple(row.words), tuple(row.positions), row.label) in said


def test_clusters_of_both_ends_are_those_of_the_tables(ran):
    stored, _ = projection(ran)
    sizes = read_table(ran / "tables" / "cluster_sizes.parquet").query("task == @TASKS[0] and layer == 2")
    n_train = Points(ran).of_task(TASKS[0])["split"].count(0)
    clusters = stored["clusters"]
    for at, stage in ((0, "original"), (-1, "fine-tuned")):
        own = sizes[(sizes["stage"] == stage) & sizes["tuned_on"].isin(["", TASKS[0]])]
        want = own.groupby("cluster")["n_points"].sum().to_dict()
        numbers, counts = np.unique(clusters[at, -1, :n_train], return_counts=True)
        assert dict(zip(numbers.tolist(), counts.tolist(), strict=True)) == want
    assert (clusters[:, :, n_train:] == -1).all()
    assert (clusters[1:-1] == -1).all()
    assert (clusters[:, :-1] == -1).all()  # the geometry of the last layer only was asked for


def test_margins_are_half_the_distance_of_the_hulls_at_the_nearest_points(ran):
    stored, about = projection(ran)
    assert about["margin_updates"] == [about["updates"][0], about["updates"][-1]]
    assert about["margin_layers"] == [2]
    points = Points(ran).of_task(TASKS[0])
    label = np.array([points["labels"][number] for number in points["label"]])
    train = np.array(points["split"]) == 0
    pairs = read_table(ran / "tables" / "pairs.parquet").query(
        "task == @TASKS[0] and layer == 2 and split == 'train' and update == 0 and verdict == 'separable'"
    )
    assert len(pairs)
    margins = stored["margins"][0, 0] * float(stored["margin_scale"][0, 0])
    for a, b, lower, upper in pairs[["label_a", "label_b", "lower", "upper"]].drop_duplicates().itertuples(index=False):
        for own, other in ((a, b), (b, a)):
            nearest = margins[about["labels"].index(other), (label == own) & train].min()
            assert lower / 2 * 0.99 - 1e-3 <= nearest <= upper / 2 * 1.01 + 1e-3
    for number, name in enumerate(about["labels"]):
        assert (stored["margins"][0, 0, number, label == name] == -32768).all()


def test_predictions_of_both_ends_have_the_accuracy_of_the_tables(ran):
    stored, about = projection(ran)
    points = Points(ran).of_task(TASKS[0])
    label = np.array([points["labels"][number] for number in points["label"]])
    split = np.array([points["splits"][number] for number in points["split"]])
    told = read_table(ran / "tables" / "accuracy.parquet").query("task == @TASKS[0] and layer == 2 and init == 0")
    for at, stage in ((0, "original"), (-1, "fine-tuned")):
        right = np.array(about["labels"])[stored["predicted"][at, -1]] == label
        own = told[(told["stage"] == stage) & told["tuned_on"].isin(["", TASKS[0]])]
        for name in ("train", "test"):
            assert right[split == name].mean() == pytest.approx(own[own["split"] == name]["accuracy"].item())
    assert (stored["predicted"][1:-1] == -1).all()


def test_another_tasks_fine_tuning_is_shown_by_its_two_ends(ran):
    stored, about = projection(ran, TASKS[0], TASKS[1])
    own, of_own = projection(ran)
    assert len(about["updates"]) == 2
    assert about["layers"] == [2]
    assert stored["projection"].shape[2] == own["projection"].shape[2]
    assert about["updates"][0] == of_own["updates"][0] == 0


def test_run_again_it_ends_with_the_same_points(study, ran):
    def content():
        files = {path.name: ArrayFile(path) for path in (ran / "explorer").glob("projection-*")}
        return {name: (file.metadata, {key: file[key].tolist() for key in file}) for name, file in files.items()}

    before, points = content(), read_table(ran / "explorer" / "points.parquet")
    assert len(before) == 4
    assert run_study(study, ran).n_done == 0
    assert content() == before
    assert read_table(ran / "explorer" / "points.parquet").equals(points)
    assert not list(ran.glob("work/finetune/*"))


def test_without_points_there_is_no_explorer_and_asking_later_trains_nothing(make_study, tmp_path):
    changes = {"experiments": ["performance", "dynamics"]}
    run_study(make_study(keep={"points": False}, **changes), tmp_path)
    assert not list((tmp_path).glob("explorer/*"))
    assert "projection" not in " ".join(ResultStore(tmp_path).units("finetune")[0].info["files"])
    listener = Listener()
    run_study(make_study(**changes), tmp_path, watcher=listener)
    assert listener.titles == []
    assert len(Points(tmp_path).projections[0].updates) == 2  # the ends, whose vectors are kept in any case
    run_study(make_study(keep={"points": False}, **changes), tmp_path)
    assert not list((tmp_path).glob("explorer/*"))


def test_a_study_of_another_layer_does_not_show_those_of_the_first(make_study, tmp_path):
    run_study(make_study(experiments=["dynamics"], layers=[1]), tmp_path)
    run_study(make_study(experiments=["performance"], layers=[2]), tmp_path)
    _, about = projection(tmp_path)
    assert (about["layers"], len(about["updates"])) == ([2], 2)


def test_units_of_a_time_without_points_are_read(make_study, tmp_path):
    study = make_study(experiments=["performance", "dynamics"])
    run_study(study, tmp_path)
    for unit in ResultStore(tmp_path).units():
        record = read_json(unit.path / "unit.json")
        for name in ("projection.safetensors", "points.safetensors", "predictions.safetensors"):
            if record["files"].pop(name, None):
                (unit.path / name).unlink()
        write_json(unit.path / "unit.json", record)
    # Such a time did not record either what the explorer was written from.
    (tmp_path / "study.json").unlink()
    assert run_study(study, tmp_path).n_done == 0
    stored, about = projection(tmp_path)
    assert len(about["updates"]) == 2
    assert not {"clusters", "margins", "predicted"} & set(stored)


def test_of_too_many_points_a_sub_sample_with_every_label_is_shown(make_study, tmp_path, monkeypatch):
    monkeypatch.setattr(shown, "MOST_POINTS", 60)
    monkeypatch.setattr("tunescope.studies._explorer.write.MOST_POINTS", 60)
    monkeypatch.setattr(shown, "_OF_EACH_LABEL", 2)
    listener = Listener()
    run_study(make_study(tasks=["toy-pos"], experiments=["dynamics"]), tmp_path, watcher=listener)
    points = Points(tmp_path)
    assert points.projections[0].n_points == 60
    table = read_table(tmp_path / "tables" / "tasks.parquet")
    found = points.of_task("toy-pos")
    assert len(found["label"]) == 60
    assert set(found["labels"]) == set(table["label"])
    total = int(table["n"].sum())
    assert f"the explorer shows 60 of {total:,} points: a sub-sample with every label" in listener.notes
    assert any("shows 60 of" in note for note in read_json(tmp_path / "study.json")["notes"])


def test_sub_samples_hold_each_other_and_rare_labels():
    task = load_task("toy-pos")
    order = shown.order_of_points(task)
    n = len(task.train) + len(task.test)
    assert sorted(order) == list(range(n))
    labels = np.concatenate([task.train.labels, task.test.labels])
    few = shown.chosen_points(task, 40 * len(task.labels))
    assert set(labels[few]) == set(task.labels)
    assert set(few) <= set(shown.chosen_points(task, n - 1))


@pytest.mark.parametrize(
    ("width", "n_layers", "n_snapshots", "want"),
    [(64, 5, 11, 20_000), (768, 13, 16, 6721), (4096, 33, 1000, shown.LEAST_POINTS)],
)
def test_vectors_on_the_way_stay_within_their_disk(width, n_layers, n_snapshots, want):
    found = shown.affordable_points(50_000, width, n_layers, n_snapshots)
    assert found == want
    assert found == shown.LEAST_POINTS or found * width * n_layers * n_snapshots * 2 <= shown.MOST_BYTES
    assert shown.affordable_points(100, width, n_layers, n_snapshots) == 100


def test_vectors_beyond_float16_are_kept(tmp_path):
    from tunescope.encoders import Encoding
    from tunescope.studies._observers.points import ShownPoints
    from tunescope.studies._trajectories.observed import Observed

    task = load_task("toy-coin")
    random = np.random.default_rng(0)

    def encoding(split):
        X = random.normal(size=(len(split), 4)).astype(np.float32) * np.float32(1e6)
        return Encoding(layers=(1,), vectors={1: X}, labels=split.labels, n_split=0)

    seen = Observed(tmp_path / "states", (1,), [ShownPoints()], task, 2)
    first = encoding(task.train), encoding(task.test)
    seen.see_vectors(0, 0.0, *first)
    seen.see_vectors(7, 1.0, encoding(task.train), encoding(task.test))
    store = ResultStore(tmp_path / "store")
    with store.writing("finetune", "a", {}) as writer:
        seen.write(writer)
    found = shown.read_projections(store.unit("finetune", "a"))
    assert found.updates == (0, 7)
    places = found.steps[0, 0] * float(found.scale[0])
    X = np.concatenate([one.vectors[1] for one in first]).astype(float)
    assert 0.3 < np.linalg.norm(places[0] - places[1]) / np.linalg.norm(X[0] - X[1]) <= 1.001
    assert np.abs(places).max() > 1e6
