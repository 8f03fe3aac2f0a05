"""What the solver hands out, and the few lines that check it without trusting the solver.

Every answer about two hulls carries its proof: a hyperplane with the hulls on its two sides bounds their
distance from below; a point of each hull, given by convex weights, bounds it from above.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tunescope._shown import html_table
from tunescope.geometry._solver.bulk import SUSPICIOUS, bulk_of

if TYPE_CHECKING:
    from typing_extensions import Self

Verdict = Literal["separable", "meet", "undecided"]

THIN = 1e-8
"""Gaps below this share of the data's radius are not told from none: they count as meeting, and are counted.

The radius is that of the points that are not far (`_solver.bulk`): one far point is no measure for the others."""

_COINCIDENT_FLOAT64 = 1e-11
_COINCIDENT_FLOAT32 = 1e-9


def coincident(*points: NDArray[Any]) -> float:
    """Share of the radius below which two weighted means of points coincide.

    For float64 what sums of a thousand products differ by; for float32 a sixtieth of the rounding that each
    coordinate already carries.
    """
    return _COINCIDENT_FLOAT32 if any(p.dtype == np.float32 for p in points) else _COINCIDENT_FLOAT64


ROUNDING = 1e-14
"""Share of the distance of the farthest point that is lost in weighted means of points."""


def meeting_below(A: NDArray[Any], B: NDArray[Any]) -> float:
    """Distance below which two weighted means of the points of two sets coincide.

    A share of the radius of the two, in which far points do not count, and the rounding that far points bring along.
    The two sets may change places.
    """
    mean = (A.mean(axis=0, dtype=np.float64) + B.mean(axis=0, dtype=np.float64)) / 2.0
    squares = np.sort(np.concatenate([((P.astype(np.float64) - mean) ** 2).sum(axis=1) for P in (A, B)]))
    radius = float(np.sqrt(squares[-1]))
    span = radius
    if squares[-1] > SUSPICIOUS**2 * squares[(len(squares) * 3 - 1) // 4]:
        both = np.concatenate([A, B] if comes_first(A, B) else [B, A])
        span = bulk_of(np.ascontiguousarray(both), mean, radius).span
    return coincident(A, B) * span + ROUNDING * radius


def comes_first(A: NDArray[Any], B: NDArray[Any]) -> bool:
    """An order of two sets that does not depend on which is named first: fewer points, then smaller numbers."""
    if len(A) != len(B):
        return len(A) < len(B)
    if A[0, 0] != B[0, 0]:
        return bool(A[0, 0] < B[0, 0])
    differ = np.flatnonzero(A.ravel() != B.ravel())
    return not len(differ) or bool(A.ravel()[differ[0]] < B.ravel()[differ[0]])


@dataclass(frozen=True, repr=False)
class Separation:
    """Whether two convex hulls meet, with the certificate of the answer (paper [DP], section 3)."""

    verdict: Verdict
    """``separable``: the hyperplane proves a gap above ``tolerance``; ``meet``: the weighted means coincide to
    rounding; ``undecided``: neither is proved, the hulls are nearer than float64 can tell from meeting (``upper`` is
    then as small as was found, nearly always below ``tolerance``)."""
    lower: float
    """Proved lower bound of the distance, 0 when there is none."""
    upper: float
    """Proved upper bound of the distance: that of the two weighted means."""
    normal: NDArray[np.float64] | None
    """(d,) unit normal of the separating hyperplane; the first hull lies on its positive side."""
    offset: float | None
    """The hyperplane is ``normal @ x == offset``, half way between the hulls."""
    points_a: NDArray[np.int64]
    """Rows of A that carry the weights."""
    weights_a: NDArray[np.float64]
    """Convex weights of those rows: the point of conv(A) nearest to conv(B)."""
    points_b: NDArray[np.int64]
    """Rows of B that carry the weights."""
    weights_b: NDArray[np.float64]
    """Convex weights of those rows."""
    tolerance: float
    """Gaps below this length are not told from none."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.verdict}, between {self.lower:.4g} and {self.upper:.4g}>"

    def _repr_html_(self) -> str:
        columns = ["verdict", "at least", "at most", "tolerance", "points of A", "points of B"]
        row = [self.verdict, self.lower, self.upper, self.tolerance, len(self.points_a), len(self.points_b)]
        return html_table("Distance of two hulls", columns, [row])

    def turned(self) -> Self:
        """The same answer about the two sets in the other order."""
        normal, offset = (None, None) if self.normal is None or self.offset is None else (-self.normal, -self.offset)
        return type(self)(
            self.verdict, self.lower, self.upper, normal, offset, self.points_b, self.weights_b, self.points_a,
            self.weights_a, self.tolerance,
        )  # fmt: skip

    @property
    def separable(self) -> bool:
        """True when a hyperplane proves that the hulls are apart."""
        return self.verdict == "separable"

    @property
    def meet(self) -> bool:
        """True when a common point of the hulls is known."""
        return self.verdict == "meet"


