"""A result is there whole or not at all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from safetensors.numpy import load_file

from tunescope.errors import StorageError
from tunescope.storage import (
    ArrayFile,
    ResultStore,
    read_json,
    read_table,
    write_arrays,
    write_json,
    write_table,
    write_text,
)

FRESH = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FRESH
@given(
    st.dictionaries(
        st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=6).filter(
            lambda name: name != "__metadata__"
        ),
        st.sampled_from(["f8", "f4", "f2", "i8", "i4", "u2", "u1", "?"]).flatmap(
            lambda dtype: arrays(dtype, array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=5))
        ),
        max_size=4,
    )
)
def test_arrays_come_back_bit_for_bit_and_as_safetensors_reads_them(tmp_path, content):
    path = tmp_path / "some.safetensors"
    write_arrays(path, content, {"made by": "a test"})
    ours, reference = ArrayFile(path), load_file(path)
    assert set(ours) == set(content) == set(reference)
    assert ours.metadata == {"made by": "a test"}
    for name, expected in content.items():
        assert ours[name].dtype == expected.dtype
        assert ours[name].shape == expected.shape
        assert ours[name].tobytes() == expected.tobytes() == reference[name].tobytes()


def test_arrays_in_another_order_of_bytes_or_of_memory_keep_their_values(tmp_path):
    grid = np.arange(6.0).reshape(2, 3)
    path = tmp_path / "a.safetensors"
    write_arrays(path, {"turned": grid.T, "big": grid.astype(">f8"), "stepped": grid[:, ::2]})
    read = ArrayFile(path)
    np.testing.assert_array_equal(read["turned"], grid.T)
    np.testing.assert_array_equal(read["big"], grid)
    np.testing.assert_array_equal(read["stepped"], grid[:, ::2])


def test_arrays_are_mapped_and_not_read(tmp_path):
    path = tmp_path / "a.safetensors"
    write_arrays(path, {"x": np.zeros(1000)})
    mapped = ArrayFile(path)["x"]
    assert not mapped.flags.owndata
    with pytest.raises(ValueError, match="read-only"):
        mapped[0] = 1.0


@pytest.mark.parametrize("keep", [0, 7, 30, 200])
def test_a_file_of_arrays_that_is_cut_short_is_refused(tmp_path, keep):
    path = tmp_path / "a.safetensors"
    write_arrays(path, {"x": np.zeros(1000)})
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(StorageError, match=r"a\.safetensors"):
        ArrayFile(path)


def test_words_are_no_array(tmp_path):
    with pytest.raises(StorageError, match="label"):
        write_arrays(tmp_path / "a.safetensors", {"label": np.array(["NOUN"])})
    assert list(tmp_path.iterdir()) == []


ROW = st.fixed_dictionaries(
    {
        "label": st.text(st.characters(codec="utf-8"), max_size=8),
        "update": st.integers(-(2**63), 2**63 - 1),
        "distance": st.floats(allow_nan=False),
        "linear": st.none() | st.booleans(),
        "points": st.lists(st.integers(0, 100), max_size=3),
    }
)
SCHEMA = pa.schema(
    [
        ("label", pa.string()),
        ("update", pa.int64()),
        ("distance", pa.float64()),
        ("linear", pa.bool_()),
        ("points", pa.list_(pa.int64())),
    ]
)


@FRESH
@given(st.lists(ROW, max_size=5))
def test_rows_come_back_in_order_with_their_types(tmp_path, rows):
    store = ResultStore(tmp_path / os.urandom(4).hex())
    with store.writing("kind", "key", {}) as writer:
        writer.table("rows", rows, SCHEMA)
    table = store.unit("kind", "key").arrow("rows")
    assert table.schema.equals(SCHEMA)
    assert table.to_pylist() == rows


def test_an_empty_table_keeps_its_columns(tmp_path):
    write_table(tmp_path / "t.parquet", [], SCHEMA)
    assert list(read_table(tmp_path / "t.parquet").columns) == SCHEMA.names


def test_a_column_that_the_table_does_not_have_is_an_error_and_not_dropped(tmp_path):
    for rows in ([{"label": "a", "lable": "b"}], pd.DataFrame({"lable": ["b"]})):
        with pytest.raises(StorageError, match="lable"):
            write_table(tmp_path / "t.parquet", rows, SCHEMA)
    assert list(tmp_path.iterdir()) == []


def test_a_value_of_another_type_is_an_error(tmp_path):
    with pytest.raises(StorageError, match="do not fit"):
        write_table(tmp_path / "t.parquet", [{"update": "many"}], SCHEMA)


def test_a_folder_named_like_a_partition_adds_no_column(tmp_path):
    path = tmp_path / "seed=3" / "t.parquet"
    write_table(path, [{"x": 1}])
    assert list(read_table(path).columns) == ["x"]


def test_json_refuses_what_is_not_json(tmp_path):
    with pytest.raises(StorageError, match="not JSON"):
        write_json(tmp_path / "a.json", {"r": float("nan")})
    write_json(tmp_path / "a.json", {"r": None, "label": "größer"})
    assert read_json(tmp_path / "a.json") == {"r": None, "label": "größer"}


@pytest.mark.parametrize(("reader", "name"), [(read_json, "a.json"), (read_table, "a.parquet")])
def test_missing_and_damaged_files_are_named(tmp_path, reader, name):
    with pytest.raises(StorageError, match="there is no such"):
        reader(tmp_path / name)
    (tmp_path / name).write_text("{")
    with pytest.raises(StorageError, match=rf"{name}: cannot be read"):
        reader(tmp_path / name)


def test_a_unit_tells_what_it_was_made_from(tmp_path):
    store = ResultStore(tmp_path)
    with store.writing("space", "k1", {"seed": 3, "layers": (0, 1)}) as writer:
        writer.table("spaces", [{"scale": 2.0}])
        writer.arrays("vectors", {"x": np.ones(2)}, {"layer": "1"})
        writer.folder("encoder").joinpath("config.json").write_text("{}")
        writer.note("two sentences were split")
        writer.note("two sentences were split")
        with writer.timing("encode"):
            pass
    unit = store.unit("space", "k1")
    assert unit.inputs == {"seed": 3, "layers": [0, 1]}
    assert unit.notes == ("two sentences were split",)
    assert unit.seconds >= 0
    assert set(unit.info["timings"]) == {"encode"}
    assert unit.info["versions"]["python"] == ".".join(map(str, sys.version_info[:3]))
    assert {"tunescope", "numpy", "torch"} <= set(unit.info["versions"])
    assert (unit.folder("encoder") / "config.json").read_text() == "{}"
    assert unit.arrays("vectors").metadata == {"layer": "1"}
    assert not [path for path in tmp_path.rglob("*") if path.name.startswith(".")]


def test_the_time_of_a_part_is_counted_once(tmp_path):
    store = ResultStore(tmp_path)
    with store.writing("space", "k1", {}) as writer, writer.timing("outer"):
        time.sleep(0.02)
        with writer.timing("inner"):
            time.sleep(0.2)
    timings = store.unit("space", "k1").info["timings"]
    assert timings["inner"] >= 0.2
    assert 0.02 <= timings["outer"] < timings["inner"]


def test_nothing_is_left_of_a_unit_whose_work_fails(tmp_path):
    store = ResultStore(tmp_path)

    def work() -> None:
        with store.writing("kind", "key", {}) as writer:
            writer.table("rows", [{"x": 1}])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert store.unit("kind", "key") is None
    assert list((tmp_path / "units" / "kind").iterdir()) == []


def test_an_error_of_the_work_on_another_file_is_not_called_a_storage_error(tmp_path):
    store = ResultStore(tmp_path)
    with pytest.raises(FileNotFoundError) as caught, store.writing("kind", "key", {}):
        (tmp_path / "absent").read_text()
    assert not isinstance(caught.value, StorageError)


@pytest.mark.parametrize("name", ["", "..", "a/b", ".hidden", "a b", "-x"])
def test_names_cannot_leave_their_folder(tmp_path, name):
    store = ResultStore(tmp_path)
    with pytest.raises(StorageError, match="cannot name"), store.writing("kind", name, {}):
        pass
    with store.writing("kind", "key", {}) as writer, pytest.raises(StorageError, match="cannot name"):
        writer.folder(name)


def test_a_part_is_written_once(tmp_path):
    with ResultStore(tmp_path).writing("kind", "key", {}) as writer:
        writer.table("rows", [{"x": 1}])
        with pytest.raises(StorageError, match="already"):
            writer.table("rows", [{"x": 2}])


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize(
    "damage",
    [
        lambda unit: _cut(unit / "unit.json"),
        lambda unit: _cut(unit / "rows.parquet"),
        lambda unit: (unit / "rows.parquet").unlink(),
        lambda unit: (unit / "unit.json").unlink(),
        lambda unit: (unit / "unit.json").write_text("[]"),
    ],
)
def test_a_damaged_unit_counts_as_absent_and_is_replaced(tmp_path, damage):
    store = ResultStore(tmp_path)
    for value in (1, 2):
        with store.writing("kind", "key", {}) as writer:
            writer.table("rows", [{"x": value}])
        if value == 1:
            damage(tmp_path / "units" / "kind" / "key")
            assert store.unit("kind", "key") is None
            assert store.units() == []
    assert store.unit("kind", "key").table("rows")["x"].tolist() == [2]


def test_the_first_of_two_writers_wins_and_the_other_is_discarded(tmp_path):
    store = ResultStore(tmp_path)
    with store.writing("kind", "key", {}) as slow:
        with ResultStore(tmp_path).writing("kind", "key", {}) as fast:
            fast.table("rows", [{"by": "fast"}])
        slow.table("rows", [{"by": "slow"}])
    assert (fast.discarded, slow.discarded) == (False, True)
    assert store.unit("kind", "key").table("rows")["by"].tolist() == ["fast"]
    assert [path.name for path in (tmp_path / "units" / "kind").iterdir()] == ["key"]


def test_many_writers_of_one_unit_leave_one_whole_unit(tmp_path):
    failures = []

    def write(number: int) -> None:
        try:
            with ResultStore(tmp_path).writing("kind", "key", {}) as writer:
                writer.arrays("x", {"x": np.full(100, number)})
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(set(ResultStore(tmp_path).unit("kind", "key").arrays("x")["x"].tolist())) == 1
    assert [path.name for path in (tmp_path / "units" / "kind").iterdir()] == ["key"]


def _dies(tmp_path: Path, block: str) -> None:
    """Run a block in a process of its own that ends by os._exit(7), as a kill would end it."""
    program = "import os\nfrom pathlib import Path\nimport tunescope.storage._store as store_file\n"
    program += "from tunescope.storage import ResultStore, write_text\n"
    program += f"root = Path({str(tmp_path)!r})\nstore = ResultStore(root)\n" + textwrap.dedent(block)
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 7


AFTER_PARTS = """
with store.writing("kind", "key", {}) as writer:
    writer.table("rows", [{"x": 1}])
    writer.folder("encoder").joinpath("weights").write_text("w")
    os._exit(7)
