"""Accuracy of the nearest label mean, each point left out in turn."""

from __future__ import annotations

from tunescope.geometry._measures.indicators import by_centroids, erased
from tunescope.geometry._measures.measure import SpaceMeasure, Value
from tunescope.geometry._measures.space import Space


class CentroidAccuracy(SpaceMeasure):
    """Share of points that are nearest to the mean of the other points of their label (Euclid)."""

    name = "centroid-accuracy"
    title = "Accuracy of nearest centroids"
    range = (0.0, 1.0)
    direction = "up"
    towards = "gathered around its labels' means"
    invariant_to = ("rotation", "shift", "scale")
    needs = frozenset({"vectors", "labels", "centroids"})
    source = "Tibshirani et al., PNAS 2002 (nearest centroids)"
    null = "permuted-labels"

    def compute(self, space: Space, setting: str) -> Value:
        """With Wilson's interval."""
        return by_centroids(space)


class CentroidAccuracyErased(CentroidAccuracy):
    """The same after the labels were erased for every linear map: all means are one, and nothing should be left."""

    name = "centroid-accuracy-erased"
    title = "Accuracy of nearest centroids after linear erasure"
    source = "erasure: Belrose et al., LEACE, NeurIPS 2023"

    def compute(self, space: Space, setting: str) -> Value:
        """With Wilson's interval."""
        return by_centroids(erased(space))
