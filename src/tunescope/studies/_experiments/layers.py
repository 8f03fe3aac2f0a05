"""Layers: how far each layer departs from where it was (Zhou and Srikumar 2022, Figures 4, 5 and 7 to 10)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tunescope.studies._experiments.experiment import Experiment, Table, placed
from tunescope.studies._units.snapshots import read_centroids

if TYPE_CHECKING:
    from tunescope.storage import ResultStore
    from tunescope.studies._plan import Plan
    from tunescope.studies._units.work import Work


class Layers(Experiment):
    """Per layer, similarity to the original space at every snapshot, and the movement of every label."""

    name = "layers"
    question = "which layers change, and do they keep their layout? (section 4.4, Figures 4, 5 and 7 to 10)"
    reads_snapshots = True

    def units(self, plan: Plan) -> Iterator[Work]:
        for encoder, task, seed in plan.tunings():
            yield plan.finetune(encoder, task, seed)

    def tables(self, plan: Plan, store: ResultStore) -> Iterator[Table]:
        from tunescope.geometry import movement

        for encoder, task, seed in plan.tunings():
            tuned = plan.tuned(encoder, task, seed)
            unit = tuned.tuning.result(store)
            layers = plan.layers(self.name, encoder)
            for name in ("similarity", "leave_one_out"):
                rows = unit.table(name)
                chosen = rows["layer"].isin(layers) & rows["convention"].isin(plan.study.conventions)
                yield placed(name, rows[chosen], tuned.origin(task))
            for layer in layers:
                _, centroids = read_centroids(unit, layer)
                moved = movement(centroids[0], centroids[-1])
                arrows = [
                    {"label": str(label), "dx": float(dx), "dy": float(dy), "length": float(length)}
                    for label, (dx, dy), length in zip(moved.labels, moved.arrows, moved.lengths, strict=True)
                ]
                yield placed("movement", arrows, {**tuned.origin(task), "layer": layer})
