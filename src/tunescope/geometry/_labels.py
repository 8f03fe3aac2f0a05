"""What vectors and labels must be, said once: every function that takes X and y refuses the same, in the same words."""

from __future__ import annotations

import datetime
import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunescope.errors import RepresentationError

_KINDS = {"U": "text", "S": "bytes", "b": "bool", "i": "whole numbers", "u": "whole numbers", "f": "numbers"}
"""What the labels of an array of each numpy kind are called."""


def check_points(X: Any, name: str = "X") -> NDArray[Any]:
    """Vectors as an array (n, d) of finite numbers.

    Parameters
    ----------
    X : array-like of shape (n, d)
        Floats keep their type (float32, float64; float16 becomes float32); whole numbers become float64.
    name : str
        What the message calls them.

    Returns
    -------
    ndarray of shape (n, d), float32 or float64

    Raises
    ------
    RepresentationError
        When the values are no numbers (text, bytes, bool, dates, complex numbers, objects, rows of different lengths),
        NaN or infinite, or the shape is not (n, d) with n and d at least 1.
    """
    array = as_numbers(X, name)
    if array.ndim != 2 or 0 in array.shape:
        raise RepresentationError(
            f"{name} must be an array of points with shape (n, d), n and d at least 1; got shape {array.shape}."
        )
    if not np.isfinite(array).all():
        bad = int((~np.isfinite(array)).any(axis=1).sum())
        raise RepresentationError(f"{name} has NaN or infinite values in {bad} of its {len(array)} points.")
    return array


def as_numbers(X: Any, name: str = "X") -> NDArray[Any]:
    """The values as float32 or float64, of any shape not yet held against NaN, or an error."""
    if type(X) is np.ndarray and X.dtype in (np.float32, np.float64):
        return X
    if hasattr(X, "toarray") and hasattr(X, "nnz"):
        raise RepresentationError(f"{name} is a sparse matrix; give a dense array: {name}.toarray().")
    try:
        array = np.asarray(X)
    except (TypeError, ValueError, OverflowError) as error:
        raise RepresentationError(f"{name} is no array of numbers: {_first_line(error)}.") from error
    if array.dtype == object:
        array = _numbers_of_objects(array, name)
    if array.dtype == np.float16:
        return array.astype(np.float32)
    if array.dtype.kind == "f" or array.dtype.kind in "iu":
        return array if array.dtype in (np.float32, np.float64) else array.astype(np.float64)
    what = {"b": "true and false", "c": "complex numbers", "M": "dates", "m": "time spans", "U": "text", "S": "bytes"}
    raise RepresentationError(f"{name} holds {what.get(array.dtype.kind, array.dtype)}, not numbers.")


