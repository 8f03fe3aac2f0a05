"""Task similarity: do tasks that leave a space alike also help each other?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tunescope.records import Table
from tunescope.studies._experiments.experiment import Experiment, Rows, placed
from tunescope.studies._units.alike import Alike
from tunescope.studies._units.classifier import Classify

if TYPE_CHECKING:
    from tunescope.storage import ResultStore
    from tunescope.studies._plan import Plan
    from tunescope.studies._units.space import Space
    from tunescope.studies._units.work import Work

SIMILARITY = Table(
    "task_similarity",
    "two fine-tunings of an encoder, seen at the same points",
    {
        "layer": "int64",
        "second": "string",
        "measure": "string",
        "value": "double",
        "null": "double",
        "null_low": "double",
        "null_high": "double",
        "accuracy": "double",
        "accuracy_second": "double",
    },
    frozenset({"value", "null", "null_low", "null_high", "accuracy", "accuracy_second"}),
)
TREE = Table(
    "task_tree",
    "step of the tree of tasks",
    {"layer": "int64", "step": "int64", "first": "string", "second": "string", "height": "double"},
    frozenset({"first", "second", "height"}),
)


class TaskSimilarity(Experiment):
    """Every two fine-tunings of an encoder compared at the test points of every task, beside what they give there.

    Representations are compared by their dissimilarities (second-order; Kriegeskorte et al. 2008), tasks are joined
    to a tree (Ward). `accuracy` is that of the classifier probe on the points' task after the first fine-tuning,
    `accuracy_second` after the second.
    """

    name = "task-similarity"
    question = "do tasks that leave a space alike also help each other?"
    order = 100
    reads_sources = True
    tables = (SIMILARITY, TREE)

    def units(self, plan: Plan) -> Iterator[Work]:
        for unit in self._looks(plan):
            for space in unit.spaces:
                yield from space.state.records
                yield Classify.of(space, plan.study.classifier)
            yield unit

    def rows(self, plan: Plan, store: ResultStore) -> Iterator[Rows]:
        for work in self._looks(plan):
            unit = work.find(store)
            if unit is None:
                continue
            accuracy = {
                name: _accuracy(Classify.of(space, plan.study.classifier), store)
                for name, space in zip(work.names, work.spaces, strict=True)
            }
            origins = {name: space.origin for name, space in zip(work.names, work.spaces, strict=True)}
            last = work.spaces[-1].origin
            found = unit.table("alike")
            place = {"layer": work.spaces[0].layer}
            rows: list[dict[str, Any]] = [
                {
                    **origins[row["first"]],
                    "seed": last["seed"],
                    **place,
                    **{name: row[name] for name in ("second", "measure", "value", "null", "null_low", "null_high")},
                    "accuracy": accuracy[row["first"]],
                    "accuracy_second": accuracy[row["second"]],
                }
                for row in found.to_dict("records")
            ]
            yield placed(SIMILARITY.name, rows, {})
            yield placed(TREE.name, unit.table("tree"), {**last, "tuned_on": "", **place})

    def _looks(self, plan: Plan) -> Iterator[Alike]:
        """A unit an encoder, seed, probed task and layer with at least two fine-tunings."""
        for encoder in plan.encoders:
            for seed in plan.study.seeds:
                ends = [
                    course.end
                    for course in plan.courses
                    if course.start == encoder and course.seed == seed and course.task in plan.sources
                ]
                if len(ends) < 2:
                    continue
                for task in plan.task_names:
                    for layer in plan.layers(self.name, encoder):
                        spaces: tuple[Space, ...] = tuple(plan.space(one, task, layer) for one in (encoder, *ends))
                        yield Alike(spaces)


def _accuracy(work: Classify, store: ResultStore) -> float | None:
    unit = work.find(store)
    if unit is None:
        return None
    rows = unit.table("accuracy")
    return float(rows.loc[rows["split"] == "test", "accuracy"].mean())
