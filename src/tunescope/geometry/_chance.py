"""What the paper's numbers would be by chance: forced separability, Cover's count, and permuted labels.

Two labels of n points together in general position in a space of r dimensions can always be told apart by a hyperplane
when n is at most r + 1; and of all ways of giving n points two labels, Cover counted how many can. Beyond that, the
labels of a space are put in random order, and everything that is measured on hulls is measured again.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln, logsumexp

from tunescope.errors import RepresentationError
from tunescope.geometry._directprobe.directprobe import DirectProbe
from tunescope.geometry._hulls.label_distances import LabelDistances, label_distances
from tunescope.geometry._labels import check_labelled, check_labels

_SPANNED = 1e-12
"""Share of the largest variance below which points do not span a direction (float64)."""


def log_cover(n: int, dimensions: int) -> float:
    """Natural logarithm of the share of labellings of n points that a hyperplane can tell apart.

    Of the 2ⁿ ways of giving n points in general position in r dimensions two labels, 2 Σₖ₌₀ʳ C(n - 1, k) are linearly
    separable; the sizes of the two labels are free.

    Parameters
    ----------
    n : int
        Points, at least 1.
    dimensions : int
        Dimensions r that the points span, at least 0.

    Returns
    -------
    float
        At most 0; 0 when n is at most r + 1.

    Raises
    ------
    RepresentationError
        When n is below 1 or the dimensions are below 0.

    References
    ----------
    Cover, Geometrical and statistical properties of systems of linear inequalities, IEEE Trans. EC 1965, theorem 1.

    Examples
    --------
    >>> round(math.exp(log_cover(4, 2)), 6)  # of four points in a plane, all labellings but the two crossed ones
    0.875
    """
    if n < 1 or dimensions < 0:
        raise RepresentationError(f"Cover's count takes at least 1 point and 0 dimensions; got {n} and {dimensions}.")
    if n <= dimensions + 1:
        return 0.0
    k = np.arange(dimensions + 1)
    ways = gammaln(n) - gammaln(k + 1) - gammaln(n - k)
    return min(0.0, float(logsumexp(ways)) - (n - 1) * math.log(2.0))


@dataclass(frozen=True, repr=False)
class PairChance:
    """Which label pairs could not but be separable."""

    labels: NDArray[Any]
    """(k,) the labels, sorted."""
    counts: NDArray[np.int64]
    """(k,) points of each label."""
    dimensions: int
    """Dimensions that the points span."""
    forced: NDArray[np.bool_]
    """(k, k) whether the pair has no more points than dimensions plus one: separable whatever the labels, if the points
    are in general position; False on the diagonal."""
    log_probability: NDArray[np.float64]
    """(k, k) natural logarithm of Cover's share of labellings that are separable; 0 on the diagonal."""

    def __repr__(self) -> str:
        n = len(self.labels)
        return f"<PairChance: {n} labels in {self.dimensions} dimensions, {self.share_forced:.1%} of the pairs forced>"

    @property
    def probability(self) -> NDArray[np.float64]:
        """(k, k) that share; 0 where it is below the least float64."""
        return np.exp(self.log_probability)

    @property
    def share_forced(self) -> float:
        """Share of the label pairs that are forced; nan with one label."""
        k = len(self.labels)
        return float(self.forced[np.triu_indices(k, 1)].mean()) if k > 1 else float("nan")


