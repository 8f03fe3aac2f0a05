"""DIR/explorer: the points of a study and their projections (docs/architecture.md, "The stored form")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.records import (
    Margins,
    Projection,
    explorer_folder,
    points_path,
    projection_paths,
    write_points,
    write_projection,
)
from tunescope.studies._explorer.end_maps import Ends, end_map, find_end_map
from tunescope.studies._points.facts import ShapePoints, read_predictions, read_shape_points
from tunescope.studies._points.maps import METHODS, PointMap, read_map
from tunescope.studies._points.shown import (
    MOST_POINTS,
    Projections,
    chosen_points,
    names_of_points,
    project,
    read_projections,
)
from tunescope.studies._units.classifier import Classify
from tunescope.studies._units.course import Course
from tunescope.studies._units.geometry import Shape
from tunescope.studies._watching import Watcher

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tunescope.storage import ResultStore
    from tunescope.studies._plan import Plan
    from tunescope.studies._units.work import EncoderState
    from tunescope.tasks import Task

_LARGEST_CLUSTER = 32767
_LONGEST_NAME = 150


@dataclass(frozen=True)
class _Way:
    """A task's points on their way through one fine-tuning."""

    course: Course
    task: str
    layers: tuple[int, ...]
    """The layers that any experiment of the study looks at."""

    @property
    def ends(self) -> tuple[EncoderState, EncoderState]:
        return self.course.start, self.course.end

    @property
    def tuned_on(self) -> str:
        return self.course.task

    @property
    def file_name(self) -> str:
        """What its projections may be called on every file system."""
        name = f"{self.course.label}-{self.task}-{self.tuned_on}-seed-{self.course.seed}"
        return re.sub(r"[^A-Za-z0-9.]+", "-", name)[-_LONGEST_NAME:]


def write_explorer(plan: Plan, store: ResultStore, watcher: Watcher | None = None, root: Path | None = None) -> None:
    """Write the points of the study and all projections that its units hold, and remove those of another study.

    They go to the study's folder, or to `root` where a generation is written.

    A fine-tuning whose snapshots were not projected (that on another task, or one recorded without points) is shown
    by its two ends, where their vectors are there. So are its maps, which are made here where the study asks for them.
    """
    root = store.root if root is None else root
    folder = explorer_folder(root)
    folder.mkdir(parents=True, exist_ok=True)
    names: set[str] = set()
    shown: list[dict[str, Any]] = []
    for name in plan.task_names if plan.study.keep.points else ():
        task = plan.tasks[name]
        found = list(_projections(plan, store, name))
        if not found:
            continue
        rows = chosen_points(task, min(len(projections.rows) for _, projections in found))
        for way, projections in found:
            file = f"projection-{len(names):03d}-{way.file_name}.safetensors"
            content = _projection(way, projections.of(rows, way.layers), plan, store, watcher or Watcher())
            write_projection(folder / file, content)
            names.add(file)
        shown += _point_rows(name, task, rows)
    for path in projection_paths(root):
        if path.name not in names:
            path.unlink()
    if shown:
        write_points(root, shown)
    else:
        points_path(root).unlink(missing_ok=True)


def _projections(plan: Plan, store: ResultStore, task: str) -> Iterator[tuple[_Way, Projections]]:
    """Every way of a task's points that the store knows, its own fine-tunings first."""
    others = plan.sources if plan.study.reads_sources else ()
    for encoder in plan.encoders:
        layers = plan.all_layers(encoder)
        asked = [course for course in plan.courses if course.task == task or course.task in others]
        mine = [course for course in asked if course.start == encoder]
        for course in sorted(mine, key=lambda course: course.task != task):
            way = _Way(course, task, layers)
            unit = course.record.find(store)
            if unit is None:
                continue
            own = read_projections(unit) if course.task == task else None
            if own is not None and set(layers).isdisjoint(own.layers):  # the unit of a study of other layers
                own = None
            found = own or _ends(way, plan, store, course.end.moment(store)[0])
            if found is not None:
                yield way, found


def _ends(way: _Way, plan: Plan, store: ResultStore, last: int) -> Projections | None:
    """Projections of the two ends of a way, in the layers whose vectors are there at both."""
    import numpy as np

    rows = chosen_points(plan.tasks[way.task], MOST_POINTS)
    layers, found = [], []
    for layer in way.layers:
        ends = [plan.space(state, way.task, layer) for state in way.ends]
        if any(end.find(store) is None for end in ends):
            continue
        clouds = [np.concatenate([split.X for split in end.points(store)])[rows] for end in ends]
        if len({cloud.shape[1] for cloud in clouds}) > 1:  # no axes that both have
            continue
        layers.append(layer)
        found.append(project(lambda clouds=clouds: clouds))
    if not layers:
        return None
    steps, scale, variance = (
        np.stack([one.steps for one in found], axis=1),
        np.array([one.scale for one in found], np.float32),
        np.stack([one.variance for one in found]),
    )
    return Projections(rows, (0, last), tuple(layers), steps, scale, variance)


