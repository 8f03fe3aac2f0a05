"""Performance: does fine-tuning help, and do train and test part (Zhou and Srikumar 2022, Tables 2 and 7)."""

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


class Performance(SpaceExperiment):
    """Accuracy of the classifier probe, clusters, and train-test similarity, before and after fine-tuning."""

    name = "performance"
    question = "does fine-tuning help, and do train and test part? (section 4.1, Tables 2 and 7)"
    order = 10
    tables = ("tasks", "accuracy", *_OF_SHAPE)

    def looks(self, plan: Plan, space: Space) -> Iterator[tuple[Work, tuple[str, ...]]]:
        yield Classify.of(space, plan.study.classifier), ("accuracy",)
        yield Shape(space), _OF_SHAPE
