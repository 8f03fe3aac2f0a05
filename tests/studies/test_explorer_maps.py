"""Maps of a study's points: t-SNE and UMAP through the snapshots, comparable from one to the next."""

from __future__ import annotations

import importlib.util
import itertools
import json

import numpy as np
import pytest
from scipy.linalg import orthogonal_procrustes

from tunescope.errors import StorageError, StudyError
from tunescope.report._page.points import Points
from tunescope.storage import ArrayFile, ResultStore, read_table
from tunescope.studies import Study, Watcher, add_maps, load_study, run_study
from tunescope.studies._points import maps


class Listener(Watcher):
    def __init__(self):
        self.parts, self.notes, self.finished_notes = {}, [], []

    def progressed(self, part, done, total):
        self.parts[part] = (done, total)

    def noted(self, text):
        self.notes.append(text)

    def finished(self, title, seconds, notes):
        self.finished_notes += notes


def groups(centres, n=30, width=8, seed=0):
    """Points around centres on the first axes, and the number of each one's group."""
    random = np.random.default_rng(seed)
    X = random.normal(size=(len(centres) * n, width)) * 0.3
    for number, centre in enumerate(centres):
        X[number * n : (number + 1) * n, : len(centre)] += centre
    return X.astype(np.float32), np.repeat(np.arange(len(centres)), n)


def purity(layout, group):
    """Share of points whose nearest point in a layout is of their own group."""
    away = np.linalg.norm(layout[:, None] - layout, axis=-1)
    np.fill_diagonal(away, np.inf)
    return (group[away.argmin(axis=1)] == group).mean()


def projection(folder, place=0):
    stored = ArrayFile(Points(folder).projections[place].path)
    return stored, stored.metadata


@pytest.mark.parametrize("method", ["tsne", "umap"])
def test_a_map_keeps_the_neighbourhoods_of_each_snapshot_and_its_places(method):
    if method == "umap" and importlib.util.find_spec("umap") is None:
        pytest.skip("umap-learn is not installed")
    X, group = groups([(0, 0), (9, 0), (0, 9)])
    moved, _ = groups([(0, 0), (9, 0), (9, 9)])
    layouts = list(maps.follow(method, [X, X, moved], X[:, :2]))
    for layout in layouts:
        assert layout.shape == (len(X), 2)
        assert purity(layout, group) == 1
        np.testing.assert_allclose(layout.mean(axis=0), 0, atol=1e-6 * np.abs(layout).max())
    # Where nothing changes, groups stay where they were: nearer to their own old place than to any other's.
    old, new = (np.stack([layout[group == one].mean(axis=0) for one in range(3)]) for layout in layouts[:2])
    assert (np.linalg.norm(new[:, None] - old, axis=-1).argmin(axis=1) == np.arange(3)).all()
    # No turn of the whole is left between one snapshot and the next.
    for before, after in itertools.pairwise(layouts):
        np.testing.assert_allclose(orthogonal_procrustes(after, before)[0], np.eye(2), atol=1e-6)


def test_two_groups_that_become_one_meet_in_the_map():
    apart, group = groups([(0, 0), (12, 0)])
    together, _ = groups([(0, 0), (0, 0)])
    before, after = maps.follow("tsne", [apart, together], apart[:, :2])
    assert purity(before, group) == 1
    assert purity(after, group) < 0.8  # without a common start it would be about a half


def test_a_map_is_the_same_again():
    X, _ = groups([(0, 0), (9, 0)], n=12)
    once, again = (np.stack(list(maps.follow("tsne", [X, X + 0.1], X[:, :2]))) for _ in range(2))
    np.testing.assert_array_equal(once, again)


def test_coincident_points_are_mapped():
    X = np.zeros((20, 4), np.float32)
    X[10:] = 1
    (layout,) = maps.follow("tsne", [X], np.zeros((20, 2)))
    assert np.isfinite(layout).all()


@pytest.fixture(scope="module")
def mapped(encoder_folder, tmp_path_factory):
    """A study that asks for maps of two layers, and what was told while it ran."""
    folder, listener = tmp_path_factory.mktemp("maps"), Listener()
    study = Study.model_validate(
        {
            "name": "maps",
            "encoders": [{"name": str(encoder_folder), "label": "small"}],
            "tasks": ["toy-question-coarse"],
            "experiments": [{"name": "dynamics", "layers": [1, 2]}],
            "epochs": 1,
            "every": 2,
            "fraction": 0.3,
            "keep": {"maps": "tsne", "map_points": 40},
        }
    )
    run_study(study, folder, watcher=listener)
    return folder, study, listener


def test_a_study_maps_all_its_snapshots(mapped):
    folder, _, listener = mapped
    stored, about = projection(folder)
    updates, layers = json.loads(about["updates"]), json.loads(about["layers"])
    assert json.loads(about["tsne_updates"]) == updates
    assert json.loads(about["tsne_layers"]) == layers == [1, 2]
    assert len(updates) >= 3
    assert stored["projection-tsne"].shape == (len(updates), 2, 40, 2)
    assert stored["scale-tsne"].shape == (2,)
    assert np.abs(stored["projection-tsne"].astype(int)).max(axis=(0, 2, 3)).min() >= 32766
    rows = stored["rows-tsne"]
    n = stored["projection"].shape[2]
    assert (np.diff(rows) > 0).all()
    assert rows[0] >= 0
    assert rows[-1] < n
    points = Points(folder).of_task("toy-question-coarse")
    assert set(np.array(points["label"])[rows]) == set(points["label"])
    assert listener.parts["t-SNE of layer 2"] == (len(updates), len(updates))
    assert f"t-SNE: of 40 of the {n} points shown, a sub-sample with every label" in listener.finished_notes