def pair_chance(y: ArrayLike, dimensions: int) -> PairChance:
    """Whether each label pair is separable whatever its labels, and Cover's share of labellings that are.

    Parameters
    ----------
    y : array-like of shape (n,)
        Labels.
    dimensions : int
        Dimensions that the points span: the width, or fewer (`spanned_dimensions`).

    Returns
    -------
    PairChance
        Over all pairs of labels.

    Raises
    ------
    RepresentationError
        When a label is missing or no class, or the dimensions are below 0.

    Examples
    --------
    >>> found = pair_chance(["a", "a", "b", "b", "c"], 2)
    >>> found.forced.tolist()
    [[False, False, True], [False, False, True], [True, True, False]]
    """
    labels, counts = np.unique(check_labels(y), return_counts=True)
    k = len(labels)
    forced, logs = np.zeros((k, k), dtype=bool), np.zeros((k, k))
    known: dict[int, float] = {}
    for i in range(k):
        for j in range(i + 1, k):
            n = int(counts[i] + counts[j])
            if n not in known:
                known[n] = log_cover(n, dimensions)
            forced[i, j] = forced[j, i] = n <= dimensions + 1
            logs[i, j] = logs[j, i] = known[n]
    return PairChance(labels, counts, dimensions, forced, logs)


def spanned_dimensions(X: ArrayLike) -> int:
    """Dimensions of the least flat that holds the points (n, d): at most min(n - 1, d).

    A direction counts when it holds more than 1e-12 of the widest one's variance (float32 points: 1e-10), so that
    vectors after a layer's normalisation, which lie in a hyperplane up to rounding, span one dimension less.
    """
    points, _ = check_labelled(X, np.zeros(len(np.asarray(X)), dtype=np.int64))
    around = points.astype(np.float64) - points.mean(axis=0, dtype=np.float64)
    gram = around @ around.T if len(points) <= points.shape[1] else around.T @ around
    values = np.linalg.eigvalsh(gram)[::-1]
    least = 100 * _SPANNED if points.dtype == np.float32 else _SPANNED
    return min(len(points) - 1, int((values > least * max(float(values[0]), 1e-300)).sum()))