@dataclass(frozen=True, repr=False)
class HullDistance(Separation):
    """Distance of two convex hulls, between two proved bounds: ``lower <= true distance <= upper``."""

    def __float__(self) -> float:
        """The upper bound, the distance of two real points of the hulls; 0 when they meet or cannot be told."""
        return self.upper if self.separable else 0.0

    @property
    def gap(self) -> float:
        """Relative width of the bounds, 0 when the hulls meet."""
        return (self.upper - self.lower) / self.upper if self.separable else 0.0


def verify(certificate: Separation, A: ArrayLike, B: ArrayLike) -> bool:
    """Check a certificate against the points it speaks of, trusting nothing else in it.

    Parameters
    ----------
    certificate : Separation or HullDistance
        What ``separable`` or ``hull_distance`` returned.
    A, B : array-like of shape (n_a, d) and (n_b, d)
        The points whose hulls it is about.

    Returns
    -------
    bool
        True when the weights are convex and give two points at most ``upper`` apart, when the hyperplane leaves
        a gap of at least ``lower`` between the hulls, and when the verdict follows from these two facts.
    """
    A, B = np.asarray(A), np.asarray(B)
    rounding = meeting_below(A, B)
    A, B = A.astype(np.float64), B.astype(np.float64)
    c = certificate
    center = A.mean(axis=0)
    radius = max(np.linalg.norm(A - center, axis=1).max(), np.linalg.norm(B - center, axis=1).max())
    near_a = _mean_by_weights(A - center, c.points_a, c.weights_a)
    near_b = _mean_by_weights(B - center, c.points_b, c.weights_b)
    if near_a is None or near_b is None:
        return False
    upper = np.linalg.norm(near_a - near_b)
    # comparisons that are also false for nan
    if not (upper <= c.upper + rounding and 0.0 <= c.lower <= c.upper + rounding):
        return False
    if c.verdict != "separable":
        # nothing is claimed from below
        return bool(c.lower == 0.0 and (c.verdict == "undecided" or (c.verdict == "meet" and c.upper <= rounding)))
    if c.normal is None or c.offset is None or c.normal.shape != center.shape:
        return False
    if not abs(np.linalg.norm(c.normal) - 1.0) <= 1e-9:
        return False
    high, low = ((A - center) @ c.normal).min(), ((B - center) @ c.normal).max()
    slack = 1e-13 * radius + 1e-15 * np.linalg.norm(center)
    between = low - slack <= c.offset - center @ c.normal <= high + slack
    return bool(between and high - low >= c.lower - slack and c.lower > c.tolerance >= 0.0)


def _mean_by_weights(
    points: NDArray[np.float64], rows: NDArray[np.int64], weights: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """The weighted mean of some of the points, None when the weights are not convex or the rows not there."""
    if rows.shape != weights.shape or len(rows) == 0 or rows.min() < 0 or rows.max() >= len(points):
        return None
    if not (weights.min() >= 0.0 and abs(weights.sum() - 1.0) <= 1e-9):
        return None
    return np.asarray(weights @ points[rows])