def test_run_again_a_study_has_the_same_maps(mapped):
    folder, study, _ = mapped
    before = projection(folder)[0]["projection-tsne"].copy()
    assert run_study(study, folder).n_done == 0
    np.testing.assert_array_equal(projection(folder)[0]["projection-tsne"], before)


def test_maps_after_the_fact_are_of_the_two_ends_and_stay(make_study, tmp_path):
    study = make_study(experiments=["performance", "dynamics"])
    run_study(study, tmp_path)
    listener = Listener()
    assert add_maps(tmp_path, ["tsne"], n_points=30, watcher=listener) == 1
    stored, about = projection(tmp_path)
    updates = json.loads(about["updates"])
    assert len(updates) > 2
    assert json.loads(about["tsne_updates"]) == [updates[0], updates[-1]]
    assert stored["projection-tsne"].shape == (2, 1, 30, 2)
    assert any("of 30 of the" in note for note in listener.notes)
    assert add_maps(tmp_path, ["tsne"]) == 0
    before = {name: np.array(stored[name]) for name in stored}
    assert run_study(study, tmp_path).n_done == 0  # which writes the points anew
    again, _ = projection(tmp_path)
    assert {name: again[name].tolist() for name in again} == {name: array.tolist() for name, array in before.items()}


def test_a_study_that_asks_later_gets_maps_of_the_two_ends_and_trains_nothing(make_study, tmp_path):
    run_study(make_study(experiments=["performance", "dynamics"]), tmp_path)
    result = run_study(
        make_study(experiments=["performance", "dynamics"], keep={"maps": ["tsne"], "map_points": 30}), tmp_path
    )
    assert result.n_done == 0
    _, about = projection(tmp_path)
    assert len(json.loads(about["tsne_updates"])) == 2
    # The command makes the same map, and finds it.
    units = [unit.key for unit in ResultStore(tmp_path).units("map")]
    path = Points(tmp_path).projections[0].path
    run_study(make_study(experiments=["performance", "dynamics"]), tmp_path)
    assert "projection-tsne" in ArrayFile(path)
    assert [unit.key for unit in ResultStore(tmp_path).units("map")] == units


def test_without_vectors_there_is_no_map_and_it_is_said(make_study, tmp_path):
    run_study(make_study(experiments=["dynamics"]), tmp_path)
    assert not ResultStore(tmp_path).units("space")
    listener = Listener()
    assert add_maps(tmp_path, ["tsne"], watcher=listener) == 0
    assert listener.finished_notes[0].startswith("no map: the vectors of the two ends are not there")
    with pytest.raises(StorageError, match="stored no points"):
        add_maps(tmp_path / "units", ["tsne"])
    with pytest.raises(StorageError, match="no such folder"):
        add_maps(tmp_path / "elsewhere", ["tsne"])


def test_points_that_are_too_few_for_a_map_are_said(make_study, tmp_path, monkeypatch):
    run_study(make_study(experiments=["performance"]), tmp_path)
    monkeypatch.setattr(maps, "LEAST_MAPPED", 10_000)
    listener = Listener()
    assert add_maps(tmp_path, ["tsne"], watcher=listener) == 0
    assert "points are too few" in listener.finished_notes[0]
    assert len(read_table(tmp_path / "explorer" / "points.parquet"))


def test_a_missing_package_is_said_before_anything_runs(tmp_path, monkeypatch):
    monkeypatch.setattr(maps.importlib.util, "find_spec", lambda name: None)
    file = tmp_path / "study.yaml"
    file.write_text(
        "name: s\nencoders: embedded\ntasks: toy-coin\nexperiments: [dynamics]\nkeep:\n  maps: [umap]\n",
        encoding="utf-8",
    )
    with pytest.raises(StudyError, match=r"study\.yaml.*6.*keep\.maps.*pip install 'tunescope\[umap\]'"):
        run_study(file, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    with pytest.raises(StudyError, match="umap-learn"):
        add_maps(tmp_path, ["umap"])


@pytest.mark.parametrize(
    ("keep", "message"),
    [
        ("{maps: [pca]}", r"keep\.maps"),
        ("{maps: tsne, points: false}", "points: true"),
        ("{map_points: 3}", r"keep\.map_points"),
    ],
)
def test_settings_of_maps_are_checked(tmp_path, keep, message):
    file = tmp_path / "study.yaml"
    file.write_text(
        f"name: s\nencoders: embedded\ntasks: toy-coin\nexperiments: [dynamics]\nkeep: {keep}\n", encoding="utf-8"
    )
    with pytest.raises(StudyError, match=message):
        load_study(file)
