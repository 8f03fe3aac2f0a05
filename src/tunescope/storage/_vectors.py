"""Labelled vectors that a person brings: NumPy archives, CSV, TSV and Parquet files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.errors import DataError, RepresentationError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SUFFIXES = (".npz", ".csv", ".tsv", ".parquet")


def read_vectors(path: Path, label_column: str = "label") -> tuple[NDArray[np.floating], NDArray[np.str_]]:
    """Read labelled vectors: of a NumPy archive `X` and `y`, of a table a label column and the rest.

    Returns:
        X (n, d), float32 or float64 as stored, and y (n,) labels as text.

    Raises:
        DataError: the file is missing, of another kind, damaged, or lacks X, y or the label column.
        RepresentationError: a vector holds NaN or infinity, a column is not numeric, or shapes do not fit.
    """
    import numpy as np

    if not path.is_file():
        raise DataError(f"{path}: there is no such file")
    if path.suffix not in SUFFIXES:
        raise DataError(f"{path}: vectors are read from {', '.join(SUFFIXES)} files")
    X, y = _from_archive(path) if path.suffix == ".npz" else _from_table(path, label_column)
    if X.ndim != 2 or y.ndim != 1 or len(X) != len(y):
        raise RepresentationError(
            f"{path}: X must have the shape (n, d) and y (n,), with one n; they have {X.shape} and {y.shape}"
        )
    if X.dtype.kind not in "fiu":
        raise RepresentationError(f"{path}: X holds {X.dtype}, not numbers")
    X = X if X.dtype in (np.float32, np.float64) else X.astype(np.float64)
    bad = ~np.isfinite(X).all(axis=1)
    if bad.any():
        raise RepresentationError(
            f"{path}: {int(bad.sum())} of {len(X)} vectors hold NaN or infinity, the first is number "
            f"{int(bad.argmax())} (from 0); remove or repair them"
        )
    return X, y.astype(np.str_)


def _from_archive(path: Path) -> tuple[Any, Any]:
    import zipfile

    import numpy as np

    try:
        with np.load(path, allow_pickle=False) as archive:
            missing = [name for name in ("X", "y") if name not in archive]
            if missing:
                there = ", ".join(archive.files) or "nothing"
                raise DataError(f"{path}: lacks the array {missing[0]!r}; it holds {there}")
            return archive["X"], archive["y"]
    except DataError:
        raise
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        pickled = "pickle" in str(error).lower() and zipfile.is_zipfile(path)
        reason = (
            "an array is stored as Python objects, which are not read; store labels as text (y.astype(str))"
            if pickled
            else f"cannot be read as a NumPy archive: {error}"
        )
        raise DataError(f"{path}: {reason}") from error


def _from_table(path: Path, label_column: str) -> tuple[Any, Any]:
    import pandas as pd

    try:
        if path.suffix == ".parquet":
            from tunescope.storage._tables import read_table

            table = read_table(path)
        else:
            separator = "\t" if path.suffix == ".tsv" else ","
            # A label "None" or "NA" is a label; a cell that is empty is none.
            label_as_text: Any = {label_column: str}
            table = pd.read_csv(path, sep=separator, dtype=label_as_text, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: cannot be read as a table: {error}") from error
    if label_column not in table.columns:
        there = ", ".join(map(str, table.columns[:8])) + (", …" if len(table.columns) > 8 else "")
        raise DataError(f"{path}: has no column {label_column!r} (its columns: {there}); name it with --label-column")
    labels = table[label_column]
    vectors = table.drop(columns=label_column)
    for name in vectors.columns:
        if not pd.api.types.is_numeric_dtype(vectors[name]):
            numbers = pd.to_numeric(vectors[name], errors="coerce")
            wrong = vectors[name][numbers.isna() & ~vectors[name].astype(str).str.lower().isin({"nan", ""})]
            if len(wrong):
                raise RepresentationError(
                    f"{path}: the column {name!r} is no part of a vector: row {wrong.index[0]} (from 0) "
                    f"holds {wrong.iloc[0]!r}. Name the label's column and leave other text out"
                )
            vectors[name] = numbers
    return vectors.to_numpy(), labels.astype(str).to_numpy(dtype=str)
