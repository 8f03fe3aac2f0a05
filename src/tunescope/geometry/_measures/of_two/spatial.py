"""Spatial similarity: whether the labels keep their layout, by the distances between their hulls."""

from __future__ import annotations

from typing import Literal, cast

from tunescope.geometry._hulls.label_distances import Convention
from tunescope.geometry._measures.measure import ComparisonMeasure, Value
from tunescope.geometry._measures.space import Space
from tunescope.geometry._similarity import spatial_similarity


class _Spatial(ComparisonMeasure):
    """Correlation of the hull distances of all label pairs; defined where both spaces are linear."""

    range = (-1.0, 1.0)
    direction = "up"
    towards = "alike in the layout of labels"
    invariant_to = ("rotation", "shift", "scale")
    needs = frozenset({"distances"})
    source = "Zhou and Srikumar, ACL 2022, section 3.2"
    null = "permuted-labels"
    settings = ("all", "published")
    correlation: Literal["pearson", "spearman"]

    def compute(self, first: Space, second: Space, setting: str) -> Value:
        """The interval is Pearson's, from labels drawn with replacement."""
        try:
            found = spatial_similarity(first.distances, second.distances, convention=cast(Convention, setting))
        except ValueError as error:
            return Value.undefined(str(error))
        note = "" if found.linear else "a space is not linear"
        n, k = found.n_pairs, found.n_labels
        if self.correlation == "spearman":
            return Value(found.spearman, n=n, n_labels=k, linear=found.linear, note=note)
        return Value(found.pearson, found.low, found.high, n, k, found.linear, note)


class SpatialPearson(_Spatial):
    """Pearson's correlation of the distance vectors: the paper's spatial similarity."""

    name = "spatial-pearson"
    title = "Spatial similarity"
    correlation = "pearson"


class SpatialSpearman(_Spatial):
    """Spearman's rank correlation of the distance vectors."""

    name = "spatial-spearman"
    title = "Spatial similarity, by ranks"
    correlation = "spearman"
