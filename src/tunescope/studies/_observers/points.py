"""The observer `points`: the points themselves, projected for the explorer when all states were seen."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tunescope.studies._observers.observer import Kept, Observer
from tunescope.studies._observers.seen import SeenState
from tunescope.studies._points.maps import LEAST_MAPPED, MAP_POINTS, make_map, note_map_size
from tunescope.studies._points.shown import (
    PROJECTION,
    affordable_points,
    chosen_points,
    mapped_points,
    names_of_points,
    project,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tunescope.storage import UnitWriter
    from tunescope.tasks import Task

_LARGEST_HALF = 32768.0


@dataclass(frozen=True)
class ShownPoints(Observer):
    """Vectors of the points shown, kept of every state until axes that all states share can be found.

    They are float16, divided by a power of two where that is needed to fit.
    """

    maps: tuple[str, ...] = ()
    """Maps of the points, by method."""
    map_points: int = MAP_POINTS
    """How many points a map holds."""

    name = "points"
    needs = frozenset({"vectors", "test"})
    one_width = True
    activity = "points for the explorer"

    def keep(self, state: SeenState) -> dict[str, Any]:
        import numpy as np

        n_train = len(state.task.train)
        width = max(layer.width for layer in state.layers.values())
        rows = _rows(state.task, width, len(state.layers), state.n_states)
        of_train, of_test = rows[rows < n_train], rows[rows >= n_train] - n_train
        arrays: dict[str, Any] = {"rows": rows}
        for number, layer in state.layers.items():
            X = np.concatenate([layer.X[of_train], layer.X_test[of_test]])
            largest = float(np.abs(X).max())
            divisor = 2.0 ** max(0, math.ceil(math.log2(largest / _LARGEST_HALF))) if largest > 0 else 1.0
            arrays[f"{number}/vectors"] = (X / np.float32(divisor)).astype(np.float16)
            arrays[f"{number}/divisor"] = np.array([divisor], np.float64)
        return arrays

    def finish(self, kept: Kept, writer: UnitWriter) -> None:
        """Project all states to axes that they share, and lay the projections out as arrays of a unit."""
        import numpy as np

        rows = np.array(kept.files[0]["rows"])

        def vectors(layer: int, at: NDArray[np.int64] | slice = slice(None)) -> Iterable[NDArray[np.float32]]:
            for file in kept.files:
                divisor = np.float32(file[f"{layer}/divisor"][0])
                yield file[f"{layer}/vectors"][at].astype(np.float32) * divisor

        projections = [project(lambda layer=layer: vectors(layer)) for layer in kept.layers]
        writer.arrays(
            PROJECTION,
            {
                "rows": rows,
                "projection": np.stack([one.steps for one in projections], axis=1),
                "scale": np.array([one.scale for one in projections], np.float32),
                "variance": np.stack([one.variance for one in projections]),
            },
            {"updates": json.dumps(kept.updates), "layers": json.dumps(kept.layers)},
        )
        n_points = len(kept.task.train) + len(kept.task.test)
        if len(rows) < n_points:
            writer.note(f"the explorer shows {len(rows):,} of {n_points:,} points: a sub-sample with every label")
        if not self.maps:
            return
        mapped = mapped_points(rows, names_of_points(kept.task)[rows], self.map_points)
        note_map_size(writer, self.maps, len(mapped), len(rows))
        if len(mapped) < LEAST_MAPPED:
            return
        at = np.searchsorted(rows, mapped)
        for method in self.maps:
            layers = [
                (layer, one.start(at), lambda layer=layer: vectors(layer, at))
                for layer, one in zip(kept.layers, projections, strict=True)
            ]
            make_map(method, mapped, kept.updates, layers, kept.watcher.part).write(writer)


def _rows(task: Task, width: int, n_layers: int, n_states: int) -> NDArray[np.int64]:
    """The points shown, by their place in train and test, one after the other."""
    number = affordable_points(len(task.train) + len(task.test), width, n_layers, n_states)
    return _chosen(_ByFingerprint(task), number)


class _ByFingerprint:
    """A task that is equal to another with the same content, for a cache."""

    def __init__(self, task: Task) -> None:
        self.task = task

    def __hash__(self) -> int:
        return hash(self.task.fingerprint)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByFingerprint) and other.task.fingerprint == self.task.fingerprint


@lru_cache(maxsize=2)
def _chosen(task: _ByFingerprint, number: int) -> NDArray[np.int64]:
    return chosen_points(task.task, number)
