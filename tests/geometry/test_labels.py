"""What vectors and labels must be: the same words from whoever takes X and y."""

import datetime

import numpy as np
import pandas as pd
import pytest

from tunescope.errors import RepresentationError
from tunescope.geometry import (
    DirectProbe,
    Space,
    centroids,
    check_labelled,
    check_labels,
    check_points,
    label_distances,
    measure,
)

X = np.array([[0.0], [1.0], [5.0], [6.0]])

TAKERS = {
    "label_distances": label_distances,
    "DirectProbe": lambda X, y: DirectProbe().fit(X, y),
    "centroids": centroids,
    "Space": Space,
    "measure": measure,
    "check_labelled": check_labelled,
}

BAD_LABELS = {
    "None": (["a", "a", None, "b"], r"1 of 4 points has no label, first at row 2 \(counted from 0\)"),
    "NaN among text": (["a", float("nan"), "b", float("nan")], "2 of 4 points have no label, first at row 1"),
    "NaN among numbers": (np.array([1.0, np.nan, 2.0, 2.0]), "1 of 4 points has no label, first at row 1"),
    "NA": (pd.array(["a", pd.NA, "b", "b"], dtype="string"), "no label, first at row 1"),
    "NA of whole numbers": (pd.Series([1, pd.NA, 2, 2], dtype="Int64"), "no label, first at row 1"),
    "NaT": ([pd.NaT, "a", "b", "b"], "no label, first at row 0"),
    "a series of text": (pd.Series(["a", "b", "b", np.nan]), "no label, first at row 3"),
    "a category": (pd.Series(["a", "b", None, "b"], dtype="category"), "no label, first at row 2"),
    "a masked array": (np.ma.masked_array([1, 1, 2, 2], [0, 1, 0, 0]), "no label, first at row 1"),
    "empty text": (["a", "", "b", "b"], "no label but an empty one, first at row 1"),
    "blank text": (np.array(["a", "a", " \t", "b"]), "no label but an empty one, first at row 2"),
    "1 and '1'": ([1, "1", 2, 2], r"mixes whole numbers \(first 1 at row 0\) with text \(first '1' at row 1\)"),
    "bool and numbers": ([True, 1, 0, 2], "mixes bool .* with whole numbers"),
    "bytes and text": ([b"a", "a", "b", "b"], "mixes bytes .* with text"),
    "fractions": ([0.5, 0.25, 1.0, 1.0], r"numbers with a fraction \(first 0.5 at row 0\): they are no classes"),
    "infinity": (np.array([1.0, np.inf, 2.0, 2.0]), "no classes"),
    "complex": (np.array([1j, 2, 2, 1]), "complex numbers: they are no classes"),
    "dates": ([datetime.date(2020, 1, 1)] * 2 + [datetime.date(2021, 1, 1)] * 2, "dates .* no classes"),
    "numpy's dates": (np.array(["2020-01-01", "2021-01-01"] * 2, dtype="M8[D]"), "dates: they are no classes"),
    "objects": ([object(), object(), "a", "a"], "mixes objects of type object .* with text"),
    "bytes of another code": ([b"caf\xe9", b"b", b"b", b"b"], "bytes that are no UTF-8"),
}


@pytest.mark.parametrize("taker", TAKERS)
@pytest.mark.parametrize("kind", BAD_LABELS)
def test_labels_that_make_no_sense_are_refused_alike(kind, taker):
    y, words = BAD_LABELS[kind]
    with pytest.raises(RepresentationError, match=words):
        TAKERS[taker](X, y)


@pytest.mark.parametrize("taker", TAKERS)
def test_a_label_too_few_is_refused(taker):
    with pytest.raises(ValueError, match=r"one label per point: X has 4|inconsistent numbers of samples"):
        TAKERS[taker](X, ["a", "b", "b"])


