"""A study folder as the report sees it: its tables, its settings and what they are keyed by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tunescope import records
from tunescope.errors import StorageError
from tunescope.records import ORIGIN, ORIGINAL
from tunescope.storage import checked_place, place, read_json, written

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

PLACE = (*ORIGIN, "layer")
"""Columns that say where a row comes from; every table has them once it is read."""


@dataclass(frozen=True)
class Study:
    """The tables and settings of one study folder; nothing is read before it is asked for."""

    folder: Path
    settings: dict[str, Any]
    _tables: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False, compare=False)
    _parts: dict[str, dict[tuple[str, str], pd.DataFrame]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def name(self) -> str:
        """The study's own name, or that of its folder."""
        for source in (self.settings, self.settings.get("study"), self.settings.get("settings")):
            if isinstance(source, dict) and isinstance(source.get("name"), str) and source["name"]:
                return str(source["name"])
        return self.folder.resolve().name

    def table(self, name: str) -> pd.DataFrame:
        """One table over all units, with origin columns in their plain types; empty where there is none.

        Raises
        ------
        StorageError
            The file cannot be read as Parquet, or lacks a column that its table has.
        """
        if name not in self._tables:
            self._tables[name] = self._read(name)
        return self._tables[name]

    def rows(self, name: str, encoder: str, task: str) -> pd.DataFrame:
        """The rows of a table that are about one encoder, probed on one task."""
        if name not in self._parts:
            self._parts[name] = dict(groups(self.table(name), "encoder", "task"))
        found = self._parts[name].get((encoder, task))
        return self.table(name)[:0] if found is None else found

    def _read(self, name: str) -> pd.DataFrame:
        import pandas as pd

        rows = records.read_rows(self.folder, name)
        if rows is None:
            known = records.table(name).needed if records.is_known(name) else ()
            return pd.DataFrame(columns=list(dict.fromkeys((*PLACE, *known))))
        return _once(_plain_origin(rows), name)


def _once(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """One row an observation: where two units have measured the same, the row that the study put first."""
    if not records.is_known(name):
        return rows
    known = [column for column in records.identity(name) if column in rows.columns]
    again = rows.duplicated(known)
    return rows[~again].reset_index(drop=True) if again.any() else rows


def _plain_origin(rows: pd.DataFrame) -> pd.DataFrame:
    """Give the origin columns one plain form: text without gaps, whole numbers, -1 where there is none."""
    import pandas as pd

    rows = rows.copy()
    for column in PLACE:
        if column in ("seed", "layer"):
            values = rows[column] if column in rows.columns else pd.Series(-1, index=rows.index)
            rows[column] = pd.to_numeric(values, errors="coerce").fillna(-1).astype("int64")
        else:
            rows[column] = _text(rows[column]) if column in rows.columns else ""
    if "update" in rows.columns:
        # Spaces of the original encoder have no update; they are where every run starts.
        updates = pd.to_numeric(rows["update"], errors="coerce")
        rows["update"] = updates.where(updates.notna() | (rows["stage"] != ORIGINAL), 0)
    for column in ("label", "label_a", "label_b", "nearest", "split"):
        if column in rows.columns:
            rows[column] = _text(rows[column])
    return rows


def _text(values: pd.Series) -> pd.Series:
    """The same as text, empty where there is nothing."""
    import pandas as pd

    if values.isna().all():
        return pd.Series("", index=values.index)
    return values.fillna("").astype(str)


def groups(table: pd.DataFrame, *columns: str) -> Iterator[tuple[tuple[Any, ...], pd.DataFrame]]:
    """The parts of a table that agree in `columns`, sorted by them, with the values that they agree in."""
    for values, part in table.groupby(list(columns), sort=True):
        yield tuple(values), part


def names(values: pd.Series) -> tuple[str, ...]:
    """The different texts of a column, sorted."""
    return tuple(sorted(map(str, values.unique())))


def numbers(values: pd.Series) -> tuple[int, ...]:
    """The different whole numbers of a column, sorted."""
    return tuple(sorted(map(int, values.unique())))


def positions(known: Sequence[str], values: pd.Series) -> NDArray[np.int64]:
    """(n,) int64: the position of each text of a column in `known`, -1 for what is not there."""
    import pandas as pd

    return np.asarray(pd.Index(list(known), dtype=object).get_indexer(pd.Index(values, dtype=object)), dtype=np.int64)


def read_study(folder: Path) -> Study:
    """Open a study folder for reading.

    Raises
    ------
    StorageError
        The folder is missing, or holds no results, or study.json or a table is not as it was written.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise StorageError(f"{folder}: there is no such folder. Give the folder that a study was written to.")
    told = [name for name in written(folder)[0] if name.startswith("tables/")]
    for name in told:
        checked_place(folder, name)
    if not told and not any(place(folder, "tables").glob("*.parquet")):
        raise StorageError(
            f"{folder}: no results here (tables/*.parquet). Give the folder that `tunescope run` wrote, "
            "or run the study first."
        )
    settings_file = place(folder, "study.json")
    settings: dict[str, Any] = {}
    if settings_file.is_file():
        loaded = read_json(settings_file)
        if isinstance(loaded, dict):
            settings = loaded
    return Study(folder, settings)
