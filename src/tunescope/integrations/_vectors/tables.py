"""Tables: CSV, TSV and Parquet files with a column of labels and the vectors in columns, or in one column of lists."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.errors import DataError, RepresentationError, near
from tunescope.integrations._vectors.delimited import read_delimited
from tunescope.integrations._vectors.kinds import Ask, VectorFile

if TYPE_CHECKING:
    import pyarrow as pa

_SHOWN = 8
_INDEX_NAMES = ("id", "idx", "index", "row", "unnamed: 0", "")
"""Columns of whole numbers, all different, that are called so are no dimension."""


class Delimited(VectorFile):
    """A CSV or TSV file."""

    suffixes = (".csv", ".tsv")
    about = "a head line, a label column and one column a dimension"

    def read(self, path: Path, ask: Ask) -> tuple[Any, Any, list[str]]:
        """Read the table; delimiter, decimal sign and encoding are found out."""
        table, notes = read_delimited(path, ask.label_column or ask.y or "label")
        return _chosen(path, table, ask, notes)


class Parquet(VectorFile):
    """A Parquet file."""

    suffixes = (".parquet",)
    about = "a label column, and one column a dimension or one column of lists"

    def read(self, path: Path, ask: Ask) -> tuple[Any, Any, list[str]]:
        """Read the table."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            table = pq.ParquetFile(path).read()
        except (pa.ArrowException, OSError, ValueError) as error:
            raise DataError(f"{path}: cannot be read as Parquet: {error}") from error
        return _chosen(path, table, ask, [])


def _chosen(path: Path, table: pa.Table, ask: Ask, notes: list[str]) -> tuple[Any, Any, list[str]]:
    twice = sorted({name for name in table.column_names if table.column_names.count(name) > 1})
    if twice:
        raise DataError(f"{path}: the column {twice[0]!r} is there twice; give each column a name of its own")
    if table.num_rows == 0:
        raise DataError(f"{path}: has a head line, but no row")
    label = _label_column(path, table, ask, notes)
    labels = table.column(label).to_pylist() if label is not None else None
    vectors = _vector_columns(path, table, label, ask, notes)
    return _matrix(path, vectors), labels, notes


def _label_column(path: Path, table: pa.Table, ask: Ask, notes: list[str]) -> str | None:
    import pyarrow as pa

    asked = ask.label_column or ask.y
    names = table.column_names
    if asked is not None:
        if asked not in names:
            raise DataError(f"{path}: has no column {asked!r} (its columns: {_some(names)}); {near(asked, names)}")
        return asked
    if ask.labels is not None:
        return None
    if "label" in names:
        return "label"
    text = [
        field.name
        for field in table.schema
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type) or pa.types.is_dictionary(field.type)
    ]
    if len(text) == 1:
        notes.append(f"labels are the column {text[0]!r}, the only one of text")
        return text[0]
    raise DataError(f"{path}: has no column 'label' (its columns: {_some(names)}); name the labels with --label-column")


def _vector_columns(path: Path, table: pa.Table, label: str | None, ask: Ask, notes: list[str]) -> pa.Table:
    """The columns that are the vectors: those asked for, or all that can be; what is left out is noted."""
    import pyarrow as pa

    names = table.column_names
    if ask.vector is not None:
        asked = [name.strip() for name in ask.vector.split(",")] if ask.vector not in names else [ask.vector]
        for name in asked:
            if name not in names:
                raise DataError(f"{path}: has no column {name!r} (its columns: {_some(names)}); {near(name, names)}")
            if name == label:
                raise DataError(f"{path}: the column {name!r} holds the labels; it is no part of the vectors")
        return table.select(asked)
    rest = [name for name in names if name != label]
    left: list[str] = []
    for name in rest:
        if name.startswith("__index_level_") or _counts_rows(name, table.column(name)):
            left.append(name)
    if left:
        what = "columns" if len(left) > 1 else "column"
        notes.append(f"the {what} {', '.join(map(repr, left))} only counts the rows: no dimension, left out")
    rest = [name for name in rest if name not in left]
    lists = [name for name in rest if _is_list(table.schema.field(name).type)]
    if len(lists) > 1:
        raise DataError(f"{path}: several columns hold lists ({_some(lists)}); name one with --vector")
    if lists:
        others = [name for name in rest if name != lists[0]]
        notes.append(f"vectors are the column {lists[0]!r}")
        if others:
            notes.append(f"columns that are not read: {_some(others)}")
        return table.select(lists)
    for name in rest:
        kind = table.schema.field(name).type
        if not (pa.types.is_floating(kind) or pa.types.is_integer(kind)):
            _refuse(path, name, table.column(name))
    if not rest:
        raise DataError(f"{path}: has no column besides {label!r}: there are no vectors")
    return table.select(rest)


