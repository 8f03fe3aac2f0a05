"""Recipes: the same encoder and task by several ways of fine-tuning, at their ends and at equal training accuracy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tunescope.records import AT_END, AT_EQUAL, AT_START, ORIGINAL, WAY, Table
from tunescope.studies._experiments.experiment import Experiment, Rows, about_tasks, placed, rows_of
from tunescope.studies._units.classifier import Classify
from tunescope.studies._units.finetune import FineTuneUnit
from tunescope.studies._units.geometry import Shape
from tunescope.studies._units.reached import reached

if TYPE_CHECKING:
    import pandas as pd

    from tunescope.storage import ResultStore, Unit
    from tunescope.studies._plan import Plan
    from tunescope.studies._units.course import Course
    from tunescope.studies._units.space import Space
    from tunescope.studies._units.work import EncoderState, Work

WAYS = Table(
    "ways",
    "fine-tuning by a way",
    {
        "layer": "int64",
        "settings": "string",
        "trained": "int64",
        "total": "int64",
        "updates": "int64",
        "seconds": "double",
        "target": "double",
        "reached": "bool",
        "reached_at": "int64",
    },
    frozenset({"settings", "trained", "total", "updates", "seconds", "target", "reached", "reached_at"}),
    origin=WAY,
)
HEADS = Table(
    "heads",
    "split at an update of a fine-tuning, as its head sees it",
    {
        "update": "int64",
        "epoch": "double",
        "split": "string",
        "accuracy": "double",
        "ece": "double",
        "nll": "double",
        "brier": "double",
        "n": "int64",
    },
    frozenset({"epoch", "accuracy", "ece", "nll", "brier", "n"}),
    origin=WAY,
)
RECIPES = Table(
    "recipes",
    "what was measured of a way of fine-tuning, at its start, its end, or at equal training accuracy",
    {
        "at": "string",
        "update": "int64",
        "layer": "int64",
        "split": "string",
        "measure": "string",
        "setting": "string",
        "value": "double",
        "n": "int64",
    },
    frozenset({"update", "value", "n"}),
    origin=WAY,
)


class Recipes(Experiment):
    """What each way of fine-tuning gives, and what it keeps of the space and of other tasks."""

    name = "recipes"
    question = "which way of fine-tuning keeps the space, and at what price?"
    order = 80
    reads_recipes = True
    reads_snapshots = True
    observers = ("heads",)
    tables = ("tasks", WAYS, HEADS, RECIPES)

    def units(self, plan: Plan) -> Iterator[Work]:
        yield from (plan.points(task) for task in plan.task_names)
        for course in plan.ways:
            yield course.record
            for state in (course.start, course.end):
                yield from self._looks(plan, course, state)

    def further(self, plan: Plan, store: ResultStore) -> Iterator[Work]:
        """The spaces of the states in which the ways have the same training accuracy."""
        for course in plan.ways:
            state = reached(course, store)
            if state is not None:
                yield from self._looks(plan, course, state)

    def _looks(self, plan: Plan, course: Course, state: EncoderState) -> Iterator[Work]:
        """The units that look at a state: its shape and probe on its own task, probes on the others."""
        for space in self._spaces(plan, course, state):
            yield from state.records
            yield Classify.of(space, plan.study.classifier)
            if space.task == course.task:
                yield Shape(space)

    def _spaces(self, plan: Plan, course: Course, state: EncoderState) -> Iterator[Space]:
        """The spaces of its own task in every layer that is asked for, those of other tasks in the deepest of them."""
        layers = plan.layers(self.name, course.start)
        for task in plan.task_names:
            for layer in layers if task == course.task else layers[-1:]:
                yield plan.space(state, task, layer)

    def rows(self, plan: Plan, store: ResultStore) -> Iterator[Rows]:
        yield from about_tasks(plan, store, plan.task_names)
        started = set()
        for course in plan.ways:
            unit = course.record.find(store)
            if unit is None:
                continue
            way = {**course.origin, "recipe": course.recipe}
            equal = reached(course, store)
            last, _ = course.end.moment(store)
            yield placed("ways", [self._way(plan, course, unit, equal, store)], way)
            heads = unit.table("heads")
            yield placed("heads", heads, way)
            if (course.label, course.task) not in started:
                started.add((course.label, course.task))
                yield from self._state(plan, store, course, course.start, AT_START, 0)
            yield from self._state(plan, store, course, course.end, AT_END, last)
            yield placed("recipes", list(_on_the_way(plan, self.name, course, unit, last, AT_END)), way)
            if equal is not None:
                update, _ = equal.moment(store)
                yield from self._state(plan, store, course, equal, AT_EQUAL, update)
                yield placed("recipes", list(_on_the_way(plan, self.name, course, unit, update, AT_EQUAL)), way)

    def _way(
        self, plan: Plan, course: Course, unit: Unit, equal: EncoderState | None, store: ResultStore
    ) -> dict[str, Any]:
        """What a fine-tuning was, and what it took."""
        record = course.record
        assert isinstance(record, FineTuneUnit)
        parameters = unit.table("parameters")
        was_cut_off = any(note.startswith("cut off once") for note in unit.notes)
        return {
            "layer": plan.layers(self.name, course.start)[-1],
            "settings": json.dumps(record.recipe.settings(), ensure_ascii=False, sort_keys=True),
            "trained": int(parameters["trained"].sum()),
            "total": int(parameters["total"].sum()),
            "updates": course.end.moment(store)[0],
            "seconds": None if was_cut_off else float(unit.info.get("timings", {}).get("training", unit.seconds)),
            "target": record.reach,
            "reached": equal is not None,
            "reached_at": None if equal is None else equal.moment(store)[0],
        }

    def _state(
        self, plan: Plan, store: ResultStore, course: Course, state: EncoderState, at: str, update: int
    ) -> Iterator[Rows]:
        """What probes and geometry say of a state."""
        for space in self._spaces(plan, course, state):
            origin = state.origin(space.task)
            recipe = "" if origin["stage"] == ORIGINAL else course.recipe
            about = {"at": at, "update": update, "layer": space.layer, "setting": ""}
            probe = Classify.of(space, plan.study.classifier).find(store)
            found = [] if probe is None else list(_of_probe(probe.table("accuracy")))
            shape = Shape(space).find(store) if space.task == course.task else None
            if shape is not None:
                found += _of_shape(shape)
            yield placed("recipes", [{**about, **row} for row in found], {**origin, "recipe": recipe})


def _of_probe(accuracy: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Mean accuracy of the classifier probe over its initialisations."""
    for split, rows in accuracy.groupby("split", sort=True):
        yield {
            "split": str(split),
            "measure": "probe-accuracy",
            "value": float(rows["accuracy"].mean()),
            "n": int(rows["n"].iloc[0]),
        }


