"""Memorisation: does a space remember the points that it was fine-tuned on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tunescope.studies._experiments.experiment import Experiment, Table, from_space

if TYPE_CHECKING:
    from tunescope.storage import ResultStore
    from tunescope.studies._plan import Plan
    from tunescope.studies._units.space import Space
    from tunescope.studies._units.work import Work


class Memorisation(Experiment):
    """Accuracy of a probe that learns from a part of the training set, on that part, the rest, and test."""

    name = "memorisation"
    question = "does the tuned space remember its training points? (the first author's web log)"

    def units(self, plan: Plan) -> Iterator[Work]:
        for space in self._spaces(plan):
            yield from space.state.records
            yield plan.memorise(space)

    def tables(self, plan: Plan, store: ResultStore) -> Iterator[Table]:
        for space in self._spaces(plan):
            yield from from_space(plan, store, space, plan.memorise(space), ["memorisation"])

    def _spaces(self, plan: Plan) -> Iterator[Space]:
        for encoder in plan.encoders:
            for task in plan.task_names:
                for state in plan.states(encoder, task):
                    for layer in plan.layers(self.name, encoder):
                        yield plan.space(state, task, layer)
