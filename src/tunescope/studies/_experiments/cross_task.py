"""Cross-task: what fine-tuning on one task does to the space of another (Zhou and Srikumar 2022, Table 5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tunescope.studies._experiments.experiment import Experiment, Table, about_tasks, from_space

if TYPE_CHECKING:
    from tunescope.storage import ResultStore
    from tunescope.studies._plan import Plan
    from tunescope.studies._units.space import Space
    from tunescope.studies._units.work import Work


class CrossTask(Experiment):
    """Minimum distances and accuracy of every task after fine-tuning on every source task."""

    name = "cross-task"
    question = "does fine-tuning on one task help or harm another? (section 4.3, Table 5)"

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
            tuned = [plan.tuned(encoder, source, seed) for source in plan.sources for seed in plan.study.seeds]
            for state in (encoder, *tuned):
                for task in plan.task_names:
                    for layer in plan.layers(self.name, encoder):
                        yield plan.space(state, task, layer)
