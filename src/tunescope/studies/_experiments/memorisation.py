"""Memorisation: does a space remember the points that it was fine-tuned on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tunescope.studies._experiments.experiment import SpaceExperiment
from tunescope.studies._units.memorisation import Memorise

if TYPE_CHECKING:
    from tunescope.studies._plan import Plan
    from tunescope.studies._units.space import Space
    from tunescope.studies._units.work import Work


class Memorisation(SpaceExperiment):
    """Accuracy of a probe that learns from a part of the training set, on that part, the rest, and test."""

    name = "memorisation"
    question = "does the tuned space remember its training points? (the first author's web log)"
    order = 70
    tables = ("memorisation",)

    def looks(self, plan: Plan, space: Space) -> Iterator[tuple[Work, tuple[str, ...]]]:
        yield Memorise.of(space, plan.study), ("memorisation",)
