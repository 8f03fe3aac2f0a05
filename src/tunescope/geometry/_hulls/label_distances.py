"""Distances of all label pairs of a space, in one call, in parallel, from scratch or from an earlier answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tunescope._shown import axes_for, html_table
from tunescope.errors import RepresentationError
from tunescope.geometry._hulls.certificates import HullDistance
from tunescope.geometry._hulls.groups import Groups
from tunescope.geometry._hulls.hulls import check_rtol
from tunescope.geometry._hulls.pairs import ActiveSets, PairSearch
from tunescope.geometry._hulls.points import as_array, refuse_unfinite
from tunescope.geometry._labels import check_labels
from tunescope.geometry._solver.coordinates import Spaces
from tunescope.geometry._solver.extent import group_means, mean_of, reach
from tunescope.geometry._solver.search import DEFAULT_RTOL

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Convention = Literal["all", "published"]
"""``all``: every cluster counts and label pairs without a distance are dropped. ``published``: clusters of five
points or fewer are left out and label pairs without a distance count as 0, as in the published analysis."""

PUBLISHED_SMALLEST = 6
"""Points that a cluster needs to count under the published convention ([FT]'s analysis code)."""

Progress = Callable[[int, int], None]
"""Called with (done, total)."""


@dataclass(frozen=True, repr=False)
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
    _groups: Groups = field(repr=False)
    _active: ActiveSets = field(repr=False)

    def __repr__(self) -> str:
        linear = "linear" if self.is_linear else "not linear"
        n = int(self.counts.sum())
        return f"<LabelDistances: {len(self.labels)} labels of {n} points, {linear}, scale {self.scale:.4g}>"

    def _repr_html_(self) -> str:
        nearest, least = self.nearest(), self.minimum()
        rows = zip(self.labels, self.counts, least, nearest, strict=True)
        facts = [("linear", self.is_linear), ("undecided pairs", self.n_undecided), ("scale", self.scale)]
        return html_table("Label distances", ["label", "points", "distance", "nearest"], rows, facts=facts)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the distances as a matrix; white where hulls meet.

        Parameters
        ----------
        ax : matplotlib axes, optional
            Where to draw; on a new figure by default.

        Returns
        -------
        matplotlib axes
        """
        ax = axes_for(ax)
        image = ax.imshow(np.where(self.distances > 0, self.distances, np.nan))
        names = [str(label) for label in self.labels]
        ax.set_xticks(range(len(names)), names, rotation=90)
        ax.set_yticks(range(len(names)), names)
        ax.figure.colorbar(image, ax=ax, label="distance between hulls")
        return ax

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
        return np.asarray(away.min(axis=1))

    def nearest(self) -> NDArray[Any]:
        """(k,) the label at that distance."""
        away = self.distances + np.diag(np.full(len(self.labels), np.inf))
        return np.asarray(self.labels[away.argmin(axis=1)])

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
        When X is not finite, no numbers or not (n, d), y has another length, a label is missing or no class
        (`tunescope.geometry.check_labels` says which those are), or there is only one label.

    Examples
    --------
    >>> result = label_distances([[0.0], [1.0], [3.0], [7.0]], ["a", "a", "b", "c"])
    >>> result.distances.round(6).tolist()
    [[0.0, 2.0, 6.0], [2.0, 0.0, 4.0], [6.0, 4.0, 0.0]]
    """
    points = as_array(X, "X")
    y = check_labels(y, len(points))
    check_rtol(rtol)
    if previous is None:
        groups = Groups.by(y)
    elif np.array_equal(previous._groups.y, y):
        groups = previous._groups
    else:
        raise RepresentationError("previous is about other points: its labels differ from y. Leave it out.")
    k = len(groups.labels)
    if k < 2:
        only = groups.labels.tolist()[0]
        raise RepresentationError(f"Distances between labels need at least two labels; y holds only {only!r}.")
    # the points of a label side by side: every scan runs along memory
    together = np.empty_like(points, order="C")
    means = group_means(points, groups.order, groups.starts, together)
    refuse_unfinite(points, means, "X")
    search = PairSearch(Spaces(together, groups.counts @ means / len(points)), groups, means, rtol)
    if previous is not None:
        search.begin_with(previous._active, previous.verdicts[search.first, search.second] == "separable")
    done = 0
    for more in search.run(n_jobs):
        for _ in range(more):
            done += 1
            if progress is not None:
                progress(done, len(search))
    lower, upper = np.zeros((k, k)), np.zeros((k, k))
    verdicts = np.full((k, k), "", dtype="<U9")
    certificates: dict[tuple[int, int], HullDistance] = {}
    for p, (i, j) in enumerate(zip(search.first.tolist(), search.second.tolist(), strict=True)):
        certificates[i, j] = answer = search.answers[p]
        lower[i, j] = lower[j, i] = answer.lower
        upper[i, j] = upper[j, i] = answer.upper
        verdicts[i, j] = verdicts[j, i] = answer.verdict
    spaces = search.spaces
    return LabelDistances(
        groups.labels, groups.counts, lower, upper, verdicts, spaces.scale, spaces.radius, certificates, groups,
        search.active_sets(),
    )  # fmt: skip


def scale_of(X: ArrayLike) -> float:
    """Root mean square distance of the points (n, d) to their mean, in the unit of the points."""
    points = np.ascontiguousarray(X)
    _, total = reach(points, mean_of(points))
    return float(np.sqrt(total / len(points)))