@dataclass(frozen=True, repr=False)
class LabelChance:
    """What is measured on the hulls of the labels, beside the same under labels in random order."""

    observed: LabelDistances
    """Under the labels as they are."""
    pairs: PairChance
    """Which pairs are forced, and Cover's shares."""
    distances: NDArray[np.float64]
    """(n_permutations, k, k) distances under permuted labels; 0 where hulls meet, and on the diagonal."""
    linear: NDArray[np.bool_]
    """(n_permutations,) whether all pairs were separable."""
    n_clusters: NDArray[np.int64] | None
    """(m,) DirectProbe's clusters under the first m permutations, where asked for."""
    seed: int
    """Of the permutations."""
    _rows: tuple[NDArray[np.int64], NDArray[np.int64]] = field(repr=False)

    def __repr__(self) -> str:
        n, linear = len(self.linear), int(self.linear.sum())
        return f"<LabelChance: {len(self.labels)} labels, {n} permutations, {linear} of them linear>"

    @property
    def labels(self) -> NDArray[Any]:
        """(k,) the labels, sorted."""
        return self.observed.labels

    @property
    def median(self) -> NDArray[np.float64]:
        """(k, k) median of each pair's permuted distances."""
        return np.asarray(np.median(self.distances, axis=0))

    @property
    def excess(self) -> NDArray[np.float64]:
        """(k, k) each distance over its permuted median; inf where only that is 0, nan where both are."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.observed.distances / self.median)

    def vector_excess(self) -> NDArray[np.float64]:
        """(k (k - 1) / 2,) the excess of the pairs (i, j), i < j, row by row."""
        return np.asarray(self.excess[self._rows])

    def permuted_excess(self) -> NDArray[np.float64]:
        """(n_permutations, k (k - 1) / 2) the same of each permutation, over the median of all: about 1."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray((self.distances / self.median)[:, self._rows[0], self._rows[1]])

    def minimum(self) -> NDArray[np.float64]:
        """(n_permutations, k) minimum distance of each label under permuted labels."""
        away = self.distances + np.diag(np.full(len(self.labels), np.inf))
        return np.asarray(away.min(axis=2))

    def minimum_excess(self) -> NDArray[np.float64]:
        """(k,) each label's minimum distance over the median of its permuted ones."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.observed.minimum() / np.median(self.minimum(), axis=0))

    def beyond(self) -> NDArray[np.bool_]:
        """(k, k) whether a distance is larger than all of its permuted ones."""
        return np.asarray(self.observed.distances > self.distances.max(axis=0))

    def similarity(self) -> NDArray[np.float64]:
        """(n_permutations,) Pearson's correlation of the distance vector with each permuted one.

        Label sizes alone make hulls nearer or farther: this is what they give to a similarity. nan where a vector does
        not vary.
        """
        own = self.observed.distances[self._rows]
        found = []
        for permuted in self.distances:
            other = permuted[self._rows]
            varied = len(own) > 1 and np.ptp(own) > 0 and np.ptp(other) > 0
            found.append(float(np.corrcoef(own, other)[0, 1]) if varied else float("nan"))
        return np.array(found)


def label_chance(
    X: ArrayLike,
    y: ArrayLike,
    *,
    n_permutations: int = 20,
    seed: int = 0,
    distances: LabelDistances | None = None,
    clusters: bool | int = False,
    rtol: float = 1e-3,
    n_jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> LabelChance:
    """Distances, linearity, clusters and similarity of a space under labels in random order.

    The points stay, and so do the sizes of the labels; only who has which label is drawn. Every draw is measured with
    the same exact engine as the labels themselves.

    Parameters
    ----------
    X : array-like of shape (n, d)
        Points.
    y : array-like of shape (n,)
        Labels, at least two different ones.
    n_permutations : int, default 20
        Draws.
    seed : int, default 0
        Of the draws: one seed gives one answer.
    distances : LabelDistances, optional
        The distances under the labels as they are, where they are known.
    clusters : bool or int, default False
        Whether DirectProbe is run on each draw that is not linear, or on how many draws, from the first; on a linear
        one there are as many clusters as labels without it.
    rtol : float, default 1e-3
        Relative width of the bounds of the distances.
    n_jobs : int, optional
        Threads; all processors unless given.
    progress : callable, optional
        Called with (draws done, draws in all).

    Returns
    -------
    LabelChance
        With ``excess``: each distance over its permuted median.

    Raises
    ------
    RepresentationError
        When X or y is not usable, or n_permutations is below 1.

    Examples
    --------
    >>> X = [[0.0], [0.1], [0.2], [5.0], [5.1], [5.2]]
    >>> found = label_chance(X, list("aaabbb"), n_permutations=9)
    >>> round(float(found.observed.distances[0, 1]), 3), bool(found.linear.all())
    (4.8, False)
    """
    if n_permutations < 1:
        raise RepresentationError(f"n_permutations must be at least 1; got {n_permutations}.")
    points, labels = check_labelled(X, y)
    observed = label_distances(points, labels, rtol=rtol, n_jobs=n_jobs) if distances is None else distances
    names = np.unique(labels)
    if not np.array_equal(observed.labels, names):
        raise RepresentationError("distances are about other labels than y. Leave them out.")
    found, linear, counted = [], [], []
    n_clustered = int(clusters) if clusters is not True else n_permutations
    for done, child in enumerate(np.random.SeedSequence(seed).spawn(n_permutations), start=1):
        drawn = labels[np.random.default_rng(child).permutation(len(labels))]
        permuted = label_distances(points, drawn, rtol=rtol, n_jobs=n_jobs)
        found.append(permuted.distances)
        linear.append(permuted.is_linear)
        if done <= n_clustered:
            alone = permuted.is_linear
            counted.append(len(names) if alone else DirectProbe(n_jobs=n_jobs).fit(points, drawn).n_clusters_)
        if progress is not None:
            progress(done, n_permutations)
    return LabelChance(
        observed=observed,
        pairs=pair_chance(labels, spanned_dimensions(points)),
        distances=np.stack(found),
        linear=np.array(linear),
        n_clusters=np.array(counted, dtype=np.int64) if n_clustered > 0 else None,
        seed=seed,
        _rows=np.triu_indices(len(names), 1),
    )