def _numbers_of_objects(array: NDArray[Any], name: str) -> NDArray[Any]:
    """Objects as float64 if each is a real number."""
    for at, value in np.ndenumerate(array):
        if is_missing(value):
            raise RepresentationError(f"{name} has no value at {_place(at)}.")
        if isinstance(value, bool | np.bool_) or not isinstance(value, numbers.Real):
            if isinstance(value, Sequence | np.ndarray) and not isinstance(value, str | bytes):
                raise RepresentationError(
                    f"{name} has rows of different lengths or depths; every vector has one width."
                )
            raise RepresentationError(f"{name} holds {_shown(value)} at {_place(at)}; vectors are real numbers.")
    try:
        return array.astype(np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise RepresentationError(f"{name} is no array of numbers: {_first_line(error)}.") from error


def check_labels(y: Any, n: int | None = None, name: str = "y") -> NDArray[Any]:
    """Labels as an array (n,) of one kind: text, whole numbers or bool.

    Parameters
    ----------
    y : array-like of shape (n,)
        Text, bytes (read as UTF-8), whole numbers (also as floats: 1.0), or bool. A pandas series or categorical is
        taken by its values. Empty or blank text is a missing label, as a CSV file spells it; the texts "nan" and
        "None" are labels.
    n : int, optional
        How many there must be.
    name : str
        What the message calls them.

    Returns
    -------
    ndarray of shape (n,)
        Of str, integers, floats without a fraction, or bool.

    Raises
    ------
    RepresentationError
        When a label is missing (None, NaN, NaT, pandas.NA, a masked value, blank text), when labels of different
        kinds stand side by side (1 and "1"), when they are numbers with a fraction, dates, complex numbers or other
        objects, or when there are not n of them.
    """
    array = _label_array(y, name)
    if array.ndim != 1 or (n is not None and len(array) != n):
        having = f"X has {n} points, " if n is not None else ""
        raise RepresentationError(f"{name} must have one label per point: {having}{name} has shape {array.shape}.")
    if array.dtype == object:
        array = _labels_of_objects(array, name)
    if array.dtype.kind == "S":
        array = _decoded(array, name)
    if array.dtype.kind == "U":
        if len(array) and not _all_written(array):
            _refuse_missing(np.char.strip(array) == "", name, "an empty one")
    elif array.dtype.kind == "f":
        _refuse_missing(np.isnan(array), name)
        with np.errstate(invalid="ignore"):
            broken = ~(np.isfinite(array) & (array == np.floor(array)))
        if broken.any():
            first = f"first {array[broken][0]!s} at row {int(broken.argmax())}"
            raise RepresentationError(
                f"Unknown label type: {name} holds numbers with a fraction ({first}): they are no classes. "
                "Give names or whole numbers."
            )
    elif array.dtype.kind not in "iub":
        what = {"c": "complex numbers", "M": "dates", "m": "time spans"}.get(array.dtype.kind, str(array.dtype))
        if array.dtype.kind in "Mm":
            _refuse_missing(np.isnat(array), name)
        raise RepresentationError(f"{name} holds {what}: they are no classes. Give them as text or whole numbers.")
    return array


def check_labelled(X: Any, y: Any) -> tuple[NDArray[Any], NDArray[Any]]:
    """Vectors (n, d) and their labels (n,), or the one error that says what is wrong with them."""
    points = check_points(X)
    return points, check_labels(y, len(points))


def check_for_estimator(X: Any, y: Any) -> Any:
    """What an estimator refuses before scikit-learn's own checks, and y as scikit-learn takes it.

    scikit-learn's conventions are left to it: a column of labels, objects among the vectors, y left out. What it would
    take without a word is refused here: vectors of bool, dates or text, and labels that are missing, of several kinds,
    or no classes.

    Parameters
    ----------
    X : array-like
        What was given as vectors.
    y : array-like or None
        What was given as labels.

    Returns
    -------
    ndarray of shape (n,), or y as it was
        Labels of one kind, bytes as text.

    Raises
    ------
    RepresentationError
        As `check_points` and `check_labels`.
    """
    if hasattr(X, "dtypes") and hasattr(X, "columns"):
        for column, dtype in zip(X.columns, X.dtypes, strict=True):
            if getattr(dtype, "kind", "f") in "bMm":
                what = {"b": "true and false"}.get(dtype.kind, "dates or time spans")
                raise RepresentationError(f"The column {column!r} of X holds {what}, not numbers.")
    elif getattr(getattr(X, "dtype", None), "kind", "f") in "bMmUS":
        as_numbers(X)
    if y is None or getattr(y, "ndim", 1) != 1 or getattr(getattr(X, "dtype", None), "kind", "f") == "c":
        return y
    return check_labels(y)


def is_missing(value: Any) -> bool:
    """Whether a value stands for none: None, NaN, NaT, pandas.NA or numpy's masked."""
    if value is None or value is np.ma.masked or type(value).__name__ in ("NAType", "NaTType"):
        return True
    if isinstance(value, np.datetime64 | np.timedelta64):
        return bool(np.isnat(value))
    return isinstance(value, numbers.Real) and bool(value != value)


def _label_array(y: Any, name: str) -> NDArray[Any]:
    if isinstance(y, str | bytes | dict | set | frozenset):
        raise RepresentationError(f"{name} must be a list or array of labels, not {type(y).__name__}.")
    if isinstance(y, np.ma.MaskedArray):
        _refuse_missing(np.ma.getmaskarray(y).reshape(-1), name)
        return np.asarray(y)
    if isinstance(y, np.ndarray):
        return y
    if hasattr(y, "dtype") and hasattr(y, "to_numpy"):  # a series, whose NaN text turns to "nan" when cast to str
        return np.asarray(y.to_numpy(dtype=object) if y.dtype.kind not in "iubf" else y.to_numpy())
    if hasattr(y, "dtype") and hasattr(y, "categories"):
        return np.asarray(y, dtype=object)
    if hasattr(y, "__array__") and not isinstance(y, Sequence):
        return np.asarray(y)
    try:
        items = list(y)
    except TypeError as error:
        raise RepresentationError(f"{name} must be a list or array of labels, not {_shown(y)}.") from error
    # numpy alone would make text of 1 beside "1", and of None
    array = np.empty(len(items), dtype=object)
    array[:] = items if not any(isinstance(item, list | tuple | np.ndarray) for item in items) else None
    if any(isinstance(item, list | tuple | np.ndarray) for item in items):
        raise RepresentationError(f"{name} must have one label per point; it holds lists.")
    return array


def _labels_of_objects(array: NDArray[Any], name: str) -> NDArray[Any]:
    """Objects as an array of the one kind that all of them are."""
    items = array.tolist()
    missing = np.fromiter((is_missing(item) for item in items), dtype=bool, count=len(items))
    _refuse_missing(missing, name)
    kinds: dict[str, tuple[int, Any]] = {}
    for at, item in enumerate(items):
        kinds.setdefault(_kind(item), (at, item))
    if len(kinds) > 1 and set(kinds) <= {"whole numbers", "numbers"}:
        kinds = {"numbers": kinds["numbers"]}
    if len(kinds) > 1:
        (one, (at_one, first)), (two, (at_two, second)) = list(kinds.items())[:2]
        raise RepresentationError(
            f"{name} mixes {one} (first {_shown(first)} at row {at_one}) with {two} (first {_shown(second)} at row "
            f"{at_two}): are they one class or two? Give labels of one kind."
        )
    for kind, (at, item) in kinds.items():
        if kind not in _KINDS.values():
            raise RepresentationError(
                f"{name} holds {kind} (first {_shown(item)} at row {at}): they are no classes. Give them as text or "
                "whole numbers."
            )
        if kind == "text":
            return np.array([str(item) for item in items], dtype=np.str_)
        if kind == "bytes":  # numpy's own bytes lose a zero at the end
            return _decoded(items, name)
        try:
            return np.array(items, dtype={"bool": bool, "whole numbers": np.int64, "numbers": np.float64}[kind])
        except OverflowError:
            return np.array([str(item) for item in items], dtype=np.str_)
    return np.zeros(0, dtype=np.str_)


def _kind(item: Any) -> str:
    if isinstance(item, str):
        return "text"
    if isinstance(item, bytes):
        return "bytes"
    if isinstance(item, bool | np.bool_):
        return "bool"
    if isinstance(item, numbers.Integral):
        return "whole numbers"
    if isinstance(item, numbers.Real):
        return "numbers"
    if isinstance(item, datetime.date | datetime.time | datetime.timedelta | np.datetime64 | np.timedelta64):
        return "dates"
    if isinstance(item, numbers.Complex):
        return "complex numbers"
    return f"objects of type {type(item).__name__}"


def _decoded(items: Any, name: str) -> NDArray[Any]:
    """Bytes as text."""
    found = []
    for at, item in enumerate(items):
        try:
            found.append(bytes(item).decode("utf-8"))
        except UnicodeDecodeError as error:
            raise RepresentationError(
                f"{name} holds bytes that are no UTF-8 ({_shown(item)} at row {at}). Decode them to text."
            ) from error
    return np.array(found, dtype=np.str_)


def _all_written(array: NDArray[Any]) -> bool:
    """Whether every label of an array of text begins with something that is seen: quick, before any copy."""
    if array.dtype.itemsize == 0:
        return False
    first = np.ascontiguousarray(array).view(np.uint32).reshape(len(array), -1)[:, 0]
    if not array.dtype.isnative:
        first = first.byteswap()
    return bool(((first > 32) & (first < 127)).all())


def _refuse_missing(missing: NDArray[Any], name: str, how: str = "") -> None:
    count = int(missing.sum())
    if count:
        point = "point" if len(missing) == 1 else "points"
        has = "has" if count == 1 else "have"
        label = f"no label but {how}" if how else "no label"
        raise RepresentationError(
            f"{name}: {count} of {len(missing)} {point} {has} {label}, first at row {int(missing.argmax())} "
            "(counted from 0). Leave these points out or name them."
        )


def _place(at: tuple[int, ...]) -> str:
    return f"row {at[0]}" + (f", column {at[1]}" if len(at) > 1 else "")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
