"""Forced pairs: how many label pairs could not but be separable."""

from __future__ import annotations

from tunescope.geometry._chance import pair_chance, spanned_dimensions
from tunescope.geometry._measures.measure import SpaceMeasure, Value
from tunescope.geometry._measures.space import Space


class ForcedPairs(SpaceMeasure):
    """Share of the label pairs with no more points than the spanned dimensions plus one.

    Such a pair is separable whatever its labels when the points are in general position, so that its being linear
    says nothing about the labels.
    """

    name = "forced-pairs"
    title = "Label pairs that are separable whatever their labels"
    range = (0.0, 1.0)
    direction = "up"
    towards = "linear by its size alone"
    invariant_to = ("rotation", "shift", "scale")
    needs = frozenset({"vectors", "labels"})
    source = "Cover, IEEE Trans. EC 1965"
    null = "none"

    def compute(self, space: Space, setting: str) -> Value:
        """Of k (k - 1) / 2 pairs."""
        k = len(space.labels)
        if k < 2:
            return Value.undefined("one label only", len(space), k)
        dimensions = space.once("spanned", lambda: spanned_dimensions(space.X))
        found = pair_chance(space.labels[space.index], dimensions)
        return Value(found.share_forced, n=k * (k - 1) // 2, n_labels=k, note=f"points span {dimensions} dimensions")
