"""Paths: where the centroids of the labels go during fine-tuning (Zhou and Srikumar 2022, Figure 3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tunescope.studies._experiments.experiment import Rows, TuningExperiment, placed
from tunescope.studies._observers.centroids import has_centroids, read_centroids

if TYPE_CHECKING:
    from tunescope.storage import ResultStore
    from tunescope.studies._plan import Plan
    from tunescope.studies._units.course import Course


class Paths(TuningExperiment):
    """The paths of the labels' centroids in the two principal axes that all snapshots of a layer share."""

    name = "paths"
    question = "which way do the labels go? (section 4.3, Figure 3)"
    order = 40
    tables = ("paths",)

    def seen(self, plan: Plan, course: Course, layers: tuple[int, ...], store: ResultStore) -> Iterator[Rows]:
        from tunescope.geometry import centroid_paths

        unit = course.record.result(store)
        if not has_centroids(unit):
            return
        for layer in layers:
            updates, centroids = read_centroids(unit, layer)
            paths = centroid_paths(centroids)
            rows: list[dict[str, Any]] = [
                {"update": update, "label": str(label), "x": float(x), "y": float(y)}
                for label, path in zip(centroids[0].labels, paths, strict=True)
                for update, (x, y) in zip(updates, path, strict=True)
            ]
            yield placed("paths", rows, {**course.origin, "layer": layer})
