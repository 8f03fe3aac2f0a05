"""Paths: where the centroids of the labels go during fine-tuning (Zhou and Srikumar 2022, Figure 3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tunescope.studies._experiments.experiment import Experiment, Table, placed
from tunescope.studies._units.snapshots import read_centroids

if TYPE_CHECKING:
    from tunescope.storage import ResultStore
    from tunescope.studies._plan import Plan
    from tunescope.studies._units.work import Work


class Paths(Experiment):
    """The paths of the labels' centroids in the two principal axes that all snapshots of a layer share."""

    name = "paths"
    question = "which way do the labels go? (section 4.3, Figure 3)"
    reads_snapshots = True

    def units(self, plan: Plan) -> Iterator[Work]:
        for encoder, task, seed in plan.tunings():
            yield plan.finetune(encoder, task, seed)

    def tables(self, plan: Plan, store: ResultStore) -> Iterator[Table]:
        from tunescope.geometry import centroid_paths

        for encoder, task, seed in plan.tunings():
            tuned = plan.tuned(encoder, task, seed)
            unit = tuned.tuning.result(store)
            for layer in plan.layers(self.name, encoder):
                updates, centroids = read_centroids(unit, layer)
                paths = centroid_paths(centroids)
                rows: list[dict[str, Any]] = [
                    {"update": update, "label": str(label), "x": float(x), "y": float(y)}
                    for label, path in zip(centroids[0].labels, paths, strict=True)
                    for update, (x, y) in zip(updates, path, strict=True)
                ]
                yield placed("paths", rows, {**tuned.origin(task), "layer": layer})
