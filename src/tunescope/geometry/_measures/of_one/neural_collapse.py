"""Neural collapse, NC1 to NC4: whether each label shrinks to a point and the points form a simplex.

NC3 and NC4 speak of a linear classifier. The one taken here is the least-squares classifier of the labels on these
points, so that a space is judged without a head.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tunescope.geometry._measures.intervals import share_of_points
from tunescope.geometry._measures.measure import SpaceMeasure, Value
from tunescope.geometry._measures.space import Space

_SOURCE = "Papyan, Han and Donoho, Prevalence of neural collapse, PNAS 2020"
_CUT = 1e-10
"""Share of the largest eigenvalue below which a direction counts as not reached."""


class _Collapse(SpaceMeasure):
    """What the four have in common."""

    towards = "collapsed"
    needs = frozenset({"vectors", "labels"})
    source = _SOURCE
    null = "permuted-labels"
    invariant_to = ("rotation", "shift", "scale")

    def compute(self, space: Space, setting: str) -> Value:
        """Undefined with one label, or where all labels' means coincide."""
        n, k = len(space), len(space.labels)
        if k < 2:
            return Value.undefined("one label only", n, k)
        means = _centred_means(space)
        if np.square(means).sum() <= 1e-20 * max(float(np.square(space.centred).sum()) / n, 1e-300):
            return Value.undefined("the labels' means coincide", n, k)
        return self.of(space, means, setting)

    def of(self, space: Space, means: NDArray[np.float64], setting: str) -> Value:
        """The value, from the labels' means about their own mean."""
        raise NotImplementedError


class NC1(_Collapse):
    """tr(Σ_W Σ_B⁺) / k: variance within labels over that between them; every label's mean counts once in Σ_B."""

    name = "nc1"
    title = "NC1: variability within labels"
    range = (0.0, float("inf"))
    direction = "down"

    def of(self, space: Space, means: NDArray[np.float64], setting: str) -> Value:
        """0 when each label is one point."""
        k = len(means)
        return Value(within_over_between(space, means / k**0.5) / k, n=len(space), n_labels=k)


class NC2(_Collapse):
    """How far the means are from a simplex: by their angles, their lengths, or both (Frobenius norm)."""

    name = "nc2"
    title = "NC2: means form a simplex"
    range = (0.0, float("inf"))
    direction = "down"
    settings = ("simplex", "angles", "lengths")

    def of(self, space: Space, means: NDArray[np.float64], setting: str) -> Value:
        """0 when all means are equally long and equally far apart."""
        k = len(means)
        lengths = np.linalg.norm(means, axis=1)
        if setting == "lengths":
            value = float(lengths.std() / lengths.mean())
        elif setting == "angles":
            there = means[lengths > 0] / lengths[lengths > 0, None]
            cosines = (there @ there.T)[np.triu_indices(len(there), 1)]
            value = float(np.abs(cosines + 1.0 / (k - 1)).mean())
        else:
            value = _from_simplex(means @ means.T)
        return Value(value, n=len(space), n_labels=k)


class NC3(_Collapse):
    """|W / |W| - M / |M||: the least-squares classifier's weights beside the means."""

    name = "nc3"
    title = "NC3: classifier and means agree"
    range = (0.0, 2.0)
    direction = "down"

    def of(self, space: Space, means: NDArray[np.float64], setting: str) -> Value:
        """0 when the weights point where the means are."""
        weights = least_squares(space)
        size = float(np.linalg.norm(weights))
        if size == 0:
            return Value.undefined("the least-squares classifier is zero", len(space), len(means))
        apart = float(np.linalg.norm(weights / size - means / np.linalg.norm(means)))
        return Value(apart, n=len(space), n_labels=len(means))


class NC4(_Collapse):
    """Share of the points on which the least-squares classifier chooses the label of the nearest mean."""

    name = "nc4"
    title = "NC4: classifier decides by the nearest mean"
    range = (0.0, 1.0)
    direction = "up"

    def of(self, space: Space, means: NDArray[np.float64], setting: str) -> Value:
        """1 when they always agree; of equally near means the first counts."""
        shares = space.counts / len(space)
        scores = space.centred @ least_squares(space).T + shares
        centres = space.means - space.mean
        away = np.square(centres).sum(axis=1) - 2.0 * space.centred @ centres.T
        return share_of_points(scores.argmax(axis=1) == away.argmin(axis=1), n_labels=len(means))


def _centred_means(space: Space) -> NDArray[np.float64]:
    """(k, d) means of the labels about the mean of those."""
    means: NDArray[np.float64] = space.means - space.means.mean(axis=0)
    return means


def within_over_between(space: Space, means: NDArray[np.float64]) -> float:
    """tr(Σ_W Σ_B⁺) with Σ_B = meansᵀ means and Σ_W the covariance about the labels' means, in O(n d k)."""
    _, widths, axes = np.linalg.svd(means, full_matrices=False)
    there = widths**2 > _CUT * widths[0] ** 2
    axes, widths = axes[there], widths[there]
    along = (space.X - space.means[space.index]) @ axes.T / widths
    return float(np.square(along).sum()) / len(space)


def least_squares(space: Space) -> NDArray[np.float64]:
    """(k, d) weights of the least-squares fit of centred labels (one column each) on centred points."""

    def fit() -> NDArray[np.float64]:
        values, axes = space.axes
        sums = space.counts[:, None] * (space.means - space.mean)
        return np.asarray((sums @ axes.T / (values * len(space))) @ axes)

    weights: NDArray[np.float64] = space.once_labelled("least squares", fit)
    return weights


def _from_simplex(gram: NDArray[np.float64]) -> float:
    """Distance of a Gram matrix, brought to norm 1, to that of a simplex."""
    k = len(gram)
    ideal = (np.eye(k) - 1.0 / k) / (k - 1) ** 0.5
    return float(np.linalg.norm(gram / np.linalg.norm(gram) - ideal))
