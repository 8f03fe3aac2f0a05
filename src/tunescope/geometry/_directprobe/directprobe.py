"""DirectProbe: the clusters of labelled points whose convex hulls stay apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from tunescope.geometry._directprobe.clusters import Group, Rejection
from tunescope.geometry._directprobe.greedy import Greedy, Outcome
from tunescope.geometry._directprobe.label_verdicts import label_verdicts
from tunescope.geometry._hulls.certificates import THIN, HullDistance, Verdict
from tunescope.geometry._hulls.hulls import check_rtol, decide, measure
from tunescope.geometry._hulls.label_distances import PUBLISHED_SMALLEST, Convention, check_convention
from tunescope.geometry._hulls.nearest_hull import nearest_hulls
from tunescope.geometry._labels import check_for_estimator
from tunescope.geometry._solver.coordinates import FloatArray, IntArray, Spaces
from tunescope.geometry._solver.search import DEFAULT_RTOL, Contact
from tunescope.geometry._solver.threads import in_threads, one_blas_thread


@dataclass(frozen=True)
class Block:
    """Two labels whose hulls meet, and points that show it."""

    label_a: Any
    """One label."""
    label_b: Any
    """The other."""
    verdict: Verdict
    """``meet``, or ``undecided`` when the hulls are only nearer than the tolerance."""
    points_a: IntArray
    """Training points of the first label: a weighted mean of them lies in the hull of the other label."""
    points_b: IntArray
    """Training points of the second label with the same weighted mean."""
    upper: float
    """Distance of the two weighted means, 0 up to rounding."""


@dataclass(frozen=True)
class Witness:
    """Why two clusters of one class were not merged."""

    cluster_a: int
    cluster_b: int
    blocker: int
    """The cluster of another class that the hull of their union meets."""
    points_union: IntArray
    """Training points of the union."""
    weights_union: NDArray[np.float64]
    """Convex weights of those."""
    points_blocker: IntArray
    """Training points of the blocking cluster."""
    weights_blocker: NDArray[np.float64]
    """Convex weights of those: the same mean, up to rounding or up to the tolerance."""


def canonical_order(X: NDArray[Any], index: IntArray) -> IntArray:
    """Order of the points by label, then by coordinates: ties of the greedy rule do not depend on the input's."""
    return np.lexsort((*X.T[::-1], index)).astype(np.int64)


