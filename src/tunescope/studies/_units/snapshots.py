"""What is kept of the spaces that a fine-tuning passes through: distances, centroids, scale; no vectors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.records import CONVENTIONS, TO_START, schema
from tunescope.studies._units.rows import (
    gap_rows,
    pair_rows,
    similarity_rows,
    space_row,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tunescope.encoders import Encoding
    from tunescope.geometry import Centroids, Convention, LabelDistances
    from tunescope.storage import Unit, UnitWriter

CENTROIDS = "centroids"
"""The name under which a unit keeps the centroids of its snapshots."""


@dataclass(frozen=True)
class LayerSummary:
    """One layer of one snapshot."""

    distances: LabelDistances
    centroids: Centroids
    width: int


@dataclass(frozen=True)
class Snapshot:
    """One look at the space of the training points."""

    update: int
    epoch: float
    layers: dict[int, LayerSummary]


class SnapshotLog:
    """Snapshots of one fine-tuning, on disk as they come, so that a run that is cut off has them again.

    Distances are computed from those of the snapshot before (warm start); the first ones from nothing.
    """

    def __init__(self, folder: Path, layers: tuple[int, ...]) -> None:
        self.folder = folder
        self.layers = layers
        self._last: Snapshot | None = None

    def updates(self) -> set[int]:
        """The updates whose snapshot is there."""
        return {int(path.stem) for path in self.folder.glob("[0-9]*.safetensors")}

    def add(self, update: int, epoch: float, encoding: Encoding) -> None:
        """Summarise a snapshot and write the summary, whole or not at all."""
        from tunescope.geometry import centroids, label_distances

        before = self._before(update, encoding)
        layers = {}
        for layer in self.layers:
            X, y = encoding.vectors[layer], encoding.labels
            previous = before.layers[layer].distances if before is not None else None
            layers[layer] = LayerSummary(label_distances(X, y, previous=previous), centroids(X, y), X.shape[1])
        self._last = Snapshot(update, epoch, layers)
        self._write(self._last)

    def _before(self, update: int, encoding: Encoding) -> Snapshot | None:
        """The snapshot before this update: the one in memory, or the last one on disk."""
        if self._last is not None and self._last.update < update:
            return self._last
        earlier = [there for there in self.updates() if there < update]
        return self._read(max(earlier), encoding.labels) if earlier else None

    def snapshots(self) -> Iterator[Snapshot]:
        """All snapshots in order, read from disk one by one."""
        for update in sorted(self.updates()):
            yield self._read(update)

    def write(self, writer: UnitWriter, conventions: tuple[Convention, ...] = CONVENTIONS) -> None:
        """Lay all snapshots out as the tables and arrays of a unit."""
        import numpy as np
        import pandas as pd

        pairs = []
        rows: dict[str, list[Any]] = {
            "gaps": [],
            "spaces": [],
            "similarity": [],
            "leave_one_out": [],
        }
        start: Snapshot | None = None
        means: dict[int, list[Any]] = {layer: [] for layer in self.layers}
        updates = []
        for snapshot in self.snapshots():
            start = start or snapshot
            updates.append(snapshot.update)
            for layer, summary in snapshot.layers.items():
                place = {"layer": layer, "update": snapshot.update}
                timed = {**place, "epoch": snapshot.epoch}
                distances = summary.distances
                means[layer].append(summary.centroids.means)
                pairs.append(pair_rows(distances, {**place, "split": "train"}))
                rows["gaps"] += gap_rows(distances, timed)
                rows["spaces"].append(space_row(distances, summary.width, timed))
                for convention in conventions:
                    compared, left_out = similarity_rows(
                        start.layers[layer].distances,
                        distances,
                        convention,
                        {**place, "comparison": TO_START},
                        nonlinear="zero",
                    )
                    rows["similarity"] += compared
                    rows["leave_one_out"] += left_out
        assert start is not None
        writer.table("pairs", pd.concat(pairs), schema("pairs", origin=False))
        for name, table in rows.items():
            writer.table(name, table, schema(name, origin=False))
        first = start.layers[self.layers[0]].centroids
        writer.arrays(
            CENTROIDS,
            {
                "updates": np.asarray(updates, np.int64),
                "counts": np.asarray(first.counts, np.int64),
                **{f"layer-{layer}": np.stack(stack) for layer, stack in means.items()},
            },
            {"labels": json.dumps([str(label) for label in first.labels], ensure_ascii=False)},
        )

    def _write(self, snapshot: Snapshot) -> None:
        from tunescope.geometry import distances_to_arrays
        from tunescope.storage import write_arrays

        arrays: dict[str, Any] = {}
        widths = {}
        for layer, summary in snapshot.layers.items():
            widths[str(layer)] = summary.width
            arrays[f"{layer}/means"] = summary.centroids.means
            for name, array in distances_to_arrays(summary.distances).items():
                arrays[f"{layer}/{name}"] = array
        labels = [str(label) for label in next(iter(snapshot.layers.values())).distances.labels]
        about = {
            "epoch": repr(snapshot.epoch),
            "labels": json.dumps(labels, ensure_ascii=False),
            "widths": json.dumps(widths),
        }
        write_arrays(self.folder / f"{snapshot.update:08d}.safetensors", arrays, about)

    def _read(self, update: int, y: NDArray[np.str_] | tuple[()] = ()) -> Snapshot:
        import numpy as np

        from tunescope.geometry import Centroids, distances_from_arrays
        from tunescope.storage import ArrayFile

        stored = ArrayFile(self.folder / f"{update:08d}.safetensors")
        labels = np.asarray(json.loads(stored.metadata["labels"]))
        widths = json.loads(stored.metadata["widths"])
        layers = {}
        for layer in self.layers:
            arrays = {name.partition("/")[2]: stored[name] for name in stored if name.startswith(f"{layer}/")}
            means = arrays.pop("means")
            distances = distances_from_arrays(labels, arrays, y)
            layers[layer] = LayerSummary(distances, Centroids(labels, means, distances.counts), widths[str(layer)])
        return Snapshot(update, float(stored.metadata["epoch"]), layers)


def read_centroids(unit: Unit, layer: int) -> tuple[list[int], list[Centroids]]:
    """The updates of a fine-tuning's snapshots, and the centroids of one layer at each of them."""
    import numpy as np

    from tunescope.geometry import Centroids

    stored = unit.arrays(CENTROIDS)
    labels = np.asarray(json.loads(stored.metadata["labels"]))
    counts = stored["counts"]
    return stored["updates"].tolist(), [Centroids(labels, means, counts) for means in stored[f"layer-{layer}"]]