@pytest.mark.parametrize(
    ("y", "labels"),
    [
        (["b", "a", "a", "b"], ["a", "b"]),
        ([b"caf\xc3\xa9", b"b", b"b", b"b"], ["b", "café"]),
        (np.array([b"caf\xc3\xa9", b"b", b"b", b"b"]), ["b", "café"]),
        ([2, 10, 10, 2], [2, 10]),
        ([1.0, 2.0, 2.0, 1.0], [1.0, 2.0]),
        ([True, False, False, True], [False, True]),
        (["nan", "None", "nan", "None"], ["None", "nan"]),
        (pd.Series(["x", "y", "y", "x"], dtype="category"), ["x", "y"]),
        (pd.Series([3, 4, 4, 3], dtype="Int64"), [3, 4]),
        (np.array(["a", "a", "b", "b"], dtype=object), ["a", "b"]),
        (np.array(["名詞", "動詞", "名詞", "動詞"]), ["動詞", "名詞"]),
    ],
)
def test_labels_of_one_kind_are_classes(y, labels):
    assert label_distances(X, y).labels.tolist() == labels
    assert DirectProbe().fit(X, y).classes_.tolist() == labels
    assert centroids(X, y).labels.tolist() == labels
    assert sorted(set(check_labels(y, 4).tolist())) == labels


BAD_POINTS = {
    "bool": (np.ones((4, 2), dtype=bool), "X holds true and false, not numbers"),
    "dates": (np.full((4, 2), np.datetime64("2020-01-01")), "X holds dates"),
    "text": (np.full((4, 2), "1"), "X holds text"),
}


@pytest.mark.parametrize("taker", TAKERS)
@pytest.mark.parametrize("kind", BAD_POINTS)
def test_vectors_that_are_none_are_refused_alike(kind, taker):
    points, words = BAD_POINTS[kind]
    with pytest.raises(RepresentationError, match=words):
        TAKERS[taker](points, ["a", "a", "b", "b"])


@pytest.mark.parametrize(
    ("points", "words"),
    [
        (np.ones((2, 2), dtype=complex), "X holds complex numbers"),
        ([[1.0, 2.0], [1.0]], "no array of numbers|rows of different lengths"),
        (np.array([[1.0, None]], dtype=object), "X has no value at row 0, column 1"),
        (np.array([[1.0, "2"]], dtype=object), "X holds '2' at row 0, column 1"),
        (np.array([[1.0, True]], dtype=object), "X holds True at row 0, column 1"),
        (np.array([[1.0, np.inf]]), "NaN or infinite values in 1 of its 1 points"),
        (np.zeros((0, 3)), r"shape \(n, d\)"),
        (np.zeros(3), r"got shape \(3,\)"),
        (np.zeros((2, 2, 2)), r"got shape \(2, 2, 2\)"),
    ],
)
def test_points_are_finite_real_numbers_in_rows(points, words):
    with pytest.raises(RepresentationError, match=words):
        check_points(points)


def test_a_column_of_a_data_frame_that_is_no_dimension_is_named():
    frame = pd.DataFrame({"x": [0.0, 1.0, 5.0, 6.0], "seen": [True, False, True, True]})
    with pytest.raises(RepresentationError, match="column 'seen' of X holds true and false"):
        DirectProbe().fit(frame, ["a", "a", "b", "b"])
    with pytest.raises(RepresentationError, match=r"True at row 0, column 1"):
        label_distances(frame, ["a", "a", "b", "b"])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int32, np.uint8, object])
def test_numbers_of_every_kind_are_points(dtype):
    assert check_points(np.arange(6).reshape(3, 2).astype(dtype)).tolist() == [[0, 1], [2, 3], [4, 5]]


def test_a_list_that_numpy_would_turn_into_text_keeps_its_kinds():
    with pytest.raises(RepresentationError, match="mixes"):
        check_labels(["a", 1])
    with pytest.raises(RepresentationError, match="list or array of labels, not str"):
        check_labels("abc")
    with pytest.raises(RepresentationError, match="it holds lists"):
        check_labels([["a"], ["b"]])
