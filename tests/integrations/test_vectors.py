"""Vectors in people's files: each format, and an odd one of each."""

from __future__ import annotations

import json
import zipfile

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file
from typer.testing import CliRunner

from tunescope.cli.main import app
from tunescope.errors import DataError, RepresentationError, TunescopeError
from tunescope.integrations import VectorFile, probe_vectors, read_vectors

X = np.random.default_rng(0).normal(size=(12, 3)).round(3)
Y = np.array(list("abc") * 4)
FRAME = pd.DataFrame(X, columns=["d0", "d1", "d2"]).assign(label=Y)


def same(read, dtype=np.float64):
    np.testing.assert_allclose(read.X, X.astype(dtype))
    assert read.y.tolist() == Y.tolist()
    return read


def write(folder, kind):
    path = folder / f"vectors.{kind}"
    match kind:
        case "npz":
            np.savez(path, X=X, y=Y)
        case "NPZ":
            np.savez(folder / "vectors.npz", X=X, y=Y)
            (folder / "vectors.npz").rename(path)
        case "csv":
            FRAME.to_csv(path, index=False)
        case "tsv":
            FRAME.to_csv(path, index=False, sep="\t")
        case "parquet":
            FRAME.to_parquet(path)
    return path


@pytest.mark.parametrize("kind", ["npz", "NPZ", "csv", "tsv", "parquet"])
def test_the_plain_form_of_each_format(tmp_path, kind):
    assert same(read_vectors(write(tmp_path, kind))).notes == ()


def test_an_array_with_a_file_of_labels(tmp_path):
    np.save(tmp_path / "X.npy", X)
    np.save(tmp_path / "y.npy", Y)
    (tmp_path / "y.txt").write_text("\n".join(Y) + "\n")
    FRAME[["label"]].to_csv(tmp_path / "y.csv", index=False)
    for name in ("y.npy", "y.txt", "y.csv"):
        same(read_vectors(tmp_path / "X.npy", labels=tmp_path / name))
    with pytest.raises(DataError, match="has no labels; name a file of them with --labels"):
        read_vectors(tmp_path / "X.npy")


def test_safetensors_with_whole_numbers_or_a_file_of_labels(tmp_path):
    codes = np.unique(Y, return_inverse=True)[1]
    save_file({"emb": X, "y": codes}, tmp_path / "v.safetensors")
    read = read_vectors(tmp_path / "v.safetensors")
    assert read.y.tolist() == [str(code) for code in codes]
    assert "the array 'emb'" in read.notes[0]
    (tmp_path / "y.txt").write_text("\n".join(Y))
    named = same(read_vectors(tmp_path / "v.safetensors", labels=tmp_path / "y.txt"))
    assert any("not those of v.safetensors" in note for note in named.notes)


def test_bfloat16_is_read_exactly(tmp_path):
    torch = pytest.importorskip("torch")
    from safetensors.torch import save_file as save

    exact = torch.tensor([[1.5, -2.0], [0.25, 3.0], [8.0, 0.0]])
    save({"X": exact.to(torch.bfloat16), "y": torch.tensor([0, 1, 1])}, tmp_path / "b.safetensors")
    np.testing.assert_array_equal(read_vectors(tmp_path / "b.safetensors").X, exact.numpy())


@pytest.mark.parametrize("kind", [pa.list_(pa.float32()), pa.large_list(pa.float64()), pa.list_(pa.float64(), 3)])
def test_a_column_of_lists(tmp_path, kind):
    table = pa.table({"text": ["t"] * 12, "emb": pa.array(X.tolist(), kind), "label": Y.tolist()})
    pq.write_table(table, tmp_path / "v.parquet")
    read = read_vectors(tmp_path / "v.parquet")
    np.testing.assert_allclose(read.X, X, rtol=1e-6)
    assert read.notes == ("vectors are the column 'emb'", "columns that are not read: text")


