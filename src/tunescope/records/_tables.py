"""The tables of a study: their names, columns and types (docs/architecture.md, "The stored form")."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

ORIGIN = {"encoder": "string", "task": "string", "tuned_on": "string", "seed": "int64", "stage": "string"}
"""Where a row comes from; every table but `tasks` begins with these."""

COLUMNS: dict[str, dict[str, str]] = {
    "tasks": {"kind": "string", "split": "string", "label": "string", "n": "int64"},
    "training": {"update": "int64", "epoch": "double", "loss": "double", "learning_rate": "double"},
    "accuracy": {
        "layer": "int64",
        "probe": "string",
        "split": "string",
        "init": "int64",
        "accuracy": "double",
        "hidden1": "int64",
        "hidden2": "int64",
        "alpha": "double",
        "n": "int64",
    },
    "clusters": {
        "layer": "int64",
        "n_points": "int64",
        "n_labels": "int64",
        "n_clusters": "int64",
        "linear": "bool",
        "undecided": "int64",
        "conflicts": "int64",
        "intra_accuracy": "double",
        "seconds": "double",
    },
    "cluster_sizes": {"layer": "int64", "cluster": "int64", "label": "string", "n_points": "int64"},
    "blocks": {
        "layer": "int64",
        "kind": "string",
        "label_a": "string",
        "label_b": "string",
        "n_points": "int64",
        "points": "list<int64>",
        "text": "string",
    },
    "pairs": {
        "layer": "int64",
        "split": "string",
        "update": "int64",
        "label_a": "string",
        "label_b": "string",
        "lower": "double",
        "upper": "double",
        "verdict": "string",
    },
    "gaps": {
        "layer": "int64",
        "update": "int64",
        "epoch": "double",
        "label": "string",
        "n_points": "int64",
        "distance": "double",
        "scaled": "double",
        "nearest": "string",
    },
    "similarity": {
        "layer": "int64",
        "comparison": "string",
        "update": "int64",
        "convention": "string",
        "pearson": "double",
        "spearman": "double",
        "low": "double",
        "high": "double",
        "n_pairs": "int64",
        "n_labels": "int64",
        "linear": "bool",
    },
    "leave_one_out": {
        "layer": "int64",
        "comparison": "string",
        "update": "int64",
        "convention": "string",
        "label": "string",
        "pearson": "double",
    },
    "paths": {"layer": "int64", "update": "int64", "label": "string", "x": "double", "y": "double"},
    "movement": {"layer": "int64", "label": "string", "dx": "double", "dy": "double", "length": "double"},
    "memorisation": {
        "layer": "int64",
        "split": "string",
        "probe_epoch": "int64",
        "accuracy": "double",
    },
    "spaces": {
        "layer": "int64",
        "update": "int64",
        "epoch": "double",
        "scale": "double",
        "n_points": "int64",
        "width": "int64",
    },
}
"""The columns of each table after those of `ORIGIN`, with their Arrow types."""


@cache
def schema(table: str, *, origin: bool = True) -> pa.Schema:
    """The Arrow schema of a table; without `origin`, as a unit of work stores it, which knows no names."""
    import pyarrow as pa

    types = {
        "string": pa.string(),
        "int64": pa.int64(),
        "double": pa.float64(),
        "bool": pa.bool_(),
        "list<int64>": pa.list_(pa.int64()),
    }
    first = {"task": "string"} if table == "tasks" else ORIGIN
    columns = {**(first if origin else {}), **COLUMNS[table]}
    return pa.schema([(name, types[kind]) for name, kind in columns.items()])


_VALUES = {
    "tasks": {"kind", "n"},
    "training": {"epoch", "loss", "learning_rate"},
    "accuracy": {"accuracy", "n"},
    "clusters": {*COLUMNS["clusters"]} - {"layer"},
    "cluster_sizes": {"label", "n_points"},
    "blocks": {"points"},
    "pairs": {"lower", "upper", "verdict"},
    "gaps": {"epoch", "n_points", "distance", "scaled", "nearest"},
    "similarity": {"pearson", "spearman", "low", "high", "n_pairs", "n_labels", "linear"},
    "leave_one_out": {"pearson"},
    "paths": {"x", "y"},
    "movement": {"dx", "dy", "length"},
    "memorisation": {"accuracy"},
    "spaces": {"epoch", "scale", "n_points", "width"},
}
"""The columns of each table that are measured; the others say what was measured."""


def identity(table: str) -> list[str]:
    """The columns that no two rows of a table share: what was measured."""
    return [name for name in schema(table).names if name not in _VALUES[table]]
