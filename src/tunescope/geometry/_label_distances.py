"""Distances of all label pairs of a space, in one call, in parallel, from scratch or from an earlier answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tunescope.errors import RepresentationError
from tunescope.geometry._certificates import THIN, HullDistance
from tunescope.geometry._coordinates import Spaces
from tunescope.geometry._extent import mean_and_largest, reach, take_in_order
from tunescope.geometry._hulls import as_array, check_rtol, decide, measure_groups, refuse_unfinite
from tunescope.geometry._search import DEFAULT_RTOL, Contact
from tunescope.geometry._threads import in_threads, threads

Convention = Literal["all", "published"]
"""``all``: every cluster counts and label pairs without a distance are dropped. ``published``: clusters of five
points or fewer are left out and label pairs without a distance count as 0, as in the published analysis."""

PUBLISHED_SMALLEST = 6
"""Points that a cluster needs to count under the published convention ([FT]'s analysis code)."""

_AT_ONCE = 16
"""Label pairs that a thread takes at a time."""

Progress = Callable[[int, int], None]
"""Called with (done, total)."""


@dataclass(frozen=True)
class LabelDistances:
    """Distances between the convex hulls of the labels of one space."""

    labels: NDArray[Any]
    """(k,) the labels, sorted."""
    counts: NDArray[np.int64]
    """(k,) points of each label."""
    lower: NDArray[np.float64]
    """(k, k) proved lower bounds, in the unit of the points; 0 on the diagonal."""
    upper: NDArray[np.float64]
    """(k, k) proved upper bounds."""
    verdicts: NDArray[Any]
    """(k, k) of str: ``separable``, ``meet``, ``undecided``; empty on the diagonal."""
    scale: float
    """Root mean square distance of the points to their mean: a distance divided by it is free of the growth of
    the space as a whole."""
    radius: float
    """Largest distance of a point to the mean."""
    certificates: Mapping[tuple[int, int], HullDistance] = field(repr=False)
    """Certificate of each pair (i, j), i < j; its rows count within the points of the two labels."""
    _y: NDArray[Any] = field(repr=False)
    _contacts: Mapping[tuple[int, int], Contact] = field(repr=False)

    @property
    def distances(self) -> NDArray[np.float64]:
        """(k, k) distances; 0 where hulls meet or cannot be told apart, and on the diagonal."""
        return np.where(self.verdicts == "separable", self.upper, 0.0)

    @property
    def is_linear(self) -> bool:
        """Whether every pair of labels is linearly separable: one cluster per label ([FT], section 3.2)."""
        k = len(self.labels)
        return bool((self.verdicts[np.triu_indices(k, 1)] == "separable").all())

    @property
    def n_undecided(self) -> int:
        """Label pairs nearer than float64 can tell from meeting; they count as meeting."""
        return int((self.verdicts[np.triu_indices(len(self.labels), 1)] == "undecided").sum())

    def minimum(self) -> NDArray[np.float64]:
        """(k,) minimum distance of each label: the smallest of its distances to other labels ([FT], section 4.3)."""
        away = self.distances + np.diag(np.full(len(self.labels), np.inf))
        return away.min(axis=1)

    def nearest(self) -> NDArray[Any]:
        """(k,) the label at that distance."""
        away = self.distances + np.diag(np.full(len(self.labels), np.inf))
        return self.labels[away.argmin(axis=1)]

    def matrix(self, convention: Convention = "all") -> NDArray[np.float64]:
        """(k, k) distances under a convention; nan where a label does not take part, and on the diagonal."""
        matrix = self.distances + np.diag(np.full(len(self.labels), np.nan))
        if check_convention(convention) == "published":
            small = self.counts < PUBLISHED_SMALLEST
            matrix[small, :] = np.nan
            matrix[:, small] = np.nan
        return matrix

    def vector(self, convention: Convention = "all") -> NDArray[np.float64]:
        """Distance vector, (k (k - 1) / 2,): the pairs (i, j), i < j, row by row; 0 for absent pairs when published."""
        vector = self.matrix(convention)[np.triu_indices(len(self.labels), 1)]
        return np.nan_to_num(vector) if convention == "published" else vector


def check_convention(convention: str) -> str:
    """The convention, or the error that names the two."""
    if convention not in ("all", "published"):
        raise ValueError(f"convention must be 'all' or 'published'; got {convention!r}.")
    return convention


def label_distances(
    X: ArrayLike,
    y: ArrayLike,
    *,
    rtol: float = DEFAULT_RTOL,
    previous: LabelDistances | None = None,
    n_jobs: int | None = None,
    progress: Progress | None = None,
) -> LabelDistances:
    """Distances between the convex hulls of all pairs of labels.

    Parameters
    ----------
    X : array-like of shape (n, d), float32 or float64
        The points.
    y : array-like of shape (n,)
        Their labels, strings or integers; at least two different ones.
    rtol : float, default 1e-3
        Relative width of the bounds of each distance.
    previous : LabelDistances, optional
        The answer for the *same points in the same order* a little earlier in training: its active points are
        where each search begins. The result is the same within ``rtol``; late in training, when points move little,
        it is there sooner.
    n_jobs : int, optional
        Threads; all processors unless given.
    progress : callable, optional
        Called with (pairs done, pairs in all).

    Returns
    -------
    LabelDistances
        Bounds, verdicts and certificates of all pairs.

    Raises
    ------
    RepresentationError
        When X is not finite or not (n, d), y has another length, or there is only one label.

    Examples
    --------
    >>> result = label_distances([[0.0], [1.0], [3.0], [7.0]], ["a", "a", "b", "c"])
    >>> result.distances.round(6).tolist()
    [[0.0, 2.0, 6.0], [2.0, 0.0, 4.0], [6.0, 4.0, 0.0]]
    """
    points, y = as_array(X, "X"), np.asarray(y)
    check_rtol(rtol)
    if y.shape != (len(points),):
        raise RepresentationError(
            f"y must have one label per point: X has {len(points)} points, y has shape {y.shape}."
        )
    labels, index = np.unique(y, return_inverse=True)
    k = len(labels)
    if k < 2:
        only = labels.tolist()[0]
        raise RepresentationError(f"Distances between labels need at least two labels; y holds only {only!r}.")
    if previous is not None and not np.array_equal(previous._y, y):
        raise RepresentationError("previous is about other points: its labels differ from y. Leave it out.")
    # the points of a label side by side: every scan runs along memory
    counts = np.bincount(index, minlength=k)
    starts = np.concatenate([[0], np.cumsum(counts)])
    together = np.empty(points.shape, dtype=points.dtype)
    means, largest = take_in_order(points, np.argsort(index, kind="stable"), starts, together)
    refuse_unfinite(points, means, "X")
    spaces = Spaces(together, (counts @ means / len(points), largest))
    tolerance = THIN * spaces.radius

    def some(pairs: list[tuple[int, int]]) -> list[tuple[tuple[int, int], HullDistance, Contact]]:
        earlier = [previous._contacts.get(pair) if previous is not None else None for pair in pairs]
        answers = measure_groups(spaces, starts, means, pairs, tolerance, rtol, earlier)
        return [(pair, *answer) for pair, answer in zip(pairs, answers, strict=True)]

    # the largest pairs first, so that no thread is left alone with one at the end
    pairs = sorted(combinations(range(k), 2), key=lambda p: -counts[p[0]] - counts[p[1]])
    at_once = min(_AT_ONCE, max(1, len(pairs) // (8 * threads(n_jobs))))
    parts = [pairs[i : i + at_once] for i in range(0, len(pairs), at_once)]
    lower, upper = np.zeros((k, k)), np.zeros((k, k))
    verdicts = np.full((k, k), "", dtype="<U9")
    certificates: dict[tuple[int, int], HullDistance] = {}
    contacts: dict[tuple[int, int], Contact] = {}
    found = (one for part in in_threads(some, parts, n_jobs) for one in part)
    for done, ((i, j), answer, contact) in enumerate(found, start=1):
        certificates[i, j], contacts[i, j] = answer, contact
        lower[i, j] = lower[j, i] = answer.lower
        upper[i, j] = upper[j, i] = answer.upper
        verdicts[i, j] = verdicts[j, i] = answer.verdict
        if progress is not None:
            progress(done, len(pairs))
    return LabelDistances(
        labels, counts, lower, upper, verdicts, spaces.scale, spaces.radius,
        certificates, y, contacts,
    )  # fmt: skip


def label_verdicts(
    spaces: Spaces,
    rows: list[NDArray[np.int64]],
    tolerance: float,
    n_jobs: int | None,
    progress: Progress | None,
) -> dict[tuple[int, int], tuple[HullDistance, Contact]]:
    """Whether the hulls of each pair of labels meet."""
    pairs = sorted(combinations(range(len(rows)), 2), key=lambda p: -len(rows[p[0]]) - len(rows[p[1]]))
    found = {}
    results = in_threads(lambda p: (p, decide(spaces, rows[p[0]], rows[p[1]], tolerance)), pairs, n_jobs)
    for done, (pair, answer) in enumerate(results, start=1):
        found[pair] = answer
        if progress is not None:
            progress(done, len(pairs))
    return found


def scale_of(X: NDArray[Any]) -> float:
    """Root mean square distance of the points (n, d) to their mean."""
    _, total = reach(X, mean_and_largest(X)[0])
    return float(np.sqrt(total / len(X)))