def test_lists_of_different_lengths_are_named(tmp_path):
    pq.write_table(pa.table({"emb": [[1.0, 2.0], [3.0]], "label": ["a", "b"]}), tmp_path / "v.parquet")
    with pytest.raises(RepresentationError, match=r"row 0 has 2 numbers, row 1 \(counted from 0\) 1"):
        read_vectors(tmp_path / "v.parquet")


def test_names_may_be_given(tmp_path):
    np.savez(tmp_path / "v.npz", train=X, other=X + 1, classes=Y)
    same(read_vectors(tmp_path / "v.npz", x="train", y="classes"))
    with pytest.raises(DataError, match=r"lacks the array 'X'; it holds train, other, classes"):
        read_vectors(tmp_path / "v.npz")
    with pytest.raises(DataError, match=r"no array 'trian' \(--x\); did you mean train"):
        read_vectors(tmp_path / "v.npz", x="trian")
    path = write(tmp_path, "csv")
    assert read_vectors(path, vector="d0, d2").X.shape == (12, 2)
    with pytest.raises(DataError, match="holds the labels"):
        read_vectors(path, vector="d0,label")


# ---- what is no dimension


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_an_index_is_no_dimension(tmp_path, kind):
    path = tmp_path / f"v.{kind}"
    if kind == "csv":
        FRAME.to_csv(path)
    else:
        pq.write_table(pa.Table.from_pandas(FRAME.set_index(np.random.default_rng(2).permutation(12))), path)
    read = same(read_vectors(path))
    assert "only counts the rows: no dimension, left out" in read.notes[0]


def test_ids_are_no_dimension_and_whole_numbers_are(tmp_path):
    ids = np.random.default_rng(1).permutation(1000)[:12]
    FRAME.assign(user_id=ids).to_csv(tmp_path / "v.csv", index=False)
    read = same(read_vectors(tmp_path / "v.csv"))
    assert "'user_id'" in read.notes[0]
    FRAME.assign(pixels=ids).to_csv(tmp_path / "w.csv", index=False)
    assert read_vectors(tmp_path / "w.csv").X.shape == (12, 4)


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ([True, False] * 6, "bool"),
        (["2026-01-01"] * 12, "2026-01-01"),
        (pd.date_range("2026-01-01", periods=12), "timestamp"),
        (["1", "2", "three"] * 4, "row 2 .*three"),
        (["9" * 5000] * 12, "999"),
    ],
)
def test_what_is_no_number_is_refused_by_name(tmp_path, column, said):
    FRAME.assign(odd=column).to_parquet(tmp_path / "v.parquet")
    with pytest.raises(RepresentationError, match=f"'odd' is no part of a vector: .*{said}"):
        read_vectors(tmp_path / "v.parquet")


def test_a_row_of_another_length_than_the_head_is_refused(tmp_path):
    path = tmp_path / "v.csv"
    path.write_text("a,b,label\n1,2,x\n3,4,5,y\n")
    with pytest.raises(DataError, match="the head line has 3 columns"):
        read_vectors(path)
    path.write_text("a,b,label\n1,2,3,x\n3,4,5,y\n")  # every row has one more: pandas would take an index
    with pytest.raises(DataError, match="the head line has 3 columns"):
        read_vectors(path)


# ---- labels


MISSING = [None, np.nan, pd.NA, pd.NaT, "", "  "]


@pytest.mark.parametrize("missing", MISSING, ids=map(repr, MISSING))
def test_a_missing_label_is_never_a_class(tmp_path, missing):
    labels = [*Y[:-1].tolist(), missing]
    pq.write_table(
        pa.table({"d": X[:, 0], "label": pa.array(labels, pa.string(), from_pandas=True)}), tmp_path / "v.parquet"
    )
    with pytest.raises(DataError, match=r"1 of 12 points has no label.*, first at row 11 \(counted from 0\)"):
        read_vectors(tmp_path / "v.parquet")


def test_missing_whole_numbers_are_missing_labels_too(tmp_path):
    FRAME.assign(label=pd.array([*range(10), None, None], "Int64")).to_parquet(tmp_path / "v.parquet")
    with pytest.raises(DataError, match=r"2 of 12 points have no label, first at row 10"):
        read_vectors(tmp_path / "v.parquet")
    text = FRAME.to_csv(index=False).replace(",a\n", ",\n", 1)
    (tmp_path / "v.csv").write_text(text)
    with pytest.raises(DataError, match=r"1 of 12 points has no label.*, first at row 0"):
        read_vectors(tmp_path / "v.csv")


