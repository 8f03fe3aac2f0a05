"""What a table is, and the one registry of them: columns, types, identity, and what a reader needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from tunescope.errors import StorageError
from tunescope.records._names import ORIGIN

if TYPE_CHECKING:
    import pyarrow as pa

TYPES = ("string", "int64", "double", "bool", "list<int64>")
"""The types that a column can have, as Arrow calls them."""


@dataclass(frozen=True)
class Table:
    """One table of a study: tidy, one observation a row.

    Parameters
    ----------
    name
        What it is called on disk (`tables/<name>.parquet`) and in a unit.
    row
        What one row is, for documentation: "label of a space at an update".
    columns
        The columns after those of `origin`, in their order, with their Arrow types (`TYPES`).
    values
        The columns that were measured. The others say what was measured; together with `origin` they are the
        identity of a row.
    spare
        The columns that a reader can do without, because older versions did not write them.
    origin
        The columns that say where a row comes from; they come first.
    replaced_by
        The table that newer versions write in its stead, or None. A table that was replaced is read and not written.

    Raises
    ------
    StorageError
        A column has a type that is not known, stands twice, or is named in `values` or `spare` and is not there.
    """

    name: str
    row: str
    columns: Mapping[str, str]
    values: frozenset[str]
    spare: frozenset[str] = frozenset()
    origin: Mapping[str, str] = field(default_factory=lambda: ORIGIN)
    replaced_by: str | None = None

    def __post_init__(self) -> None:
        for name in ("columns", "origin"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))
        for name in ("values", "spare"):
            object.__setattr__(self, name, frozenset(getattr(self, name)))
        self._refuse({name for name, kind in self.all_columns.items() if kind not in TYPES}, "of no known type")
        self._refuse(self.columns.keys() & self.origin.keys(), "twice")
        self._refuse(self.values - self.columns.keys(), "as values that are not there")
        self._refuse(self.spare - self.all_columns.keys(), "as spare that are not there")

    def _refuse(self, columns: set[str] | frozenset[str], how: str) -> None:
        if columns:
            known = f" (types are {', '.join(TYPES)})" if "type" in how else ""
            raise StorageError(f"the table {self.name!r} declares columns {how}{known}: {', '.join(sorted(columns))}")

    @property
    def all_columns(self) -> dict[str, str]:
        """Every column in its order, with its type."""
        return {**self.origin, **self.columns}

    @property
    def identity(self) -> tuple[str, ...]:
        """The columns that no two rows share: what was measured, and where."""
        return tuple(name for name in self.all_columns if name not in self.values)

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns without which stored rows cannot be read."""
        return tuple(name for name in self.all_columns if name not in self.spare)

    @cached_property
    def schema(self) -> pa.Schema:
        """The Arrow schema, with the columns that say where a row comes from."""
        return _schema(self.all_columns)

    @cached_property
    def unit_schema(self) -> pa.Schema:
        """The Arrow schema of the table as a unit of work stores it, which knows no names: without `origin`."""
        return _schema(self.columns)


def _schema(columns: Mapping[str, str]) -> pa.Schema:
    import pyarrow as pa

    types = {
        "string": pa.string(),
        "int64": pa.int64(),
        "double": pa.float64(),
        "bool": pa.bool_(),
        "list<int64>": pa.list_(pa.int64()),
    }
    return pa.schema([(name, types[kind]) for name, kind in columns.items()])


_REGISTRY: dict[str, Table] = {}


def register(table: Table) -> Table:
    """Make a table known, so that a study writes it and the report reads it; the same one twice is fine.

    Parameters
    ----------
    table
        The table, declared by the package itself or by somebody's experiment.

    Returns
    -------
    Table
        The table that is known by this name.

    Raises
    ------
    StorageError
        Another table of this name has other columns, another identity, or another meaning of a row.

    Examples
    --------
    >>> from tunescope.records import Table, identity, register
    >>> norms = Table("norms", "label of a space", {"layer": "int64", "label": "string", "norm": "double"}, {"norm"})
    >>> register(norms).identity[-2:]
    ('layer', 'label')
    """
    known = _REGISTRY.setdefault(table.name, table)
    if known != table:
        differing = [
            name
            for name in sorted({*known.all_columns, *table.all_columns})
            if known.all_columns.get(name) != table.all_columns.get(name)
            or (name in known.values) != (name in table.values)
        ]
        what = f"other columns ({', '.join(differing)})" if differing else "another description"
        raise StorageError(
            f"the table {table.name!r} is known already, with {what}. Give yours a name of its own, or declare it "
            "the same."
        )
    return known


def table(name: str) -> Table:
    """The table of this name.

    Raises
    ------
    StorageError
        No table of this name is known.
    """
    try:
        return _REGISTRY[name]
    except KeyError:
        known = ", ".join(sorted(_REGISTRY))
        raise StorageError(f"no table is called {name!r}; known are {known}") from None


def tables() -> tuple[Table, ...]:
    """Every table that this version writes, in the order in which they were declared."""
    return tuple(one for one in _REGISTRY.values() if one.replaced_by is None)


def is_known(name: str) -> bool:
    """Whether a table of this name was declared."""
    return name in _REGISTRY


def schema(name: str, *, origin: bool = True) -> pa.Schema:
    """The Arrow schema of a table.

    Parameters
    ----------
    name
        Of the table.
    origin
        Whether it has the columns that say where a row comes from. A unit of work, which knows no names, stores
        its tables without.

    Raises
    ------
    StorageError
        No table of this name is known.
    """
    return table(name).schema if origin else table(name).unit_schema


def identity(name: str) -> list[str]:
    """The columns that no two rows of a table share: what was measured.

    Raises
    ------
    StorageError
        No table of this name is known.
    """
    return list(table(name).identity)
