"""Accuracy of the ten nearest neighbours, each point left out in turn."""

from __future__ import annotations

from tunescope.geometry._measures.indicators import by_neighbours, erased
from tunescope.geometry._measures.measure import SpaceMeasure, Value
from tunescope.geometry._measures.space import Space


class NeighbourAccuracy(SpaceMeasure):
    """Share of points whose label is the most frequent of their ten nearest others (Euclid)."""

    name = "knn-accuracy"
    title = "Accuracy of ten neighbours"
    range = (0.0, 1.0)
    direction = "up"
    towards = "readable from neighbours"
    invariant_to = ("rotation", "shift", "scale")
    needs = frozenset({"vectors", "labels"})
    source = "Fix and Hodges, 1951; as an indicator that trains nothing: Levy et al., EMNLP 2023 Findings (own choice)"
    null = "permuted-labels"
    settings = ("k=10",)

    def compute(self, space: Space, setting: str) -> Value:
        """With Wilson's interval."""
        return by_neighbours(space)


class NeighbourAccuracyErased(NeighbourAccuracy):
    """The same after the labels were erased for every linear map: what is left is not linear."""

    name = "knn-accuracy-erased"
    title = "Accuracy of ten neighbours after linear erasure"
    source = "erasure: Belrose et al., LEACE, NeurIPS 2023"

    def compute(self, space: Space, setting: str) -> Value:
        """With Wilson's interval."""
        return by_neighbours(erased(space))
