"""A file of labels alone, in the order of the vectors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tunescope.errors import DataError
from tunescope.integrations._vectors.delimited import read_delimited

_TEXT = (".txt", ".labels", "")


def read_labels(path: Path, column: str | None = None) -> Any:
    """Labels (n,) of a file: text with one a line, ``.npy``, or a table with a label column.

    Parameters
    ----------
    path : Path
        The file.
    column : str, optional
        The column of a table; ``label``, or its only one, by default.

    Returns
    -------
    array-like of shape (n,)
        As stored; None where one is missing.

    Raises
    ------
    DataError
        The file is missing, damaged, or has no such column.
    """
    import numpy as np

    if not path.is_file():
        raise DataError(f"{path}: there is no such file of labels")
    suffix = path.suffix.lower()
    if suffix == ".npy":
        try:
            return np.load(path, allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise DataError(f"{path}: cannot be read as an array of labels: {error}") from error
    if suffix in _TEXT:
        try:
            lines = path.read_text(encoding="utf-8-sig").splitlines()
        except UnicodeDecodeError as error:
            raise DataError(f"{path}: is not UTF-8 (byte {error.start})") from error
        while lines and not lines[-1].strip():
            lines.pop()
        return lines
    if suffix in (".csv", ".tsv"):
        table, _ = read_delimited(path, column or "label")
    elif suffix == ".parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            table = pq.ParquetFile(path).read()
        except (pa.ArrowException, OSError) as error:
            raise DataError(f"{path}: cannot be read as Parquet: {error}") from error
    else:
        raise DataError(f"{path}: labels are read from .txt, .npy, .csv, .tsv or .parquet files")
    names = table.column_names
    chosen = column or ("label" if "label" in names else names[0] if len(names) == 1 else None)
    if chosen is None or chosen not in names:
        raise DataError(f"{path}: has no column {chosen or 'label'!r} (its columns: {', '.join(names[:8])})")
    return table.column(chosen).to_pylist()
