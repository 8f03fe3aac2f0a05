"""Cross-task: what fine-tuning on one task does to the space of another (Zhou and Srikumar 2022, Table 5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tunescope.studies._experiments.experiment import SpaceExperiment
from tunescope.studies._units.classifier import Classify
from tunescope.studies._units.geometry import Shape

if TYPE_CHECKING:
    from tunescope.studies._plan import Plan
    from tunescope.studies._units.space import Space
    from tunescope.studies._units.work import Work

_OF_SHAPE = ("clusters", "spaces", "gaps", "pairs", "comparisons", "leave_one_out")


class CrossTask(SpaceExperiment):
    """Minimum distances and accuracy of every task after fine-tuning on every source task."""

    name = "cross-task"
    question = "does fine-tuning on one task help or harm another? (section 4.3, Table 5)"
    order = 60
    reads_sources = True
    tables = ("tasks", "accuracy", *_OF_SHAPE)

    def looks(self, plan: Plan, space: Space) -> Iterator[tuple[Work, tuple[str, ...]]]:
        yield Classify.of(space, plan.study.classifier), ("accuracy",)
        yield Shape(space), _OF_SHAPE
