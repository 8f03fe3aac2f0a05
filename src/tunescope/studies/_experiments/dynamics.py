"""Dynamics: the minimum distance of every label at every snapshot (Zhou and Srikumar 2022, Figs. 2, 6)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tunescope.studies._experiments.experiment import ON_THE_WAY, Rows, TuningExperiment, placed

if TYPE_CHECKING:
    from tunescope.storage import ResultStore
    from tunescope.studies._plan import Plan
    from tunescope.studies._units.course import Course


class Dynamics(TuningExperiment):
    """How far each label is from its nearest other label, raw and free of the growth of the space."""

    name = "dynamics"
    question = "does fine-tuning move labels apart, and which? (section 4.3, Figures 2 and 6)"
    order = 30
    tables = ("tasks", "training", "parameters", "spaces", "gaps", "pairs")

    def seen(self, plan: Plan, course: Course, layers: tuple[int, ...], store: ResultStore) -> Iterator[Rows]:
        unit = course.record.result(store)
        for name in ("training", "parameters"):  # version 0.1.0 kept no parameters
            if unit.has_table(name):
                yield placed(name, unit.table(name), course.origin)
        for name in ("spaces", "gaps", "pairs"):
            rows = unit.table(name)
            yield placed(name, rows[rows["layer"].isin(layers)], course.origin, ON_THE_WAY)