def _vectors_of_ends(way: _Way, plan: Plan, store: ResultStore) -> dict[int, tuple[str, str]]:
    """By layer, the keys of the units with the vectors before and after, where both are there."""
    found = {}
    for layer in way.layers:
        before, after = (plan.space(state, way.task, layer).find(store) for state in way.ends)
        if before is not None and after is not None:
            found[layer] = (before.key, after.key)
    return found


def _maps(
    way: _Way, projections: Projections, ends: Ends, plan: Plan, store: ResultStore, watcher: Watcher
) -> Iterator[PointMap]:
    """The maps of a way: of its snapshots where those were recorded, else of its two ends where that is asked for
    now or was at any time.
    """
    keep = plan.study.keep
    updates = projections.updates
    for method in METHODS:
        unit = way.course.record.find(store) if way.task == way.tuned_on else None
        found = read_map(unit, method) if unit is not None else None
        if found is not None and not set(found.layers) & set(way.layers):
            found = None
        if found is None:
            if method in keep.maps:
                names = names_of_points(plan.tasks[way.task])[projections.rows]
                found = end_map(store, ends, method, projections.rows, names, keep.map_points, watcher)
            else:
                found = find_end_map(store, ends, method)
            found = found and replace(found, updates=(updates[0], updates[-1]))
        if found is not None:
            yield found.of(projections.rows, way.layers)


def _projection(way: _Way, projections: Projections, plan: Plan, store: ResultStore, watcher: Watcher) -> Projection:
    """The content of one projection file, with clusters, margins and predictions of its two ends where units hold
    them.
    """
    import numpy as np

    vectors = _vectors_of_ends(way, plan, store)
    maps = _maps(way, projections, vectors, plan, store, watcher)
    ends: dict[tuple[int, int], ShapePoints] = {}
    places: dict[tuple[int, int], NDArray[np.int16]] = {}
    labels: tuple[str, ...] = ()
    for at, state in zip((0, -1), way.ends, strict=True):
        for layer in projections.layers:
            space = plan.space(state, way.task, layer)
            unit = Shape(space).find(store)
            kept = read_shape_points(unit) if unit is not None else None
            if kept is not None:
                ends[at, layer] = kept
            unit = Classify.of(space, plan.study.classifier).find(store)
            told = read_predictions(unit) if unit is not None else None
            if told is not None:
                places[at, layer], labels = told[0], tuple(told[1])
    predicted = None
    if places:
        predicted = np.full(projections.steps.shape[:3], -1, np.int16)
        for (at, layer), of_end in places.items():
            predicted[at, projections.layers.index(layer)] = of_end[projections.rows]
    margins = None
    both = [layer for layer in projections.layers if (0, layer) in ends and (-1, layer) in ends]
    if both:  # of the deepest layer only: k numbers a point are many
        of_ends = [ends[at, both[-1]] for at in (0, -1)]
        margins = _margins(projections, both[-1], of_ends)
        labels = tuple(of_ends[0].labels)
    return Projection(
        encoder=way.course.label,
        task=way.task,
        tuned_on=way.course.origin["tuned_on"],
        seed=way.course.seed,
        updates=tuple(projections.updates),
        layers=tuple(projections.layers),
        steps=projections.steps,
        scale=projections.scale,
        variance=projections.variance,
        maps={one.method: one.shown(projections.rows) for one in maps},
        clusters=_clusters(projections, ends) if ends else None,
        predicted=predicted,
        margins=margins,
        labels=labels,
        ends=vectors,
    )


def _clusters(projections: Projections, ends: dict[tuple[int, int], ShapePoints]) -> NDArray[np.int16]:
    """(updates, layers, n) cluster of each training point at the two ends; -1 elsewhere."""
    import numpy as np

    found = np.full(projections.steps.shape[:3], -1, np.int16)
    for (at, layer), kept in ends.items():
        here = projections.rows < len(kept.clusters)
        numbers = kept.clusters[projections.rows[here]]
        place = projections.layers.index(layer)
        found[at, place, here] = np.where(numbers <= _LARGEST_CLUSTER, numbers, -1)
    return found


def _margins(projections: Projections, layer: int, ends: list[ShapePoints]) -> Margins:
    """Margins of the two ends of one layer."""
    import numpy as np

    return Margins(
        updates=(projections.updates[0], projections.updates[-1]),
        layers=(layer,),
        steps=np.stack([kept.margins[:, projections.rows] for kept in ends])[:, None],
        scale=np.array([[kept.margin_scale] for kept in ends], np.float32),
    )


def _point_rows(name: str, task: Task, rows: NDArray[np.int64]) -> Iterator[dict[str, Any]]:
    n_train = len(task.train)
    for row in rows.tolist():
        split, index = (task.train, row) if row < n_train else (task.test, row - n_train)
        target = split.targets[index]
        yield {
            "task": name,
            "split": split.name,
            "index": index,
            "label": target.label,
            "words": list(split.sentences[target.sentence].words),
            "positions": list(target.positions),
        }
