"""The clusters of one label while the greedy rule runs: members, centres, boxes, and which may not be joined."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tunescope.geometry._directprobe import merging as _merging
from tunescope.geometry._solver.coordinates import FloatArray, IntArray
from tunescope.geometry._solver.search import Contact


@dataclass
class Group:
    """The points of one label that may merge, or those that may not because another label has them as well."""

    label: int
    rows: IntArray
    """Rows of the points, ascending."""
    may_merge: bool


@dataclass(frozen=True)
class Rejection:
    """Why two clusters of a label were not merged: a common point of their union and a cluster of another label."""

    contact: Contact
    """The first hull is that of the union."""
    label: int
    """Index of the other label."""
    decided: bool
    """False when the hulls are only nearer than the tolerance, without a common point."""


class Clusters:
    """The current clusters of a group: members, centres, boxes and the nearest pairs."""

    def __init__(self, group: Group, X: FloatArray, evened: FloatArray) -> None:
        m = len(group.rows)
        self.group = group
        self.members: list[IntArray | None] = [group.rows[i : i + 1] for i in range(m)]
        self.sums = X[group.rows].astype(np.float64)
        self.counts = np.ones(m)
        self.alive = np.ones(m, dtype=bool)
        self.least = evened[group.rows].copy()
        self.most = self.least.copy()
        self.rejected: list[dict[int, Rejection]] = [{} for _ in range(m)]
        self.partner = np.full(m, -1, dtype=np.int64)
        self.nearest = np.full(m, np.inf)
        self.distances = np.full((0, 0), np.inf)
        if group.may_merge:
            self.distances = np.empty((m, m))
            _merging.squared_distances(self.sums, self.distances)
            _merging.find_partners(self.distances, self.partner, self.nearest)

    def union(self, a: int, b: int) -> IntArray:
        """Rows of two clusters together, ascending."""
        return np.sort(np.concatenate([self.rows(a), self.rows(b)]))

    def rows(self, slot: int) -> IntArray:
        """Rows of a cluster, ascending."""
        members = self.members[slot]
        assert members is not None
        return members

    def merge(self, a: int, b: int, union: IntArray) -> None:
        """Cluster a takes in cluster b."""
        _merging.merge(self.distances, self.sums, self.counts, self.alive, self.partner, self.nearest, a, b)
        self.members[a], self.members[b] = union, None
        np.minimum(self.least[a], self.least[b], out=self.least[a])
        np.maximum(self.most[a], self.most[b], out=self.most[a])
        for other, why in self.rejected[b].items():
            self.rejected[other].pop(b, None)
            known = self.rejected[a].get(other)
            if known is None or why.decided > known.decided:
                self.rejected[other][a] = self.rejected[a][other] = why
        self.rejected[b] = {}

    def reject(self, a: int, b: int, why: Rejection) -> None:
        """The pair is rejected for good."""
        _merging.reject(self.distances, self.partner, self.nearest, a, b)
        self.rejected[a][b] = self.rejected[b][a] = why
