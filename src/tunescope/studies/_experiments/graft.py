"""Graft: where does the gain of a fine-tuning live?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tunescope.records import Table
from tunescope.studies._experiments.experiment import Experiment, Rows, placed
from tunescope.studies._units.grafted import Graft

if TYPE_CHECKING:
    from tunescope.storage import ResultStore
    from tunescope.studies._plan import Plan
    from tunescope.studies._units.course import Course
    from tunescope.studies._units.work import Work

GRAFT = Table(
    "graft",
    "part of the layers up to one, taken from the tuned encoder",
    {"layer": "int64", "part": "string", "up_to": "int64", "accuracy": "double", "n": "int64"},
    frozenset({"accuracy", "n"}),
)


class Grafts(Experiment):
    """Accuracy of the original encoder with the tuned weights of the layers up to l: all of them, or a part."""

    name = "graft"
    question = "where does the gain live: in which layers, in attention or feed-forward?"
    order = 110
    tables = (GRAFT,)

    def units(self, plan: Plan) -> Iterator[Work]:
        for course, unit in self._looks(plan):
            yield from course.end.records
            yield unit

    def rows(self, plan: Plan, store: ResultStore) -> Iterator[Rows]:
        for course, work in self._looks(plan):
            unit = work.find(store)
            if unit is not None:
                yield placed(GRAFT.name, unit.table(GRAFT.name), course.origin)

    def _looks(self, plan: Plan) -> Iterator[tuple[Course, Graft]]:
        for course in plan.tunings():
            for layer in plan.layers(self.name, course.start):
                start, end = (plan.space(state, course.task, layer) for state in (course.start, course.end))
                yield course, Graft.of(start, end, plan.study)