def _of_shape(unit: Unit) -> list[dict[str, Any]]:
    """Clusters, and the mean distance of a label to the nearest other one, raw and scaled."""
    clusters, gaps = unit.table("clusters").iloc[0], unit.table("gaps")
    found = {
        "clusters": float(clusters["n_clusters"]),
        "linear": float(clusters["linear"]),
        "distance": float(gaps["distance"].mean()),
        "scaled": float(gaps["scaled"].mean()),
    }
    n = int(clusters["n_points"])
    rows = [{"split": "train", "measure": name, "value": value, "n": n} for name, value in found.items()]
    return [*rows, {"split": "test", "measure": "intra-accuracy", "value": float(clusters["intra_accuracy"])}]


def _on_the_way(
    plan: Plan, experiment: str, course: Course, unit: Unit, update: int, at: str
) -> Iterator[dict[str, Any]]:
    """What observers saw of a snapshot: the head, similarity to the start, and the measures of the study."""
    layers = plan.layers(experiment, course.start)
    heads = unit.table("heads")
    for head in heads[heads["update"] == update].itertuples():
        about = {"at": at, "update": update, "layer": course.start.n_layers, "split": head.split, "setting": ""}
        for name in ("accuracy", "ece", "nll", "brier"):
            yield {**about, "measure": f"head-{name}", "value": getattr(head, name), "n": head.n}
    for table in ("comparisons", "measures"):
        if not unit.has_table(table):
            continue
        rows = rows_of(unit, table, plan)
        rows = rows[(rows["update"] == update) & rows["layer"].isin(layers)]
        if table == "measures":
            rows = rows[rows["split"] == "train"]
        for row in rows.itertuples():
            yield {
                "at": at,
                "update": update,
                "layer": row.layer,
                "split": "train",
                "measure": row.measure if table == "measures" else f"to-start {row.measure}",
                "setting": row.setting or "",
                "value": row.value,
                "n": row.n,
            }
