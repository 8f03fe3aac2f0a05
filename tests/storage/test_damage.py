"""What is damaged on disk is found, set aside and named; nothing of it is taken for a result."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from tunescope.cli.main import app
from tunescope.errors import StorageError
from tunescope.storage import ArrayFile, ResultStore, verify_study


@pytest.fixture
def store(tmp_path):
    store = ResultStore(tmp_path / "study")
    with store.writing("kind", "key", {"of": "a test"}) as writer:
        writer.table("rows", [{"x": i} for i in range(50)])
        writer.arrays("vectors", {"x": np.arange(100.0)})
        (writer.folder("encoder") / "weights.bin").write_bytes(bytes(range(256)))
    return store


FILES = ["rows.parquet", "vectors.safetensors", "encoder/weights.bin", "unit.json"]


def damage(path, how):
    content = bytearray(path.read_bytes())
    if how == "another byte":
        content[len(content) // 2] ^= 0x5A
        path.write_bytes(content)
    elif how == "cut short":
        path.write_bytes(content[:-7])
    elif how == "empty":
        path.write_bytes(b"")
    else:
        path.unlink()


@pytest.mark.parametrize("how", ["another byte", "cut short", "empty", "missing"])
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_unit_is_no_result(store, name, how):
    path = store.root / "units" / "kind" / "key"
    if (name, how) == ("unit.json", "another byte"):
        text = (path / name).read_text()
        (path / name).write_text(text.replace('"kind": "kind"', '"kind": "knid"'))
    else:
        damage(path / name, how)
    assert verify_study(store.root).damaged == (f"units/kind/key/{name}",)
    fresh = ResultStore(store.root)
    assert fresh.unit("kind", "key") is None
    [told] = fresh.damaged
    assert told.files == (name,)
    assert name in str(told)
    assert told.away.is_dir()
    with fresh.writing("kind", "key", {"of": "a test"}) as writer:
        writer.table("rows", [{"x": 1}])
    assert len(fresh.unit("kind", "key").table("rows")) == 1
    assert len(fresh.units()) == 1


def test_damage_between_finding_and_reading_is_an_error_that_names_the_file(store):
    unit = ResultStore(store.root).units()[0]
    damage(unit.path / "rows.parquet", "another byte")
    with pytest.raises(StorageError, match=r"rows\.parquet: is damaged"):
        unit.table("rows")


def test_a_damaged_unit_in_a_folder_that_cannot_be_written_does_not_count(store, monkeypatch):
    damage(store.root / "units" / "kind" / "key" / "rows.parquet", "another byte")

    def refuse(*_):
        raise PermissionError(13, "read-only")

    monkeypatch.setattr("os.rename", refuse)
    fresh = ResultStore(store.root)
    assert fresh.unit("kind", "key") is None
    assert fresh.unit("kind", "key") is None
    [told] = fresh.damaged
    assert told.away is None
    assert "read-only" in str(told)


def test_a_unit_without_checksums_is_held_against_its_sizes(store):
    record = store.root / "units" / "kind" / "key" / "unit.json"
    content = json.loads(record.read_text())
    del content["sha256"]
    record.write_text(json.dumps(content))
    found = verify_study(store.root)
    assert (found.n_units, found.without_checksum, found.damaged) == (1, 1, ())
    damage(record.parent / "rows.parquet", "cut short")
    assert verify_study(store.root).damaged == ("units/kind/key/rows.parquet",)


def test_the_command_tells_what_is_damaged_and_fails(store):
    whole = CliRunner().invoke(app, ["verify", str(store.root)])
    assert whole.exit_code == 0
    assert "all as they were written" in whole.stdout
    damage(store.root / "units" / "kind" / "key" / "vectors.safetensors", "another byte")
    broken = CliRunner().invoke(app, ["verify", str(store.root), "--json"])
    assert broken.exit_code == 1
    assert json.loads(broken.stdout)["damaged"] == ["units/kind/key/vectors.safetensors"]


def test_a_folder_without_a_study_is_refused(tmp_path):
    with pytest.raises(StorageError, match="holds no study"):
        verify_study(tmp_path)


HEADERS = [
    {"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}},
    {"a": {"dtype": "F32", "shape": [2]}},
    {"a": {"dtype": "F32", "shape": [-2], "data_offsets": [0, 8]}},
    {"a": {"dtype": "F32", "shape": [2], "data_offsets": [8, 0]}},
    {"a": {"dtype": 3, "shape": [2], "data_offsets": [0, 8]}},
    {"a": "no entry"},
    {"__metadata__": {"k": 1}},
    {"__metadata__": "text"},
    ["no", "mapping"],
]


@pytest.mark.parametrize("header", HEADERS, ids=range(len(HEADERS)))
def test_a_damaged_header_of_arrays_is_refused(tmp_path, header):
    text = json.dumps(header).encode()
    (tmp_path / "a.safetensors").write_bytes(len(text).to_bytes(8, "little") + text + bytes(8))
    with pytest.raises(StorageError, match=r"a\.safetensors"):
        ArrayFile(tmp_path / "a.safetensors")
