"""The explorer's files: what is written is read, and what does not fit is refused by name."""

from __future__ import annotations

import json
import tarfile
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from tunescope import records
from tunescope.errors import StorageError
from tunescope.records import Margins, Projection, ShownMap, read_projection, write_projection
from tunescope.storage import ArrayFile, write_arrays

STORED = Path(__file__).parent.parent / "stored" / "study-0.1.0.tar.xz"
UPDATES, LAYERS, LABELS, N = (0, 4, 9), (1, 3), ("bank", "Rücken", "<b>"), 7


def a_projection(**changes) -> Projection:
    """A projection with everything that one can hold."""
    random = np.random.default_rng(0)

    def steps(*shape, low=-100, high=100):
        return random.integers(low, high, shape).astype(np.int16)

    axes = (len(UPDATES), len(LAYERS))
    whole = Projection(
        encoder="mini",
        task="pos",
        tuned_on="ps-role",
        seed=3,
        updates=UPDATES,
        layers=LAYERS,
        steps=steps(*axes, N, 3),
        scale=np.array([0.5, 0.25], np.float32),
        variance=random.random((2, 3)).astype(np.float32),
        maps={
            "tsne": ShownMap((0, 9), (3,), steps(2, 1, 4, 2), np.ones(1, np.float32), np.array([0, 2, 3, 6], np.int32)),
            "umap": ShownMap(UPDATES, LAYERS, steps(*axes, N, 3)),
        },
        clusters=steps(*axes, N, low=-1, high=9),
        predicted=steps(*axes, N, low=-1, high=3),
        margins=Margins((0, 9), (3,), steps(2, 1, 3, N), np.ones((2, 1), np.float32)),
        labels=LABELS,
        ends={1: ("aa", "bb"), 3: ("cc", "dd")},
    )
    return replace(whole, **changes)


def same(a, b) -> bool:
    """Whether two contents are equal, arrays by their elements and types."""
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and np.array_equal(a, b)
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, Projection | ShownMap | Margins):
        return all(same(getattr(a, one.name), getattr(b, one.name)) for one in fields(a) if one.name != "path")
    return a == b


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"maps": {}, "margins": None, "predicted": None, "labels": ()},
        {"clusters": None, "variance": None, "ends": {}},
        {"tuned_on": "", "seed": -1},
    ],
)
def test_what_is_written_is_read(tmp_path, changes):
    projection = a_projection(**changes)
    path = tmp_path / "projection-0.safetensors"
    write_projection(path, projection)
    found = read_projection(path)
    assert same(found, projection)
    assert found.path == path
    assert found.n_points == N


def test_a_projection_of_version_0_1_0_is_read_and_written_back_the_same(tmp_path):
    with tarfile.open(STORED) as archive:
        archive.extractall(tmp_path, filter="data")
    paths = records.projection_paths(tmp_path / "study")
    assert len(paths) == 8
    for path in paths:
        stored = ArrayFile(path)
        write_projection(tmp_path / "again.safetensors", read_projection(path))
        again = ArrayFile(tmp_path / "again.safetensors")
        assert set(again) == set(stored)
        assert all(np.array_equal(again[name], stored[name]) for name in stored)
        assert again.metadata == stored.metadata


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"steps": np.zeros((2, 2, N, 3), np.int16)}, "projection has the shape"),
        ({"steps": np.zeros((3, 2, N), np.int16)}, "projection has the shape"),
        ({"steps": np.zeros((3, 2, N, 3), np.float32)}, "of float32"),
        ({"scale": np.ones(3, np.float32)}, "scale has the shape"),
        ({"clusters": np.zeros((3, 2, N + 1), np.int16)}, "clusters has the shape"),
        ({"predicted": np.full((3, 2, N), 3, np.int16)}, "predicts label 3 of 3"),
        ({"labels": LABELS[:2], "predicted": None}, "margins has the shape"),
        ({"margins": Margins((0, 5), (3,), np.zeros((2, 1, 3, N), np.int16), np.ones((2, 1), np.float32))}, "updates"),
        ({"maps": {"tsne": ShownMap((0, 9), (3,), np.zeros((2, 1, N, 4), np.int16))}}, "projection-tsne has the shape"),
        ({"maps": {"tsne": ShownMap((0, 9), (2,), np.zeros((2, 1, N, 2), np.int16))}}, "updates or layers that"),
        ({"maps": {"isomap": ShownMap((0, 9), (3,), np.zeros((2, 1, N, 2), np.int16))}}, "unknown method 'isomap'"),
    ],
)
def test_arrays_that_do_not_fit_are_refused_before_they_are_written(tmp_path, changes, message):
    path = tmp_path / "projection-0.safetensors"
    with pytest.raises(StorageError, match=message):
        write_projection(path, a_projection(**changes))
    assert not path.exists()


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({"seed": None}, "seed"),
        ({"seed": "three"}, "not a projection"),
        ({"updates": "[0, 4"}, "not readable"),
        ({"layers": "3"}, "not readable"),
        ({"layers": "[1]"}, "shape"),
        ({"labels": "null"}, "not readable"),
        ({"ends": '{"3": ["cc"]}'}, "not readable"),
        ({"margin_layers": "[9]"}, "updates or layers that"),
        ({"margin_updates": None}, "margin_updates"),
    ],
)
def test_a_damaged_file_is_refused_by_name(tmp_path, metadata, message):
    path = tmp_path / "projection-0.safetensors"
    write_projection(path, a_projection())
    stored = ArrayFile(path)
    arrays = {name: np.array(stored[name]) for name in stored}
    changed = {**stored.metadata, **metadata}
    write_arrays(path, arrays, {name: value for name, value in changed.items() if value is not None})
    with pytest.raises(StorageError, match=message) as error:
        read_projection(path)
    assert str(path) in str(error.value)


def test_points_come_back_in_their_order(tmp_path):
    rows = [
        {"task": "pos", "split": "train", "index": 0, "label": "NOUN", "words": ["the", "<b>"], "positions": [1]},
        {"task": "pos", "split": "test", "index": 0, "label": "", "words": ["a"], "positions": []},
    ]
    records.write_points(tmp_path, rows)
    found = records.read_points(tmp_path)
    assert tuple(found.columns) == records.POINT_COLUMNS
    assert [list(words) for words in found["words"]] == [["the", "<b>"], ["a"]]
    assert [list(positions) for positions in found["positions"]] == [[1], []]
    with pytest.raises(StorageError, match="points"):
        records.read_points(tmp_path / "another")


def test_programs_of_the_page_get_every_name_that_a_file_holds(tmp_path):
    path = tmp_path / "projection-0.safetensors"
    write_projection(path, a_projection())
    stored = ArrayFile(path)
    told = json.loads(json.dumps(records.for_javascript()))
    of_maps = [told["MAPS"][method] for method in told["MAP_METHODS"]]
    arrays = {*told["EXPLORER_ARRAYS"].values(), *(one[name] for one in of_maps for name in ("steps", "scale", "rows"))}
    metadata = {*told["EXPLORER_METADATA"].values(), *(one[name] for one in of_maps for name in ("updates", "layers"))}
    assert set(stored) <= arrays
    assert set(stored.metadata) == metadata
    assert told["STAGES"] == {"original": "original", "tuned": "fine-tuned"}
    assert told["TABLES"]["comparisons"] == records.schema("comparisons").names
