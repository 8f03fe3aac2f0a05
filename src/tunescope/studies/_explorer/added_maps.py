"""Maps after the fact: of the two ends of every fine-tuning that a study folder shows, from their kept vectors."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tunescope.errors import StorageError
from tunescope.records import (
    Projection,
    explorer_folder,
    read_points,
    read_projection,
    whole_projections,
    write_projection,
)
from tunescope.studies._explorer.end_maps import end_map
from tunescope.studies._points.maps import LEAST_MAPPED, MAP_POINTS, METHODS, check_methods
from tunescope.studies._watching import Watcher

if TYPE_CHECKING:
    import pandas as pd

    from tunescope.storage import ResultStore


def add_maps(
    folder: str | Path,
    methods: Iterable[str],
    *,
    n_points: int = MAP_POINTS,
    watcher: Watcher | None = None,
) -> int:
    """Add maps to the projections of a study that has run, where they hold none of a method yet.

    They show the two ends of each fine-tuning: of the snapshots between them a study keeps principal axes and no
    vectors (`keep: {maps: [tsne]}` maps all snapshots while the study runs). What was made once is kept.

    Parameters
    ----------
    folder : path
        The folder of a study that has run.
    methods : iterable of str
        `tsne`, `umap`, or both.
    n_points : int, default 2000
        Points of each map, at most.
    watcher : Watcher, optional
        Hears how it goes.

    Returns
    -------
    int
        The number of maps added, one for each projection and method.

    Raises
    ------
    StudyError
        A method is unknown, or its package is not installed.
    StorageError
        The folder holds no points, or no vectors of a fine-tuning's two ends.
    """
    from tunescope.storage import ResultStore

    methods = tuple(dict.fromkeys(methods))
    check_methods(methods)
    watcher = watcher or Watcher()
    folder = Path(folder)
    if not folder.is_dir():
        raise StorageError(f"{folder}: there is no such folder")
    projections = whole_projections(folder)
    if not projections:
        raise StorageError(f"{folder}: the study stored no points (`keep: {{points: true}}`), so nothing can be mapped")
    missing = [(one, method) for one in projections for method in methods if method not in one.maps]
    store = ResultStore(folder)
    points = read_points(folder)
    if missing:
        watcher.planned(len(missing))
    n_added = 0
    for number, (projection, method) in enumerate(missing):
        title = _title(projection, method)
        watcher.started(title, number + 1, len(missing))
        begin = time.perf_counter()
        reason = _add(projection, method, store, points, n_points, watcher)
        n_added += reason is None
        watcher.finished(title, time.perf_counter() - begin, () if reason is None else (f"no map: {reason}",))
    return n_added


def _title(projection: Projection, method: str) -> str:
    tuned = f"tuned on {projection.tuned_on}, seed {projection.seed}"
    return f"{METHODS[method]} map of {projection.encoder} on {projection.task}, {tuned}"


def _add(
    projection: Projection, method: str, store: ResultStore, points: pd.DataFrame, n_points: int, watcher: Watcher
) -> str | None:
    """Add one map to one file; returns why there is none, or None where it was added."""
    import numpy as np

    from tunescope.storage import laying_out
    from tunescope.studies._record import renew_record

    units = {layer: [store.unit("space", key) for key in pair] for layer, pair in projection.ends.items()}
    there = [layer for layer, pair in units.items() if None not in pair]
    if not there:
        return (
            "the vectors of the two ends are not there, or the points were written before their whereabouts were "
            "recorded; running the study once more records them and computes nothing again that is there"
        )
    mine = points[points["task"] == projection.task]
    first = units[there[0]][0]
    assert first is not None
    n_train = len(first.arrays("vectors")["train"])
    rows = mine["index"].to_numpy(np.int64) + n_train * (mine["split"] == "test").to_numpy(np.int64)
    names = np.array([f"{split} {label}" for split, label in zip(mine["split"], mine["label"], strict=True)])
    ends = {layer: projection.ends[layer] for layer in there}
    found = end_map(store, ends, method, rows, names, n_points, watcher)
    if found is None:
        return f"{len(rows)} points are too few, {LEAST_MAPPED} are the least"
    with laying_out(store.root, keep=("explorer",)) as folder:
        path = explorer_folder(folder) / projection.path.name
        stored = read_projection(path)  # another method may have been added to the file since it was read
        ends_of_way = (stored.updates[0], stored.updates[-1])
        maps = {**stored.maps, method: replace(found, updates=ends_of_way).shown(rows)}
        write_projection(path, replace(stored, maps=maps))
        renew_record(store, folder)
    return None
