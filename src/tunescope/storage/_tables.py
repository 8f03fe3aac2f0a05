"""Tables on disk: Parquet, with the schema kept when there is no row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, Union

from tunescope.errors import StorageError
from tunescope.storage._atomic import write_atomically

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Rows: TypeAlias = Union["pd.DataFrame", "pa.Table", Iterable[Mapping[str, Any]]]
"""Rows of a table: a DataFrame (its index is dropped), an Arrow table, or one mapping a row."""


def arrow_table(rows: Rows, schema: pa.Schema | None = None) -> pa.Table:
    """Turn rows into an Arrow table; with a `schema`, exactly its columns in its order.

    Raises
    ------
    StorageError
        A value does not fit its column, or a row has a column that the schema lacks.
    """
    import pandas as pd
    import pyarrow as pa

    try:
        if isinstance(rows, pa.Table):
            table = rows
        elif isinstance(rows, pd.DataFrame):
            _refuse_other_columns(rows.columns, schema)
            table = pa.Table.from_pandas(rows, schema=schema, preserve_index=False)
        else:
            listed = [dict(row) for row in rows]
            _refuse_other_columns({name for row in listed for name in row}, schema)
            table = pa.Table.from_pylist(listed, schema=schema)
        if schema is not None:
            _refuse_other_columns(table.column_names, schema)
            table = table.select(schema.names).cast(schema)
    except (pa.ArrowException, KeyError) as error:
        raise StorageError(f"the rows do not fit their table: {error}") from error
    return table


def write_table(path: Path, rows: Rows, schema: pa.Schema | None = None) -> None:
    """Write rows as a Parquet file, whole or not at all.

    Raises
    ------
    StorageError
        The rows do not fit the schema, or the file system refuses.
    """
    table = arrow_table(rows, schema)
    write_atomically(path, lambda temporary: write_parquet(temporary, table))


def write_parquet(path: Path, table: pa.Table) -> None:
    """Write an Arrow table where it is told to, without a promise of wholeness."""
    import pyarrow.parquet as pq

    pq.write_table(table, path, compression="zstd")


def read_arrow(path: Path) -> pa.Table:
    """Read a Parquet file as an Arrow table.

    Raises
    ------
    StorageError
        The file is missing or is not Parquet.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        # The file itself, not its path: a path's `key=value` folders would become columns.
        if path.exists() and not path.is_file():
            raise StorageError(f"{path}: cannot be read as a table: it is no regular file")
        with open(path, "rb") as file:
            return pq.read_table(file)
    except FileNotFoundError as error:
        raise StorageError(f"{path}: there is no such table") from error
    except (OSError, ValueError, MemoryError, pa.ArrowException) as error:
        if isinstance(error, StorageError):
            raise
        raise StorageError(f"{path}: cannot be read as a table: {error}") from error


def read_table(path: Path) -> pd.DataFrame:
    """Read a Parquet file as a DataFrame with a plain index.

    Raises
    ------
    StorageError
        The file is missing or is not Parquet.
    """
    return read_arrow(path).to_pandas()


def _refuse_other_columns(names: Iterable[Any], schema: pa.Schema | None) -> None:
    """Arrow drops columns that a schema lacks without a word; here that is an error."""
    if schema is None:
        return
    other = sorted(str(name) for name in names if name not in schema.names)
    if other:
        raise StorageError(f"the table has no column {', '.join(other)}; it has {', '.join(schema.names)}")
