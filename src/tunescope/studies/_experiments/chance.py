"""Chance: what linearity, distances and similarity would be if the labels were in random order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tunescope.records import TO_START, TRAIN_TEST
from tunescope.studies._experiments.experiment import Rows, SpaceExperiment, about_tasks, from_space, placed
from tunescope.studies._units.chance import Chance, PermutedDistances, null_of, read_permuted
from tunescope.studies._units.geometry import Shape

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tunescope.storage import ResultStore
    from tunescope.studies._plan import Plan
    from tunescope.studies._units.space import Space
    from tunescope.studies._units.work import Work

_OF_SHAPE = ("clusters", "spaces", "gaps", "pairs", "leave_one_out")
_OF_CHANCE = ("pair_chance", "gap_chance", "measures")
SIMILARITY, SETTING = "spatial-similarity", "beside permuted labels"
"""The similarities that have a null: Pearson's r over all label pairs, hulls that meet at distance 0."""


class ByChance(SpaceExperiment):
    """Separability that is forced, and everything that is measured on hulls beside the same of permuted labels."""

    name = "chance"
    question = "which of this would labels in random order give as well?"
    order = 80
    tables = ("tasks", *_OF_SHAPE, *_OF_CHANCE, "comparisons")

    def looks(self, plan: Plan, space: Space) -> Iterator[tuple[Work, tuple[str, ...]]]:
        yield Shape(space), _OF_SHAPE
        yield Chance(space, plan.study.permutations), _OF_CHANCE

    def rows(self, plan: Plan, store: ResultStore) -> Iterator[Rows]:
        yield from about_tasks(plan, store, plan.task_names)
        for space in plan.spaces(self.name):
            for unit, names in self.looks(plan, space):
                yield from from_space(plan, store, space, unit, names)
            yield from self._similarities(plan, store, space)

    def _similarities(self, plan: Plan, store: ResultStore, space: Space) -> Iterator[Rows]:
        """Similarity of train to test, and to the start, beside that of the same with permuted labels."""
        unit = Chance(space, plan.study.permutations).find(store)
        if unit is None or any(record.find(store) is None for record in space.state.records):
            return
        update, _ = space.state.moment(store)
        train = read_permuted(unit, "train")
        found = [(TRAIN_TEST, _beside_permuted(train, read_permuted(unit, "test")))]
        starts = {encoder.label: encoder for encoder in plan.encoders}
        start = Chance(plan.space(starts[space.state.label], space.task, space.layer), plan.study.permutations)
        begun = start.find(store)
        if begun is not None and start.space != space:
            found.append((TO_START, _beside_permuted(read_permuted(begun, "train"), train)))
        rows = [
            {
                "comparison": comparison,
                "update": update,
                "measure": SIMILARITY,
                "setting": SETTING,
                **numbers,
            }
            for comparison, numbers in found
            if numbers is not None
        ]
        yield placed("comparisons", rows, {**space.origin, "layer": space.layer})


def _beside_permuted(a: PermutedDistances, b: PermutedDistances) -> dict[str, Any] | None:
    """Pearson's r of two distance vectors, and of each pair of their permuted ones, over the labels of both.

    None with fewer than three of them.
    """
    import numpy as np

    labels = tuple(label for label in a.labels if label in b.labels)
    if len(labels) < 3:
        return None
    value, *drawn = (_pearson(*both) for both in zip(a.vectors(labels), b.vectors(labels), strict=True))
    first, second = a.vectors(labels)[0], b.vectors(labels)[0]
    linear = bool((first > 0).all() and (second > 0).all())
    return {"value": value, **null_of(np.array(drawn)), "n": len(first), "n_labels": len(labels), "linear": linear}


def _pearson(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """Pearson's r; nan where one does not vary."""
    import numpy as np

    if not (np.ptp(a) > 0 and np.ptp(b) > 0):
        return float("nan")
    return float(np.corrcoef(a.astype(np.float64), b.astype(np.float64))[0, 1])
