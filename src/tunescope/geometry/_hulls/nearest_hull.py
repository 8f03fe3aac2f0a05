"""Which of many hulls is nearest to a point?

The distance of a point to a hull is not needed, only which one is least. So each hull has an interval around its
distance, from above by the part of it that a search has seen so far, from below by a plane between it and the
point, and the intervals shrink until one lies below all others. Searches see a few dozen points of a hull; the planes
are held against all of its points by one product of matrices for many points at a time, in float32, whose rounding
widens the intervals. What is still open then is left to the exact search.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tunescope.geometry._solver.coordinates import Coordinates, FloatArray, IntArray, Spaces
from tunescope.geometry._solver.point_searches import Seen, search_all, see
from tunescope.geometry._solver.search import CREEPING, solve
from tunescope.geometry._solver.threads import in_threads

_EXACT = 1e-7
"""Relative width of the bounds when two hulls compete for a point to the end."""
_PRODUCTS = 2**22
"""Entries of the matrix of products that one thread holds at a time."""
_MOST_POINTS = 256
"""Points that are looked at together."""
_BEGINNING = 48
"""Nearest points of a hull that its first search sees."""
_VIOLATORS = 24
"""Points beyond the plane that the next search sees as well."""
_SEEN = 192
"""Most points of a hull that a search sees; one that needs more is left to the exact search."""
_ROUNDS = 12
_LOOSE = 1e-3
"""Relative width that the first searches stop at; each later one at a tenth of the one before."""
_TIGHT = 1e-6


def nearest_hulls(
    X: FloatArray,
    labels: IntArray,
    n_clusters: int,
    points: FloatArray,
    n_jobs: int | None,
    progress: Callable[[int, int], None] | None,
) -> IntArray:
    """Cluster whose hull is nearest to each point.

    Parameters
    ----------
    X : array of shape (n, d)
        The clustered points.
    labels : array of shape (n,)
        Their clusters, 0 to n_clusters - 1, none of them empty.
    n_clusters : int
        Number of clusters.
    points : array of shape (m, d)
        The points in question.
    n_jobs, progress
        Threads, and a hook called with (done, m).

    Returns
    -------
    ndarray of shape (m,)
        Clusters. Of hulls at the same distance, the one whose nearest own point is nearest.
    """
    hulls = _Hulls(X, labels, n_clusters, points)
    together = max(1, min(_MOST_POINTS, _PRODUCTS // len(X)))
    chunks = [np.arange(i, min(i + together, len(points))) for i in range(0, len(points), together)]
    nearest = np.empty(len(points), dtype=np.int64)
    done = 0
    for chunk, found in zip(chunks, in_threads(hulls.nearest, chunks, n_jobs), strict=True):
        nearest[chunk] = found
        done += len(chunk)
        if progress is not None:
            progress(done, len(points))
    return nearest


@dataclass
class _Pairs:
    """Pairs of a point and a hull that are searched: what each search has seen of its hull, and what it found."""

    point: IntArray
    """(p,) within the chunk."""
    hull: IntArray
    """(p,)"""
    seen: IntArray
    """(p, _SEEN) rows of the coordinates; the first `n_active` are active."""
    n_seen: IntArray
    n_active: IntArray
    weights: NDArray[np.float64]
    """(p, _SEEN) of the active ones."""

    @property
    def as_seen(self) -> Seen:
        """What the compiled functions get of it."""
        return Seen(self.seen, self.n_seen, self.n_active, self.weights)

    def of(self, which: NDArray[np.bool_] | IntArray) -> _Pairs:
        return _Pairs(*(getattr(self, name)[which] for name in self.__dataclass_fields__))

    def __add__(self, other: _Pairs) -> _Pairs:
        both = (np.concatenate([getattr(self, n), getattr(other, n)]) for n in self.__dataclass_fields__)
        return _Pairs(*both)


class _Hulls:
    """The hulls, prepared once for all points."""

    def __init__(self, X: FloatArray, labels: IntArray, n_clusters: int, points: FloatArray) -> None:
        self.n = len(X)
        space = Spaces(np.concatenate([X, points.astype(X.dtype, copy=False)])).plain
        # no point may lie farther out than one, as rounding of products in float32 is bounded by that
        self.space: Coordinates = replace(space, size=space.radius or 1.0)
        self.order = np.argsort(labels, kind="stable")
        self.sizes = np.bincount(labels, minlength=n_clusters)
        self.begins = np.concatenate([[0], np.cumsum(self.sizes)[:-1]])
        self.of = _in_float32(self.space, self.order)
        """Points of all hulls, hull by hull, float32 and of radius one."""
        self.points = _in_float32(self.space, np.arange(self.n, self.n + len(points)))
        self.centres = (np.add.reduceat(self.of, self.begins, axis=0) / self.sizes[:, None]).astype(np.float32)
        self.norms = np.einsum("ij,ij->i", self.of, self.of)
        self.along_centre = np.einsum("ij,ij->i", self.of, np.repeat(self.centres, self.sizes, axis=0))
        # twice the worst case of a product of vectors no longer than one
        self.rounding = np.float32(2.0 * (self.of.shape[1] + 8) * 2.0**-24)

    def nearest(self, chunk: IntArray) -> IntArray:
        """Nearest hull of some points."""
        P = self.points[chunk]
        products = P @ self.of.T
        lower = self._behind_centres(P, products)
        upper, squares = self._to_own_points(P, products)
        del products
        alive = lower <= upper.min(axis=1, keepdims=True)
        # the likeliest hull of each point first: what it is found to be at most rules many others out
        first = upper.argmin(axis=1)
        pairs = self._begin(np.arange(len(chunk)), first, squares)
        begun = np.zeros_like(alive)
        given_up = np.zeros(len(chunk), bool)
        for turn in range(_ROUNDS):
            rtol = max(_LOOSE * 0.1**turn, _TIGHT)
            pairs = self._search(chunk, P, pairs, rtol, lower, upper, given_up)
            begun[pairs.point, pairs.hull] = True
            alive = lower <= upper.min(axis=1, keepdims=True)
            open_points = (alive.sum(axis=1) > 1) & ~given_up
            pairs = pairs.of((alive & open_points[:, None])[pairs.point, pairs.hull])
            others = np.nonzero(alive & open_points[:, None] & ~begun & (self.sizes > 1)[None])
            if len(others[0]):
                pairs = pairs + self._begin(others[0], others[1], squares)
            # what float32 cannot bring any closer is as close as it gets
            width = (upper - lower)[pairs.point, pairs.hull]
            pairs = pairs.of(width * np.maximum(lower[pairs.point, pairs.hull], 1e-3) > 2.0 * self.rounding)
            if not len(pairs.point):
                break
        found = upper.argmin(axis=1)
        for i in np.flatnonzero(alive.sum(axis=1) > 1):
            candidates = np.flatnonzero(alive[i])
            found[i] = self._exactly(chunk[i], candidates[np.argsort(upper[i, candidates], kind="stable")])
        return np.asarray(found)

    def _behind_centres(self, P: NDArray[np.float32], products: NDArray[np.float32]) -> NDArray[np.float32]:
        """Lower bounds (points, hulls) by planes across the lines from the hulls' centres to the points."""
        most = np.maximum.reduceat(products - self.along_centre, self.begins, axis=1)
        own = np.einsum("ij,ij->i", P, P)[:, None]
        to_centre = P @ self.centres.T
        of_centre = np.einsum("ij,ij->i", self.centres, self.centres)
        length = np.sqrt(np.maximum(own - 2.0 * to_centre + of_centre, 0.0))
        with np.errstate(divide="ignore", invalid="ignore"):
            lower = (own - to_centre - most - 4.0 * self.rounding) / (length + np.sqrt(self.rounding))
        return np.asarray(np.maximum(np.nan_to_num(lower, nan=0.0, neginf=0.0), 0.0), np.float32)

    def _to_own_points(
        self, P: NDArray[np.float32], products: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Upper bounds (points, hulls) by the nearest point of each hull, and all squares of distances."""
        squares = np.einsum("ij,ij->i", P, P)[:, None] + self.norms - 2.0 * products
        least = np.minimum.reduceat(squares, self.begins, axis=1)
        return np.sqrt(np.maximum(least, 0.0) + 4.0 * self.rounding), squares

    def _begin(self, point: IntArray, hull: IntArray, squares: NDArray[np.float32]) -> _Pairs:
        """Pairs whose search will see the nearest points of the hull."""
        seen = np.zeros((len(point), _SEEN), dtype=np.int64)
        n_seen = np.minimum(self.sizes[hull], _BEGINNING)
        for t, (i, c) in enumerate(zip(point, hull, strict=True)):
            away = squares[i, self.begins[c] : self.begins[c] + self.sizes[c]]
            near = np.argpartition(away, _BEGINNING)[:_BEGINNING] if len(away) > _BEGINNING else np.arange(len(away))
            seen[t, : len(near)] = self.order[self.begins[c] + near]
        none = np.zeros(len(point), dtype=np.int64)
        return _Pairs(np.asarray(point), np.asarray(hull), seen, n_seen, none, np.zeros((len(point), _SEEN)))

    def _search(
        self, chunk: IntArray, P: NDArray[np.float32], pairs: _Pairs, rtol: float, lower: NDArray[np.float32],
        upper: NDArray[np.float32], given_up: NDArray[np.bool_],
    ) -> _Pairs:  # fmt: skip
        """Search each pair in what it has seen, narrow the bounds by all points, and see the worst violators too."""
        space = self.space
        lines = np.empty((len(pairs.point), space.rank), dtype=np.float32)
        norms = np.empty(len(pairs.point))
        search_all(space.space, self.n + chunk[pairs.point], pairs.as_seen, rtol, CREEPING, lines, norms)
        places = pairs.point, pairs.hull
        np.minimum.at(upper, places, (norms * (1.0 + 1e-9)).astype(np.float32) * np.float32(1.0 + 1e-6))
        for of_hull in _groups(pairs.hull):
            c = pairs.hull[of_hull[0]]
            begin, end = self.begins[c], self.begins[c] + self.sizes[c]
            heights = lines[of_hull] @ self.of[begin:end].T
            most = heights.max(axis=1)
            length = np.linalg.norm(lines[of_hull], axis=1)
            at = pairs.point[of_hull]
            own = np.einsum("ij,ij->i", P[at], lines[of_hull])
            with np.errstate(divide="ignore", invalid="ignore"):
                bound = (own - most) / length - 2.0 * self.rounding
            lower[at, c] = np.maximum(lower[at, c], np.nan_to_num(bound, nan=0.0, neginf=0.0))
            if end - begin > _BEGINNING:
                self._see_violators(pairs, of_hull, heights, given_up)
        return pairs

    def _see_violators(
        self, pairs: _Pairs, of_hull: IntArray, heights: NDArray[np.float32], given_up: NDArray[np.bool_]
    ) -> None:
        begin = self.begins[pairs.hull[of_hull[0]]]
        n_worst = min(_VIOLATORS, heights.shape[1])
        worst = np.argpartition(heights, -n_worst, axis=1)[:, -n_worst:]
        full = pairs.n_active[of_hull] + n_worst > _SEEN
        given_up[pairs.point[of_hull[full]]] = True
        see(pairs.as_seen, of_hull[~full], self.order[begin + worst[~full]])

    def _exactly(self, i: int, candidates: IntArray) -> int:
        """The nearest of some hulls, in the order in which they are given where they are equally near."""
        best, at = np.inf, int(candidates[0])
        row = np.array([self.n + i])
        for c in candidates:
            members = self.order[self.begins[c] : self.begins[c] + self.sizes[c]]
            contact = solve(self.space, row, members, verdict_only=False, rtol=_EXACT, cutoff=best, pool=32)
            if contact.upper < best and contact.lower <= best:
                best, at = (0.0 if contact.upper <= 1e-12 * self.space.size else contact.upper), int(c)
            if best == 0.0:
                break
        return at


def _in_float32(space: Coordinates, rows: IntArray) -> NDArray[np.float32]:
    """Points of the space in float32, centred and of radius one."""
    found = np.empty((len(rows), space.rank), dtype=np.float32)
    for i in range(0, len(rows), 4096):
        found[i : i + 4096] = (space.points[rows[i : i + 4096]] - space.center) / space.size
    return found


def _groups(of: IntArray) -> Iterator[IntArray]:
    """Places of each value."""
    order = np.argsort(of, kind="stable")
    yield from np.split(order, np.flatnonzero(np.diff(of[order])) + 1) if len(order) else ()
