"""Neighbours: who comes near to a point when an encoder is fine-tuned, who leaves, and which words go along."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tunescope.records import Table
from tunescope.studies._experiments.experiment import Experiment, Rows, placed
from tunescope.studies._units.neighbours import Neighbourhood

if TYPE_CHECKING:
    from tunescope.storage import ResultStore
    from tunescope.studies._plan import Plan
    from tunescope.studies._units.course import Course
    from tunescope.studies._units.work import Work

NEIGHBOURS = Table(
    "neighbours",
    "point of test and its neighbours in train, before and after",
    {
        "layer": "int64",
        "index": "int64",
        "label": "string",
        "came": "list<int64>",
        "left": "list<int64>",
        "own_before": "double",
        "own_after": "double",
        "text": "string",
    },
    frozenset({"label", "came", "left", "own_before", "own_after", "text"}),
)
DRAGGED = Table(
    "dragged_words",
    "word that fine-tuning drags towards a label",
    {"layer": "int64", "word": "string", "label": "string", "n": "int64", "drag": "double", "se": "double"},
    frozenset({"label", "n", "drag", "se"}),
)


class NeighbourChange(Experiment):
    """The nearest points of train of every point of test, before and after; and the words that are dragged."""

    name = "neighbours"
    question = "who comes near, who leaves, and which words are dragged towards a label?"
    order = 90
    tables = (NEIGHBOURS, DRAGGED)

    def units(self, plan: Plan) -> Iterator[Work]:
        for course, unit in self._looks(plan):
            yield from course.end.records
            yield unit

    def rows(self, plan: Plan, store: ResultStore) -> Iterator[Rows]:
        for course, work in self._looks(plan):
            unit = work.find(store)
            if unit is not None:
                for table in (NEIGHBOURS.name, DRAGGED.name):
                    yield placed(table, unit.table(table), {**course.origin, "layer": work.end.layer})

    def _looks(self, plan: Plan) -> Iterator[tuple[Course, Neighbourhood]]:
        for course in plan.tunings():
            for layer in plan.layers(self.name, course.start):
                start, end = (plan.space(state, course.task, layer) for state in (course.start, course.end))
                yield course, Neighbourhood(start, end)
