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


class Parquet(Reader):
    """A column with a text (or a list of words), one with a label (or a list of tags); the rest is not read."""

    name, suffixes, about, rank = "parquet", (".parquet", ".pq"), "an Apache Parquet file", 10

    def read(self, path: Path, options: ReadOptions) -> Reading:
        """The rows as labelled sentences."""
        import io

        import pyarrow.parquet as pq

        file = pq.ParquetFile(io.BytesIO(read_bytes(path)))
        metadata = file.metadata
        size = sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))
        if metadata.num_rows > MAX_ROWS or size > 2 * MAX_BYTES:
            has = f"{counted(metadata.num_rows, 'row')}, {counted(size, 'byte')} unpacked"
            raise DataError(f"{path} has {has}; at most {MAX_ROWS:,} and {2 * MAX_BYTES:,} are read: cut it in parts")
        schema = file.schema_arrow
        twice = [name for name in schema.names if schema.names.count(name) > 1]
        if twice:
            raise DataError(f"{path}: two columns are called {twice[0]!r}; give each a name of its own")
        names: dict[str, int | str] = dict.fromkeys(schema.names, "its columns")
        wanted = list(find_columns(path, names, options.columns, has_head=False).values())
        rows: list[tuple[int | str, dict[str, Any]]] = []
        for batch in file.iter_batches(columns=wanted):
            first = len(rows) + 1
            rows += ((f"row {number}", row) for number, row in enumerate(batch.to_pylist(), start=first))
        table = Table(
            names,
            rows,
            class_names=_class_names(schema.metadata),
            understood=(f"format: {self.name}",),
        )
        return read_table(path, table, options)

    def recognises(self, path: Path, head: bytes) -> bool:
        """By its first four bytes."""
        return head.startswith(b"PAR1")


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
