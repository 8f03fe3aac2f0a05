"""Distances of all pairs of groups of points: many searches in one compiled call, from scratch or an earlier answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunescope.geometry._hulls.certificates import THIN, HullDistance
from tunescope.geometry._hulls.groups import Groups
from tunescope.geometry._hulls.hulls import SHARE, conclude, measure_again, rounding_of_planes, roundings
from tunescope.geometry._solver.approach import limits
from tunescope.geometry._solver.coordinates import IntArray, Spaces
from tunescope.geometry._solver.nearest_points import CONVERGED, OPEN
from tunescope.geometry._solver.pair_searches import GroupPairs, Means, Searches, approach_groups, weighted
from tunescope.geometry._solver.search import CREEPING, SMALL_WEIGHT, Contact, go_on
from tunescope.geometry._solver.terms import Goal, Pair
from tunescope.geometry._solver.threads import in_threads, threads

_AT_ONCE = 16
"""Pairs that a thread takes at a time."""
_UNKNOWN = np.zeros(0)
_NOTHING = np.zeros(0, dtype=np.int64), np.zeros(0)


@dataclass(frozen=True)
class ActiveSets:
    """The active points of all pairs (i, j), i < j, pair after pair: where a later search begins."""

    counts: IntArray
    """(pairs,) active points of each."""
    rows: IntArray
    """(sum of counts,) their rows."""
    weights: NDArray[np.float64]
    """Their weights; those of each group sum to one."""
    first: NDArray[np.bool_]
    """Which of them belong to the first group of the pair."""

    @classmethod
    def of(cls, found: Iterable[tuple[IntArray, NDArray[np.float64], NDArray[np.bool_]]]) -> ActiveSets:
        """From (rows, weights, first) of each pair."""
        rows, weights, first = (list(part) for part in zip(*found, strict=True))
        counts = np.array([len(r) for r in rows], dtype=np.int64)
        return cls(counts, np.concatenate(rows), np.concatenate(weights), np.concatenate(first))


def _searches(n: int, room: int, rank: int) -> Searches:
    """Room for n searches that have not begun."""
    return Searches(
        np.zeros(n, dtype=np.int64), np.empty((n, room), dtype=np.int64), np.empty((n, room)), np.full(n, OPEN),
        np.zeros((n, 4)), np.zeros((n, rank)), np.zeros((n, 2), dtype=np.int64),
    )  # fmt: skip


class PairSearch:
    """Searches for all pairs of groups of points, each group's points side by side."""

    def __init__(self, spaces: Spaces, groups: Groups, means: NDArray[np.float64], rtol: float) -> None:
        """The rows of ``spaces`` are those of ``groups.order``; means (k, d) of the groups."""
        self.spaces, self.groups, self.means, self.rtol = spaces, groups, means, rtol
        self.starts = groups.starts
        self.tolerance = THIN * spaces.bulk.span
        self.first, self.second = (side.astype(np.int64) for side in np.triu_indices(len(groups.labels), 1))
        self.sizes = groups.counts[self.first] + groups.counts[self.second]
        self.counters = np.zeros((len(self), 2), dtype=np.int64)
        """(pairs, 2) scans of all points and steps that each pair took."""
        self.answers: dict[int, HullDistance] = {}
        self._begin: dict[int, tuple[IntArray, NDArray[np.float64]]] = {}
        self._witnesses: dict[int, Contact] = {}
        self._left: dict[int, tuple[IntArray, NDArray[np.float64], NDArray[np.bool_]]] = {}

    def __len__(self) -> int:
        return len(self.first)

    def begin_with(self, earlier: ActiveSets, apart: NDArray[np.bool_]) -> None:
        """Begin with the active points of an earlier answer about the same groups; ``apart`` (pairs,): which were.

        A pair whose points are not all of its groups is left to begin afresh. A common point is spread over as many
        points as there are dimensions, no face to begin with: of a pair that met, it is asked whether it still does.
        """
        pair = np.repeat(np.arange(len(self)), earlier.counts)
        group = np.where(earlier.first, self.first[pair], self.second[pair])
        known = (earlier.rows >= 0) & (earlier.rows < len(self.groups.of))
        rows = np.where(known, earlier.rows, 0)
        known &= self.groups.of[rows] == group
        usable = earlier.counts > 0
        usable[pair[~known]] = False
        place = np.empty(len(self.groups.order), dtype=np.int64)
        place[self.groups.order] = np.arange(len(place))
        rows = place[rows]
        position = rows - self.starts[group] + np.where(earlier.first, 0, self.groups.counts[self.first[pair]])
        ends = np.cumsum(earlier.counts).tolist()
        begins = [0, *ends[:-1]]
        for p in np.flatnonzero(usable).tolist():
            part = slice(begins[p], ends[p])
            weights = earlier.weights[part]
            if apart[p]:
                self._begin[p] = position[part], weights
            else:
                self._witnesses[p] = Contact(
                    OPEN, 0.0, 0.0, rows[part], weights, earlier.first[part], np.zeros(0), 0, 0
                )

    def run(self, n_jobs: int | None) -> Iterator[int]:
        """Search all pairs in threads; yields how many more are settled, time and again.

        The largest come first, so that no thread is left alone with one at the end.
        """
        largest_first = np.argsort(-self.sizes, kind="stable")
        met = np.isin(largest_first, list(self._witnesses))
        rest = largest_first[~met]
        at_once = min(_AT_ONCE, max(1, len(rest) // (8 * threads(n_jobs))))
        parts = [largest_first[met][i : i + 1] for i in range(int(met.sum()))]
        parts += [rest[i : i + at_once] for i in range(0, len(rest), at_once)]
        return in_threads(self._search, parts, n_jobs)

    def active_sets(self) -> ActiveSets:
        """What the searches left, by rows of the points in the order in which they were given."""
        left = (self._left[p] for p in range(len(self)))
        return ActiveSets.of((self.groups.order[rows], weights, first) for rows, weights, first in left)

    def _search(self, which: IntArray) -> int:
        """Search these pairs one after the other; returns how many they are."""
        if (witness := self._witnesses.get(int(which[0]))) is not None:
            p = int(which[0])
            self._keep(p, *measure_again(self.spaces, *self._rows(p), self.tolerance, self.rtol, witness))
            return 1
        space = self.spaces.plain
        pairs = self._pairs(which)
        part = _searches(len(which), limits(space.rank, int(self.sizes[which].max()))[0], space.rank)
        for i, p in enumerate(which.tolist()):
            positions, weights = self._begin.get(p, _NOTHING)
            if (k := len(positions)) < part.positions.shape[1]:
                part.counts[i] = k
                part.positions[i, :k], part.weights[i, :k] = positions, np.maximum(weights, SMALL_WEIGHT)
        approach_groups(space.space, pairs, SHARE * self.rtol, part)
        self.counters[which] = part.counters
        self._certify(which, part, np.flatnonzero(part.statuses == CONVERGED))
        for i in np.flatnonzero(part.statuses == OPEN).tolist():
            p = int(which[i])
            rows = np.concatenate(self._rows(p))
            _, most_steps, candidates = limits(space.rank, len(rows))
            goal = Goal(
                False, SHARE * self.rtol, 0.0, np.inf, roundings(self.spaces) * space.size, CREEPING * space.size,
                most_steps, candidates,
            )  # fmt: skip
            pair = Pair(rows, int(self.groups.counts[self.first[p]]), _UNKNOWN)
            self._conclude(p, go_on(space, pair, self._contact(p, part, i), goal))
        return len(which)

    def _pairs(self, which: IntArray) -> GroupPairs:
        return GroupPairs(self.starts, self.means, self.first[which], self.second[which])

    def _certify(self, which: IntArray, part: Searches, converged: IntArray) -> None:
        """Certificates of searches that converged: the two means anew, from the points; the planes as they are."""
        whole, which, part = part, which[converged], Searches._make(array[converged] for array in part)
        plain, counts = self.spaces.plain, part.counts
        ends = np.cumsum(counts)
        begins = ends - counts
        means = Means(
            begins, np.empty(counts.sum(), dtype=np.int64), np.empty(counts.sum()),
            np.empty(len(which), dtype=np.int64), np.empty(len(which)),
        )  # fmt: skip
        pairs = self._pairs(which)
        weighted(plain.space, pairs, part, means)
        positions, shares, sides, upper = means.positions, means.shares, means.sides, means.uppers
        first, second = pairs.first, pairs.second
        normals = part.directions
        normals /= np.sqrt((normals * normals).sum(axis=1))[:, None]
        base = normals @ plain.center
        high, low = part.bounds[:, 2] - base, part.bounds[:, 3] - base
        # rounding of the two bounds may cross when they agree to all digits
        lower = np.minimum(high - low - rounding_of_planes(self.spaces), upper)
        offset = (high + low) / 2 + normals @ self.spaces.center
        middles = begins + sides
        in_first = np.arange(len(positions)) < np.repeat(middles, counts)
        rows = self.starts[np.where(in_first, np.repeat(first, counts), np.repeat(second, counts))] + positions
        spans = zip(begins.tolist(), middles.tolist(), ends.tolist(), strict=True)
        for i, (p, (begin, middle, end)) in enumerate(zip(which.tolist(), spans, strict=True)):
            if lower[i] <= self.tolerance:
                self._conclude(p, self._contact(p, whole, int(converged[i])))
                continue
            self.answers[p] = HullDistance(
                "separable", float(lower[i]), float(upper[i]), normals[i], float(offset[i]), positions[begin:middle],
                shares[begin:middle], positions[middle:end], shares[middle:end], self.tolerance,
            )  # fmt: skip
            self._left[p] = rows[begin:end], shares[begin:end], in_first[begin:end]

    def _conclude(self, p: int, contact: Contact) -> None:
        """The certificate of a search that takes more than one compiled call."""
        self._keep(p, *conclude(self.spaces, *self._rows(p), self.tolerance, self.rtol, contact))

    def _keep(self, p: int, answer: HullDistance, left: Contact) -> None:
        self.answers[p], self._left[p] = answer, (left.rows, left.weights, left.first)
        self.counters[p] = left.scans, left.steps

    def _rows(self, p: int) -> tuple[IntArray, IntArray]:
        """Rows of the two groups of pair p."""
        a, b = self.first[p], self.second[p]
        return np.arange(self.starts[a], self.starts[a + 1]), np.arange(self.starts[b], self.starts[b + 1])

    def _contact(self, p: int, part: Searches, i: int) -> Contact:
        """What a search left, as a contact."""
        k = part.counts[i]
        positions, size = part.positions[i, :k], self.groups.counts[self.first[p]]
        of_a = positions < size
        at = np.where(of_a, self.starts[self.first[p]] + positions, self.starts[self.second[p]] + positions - size)
        lower, upper, above, below = part.bounds[i].tolist()
        scans, steps = part.counters[i].tolist()
        return Contact(
            int(part.statuses[i]), lower, upper, at, np.maximum(part.weights[i, :k], 0.0), of_a,
            part.directions[i].copy(), scans, steps, (above, below),
        )  # fmt: skip