@pytest.mark.parametrize("word", ["NA", "nan", "None", "null", "01", "true", "2026-01-01"])
def test_a_label_of_text_is_what_it_says(tmp_path, word):
    FRAME.assign(label=[word, "b"] * 6).to_csv(tmp_path / "v.csv", index=False)
    assert sorted(set(read_vectors(tmp_path / "v.csv").y.tolist())) == sorted({word, "b"})


def test_labels_as_bytes_are_text(tmp_path):
    np.savez(tmp_path / "v.npz", X=X, y=np.array(["café".encode(), b"b", b"b"] * 4))
    assert set(read_vectors(tmp_path / "v.npz").y.tolist()) == {"café", "b"}
    np.savez(tmp_path / "w.npz", X=X, y=np.array([b"\xff", b"b", b"b"] * 4))
    with pytest.raises(DataError, match="no UTF-8"):
        read_vectors(tmp_path / "w.npz")


def test_labels_that_name_no_class_are_refused(tmp_path):
    for labels, said in (
        (X[:, 0], "numbers with a fraction"),
        (Y.astype("U3").reshape(4, 3), "one label per point"),
        (np.array(["a\x1b[31m", "b", "c"] * 4), "control character"),
    ):
        np.savez(tmp_path / "v.npz", X=X, y=labels)
        with pytest.raises(TunescopeError, match=said):
            read_vectors(tmp_path / "v.npz", y="y")


def test_blanks_at_the_ends_of_labels_do_not_make_a_class(tmp_path):
    FRAME.assign(label=["a", "a ", " b"] * 4).to_csv(tmp_path / "v.csv", index=False)
    read = read_vectors(tmp_path / "v.csv")
    assert set(read.y.tolist()) == {"a", "b"}
    assert read.notes == ("blanks at the ends of 8 labels do not count",)


def test_the_only_column_of_text_is_the_label_unless_another_is_named(tmp_path):
    FRAME.rename(columns={"label": "genre"}).to_csv(tmp_path / "v.csv", index=False)
    assert "'genre'" in same(read_vectors(tmp_path / "v.csv")).notes[0]
    same(read_vectors(tmp_path / "v.csv", label_column="genre"))
    with pytest.raises(DataError, match="did you mean genre"):
        read_vectors(tmp_path / "v.csv", label_column="gener")


# ---- text: delimiters, quotes, line ends, encodings


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_the_delimiter_is_found_out_and_said(tmp_path, delimiter):
    FRAME.to_csv(tmp_path / "v.csv", index=False, sep=delimiter)
    assert "separated by" in same(read_vectors(tmp_path / "v.csv")).notes[0]


def test_decimal_commas_are_found_out_and_said(tmp_path):
    FRAME.to_csv(tmp_path / "v.csv", index=False, sep=";", decimal=",")
    assert same(read_vectors(tmp_path / "v.csv")).notes[-1] == "numbers have decimal commas"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_line_ends_and_encodings(tmp_path, end, encoding):
    text = FRAME.assign(label=["é", "b", 'say "x", y'] * 4).to_csv(index=False).replace("\n", end)
    (tmp_path / "v.csv").write_bytes(text.encode(encoding))
    read = read_vectors(tmp_path / "v.csv")
    assert set(read.y.tolist()) == {"é", "b", 'say "x", y'}
    np.testing.assert_allclose(read.X, X)


def test_a_missing_number_is_an_error_that_counts(tmp_path):
    text = FRAME.to_csv(index=False).splitlines()
    text[3] = "," + text[3].split(",", 1)[1]
    (tmp_path / "v.csv").write_text("\n".join(text))
    with pytest.raises(RepresentationError, match="1 of 12 vectors hold NaN or infinity, the first is number 2"):
        read_vectors(tmp_path / "v.csv")


