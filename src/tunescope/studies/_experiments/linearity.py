"""Linearity: how many clusters a space has, and what keeps it from being linear (Tables 3 and 4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tunescope.studies._experiments.experiment import Experiment, Table, about_tasks, from_space

if TYPE_CHECKING:
    from tunescope.storage import ResultStore
    from tunescope.studies._plan import Plan
    from tunescope.studies._units.space import Space
    from tunescope.studies._units.work import Work


class Linearity(Experiment):
    """Cluster counts and sizes, and the labels, points and conflicting duplicates that block linearity."""

    name = "linearity"
    question = "does fine-tuning make a space linear, and what blocks it? (section 4.2, Tables 3 and 4)"

    def units(self, plan: Plan) -> Iterator[Work]:
        for task in plan.task_names:
            yield plan.points(task)
        for space in self._spaces(plan):
            yield from space.state.records
            yield plan.shape(space)

    def tables(self, plan: Plan, store: ResultStore) -> Iterator[Table]:
        yield from about_tasks(plan, store, plan.task_names)
        for space in self._spaces(plan):
            names = ["clusters", "cluster_sizes", "blocks", "spaces", "gaps", "pairs"]
            yield from from_space(plan, store, space, plan.shape(space), names)

    def _spaces(self, plan: Plan) -> Iterator[Space]:
        for encoder in plan.encoders:
            for task in plan.task_names:
                for state in plan.states(encoder, task):
                    for layer in plan.layers(self.name, encoder):
                        yield plan.space(state, task, layer)
