"""A study folder as the report sees it: its tables, its settings and what they are keyed by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tunescope.errors import StorageError
from tunescope.storage import read_json, read_table

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

#: Columns that say where a row comes from, in every table of a study.
ORIGIN = ("encoder", "task", "tuned_on", "seed", "stage", "layer")
ORIGINAL, TUNED = "original", "fine-tuned"

#: The columns without which a table cannot be read (docs/architecture.md, "The stored form of a study").
COLUMNS: dict[str, tuple[str, ...]] = {
    "tasks": ("task", "split", "label", "n"),
    "training": ("encoder", "tuned_on", "seed", "update", "loss"),
    "accuracy": ("encoder", "task", "tuned_on", "seed", "stage", "layer", "split", "accuracy"),
    "clusters": (*ORIGIN, "n_labels", "n_clusters", "linear"),
    "cluster_sizes": (*ORIGIN, "cluster", "label", "n_points"),
    "blocks": (*ORIGIN, "kind", "label_a", "label_b"),
    "pairs": ("encoder", "task", "tuned_on", "seed", "layer", "label_a", "label_b", "lower", "upper"),
    "gaps": ("encoder", "task", "tuned_on", "seed", "layer", "update", "label", "distance"),
    "similarity": ("encoder", "task", "tuned_on", "seed", "layer", "comparison", "pearson"),
    "leave_one_out": ("encoder", "task", "tuned_on", "seed", "layer", "comparison", "label", "pearson"),
    "paths": ("encoder", "task", "tuned_on", "seed", "layer", "update", "label", "x", "y"),
    "movement": ("encoder", "task", "tuned_on", "seed", "layer", "label", "dx", "dy", "length"),
    "memorisation": ("encoder", "task", "tuned_on", "seed", "stage", "split", "probe_epoch", "accuracy"),
    "spaces": ("encoder", "task", "tuned_on", "seed", "layer", "update", "scale"),
}


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

        Raises:
            StorageError: the file cannot be read as Parquet, or lacks a column that its table has.
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

        path = self.folder / "tables" / f"{name}.parquet"
        if not path.is_file():
            return pd.DataFrame(columns=list(dict.fromkeys((*ORIGIN, *COLUMNS.get(name, ())))))
        table = read_table(path)
        missing = [column for column in COLUMNS.get(name, ()) if column not in table.columns]
        if missing:
            raise StorageError(
                f"{path}: the column{'s' if len(missing) > 1 else ''} {', '.join(missing)} of the table "
                f"{name!r} missing; the report needs it. Run the study again with this version of tunescope."
            )
        return _plain_origin(table)

    @cached_property
    def table_names(self) -> tuple[str, ...]:
        """The names of the tables that the folder holds, sorted."""
        return tuple(sorted(path.stem for path in (self.folder / "tables").glob("*.parquet")))


def _plain_origin(table: pd.DataFrame) -> pd.DataFrame:
    """Give the origin columns one plain form: text without gaps, whole numbers, -1 where there is none."""
    import pandas as pd

    table = table.copy()
    for column in ORIGIN:
        if column in ("seed", "layer"):
            values = table[column] if column in table.columns else pd.Series(-1, index=table.index)
            table[column] = pd.to_numeric(values, errors="coerce").fillna(-1).astype("int64")
        else:
            table[column] = _text(table[column]) if column in table.columns else ""
    if "update" in table.columns:
        # Spaces of the original encoder have no update; they are where every run starts.
        updates = pd.to_numeric(table["update"], errors="coerce")
        table["update"] = updates.where(updates.notna() | (table["stage"] != ORIGINAL), 0)
    for column in ("label", "label_a", "label_b", "nearest", "split"):
        if column in table.columns:
            table[column] = _text(table[column])
    return table


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

    Raises:
        StorageError: the folder is missing, or holds no results.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise StorageError(f"{folder}: there is no such folder. Give the folder that a study was written to.")
    if not any((folder / "tables").glob("*.parquet")):
        raise StorageError(
            f"{folder}: no results here (tables/*.parquet). Give the folder that `tunescope run` wrote, "
            "or run the study first."
        )
    settings_file = folder / "study.json"
    settings: dict[str, Any] = {}
    if settings_file.is_file():
        loaded = read_json(settings_file)
        if isinstance(loaded, dict):
            settings = loaded
    return Study(folder, settings)
