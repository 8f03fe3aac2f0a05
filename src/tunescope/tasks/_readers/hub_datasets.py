"""Data sets of the `datasets` package: a folder that `save_to_disk` wrote, or `hub:NAME`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tunescope.errors import DataError
from tunescope.tasks._columns import find_columns
from tunescope.tasks._reader import Reader, Reading, ReadOptions
from tunescope.tasks._readers.parquet import MAX_ROWS
from tunescope.tasks._rows import Table, read_table, same_kind
from tunescope.tasks._said import counted

_HUB = "hub:"
_TEST = ("test", "validation", "validation_matched", "dev", "valid")
"""Splits that can be the test split, the best first; some data sets keep the labels of `test` to themselves."""


class HubDataset(Reader):
    """Columns `text` or `tokens`, `label` or `tags`, with the names of its ClassLabel; its own splits."""

    name, suffixes, about, rank = "datasets", (), "a folder of the package datasets, or hub:NAME", 5

    def read(self, path: Path, options: ReadOptions) -> Reading:
        """The rows of its train split and of its test split, where it has them."""
        splits = _splits(str(path))
        train_name = "train" if "train" in splits else next(iter(splits))
        train = _read(path, splits[train_name], options, train_name)
        said, test = [f"train: {train_name}"], None
        for name in _TEST:
            if name not in splits or name == train_name:
                continue
            try:
                test = _read(path, splits[name], options, name)
            except _NoLabels:
                said.append(f"{name}: has no labels, not read")
                continue
            same_kind(train, f"split {train_name}", test, f"split {name}")
            said.append(f"test: {name}")
            break
        return Reading(
            kind=train.kind,
            train=train.train,
            test=None if test is None else test.train,
            understood=(*train.understood, f"splits: {'; '.join(said)}"),
            notes=(*train.notes, *(() if test is None else test.notes)),
        )

    def recognises(self, path: Path, head: bytes) -> bool:
        """By its prefix, or by the files that `save_to_disk` writes."""
        if str(path).startswith(_HUB):
            return True
        return any((path / name).is_file() for name in ("dataset_dict.json", "dataset_info.json", "state.json"))


class _NoLabels(Exception):
    """Every row of a split lacks its label."""


def _splits(name: str) -> Mapping[str, Any]:
    try:
        import datasets
    except ImportError:
        raise DataError(f"{name}: data sets need the package datasets; pip install 'tunescope[datasets]'") from None
    if name.startswith(_HUB):
        hub_name, _, config = name.removeprefix(_HUB).partition(":")
        found: Any = datasets.load_dataset(hub_name, config or None)
    else:
        found = datasets.load_from_disk(name)
    return dict(found) if isinstance(found, datasets.DatasetDict) else {"all": found}


def _read(path: Path, data: Any, options: ReadOptions, split: str) -> Reading:
    if data.num_rows > MAX_ROWS:
        raise DataError(f"{path}: split {split} has {counted(data.num_rows, 'row')}; at most {MAX_ROWS:,} are read")
    names: dict[str, int | str] = dict.fromkeys(data.column_names, "its columns")
    columns = find_columns(path, names, options.columns, has_head=False)
    class_names = {column: found for column in columns.values() if (found := _class_names(data.features[column]))}
    plain = data.with_format(None).select_columns(list(columns.values()))
    rows = [(f"row {i} of {split}", row) for i, row in enumerate(plain, start=1)]
    label = columns.get("label")
    if label and rows and split != "train" and all(row[label] in (None, -1) for _, row in rows):
        raise _NoLabels
    return read_table(path, Table(names, rows, class_names=class_names, understood=("format: datasets",)), options)


def _class_names(feature: Any) -> list[str]:
    inner = getattr(feature, "feature", feature)
    return list(getattr(inner, "names", None) or [])
