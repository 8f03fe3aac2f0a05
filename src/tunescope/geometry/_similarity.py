"""How alike two spaces are in the layout of their labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from tunescope._shown import axes_for, html_table
from tunescope.geometry._directprobe.directprobe import DirectProbe
from tunescope.geometry._hulls.label_distances import Convention, check_convention

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_CONSTANT = 1e-12
"""Numbers that differ from their mean by no more than this share of themselves have no correlation."""

_ROUNDING = 1e-12
"""What sums of squares that cancel leave of themselves, and more."""


class LabelSpace(Protocol):
    """What a similarity reads of a space: its labels and the distances between them."""

    @property
    def labels(self) -> NDArray[Any]:
        """(k,) the labels, sorted."""

    @property
    def is_linear(self) -> bool:
        """Whether every pair of labels is linearly separable."""

    def matrix(self, convention: Convention = "all") -> NDArray[np.float64]:
        """(k, k) distances; nan on the diagonal and where a label does not take part."""


@dataclass(frozen=True)
class _Clusters:
    """A fitted DirectProbe as a space of labels."""

    probe: DirectProbe

    @property
    def labels(self) -> NDArray[Any]:
        """(k,) its classes."""
        return np.asarray(self.probe.classes_)

    @property
    def is_linear(self) -> bool:
        """Whether there is one cluster per label."""
        return bool(self.probe.is_linear_)

    def matrix(self, convention: Convention = "all") -> NDArray[np.float64]:
        """(k, k) mean distances over pairs of clusters."""
        return self.probe.label_distances(convention)


@dataclass(frozen=True, repr=False)
class SpatialSimilarity:
    """Correlation of the distance vectors of two spaces, and how much it can be trusted."""

    pearson: float
    """Pearson's correlation, in [-1, 1]; nan when it is not defined."""
    spearman: float
    """Spearman's rank correlation of the same numbers."""
    low: float
    """Lower end of the 95% interval of Pearson's r: labels (not pairs) drawn again and again with replacement."""
    high: float
    """Upper end of that interval."""
    leave_one_out: Mapping[Any, float] = field(repr=False)
    """Pearson's r without each label: one label with a single point can decide it."""
    convention: Convention
    """Which pairs count: see ``Convention``."""
    n_pairs: int
    """Label pairs that count."""
    n_labels: int
    """Labels that take part."""
    linear: bool
    """Whether both spaces are linear; the similarity is only defined when they are ([FT], section 3.2)."""

    def __repr__(self) -> str:
        linear = "" if self.linear else ", not linear"
        return f"<SpatialSimilarity: Pearson {self.pearson:.4g}, {self.n_labels} labels, {self.n_pairs} pairs{linear}>"

    def __float__(self) -> float:
        return self.pearson

    def _repr_html_(self) -> str:
        facts = [
            ("Pearson", self.pearson),
            ("95 % interval", f"{self.low:.3f} … {self.high:.3f}"),
            ("Spearman", self.spearman),
            ("label pairs", self.n_pairs),
            ("both linear", self.linear),
        ]
        rows = self.leave_one_out.items()
        return html_table("Spatial similarity", ["without label", "Pearson"], rows, facts=facts)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw Pearson's r without each label, beside that of all labels and its interval.

        Parameters
        ----------
        ax : matplotlib axes, optional
            Where to draw; on a new figure by default.

        Returns
        -------
        matplotlib axes
        """
        ax = axes_for(ax)
        names = [str(label) for label in self.leave_one_out]
        ax.barh(names, list(self.leave_one_out.values()))
        ax.axvline(self.pearson, color="black")
        ax.axvspan(self.low, self.high, alpha=0.2)
        ax.set_xlabel("Pearson's r without the label")
        return ax


def _pearson(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    if len(a) < 2:
        return float("nan")
    from_mean_a, from_mean_b = a - a.mean(), b - b.mean()
    for numbers, rest in ((a, from_mean_a), (b, from_mean_b)):
        if np.linalg.norm(rest) <= _CONSTANT * np.linalg.norm(numbers):
            return float("nan")  # the same number again and again, up to rounding
    norm = np.linalg.norm(from_mean_a) * np.linalg.norm(from_mean_b)
    return float(np.clip(from_mean_a @ from_mean_b / norm, -1.0, 1.0))


def spatial_similarity(
    a: LabelSpace | DirectProbe,
    b: LabelSpace | DirectProbe,
    *,
    convention: Convention = "all",
    nonlinear: Literal["undefined", "zero"] = "undefined",
    resamples: int = 1000,
    seed: int = 0,
) -> SpatialSimilarity:
    """Spatial similarity of two spaces: the Pearson correlation of their distance vectors ([FT], section 3.2).

    Parameters
    ----------
    a, b : LabelSpace or fitted DirectProbe
        The two spaces, over partly the same labels: `LabelDistances`, or whatever has `labels`, `is_linear` and
        `matrix(convention)` as these do.
    convention : {"all", "published"}, default "all"
        ``all`` drops label pairs that either space lacks; ``published`` leaves clusters of five points or fewer
        out and counts absent pairs as 0.
    nonlinear : {"undefined", "zero"}, default "undefined"
        What to do when hulls of different labels meet: nan, or a distance of 0 for the pair (with a DirectProbe:
        the mean over the label's clusters, which are apart).
    resamples : int, default 1000
        Draws for the interval.
    seed : int, default 0
        Seed of the draws.

    Returns
    -------
    SpatialSimilarity
        ``float()`` of it is Pearson's r.

    Raises
    ------
    ValueError
        When the convention is unknown or the spaces share fewer than three labels.
    """
    check_convention(convention)
    if nonlinear not in ("undefined", "zero"):
        raise ValueError(f"nonlinear must be 'undefined' or 'zero'; got {nonlinear!r}.")
    a, b = _as_space(a), _as_space(b)
    names_a, names_b = np.asarray(a.labels), np.asarray(b.labels)
    shared = np.intersect1d(names_a, names_b)
    labels = np.union1d(names_a, names_b) if convention == "published" else shared
    if len(shared) < 3:
        raise ValueError(
            f"A similarity needs at least three labels that both spaces have; they share {len(shared)}: "
            f"{', '.join(map(str, shared)) or 'none'}."
        )
    first, second = _over(a, labels, convention), _over(b, labels, convention)
    linear = bool(a.is_linear and b.is_linear)
    if convention == "published":
        first, second = np.nan_to_num(first), np.nan_to_num(second)
    rows, columns = np.triu_indices(len(labels), 1)
    there = np.isfinite(first[rows, columns]) & np.isfinite(second[rows, columns])
    rows, columns = rows[there], columns[there]
    u, v = first[rows, columns], second[rows, columns]
    taking_part = np.union1d(rows, columns)
    if not linear and nonlinear == "undefined":
        nan = float("nan")
        return SpatialSimilarity(
            nan,
            nan,
            nan,
            nan,
            {labels[i]: nan for i in taking_part},
            convention,
            len(u),
            len(taking_part),
            False,
        )
    left_out = {
        labels[i]: _pearson(u[(rows != i) & (columns != i)], v[(rows != i) & (columns != i)]) for i in taking_part
    }
    low, high = _interval(first, second, taking_part, resamples, seed)
    return SpatialSimilarity(
        _pearson(u, v), _pearson(rankdata(u), rankdata(v)), low, high, left_out, convention, len(u),
        len(taking_part), linear,
    )  # fmt: skip


def _interval(
    a: NDArray[np.float64], b: NDArray[np.float64], labels: NDArray[Any], resamples: int, seed: int
) -> tuple[float, float]:
    """95% interval by drawing labels with replacement: pairs of one label are not independent of each other."""
    drawn = np.random.default_rng(seed).integers(0, len(labels), (resamples, len(labels)))
    times = np.zeros((resamples, len(labels)))
    np.add.at(times, (np.arange(resamples)[:, None], drawn), 1.0)
    u, v = a[np.ix_(labels, labels)], b[np.ix_(labels, labels)]
    there = np.isfinite(u) & np.isfinite(v) & ~np.eye(len(labels), dtype=bool)
    u = np.where(there, u - u[there].mean() if there.any() else 0.0, 0.0)
    v = np.where(there, v - v[there].mean() if there.any() else 0.0, 0.0)

    def total(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum over the pairs of each draw: a pair counts as often as its two labels were drawn together."""
        return np.asarray(((times @ numbers) * times).sum(axis=1))

    n, of_u, of_v = total(there.astype(np.float64)), total(u), total(v)
    squares_u, squares_v = total(u * u), total(v * v)
    with np.errstate(divide="ignore", invalid="ignore"):
        var_u, var_v = squares_u - of_u**2 / n, squares_v - of_v**2 / n
        values = (total(u * v) - of_u * of_v / n) / np.sqrt(var_u * var_v)
    varied = (n > 0) & (var_u > _ROUNDING * squares_u) & (var_v > _ROUNDING * squares_v)
    finite = np.clip(values[varied & np.isfinite(values)], -1.0, 1.0)
    if len(finite) == 0:
        return float("nan"), float("nan")
    low, high = np.quantile(finite, [0.025, 0.975])
    return float(low), float(high)


def _as_space(space: LabelSpace | DirectProbe) -> LabelSpace:
    return _Clusters(space) if isinstance(space, DirectProbe) else space


def _over(space: LabelSpace, labels: NDArray[Any], convention: Convention) -> NDArray[np.float64]:
    """The space's distance matrix over the given labels, nan where it has none."""
    matrix = np.full((len(labels), len(labels)), np.nan)
    names = np.asarray(space.labels)
    own = np.flatnonzero(np.isin(names, labels))
    at = np.searchsorted(labels, names[own])
    matrix[np.ix_(at, at)] = space.matrix(convention)[np.ix_(own, own)]
    return matrix