"""
BEFORE_RENAME = """
store_file._appear = lambda *_: os._exit(7)
with store.writing("kind", "key", {}) as writer:
    writer.table("rows", [{"x": 1}])
"""


@pytest.mark.parametrize("block", [AFTER_PARTS, BEFORE_RENAME])
def test_a_writer_that_is_killed_leaves_nothing_that_looks_whole_and_the_next_opening_cleans(tmp_path, block):
    _dies(tmp_path, block)
    assert len(list((tmp_path / "units" / "kind").iterdir())) == 1
    store = ResultStore(tmp_path)
    assert store.n_cleaned == 1
    assert store.units() == []
    assert list((tmp_path / "units" / "kind").iterdir()) == []
    assert ResultStore(tmp_path).n_cleaned == 0


def test_a_writer_that_is_killed_after_the_rename_has_written_its_unit(tmp_path):
    _dies(
        tmp_path,
        """
        store_file.sync_folder = lambda *_: os._exit(7)
        with store.writing("kind", "key", {}) as writer:
            writer.table("rows", [{"x": 1}])
        """,
    )
    assert ResultStore(tmp_path).unit("kind", "key").table("rows")["x"].tolist() == [1]


def test_opening_leaves_alone_what_a_living_writer_writes(tmp_path):
    with ResultStore(tmp_path).writing("kind", "key", {}) as writer:
        writer.table("rows", [{"x": 1}])
        assert ResultStore(tmp_path).n_cleaned == 0
    assert ResultStore(tmp_path).unit("kind", "key") is not None


def test_a_single_file_is_replaced_whole_or_stays(tmp_path):
    write_text(tmp_path / "a.txt", "old")
    _dies(
        tmp_path,
        """
        os.replace = lambda *_: os._exit(7)
        write_text(root / "a.txt", "new")
        """,
    )
    assert (tmp_path / "a.txt").read_text() == "old"


def test_work_is_found_again_after_a_failure_and_gone_after_success(tmp_path):
    store = ResultStore(tmp_path)

    def work() -> None:
        with store.working("kind", "key") as folder:
            (folder / "checkpoint").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()
    with ResultStore(tmp_path).working("kind", "key") as folder:
        assert (folder / "checkpoint").read_text() == "half"
    assert not folder.exists()


def test_two_that_work_at_one_unit_do_not_meet(tmp_path):
    store = ResultStore(tmp_path)
    with store.working("kind", "key") as first, ResultStore(tmp_path).working("kind", "key") as second:
        assert first != second
        (second / "checkpoint").write_text("mine")
        assert not (first / "checkpoint").exists()
    assert not first.exists()
    assert not second.exists()


def test_a_root_that_is_a_file_is_one_clear_message(tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(StorageError, match="out: cannot hold results"):
        ResultStore(tmp_path / "out")


def test_opening_storage_imports_nothing_heavy():
    heavy = "{'torch', 'transformers', 'pandas', 'pyarrow'}"
    program = f"import sys, tunescope.storage; print(*sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_the_record_is_plain_json(tmp_path):
    with ResultStore(tmp_path).writing("kind", "key", {"a": 1}):
        pass
    record = json.loads((tmp_path / "units" / "kind" / "key" / "unit.json").read_text())
    assert {"kind", "key", "inputs", "versions", "platform", "seconds", "notes", "finished"} <= set(record)


def test_a_unit_stays_whole_without_a_folder_that_was_dropped(tmp_path):
    store = ResultStore(tmp_path)
    with store.writing("finetune", "a", {}) as writer:
        writer.table("t", [{"x": 1}])
        (writer.folder("encoder") / "weights").write_bytes(b"1234")
    store.drop_folder("finetune", "a", "encoder")
    unit = ResultStore(tmp_path).unit("finetune", "a")
    assert unit is not None
    assert unit.info["dropped"] == ["encoder"]
    assert not (unit.path / "encoder").exists()
    assert list(store.verify()) == [("finetune", "a", [])]
    store.drop_folder("finetune", "absent", "encoder")
