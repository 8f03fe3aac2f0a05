"""Parquet: columns with types; names of classes as the `datasets` package writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tunescope.errors import DataError
from tunescope.tasks._columns import find_columns
from tunescope.tasks._lines import MAX_BYTES, read_bytes
from tunescope.tasks._reader import Reader, Reading, ReadOptions
from tunescope.tasks._rows import Table, read_table
from tunescope.tasks._said import counted

MAX_ROWS = 20_000_000
"""Most rows that are read: a small file can say that it has very many."""


_BATCH = 1024


class Parquet(Reader):
    """A column with a text (or a list of words), one with a label (or a list of tags); the rest is not read."""

    name, suffixes, about, rank = "parquet", (".parquet", ".pq"), "an Apache Parquet file", 10

    def read(self, path: Path, options: ReadOptions) -> Reading:
        """The rows as labelled sentences."""
        import io

        import pyarrow.parquet as pq

        content = io.BytesIO(read_bytes(path))
        schema = pq.read_schema(content)
        twice = [name for name in schema.names if schema.names.count(name) > 1]
        if twice:
            raise DataError(f"{path}: two columns are called {twice[0]!r}; give each a name of its own")
        names: dict[str, int | str] = dict.fromkeys(schema.names, "its columns")
        wanted = list(find_columns(path, names, options.columns, has_head=False).values())
        # Texts that a file holds once and repeats stay once in memory, so that a small file cannot fill it.
        file = pq.ParquetFile(content, read_dictionary=[name for name in wanted if _is_text(schema.field(name).type)])
        if file.metadata.num_rows > MAX_ROWS:
            raise DataError(f"{path} has {counted(file.metadata.num_rows, 'row')}; at most {MAX_ROWS:,} are read")
        columns: dict[str, list[Any]] = {name: [] for name in wanted}
        size = 0
        for batch in file.iter_batches(batch_size=_BATCH, columns=wanted):
            for name in wanted:
                values, n_bytes = _values(batch.column(name))
                columns[name] += values
                size += n_bytes
            if size > 2 * MAX_BYTES:
                raise DataError(f"{path} has more than {2 * MAX_BYTES:,} bytes unpacked; cut it in parts")
        rows: list[tuple[int | str, dict[str, Any]]] = [
            (f"row {number}", dict(zip(wanted, values, strict=True)))
            for number, values in enumerate(zip(*columns.values(), strict=True), start=1)
        ]
        understood = (f"format: {self.name}",)
        return read_table(
            path, Table(names, rows, class_names=_class_names(schema.metadata), understood=understood), options
        )

    def recognises(self, path: Path, head: bytes) -> bool:
        """By its first four bytes."""
        return head.startswith(b"PAR1")


def _is_text(kind: Any) -> bool:
    import pyarrow as pa

    return any(is_kind(kind) for is_kind in (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary))


def _values(column: Any) -> tuple[list[Any], int]:
    """The values of a part of a column, and how many bytes they are when each is written out."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not isinstance(column, pa.DictionaryArray) or not _is_text(column.type.value_type):
        return column.to_pylist(), column.nbytes
    values = column.dictionary.to_pylist()
    lengths = pc.take(pc.binary_length(column.dictionary), column.indices)
    n_bytes = pc.sum(lengths).as_py() or 0
    return [None if index is None else values[index] for index in column.indices.to_pylist()], n_bytes


def _class_names(metadata: Mapping[bytes, bytes] | None) -> dict[str, Sequence[str]]:
    """The names of classes that the `datasets` package writes beside a table."""
    try:
        features = json.loads((metadata or {}).get(b"huggingface", b"{}"))["info"]["features"]
        found: dict[str, Sequence[str]] = {}
        for column, feature in features.items():
            inner = feature.get("feature", feature)
            if inner.get("_type") == "ClassLabel":
                found[column] = [str(name) for name in inner["names"]]
        return found
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}  # another writer's metadata