class DirectProbe(ClassifierMixin, BaseEstimator):
    """Clusters of labelled points with disjoint convex hulls ([DP], section 3; [FT], section 2.2).

    Greedy and deterministic: every point begins as a cluster; the two clusters of one label with the closest
    centres are joined unless the hull of their union meets the hull of a cluster of another label. Hulls are
    apart when a hyperplane proves a gap above 1e-8 of the data's radius; nearer ones count as meeting and are
    counted in ``n_undecided_``. The radius is that of the points that are not far: one that lies more than 32 times
    as far out as three quarters of all points is no measure for the others. Ties are broken by the order of the
    points' coordinates.

    Parameters
    ----------
    rtol : float, default 1e-3
        Relative width of the bounds of the distances.
    n_jobs : int, optional
        Threads; all processors unless given.
    progress : callable, optional
        Called with (done, total) while it works.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels.
    labels_ : ndarray of shape (n_samples,)
        Cluster of each training point.
    n_clusters_ : int
        Number of clusters.
    is_linear_ : bool
        Whether there are as many clusters as labels, all of them apart.
    cluster_classes_ : ndarray of shape (n_clusters,)
        The label of each cluster.
    cluster_sizes_ : ndarray of shape (n_clusters,)
        Points of each cluster.
    conflicts_ : ndarray of int
        Training points that coincide with a point of another label; each stays a cluster of its own.
    n_undecided_ : int
        Label pairs and rejected merges that rest on hulls nearer than the tolerance without a common point.
    blocking_ : list of Block
        The label pairs whose hulls meet, with points that show it: why the space is not linear.
    n_features_in_ : int
        Width of the points.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[0.0], [1.0], [2.0], [3.0]])
    >>> probe = DirectProbe().fit(X, ["a", "b", "a", "a"])
    >>> probe.n_clusters_, probe.is_linear_
    (3, False)
    >>> [str(c) for c in probe.predict([[0.2], [2.4]])]
    ['a', 'a']
    """

    def __init__(
        self,
        *,
        rtol: float = DEFAULT_RTOL,
        n_jobs: int | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self.rtol = rtol
        self.n_jobs = n_jobs
        self.progress = progress

    def fit(self, X: ArrayLike, y: ArrayLike) -> DirectProbe:
        """Cluster the points.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Points, float32 or float64.
        y : array-like of shape (n_samples,)
            Labels, strings or integers.

        Returns
        -------
        DirectProbe
            Itself.

        Raises
        ------
        ValueError
            When X or y is not what scikit-learn accepts (NaN, infinity, sparse, empty, of different lengths), or a
            label is missing or no class (`tunescope.geometry.check_labels` says which those are).
        """
        y = check_for_estimator(X, y)
        points, y = validate_data(self, X, y, dtype=[np.float64, np.float32], order="C")
        points = cast(FloatArray, points)
        check_classification_targets(y)
        check_rtol(self.rtol)
        self.classes_, index = np.unique(y, return_inverse=True)
        rows = [np.flatnonzero(index == i) for i in range(len(self.classes_))]
        spaces = Spaces(points)
        self._tolerance = THIN * spaces.bulk.span
        self.conflicts_ = _conflicts(points, index)
        verdicts = label_verdicts(spaces, rows, self._tolerance, self.n_jobs, self.progress)
        meeting = {pair: answer for pair, (answer, _) in verdicts.items() if not answer.separable}
        self.blocking_ = [self._block(rows, pair, meeting[pair]) for pair in sorted(meeting)]
        undecided = sum(block.verdict == "undecided" for block in self.blocking_)
        outcome = None
        if meeting:
            outcome = self._merge(spaces, index, rows, set(meeting))
            undecided += outcome.counts.undecided
        self.n_undecided_ = undecided
        self._number(index, rows, outcome)
        self._X, self._spaces = points, spaces
        self._distances: NDArray[np.float64] | None = None
        self._certificates: dict[tuple[int, int], HullDistance] | None = None
        return self

    def _merge(self, spaces: Spaces, index: IntArray, rows: list[IntArray], meeting: set[tuple[int, int]]) -> Outcome:
        """Run the greedy rule over the labels that meet others, on points in canonical order."""
        concerned = np.unique(np.array(sorted(meeting)).ravel())
        chosen = np.flatnonzero(np.isin(index, concerned))
        order = chosen[canonical_order(spaces.X[chosen], index[chosen])]
        inside = Spaces(spaces.X[order])
        label_of = index[order]
        conflicting = np.isin(order, self.conflicts_)
        groups = []
        for label in concerned:
            for conflict in (False, True):
                members = np.flatnonzero((label_of == label) & (conflicting == conflict))
                if len(members):
                    groups.append(Group(int(label), members, not conflict))
        entangled = np.zeros((len(groups), len(groups)), dtype=bool)
        for i, j in combinations(range(len(groups)), 2):
            one, two = groups[i], groups[j]
            pair = (min(one.label, two.label), max(one.label, two.label))
            if one.label == two.label or pair not in meeting or not (one.may_merge or two.may_merge):
                continue
            if len(one.rows) + len(two.rows) == len(rows[one.label]) + len(rows[two.label]):
                apart = False
            else:
                apart = decide(inside, one.rows, two.rows, self._tolerance)[0].separable
            entangled[i, j] = entangled[j, i] = not apart
        with one_blas_thread():
            outcome = Greedy(inside, groups, entangled, self._tolerance, self.progress).run()
        outcome.members = [order[m] for m in outcome.members]
        outcome.rejections = {pair: _with_rows(why, order) for pair, why in outcome.rejections.items()}
        return outcome

    def _number(self, index: IntArray, rows: list[IntArray], outcome: Outcome | None) -> None:
        """Number the clusters: by class, then the larger first, then by the first point in canonical order."""
        members = [] if outcome is None else outcome.members
        labels = [] if outcome is None else outcome.labels
        done = set(labels)
        found = [(label, m, at) for at, (label, m) in enumerate(zip(labels, members, strict=True))]
        found += [(label, rows[label], -1) for label in range(len(rows)) if label not in done]
        found.sort(key=lambda f: (f[0], -len(f[1]), f[2]))
        self.labels_ = np.empty(len(index), dtype=np.int64)
        number = {}
        for cluster, (_, member, at) in enumerate(found):
            self.labels_[member] = cluster
            number[at] = cluster
        self.n_clusters_ = len(found)
        # two single points in one place are as many clusters as labels, and yet not apart
        self.is_linear_ = len(found) == len(self.classes_) and not self.blocking_
        self.cluster_classes_ = self.classes_[[label for label, _, _ in found]]
        self.cluster_sizes_ = np.bincount(self.labels_, minlength=self.n_clusters_)
        self._counts = None if outcome is None else outcome.counts
        self._witnesses = []
        if outcome is not None:
            for (i, j), why in outcome.rejections.items():
                a, b = sorted((number[i], number[j]))
                self._witnesses.append(_witness(a, b, why.contact, self.labels_))

    def _block(self, rows: list[IntArray], pair: tuple[int, int], answer: HullDistance) -> Block:
        i, j = pair
        return Block(
            self.classes_[i], self.classes_[j], answer.verdict, rows[i][answer.points_a], rows[j][answer.points_b],
            answer.upper,
        )  # fmt: skip

    # ---- what follows from the clusters

    @property
    def distances_(self) -> NDArray[np.float64]:
        """(n_clusters, n_clusters) hull distances, 0 on the diagonal, nan within a class; measured when asked for."""
        check_is_fitted(self)
        if self._distances is None:
            k = self.n_clusters_
            matrix = np.full((k, k), np.nan)
            np.fill_diagonal(matrix, 0.0)
            for (i, j), answer in self.certificates().items():
                matrix[i, j] = matrix[j, i] = float(answer)
            self._distances = matrix
        return self._distances

    def certificates(self) -> dict[tuple[int, int], HullDistance]:
        """Certificate of the distance of each pair of clusters (i, j), i < j, of different classes.

        Rows in a certificate count within the points of the two clusters, in the order of the training points.
        """
        check_is_fitted(self)
        if self._certificates is None:
            members = [np.flatnonzero(self.labels_ == c) for c in range(self.n_clusters_)]
            pairs = [
                (i, j)
                for i, j in combinations(range(self.n_clusters_), 2)
                if self.cluster_classes_[i] != self.cluster_classes_[j]
            ]

            def one(pair: tuple[int, int]) -> HullDistance:
                return measure(self._spaces, members[pair[0]], members[pair[1]], self._tolerance, self.rtol)[0]

            results = zip(pairs, in_threads(one, pairs, self.n_jobs), strict=True)
            self._certificates = dict(results)
        return dict(self._certificates)

    def witnesses(self) -> list[Witness]:
        """For each pair of clusters of one class that are not conflicting points: why they may not be joined."""
        check_is_fitted(self)
        return list(self._witnesses)

    def label_distances(self, convention: Convention = "all") -> NDArray[np.float64]:
        """Distances between labels: the mean over their pairs of clusters.

        Parameters
        ----------
        convention : {"all", "published"}
            ``published`` leaves clusters of five points or fewer out.

        Returns
        -------
        ndarray of shape (n_classes, n_classes)
            nan on the diagonal and where no pair of clusters is left.
        """
        check_is_fitted(self)
        check_convention(convention)
        counted = self.cluster_sizes_ >= (PUBLISHED_SMALLEST if convention == "published" else 1)
        matrix = np.full((len(self.classes_), len(self.classes_)), np.nan)
        of_class = [np.flatnonzero((self.cluster_classes_ == c) & counted) for c in self.classes_]
        for i, j in combinations(range(len(self.classes_)), 2):
            between = self.distances_[np.ix_(of_class[i], of_class[j])]
            if between.size:
                matrix[i, j] = matrix[j, i] = between.mean()
        return matrix

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The class of the cluster whose hull is nearest ([DP], section 3.3).

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Points.

        Returns
        -------
        ndarray of shape (n_samples,)
            Predicted labels. Of hulls at the same distance (a point inside several) the first counts.
        """
        check_is_fitted(self)
        points = validate_data(self, X, dtype=[np.float64, np.float32], order="C", reset=False)
        points = cast(FloatArray, points)
        nearest = nearest_hulls(self._X, self.labels_, self.n_clusters_, points, self.n_jobs, self.progress)
        return np.asarray(self.cluster_classes_[nearest])

    def __getstate__(self) -> dict[str, Any]:
        state = dict(super().__getstate__())
        state.pop("_spaces", None)  # holds a lock, and is made again from the points
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if "_X" in state:
            self._spaces = Spaces(self._X)


def _conflicts(X: NDArray[Any], index: IntArray) -> IntArray:
    """Points that coincide exactly with a point of another label."""
    # a projection brings coincident points together; only neighbours on it are compared
    line = np.asarray(np.random.default_rng(0).standard_normal(X.shape[1]), dtype=X.dtype)
    height = np.einsum("ij,j->i", X, line)
    order = np.argsort(height, kind="stable")
    found: set[int] = set()
    begin = 0
    for end in range(1, len(order) + 1):
        if end < len(order) and height[order[end]] == height[order[begin]]:
            continue
        same = order[begin:end]
        begin = end
        if len(same) > 1 and len(np.unique(index[same])) > 1:
            _, group = np.unique(X[same], axis=0, return_inverse=True)
            for g in range(group.max() + 1):
                members = same[group.ravel() == g]
                if len(np.unique(index[members])) > 1:
                    found.update(members.tolist())
    return np.array(sorted(found), dtype=np.int64)


def _with_rows(why: Rejection, order: IntArray) -> Rejection:
    return replace(why, contact=replace(why.contact, rows=order[why.contact.rows]))


def _witness(a: int, b: int, contact: Contact, labels: IntArray) -> Witness:
    union, blocker = contact.rows[contact.first], contact.rows[~contact.first]
    weights_union, weights_blocker = contact.weights[contact.first], contact.weights[~contact.first]
    return Witness(
        a, b, int(labels[blocker[0]]), union, weights_union / weights_union.sum(), blocker,
        weights_blocker / weights_blocker.sum(),
    )  # fmt: skip
