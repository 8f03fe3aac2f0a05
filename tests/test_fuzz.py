"""Whatever is in a file that is no task: it is read, or there is the tool's own error that names it; no hang, no flood.

Studies, vectors and labels of people, and every kind of file of a study. `TUNESCOPE_FUZZ` is the number of inputs of
each kind (40 by default; 3000 take about five minutes). Readers of tasks have a fuzzer of their own (tests/tasks).
"""

from __future__ import annotations

import io
import json
import os
import sys
import time
from contextlib import suppress

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import save

from tunescope.errors import TunescopeError
from tunescope.integrations._vectors.reader import read_vectors
from tunescope.records import read_points, read_projection
from tunescope.storage import ArrayFile, ResultStore, read_json, read_table, verify_study
from tunescope.studies import load_study

N = int(os.environ.get("TUNESCOPE_FUZZ", "40"))
SECONDS = 20
"""No file of these sizes takes longer, however busy the machine is: it takes milliseconds."""
MOST_MEMORY = 256 << 20
"""Bytes that reading such a file may take, whatever it says of itself."""

X = np.arange(24, dtype=np.float32).reshape(8, 3) ** 1.5
Y = np.array(["a", "b"] * 4)
FRAME = pd.DataFrame({"x0": X[:, 0], "x1": X[:, 1], "label": Y})


def bytes_of(write, *arguments, **options):
    file = io.BytesIO()
    write(file, *arguments, **options)
    return file.getvalue()


STUDY = b"""name: small
encoders: [{name: embedded, label: &l mine}]
tasks: [toy-coin, {name: own, file: a.csv, columns: {label: 2}}]
experiments: [performance, {name: dynamics, layers: [1, 2]}]
seeds: [0, 1]
description: *l
recipe: {learning_rate: 3.0e-4, warmup: 0.1}
classifier: {hidden: [16, 16], alpha: 1.0e-4}
keep: {maps: [tsne]}
"""
UNIT = {"kind": "kind", "key": "key", "inputs": {}, "files": {"rows.parquet": 3}, "sha256": {"rows.parquet": "0"},
        "seconds": 1.0, "timings": {}, "notes": [], "versions": {}, "platform": ""}  # fmt: skip
RECORD = {"name": "s", "written": {"tables/gaps.parquet": 3}, "written_sha256": {"tables/gaps.parquet": "00"}}
POINTS = pd.DataFrame({"task": ["t"], "split": ["train"], "index": [0], "label": ["a"], "words": [["w"]],
                       "positions": [[0]]})  # fmt: skip


def a_unit(path):
    folder = path.parent / "study" / "units" / "kind" / "key"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "unit.json").write_bytes(path.read_bytes())
    (folder / "rows.parquet").write_bytes(b"abc")
    store = ResultStore(path.parent / "study")
    store.unit("kind", "key")
    store.units()
    list(store.verify())


def a_record(path):
    (path.parent / "study.json").write_bytes(path.read_bytes())
    verify_study(path.parent)


def points(path):
    folder = path.parent / "explorer"
    folder.mkdir(exist_ok=True)
    (folder / "points.parquet").write_bytes(path.read_bytes())
    read_points(path.parent)


def arrays(path):
    found = ArrayFile(path)
    for name in found:
        found[name]


READERS = {
    "a study": ("s.yaml", load_study, STUDY),
    "vectors in NPZ": ("v.npz", read_vectors, bytes_of(np.savez_compressed, X=X, y=Y)),
    "vectors in NPY": ("v.npy", read_vectors, bytes_of(np.save, X)),
    "vectors in safetensors": ("v.safetensors", read_vectors, save({"X": X, "y": np.arange(8) % 2})),
    "vectors in CSV": ("v.csv", read_vectors, FRAME.to_csv(index=False).encode()),
    "vectors in Parquet": ("v.parquet", read_vectors, bytes_of(lambda file: FRAME.to_parquet(file))),
    "arrays of a unit": ("a.safetensors", arrays, save({"X": X, "n": np.arange(3)}, {"k": "v"})),
    "a table": ("t.parquet", read_table, bytes_of(lambda file: FRAME.to_parquet(file))),
    "a projection": ("p.safetensors", read_projection, save({"projection": np.zeros((2, 1, 3, 3), np.int16),
                     "scale": np.ones(1, np.float32)},
                     {"encoder": "e", "task": "t", "seed": "0", "updates": "[0, 5]", "layers": "[1]"})),
    "points": ("p.parquet", points, bytes_of(lambda file: POINTS.to_parquet(file))),
    "JSON": ("j.json", read_json, json.dumps(UNIT).encode()),
    "a unit's record": ("u.json", a_unit, json.dumps(UNIT).encode()),
    "a study's record": ("r.json", a_record, json.dumps(RECORD).encode()),
}  # fmt: skip
PIECES = [
    b"\0", b"\r", b"\n", b"\t", b'"', b"'", b",", b":", b"- ", b"\xff", b"\xef\xbb\xbf", b"\xed\xa0\xbd", b"\\ud83d",
    b"NaN",
    b"-Infinity", b"1e999", b"9" * 5000, b"-1", b"[" * 2000, b"{", b"}", b"*l", b"&l ", b"!!python/name:os.system ",
    b"!!binary ", b"2023-02-30", b"null", b"true", b"<<: *l", b"0x" + b"f" * 300, "\u0663".encode(), b"\x1b[2J",
    b"\xff\xff\xff\xff\xff\xff\xff\x7f", b"../../etc/passwd",
]  # fmt: skip
CHANGES = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 40), st.one_of(st.sampled_from(PIECES), st.binary(max_size=8))),
    min_size=1,
    max_size=4,
)
"""Where, how many bytes are taken out, and what stands there instead."""

read_before: set[str] = set()


def most_memory():
    """Bytes that this process has held at most; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def changed(content, changes):
    for place, n_out, piece in changes:
        at = int(place * len(content))
        content = content[:at] + piece + content[at + n_out :]
    return content


@pytest.mark.slow
@pytest.mark.parametrize("kind", READERS)
@settings(max_examples=N, deadline=None, database=None, suppress_health_check=list(HealthCheck), derandomize=N <= 40)
@given(changes=CHANGES)
def test_a_damaged_file_is_read_or_refused_in_words(kind, tmp_path_factory, changes):
    name, read, valid = READERS[kind]
    path = tmp_path_factory.mktemp("fuzz") / name
    if kind not in read_before:  # what a reader imports takes time and memory once
        read_before.add(kind)
        path.write_bytes(valid)
        with suppress(TunescopeError):
            read(path)
    path.write_bytes(changed(valid, changes))
    start = time.monotonic()
    before = most_memory()
    said = None
    try:
        read(path)
    except TunescopeError as error:
        said = str(error)
    assert said is None or path.parent.name in said
    assert time.monotonic() - start < SECONDS
    assert most_memory() - before < MOST_MEMORY


@pytest.mark.parametrize("kind", READERS)
def test_what_is_not_changed_is_read(kind, tmp_path):
    name, read, valid = READERS[kind]
    path = tmp_path / name
    path.write_bytes(valid)
    if kind == "vectors in NPY":
        with pytest.raises(TunescopeError, match="label"):
            read(path)
    else:
        read(path)