# ---- damage and traps


def test_what_cannot_be_read_is_one_error_that_names_the_file(tmp_path):
    for kind in ("npz", "npy", "csv", "tsv", "parquet", "safetensors"):
        path = tmp_path / f"bad.{kind}"
        for content in (b"", b"\0\1\2\3" * 40, b"PK\3\4nothing"):
            path.write_bytes(content)
            with pytest.raises(DataError, match=rf"bad\.{kind}"):
                read_vectors(path)
    with pytest.raises(DataError, match=r"did you mean bad\.npz"):
        read_vectors(tmp_path / "bda.npz")
    (tmp_path / "v.xlsx").write_bytes(b"x")
    with pytest.raises(DataError, match=r"vectors are read from .*\.parquet"):
        read_vectors(tmp_path / "v.xlsx")
    with pytest.raises(DataError, match=r"config\.ini"):
        read_vectors(tmp_path)


def test_python_objects_are_not_read(tmp_path):
    np.savez(tmp_path / "v.npz", X=X, y=np.array(list(Y), dtype=object))
    with pytest.raises(DataError, match="Python objects, which are not read"):
        read_vectors(tmp_path / "v.npz")


def test_an_archive_that_would_blow_up_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "v.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("X.npy", "w") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "<f8", "fortran_order": False, "shape": (1 << 20, 64)})
        for _ in range(512):
            file.write(bytes(1 << 20))
    assert path.stat().st_size < 1 << 20
    with pytest.raises(DataError, match="would grow from"):
        read_vectors(path)


def test_vectors_of_no_real_numbers_are_refused(tmp_path):
    for vectors, said in (
        (X + 1j, "complex"),
        (X > 0, "true and false"),
        (X[0], r"shape \(3,\)"),
        (X[:0], "no vector"),
    ):
        np.savez(tmp_path / "v.npz", X=vectors, y=Y)
        with pytest.raises(TunescopeError, match=said):
            read_vectors(tmp_path / "v.npz", x="X", y="y")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(["npz", "csv", "tsv", "parquet"]), data=st.data())
def test_a_damaged_file_gives_vectors_or_the_tools_own_error(tmp_path, kind, data):
    content = bytearray(write(tmp_path, kind).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / f"damaged.{kind}"
    path.write_bytes(content[: data.draw(st.integers(1, len(content)))])
    try:
        read = read_vectors(path)
    except TunescopeError as error:
        assert str(path) in str(error)  # noqa: PT017  no error is right as well
    else:
        assert np.isfinite(read.X).all()
        assert len(read.X) == len(read.y)


# ---- additions, and the command


def test_a_kind_of_file_from_outside(tmp_path):
    class Lines(VectorFile):
        suffixes = (".vec",)
        about = "one vector a line, its label first"

        def read(self, path, ask):
            rows = [line.split() for line in path.read_text().splitlines()]
            return [[float(cell) for cell in row[1:]] for row in rows], [row[0] for row in rows], ["lines"]

    (tmp_path / "v.vec").write_text("".join(f"{y} {x[0]} {x[1]} {x[2]}\n" for x, y in zip(X, Y, strict=True)))
    try:
        assert same(read_vectors(tmp_path / "v.vec")).notes == ("lines",)
    finally:
        VectorFile._known.pop(".vec")


def test_the_command_says_what_it_found_out(tmp_path):
    FRAME.to_csv(tmp_path / "v.csv")
    done = CliRunner().invoke(app, ["probe", str(tmp_path / "v.csv"), "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["width"] == 3
    assert "counts the rows" in told["notes"][0]
    assert "note: " in done.stderr


def test_labels_are_no_markup_on_the_terminal(tmp_path):
    FRAME.assign(label=["[red]a[/b]", "[/]", "c"] * 4).to_csv(tmp_path / "v.csv", index=False)
    done = CliRunner().invoke(app, ["probe", str(tmp_path / "v.csv")])
    assert done.exit_code == 0, done.output
    assert "[red]a[/b]" in done.stdout
    assert probe_vectors(tmp_path / "v.csv").n_points == 12
