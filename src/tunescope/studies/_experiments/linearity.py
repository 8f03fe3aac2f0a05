"""Linearity: how many clusters a space has, and what keeps it from being linear (Tables 3 and 4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tunescope.studies._experiments.experiment import SpaceExperiment
from tunescope.studies._units.geometry import Shape

if TYPE_CHECKING:
    from tunescope.studies._plan import Plan
    from tunescope.studies._units.space import Space
    from tunescope.studies._units.work import Work

_OF_SHAPE = ("clusters", "cluster_sizes", "blocks", "spaces", "gaps", "pairs")


class Linearity(SpaceExperiment):
    """Cluster counts and sizes, and the labels, points and conflicting duplicates that block linearity."""

    name = "linearity"
    question = "does fine-tuning make a space linear, and what blocks it? (section 4.2, Tables 3 and 4)"
    order = 20
    tables = ("tasks", *_OF_SHAPE)

    def looks(self, plan: Plan, space: Space) -> Iterator[tuple[Work, tuple[str, ...]]]:
        yield Shape(space), _OF_SHAPE
