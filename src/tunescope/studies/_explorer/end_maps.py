"""The unit `map`: a t-SNE or UMAP map of the two ends of a fine-tuning, from the vectors that are kept of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tunescope.studies._points.maps as maps
from tunescope.errors import StorageError
from tunescope.records import TSNE
from tunescope.studies._points.maps import PointMap, make_map, read_map
from tunescope.studies._points.shown import mapped_points, project
from tunescope.studies._units.keys import first_key, key_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tunescope.storage import ResultStore
    from tunescope.studies._watching import Watcher

Ends = Mapping[int, tuple[str, str]]
"""By layer, the keys of the units that hold the vectors before and after."""

_KIND = "map"
_VERSION = 1


def find_end_map(store: ResultStore, ends: Ends, method: str) -> PointMap | None:
    """A map of these ends that was made before, of most layers and points; None where there is none.

    Its updates are 0 and 1: before and after.
    """
    found = []
    for unit in store.units(_KIND):
        of = {int(layer): tuple(pair) for layer, pair in unit.inputs["ends"].items()}
        if unit.inputs["method"] == method and of.items() <= dict(ends).items():
            found.append((len(of), unit.inputs["n_points"], unit))
    if not found:
        return None
    return read_map(max(found, key=lambda one: one[:2])[2], method)


def end_map(
    store: ResultStore,
    ends: Ends,
    method: str,
    rows: NDArray[np.int64],
    names: NDArray[np.str_],
    number: int,
    watcher: Watcher,
) -> PointMap | None:
    """The map of these ends: found where it was made before, else made and kept.

    Parameters
    ----------
    store : ResultStore
        Holds the vectors, and keeps the map.
    ends : mapping of int to pair of str
        Which vectors.
    method : str
        `tsne` or `umap`.
    rows : array of int64 (n,)
        The points shown: rows of train, or number of train's points + row of test.
    names : array of str (n,)
        Their split and label.
    number : int
        How many of them the map holds, at most.
    watcher : Watcher
        Hears how far it is.

    Returns
    -------
    PointMap or None
        The map, its updates 0 and 1; None where there are too few points for one.

    Raises
    ------
    StorageError
        The vectors are not there.
    """
    mapped = mapped_points(rows, names, number)
    if len(mapped) < maps.LEAST_MAPPED or not ends:
        return None
    inputs = {
        "ends": {str(layer): list(pair) for layer, pair in ends.items()},
        "method": method,
        "n_points": len(mapped),
        "points": hashlib.sha256(mapped.astype("<i8").tobytes()).hexdigest(),
        "seed": maps.SEED,
        "neighbourhood": maps.PERPLEXITY if method == TSNE else maps.NEIGHBOURS,
    }
    key = key_of(_KIND, _VERSION, inputs)
    first = first_key(_KIND, inputs)
    unit = store.unit(_KIND, key) or (store.unit(_KIND, first) if first is not None else None)
    if unit is None:
        with store.writing(_KIND, key, inputs) as writer:
            layers: list[Any] = []
            for layer, pair in ends.items():
                clouds = [_vectors(store, end, mapped) for end in pair]
                start = project(lambda clouds=clouds: clouds).start(slice(None))
                layers.append((layer, start, lambda clouds=clouds: clouds))
            maps.note_map_size(writer, [method], len(mapped), len(rows))
            make_map(method, mapped, (0, 1), layers, watcher.part).write(writer)
        unit = store.unit(_KIND, key)
        for note in unit.notes if unit is not None else ():
            watcher.noted(note)
    return read_map(unit, method) if unit is not None else None


def _vectors(store: ResultStore, key: str, rows: NDArray[np.int64]) -> NDArray[np.float32]:
    import numpy as np

    unit = store.unit("space", key)
    if unit is None:
        raise StorageError(f"{Path(store.root)}: the vectors space/{key} are not there")
    stored = unit.arrays("vectors")
    train, test = stored["train"], stored["test"]
    of_train, of_test = rows[rows < len(train)], rows[rows >= len(train)] - len(train)
    return np.concatenate([train[of_train], test[of_test]])
