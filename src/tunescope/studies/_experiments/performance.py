"""Performance: does fine-tuning help, and do train and test part (Zhou and Srikumar 2022, Tables 2 and 7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tunescope.studies._experiments.experiment import Experiment, Table, about_tasks, from_space

if TYPE_CHECKING:
    from tunescope.storage import ResultStore
    from tunescope.studies._plan import Plan
    from tunescope.studies._units.space import Space
    from tunescope.studies._units.work import Work


class Performance(Experiment):
    """Accuracy of the classifier probe, clusters, and train-test similarity, before and after fine-tuning."""

    name = "performance"
    question = "does fine-tuning help, and do train and test part? (section 4.1, Tables 2 and 7)"

    def units(self, plan: Plan) -> Iterator[Work]:
        for task in plan.task_names:
            yield plan.points(task)
        for space in self._spaces(plan):
            yield from space.state.records
            yield plan.classify(space)
            yield plan.shape(space)

    def tables(self, plan: Plan, store: ResultStore) -> Iterator[Table]:
        yield from about_tasks(plan, store, plan.task_names)
        for space in self._spaces(plan):
            yield from from_space(plan, store, space, plan.classify(space), ["accuracy"])
            names = ["clusters", "spaces", "gaps", "pairs", "similarity", "leave_one_out"]
            yield from from_space(plan, store, space, plan.shape(space), names)

    def _spaces(self, plan: Plan) -> Iterator[Space]:
        for encoder in plan.encoders:
            for task in plan.task_names:
                for state in plan.states(encoder, task):
                    for layer in plan.layers(self.name, encoder):
                        yield plan.space(state, task, layer)
