"""Dynamics: the minimum distance of every label at every snapshot (Zhou and Srikumar 2022, Figs. 2, 6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tunescope.studies._experiments.experiment import Experiment, Table, about_tasks, placed

if TYPE_CHECKING:
    from tunescope.storage import ResultStore
    from tunescope.studies._plan import Plan
    from tunescope.studies._units.work import Work


class Dynamics(Experiment):
    """How far each label is from its nearest other label, raw and free of the growth of the space."""

    name = "dynamics"
    question = "does fine-tuning move labels apart, and which? (section 4.3, Figures 2 and 6)"
    reads_snapshots = True

    def units(self, plan: Plan) -> Iterator[Work]:
        for task in plan.task_names:
            yield plan.points(task)
        for encoder, task, seed in plan.tunings():
            yield plan.finetune(encoder, task, seed)

    def tables(self, plan: Plan, store: ResultStore) -> Iterator[Table]:
        yield from about_tasks(plan, store, plan.task_names)
        for encoder, task, seed in plan.tunings():
            tuned = plan.tuned(encoder, task, seed)
            unit = tuned.tuning.result(store)
            yield placed("training", unit.table("training"), tuned.origin(task))
            for name in ("spaces", "gaps", "pairs"):
                rows = unit.table(name)
                rows = rows[rows["layer"].isin(plan.layers(self.name, encoder))]
                yield placed(name, rows, tuned.origin(task))
