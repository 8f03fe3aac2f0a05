"""Layers: how far each layer departs from where it was (Zhou and Srikumar 2022, Figures 4, 5 and 7 to 10)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tunescope.studies._experiments.experiment import ON_THE_WAY, Rows, TuningExperiment, placed, rows_of
from tunescope.studies._observers.centroids import has_centroids, read_centroids

if TYPE_CHECKING:
    from tunescope.storage import ResultStore
    from tunescope.studies._plan import Plan
    from tunescope.studies._units.course import Course


class Layers(TuningExperiment):
    """Per layer, similarity to the original space at every snapshot, and the movement of every label."""

    name = "layers"
    question = "which layers change, and do they keep their layout? (section 4.4, Figures 4, 5 and 7 to 10)"
    order = 50
    tables = ("comparisons", "measures", "leave_one_out", "movement")

    def seen(self, plan: Plan, course: Course, layers: tuple[int, ...], store: ResultStore) -> Iterator[Rows]:
        from tunescope.geometry import movement

        unit = course.record.result(store)
        for name in ("comparisons", "leave_one_out", "measures"):
            if name == "measures" and not unit.has_table(name):
                continue
            rows = rows_of(unit, name, plan)
            yield placed(name, rows[rows["layer"].isin(layers)], course.origin, ON_THE_WAY)
        for layer in layers if has_centroids(unit) else ():
            _, centroids = read_centroids(unit, layer)
            moved = movement(centroids[0], centroids[-1])
            arrows = [
                {"label": str(label), "dx": float(dx), "dy": float(dy), "length": float(length)}
                for label, (dx, dy), length in zip(moved.labels, moved.arrows, moved.lengths, strict=True)
            ]
            yield placed("movement", arrows, {**course.origin, "layer": layer})