def _refuse(path: Path, name: str, column: pa.ChunkedArray) -> None:
    import pyarrow as pa
    import pyarrow.compute as pc

    kind, row, value = column.type, 0, column[0].as_py()
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        texts = column.to_pylist()
        row = next((i for i, text in enumerate(texts) if not _is_number(text)), 0)
        value = texts[row]
    elif pa.types.is_boolean(kind):
        value = pc.drop_null(column)[0].as_py() if column.null_count < len(column) else None
    raise RepresentationError(
        f"{path}: the column {name!r} is no part of a vector: row {row} (counted from 0) holds {str(value)[:60]!r} "
        f"({kind}). Name the label's column with --label-column, or the columns of the vectors with --vector"
    )


def _is_number(text: Any) -> bool:
    try:
        float(text)
    except (TypeError, ValueError):
        return False
    return True


def _counts_rows(name: str, column: pa.ChunkedArray) -> bool:
    """Whether a column holds whole numbers that go up by one from row to row, or differ and are called an id."""
    import numpy as np
    import pyarrow as pa

    if not pa.types.is_integer(column.type) or column.null_count or len(column) < 3:
        return False
    values = np.asarray(column.to_numpy())
    if bool((np.diff(values) == 1).all()):
        return True
    plain = name.strip().lower()
    called_so = plain in _INDEX_NAMES or plain.endswith(("_id", "-id", " id"))
    return called_so and len(np.unique(values)) == len(values)


def _is_list(kind: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))


def _matrix(path: Path, table: pa.Table) -> Any:
    """(n, d) of the columns, or of the lists in the only one."""
    import numpy as np

    if table.num_columns == 1 and _is_list(table.schema.field(0).type):
        return _from_lists(path, table.column_names[0], table.column(0))
    columns = [table.column(i) for i in range(table.num_columns)]
    same = {str(column.type) for column in columns}
    dtype = np.float32 if same <= {"float", "halffloat"} else np.float64
    found = np.empty((table.num_rows, len(columns)), dtype)
    for i, column in enumerate(columns):
        found[:, i] = column.to_numpy().astype(dtype, copy=False)
    return found


def _from_lists(path: Path, name: str, column: pa.ChunkedArray) -> Any:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if column.null_count:
        row = int(np.argmax(column.is_null().to_numpy()))
        raise RepresentationError(f"{path}: row {row} (counted from 0) of the column {name!r} has no vector")
    lengths = np.asarray(pc.list_value_length(column).to_numpy())
    if len(np.unique(lengths)) > 1:
        row = int(np.argmax(lengths != lengths[0]))
        raise RepresentationError(
            f"{path}: the vectors of the column {name!r} differ in length: row 0 has {lengths[0]} numbers, "
            f"row {row} (counted from 0) {lengths[row]}"
        )
    inside = pc.list_flatten(column).combine_chunks()
    inside = inside.combine_chunks() if isinstance(inside, pa.ChunkedArray) else inside
    if not (pa.types.is_floating(inside.type) or pa.types.is_integer(inside.type)):
        raise RepresentationError(f"{path}: the lists of the column {name!r} hold {inside.type}, not numbers")
    return inside.to_numpy(zero_copy_only=False).reshape(len(column), -1)


def _some(names: list[str]) -> str:
    return ", ".join(map(str, names[:_SHOWN])) + (", …" if len(names) > _SHOWN else "")
