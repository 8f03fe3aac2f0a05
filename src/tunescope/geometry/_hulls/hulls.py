"""Two hulls: do they meet, and if not, how far apart are they?"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tunescope.errors import RepresentationError
from tunescope.geometry._hulls.certificates import (
    ROUNDING,
    THIN,
    HullDistance,
    Separation,
    Verdict,
    coincident,
    comes_first,
    meeting_below,
)
from tunescope.geometry._hulls.points import refuse_unfinite, two_arrays
from tunescope.geometry._hulls.small import proof, search_small_sets
from tunescope.geometry._solver.coordinates import Coordinates, FloatArray, IntArray, Spaces
from tunescope.geometry._solver.extent import difference, gap_along, mean_of
from tunescope.geometry._solver.nearest_points import CONVERGED, OPEN
from tunescope.geometry._solver.search import DEFAULT_RTOL, Contact, solve
from tunescope.geometry._solver.small_sets import Answer

SHARE = 0.5
"""Of the relative width that is asked for: what a search goes for, as certificates give rounding its due."""
_EPSILON = float(np.finfo(np.float64).eps)


def certify(
    spaces: Spaces, space: Coordinates, contact: Contact, rows_a: IntArray, rows_b: IntArray, tolerance: float
) -> HullDistance:
    """The certificate of a contact, its bounds computed anew in the original space."""
    plain = spaces.plain
    rows, first = contact.rows, contact.first
    at_a, at_b = np.searchsorted(rows_a, rows[first]), np.searchsorted(rows_b, rows[~first])
    weights_a, weights_b = contact.weights[first], contact.weights[~first]
    weights_a /= weights_a.sum()
    weights_b /= weights_b.sum()
    between = difference(plain.points, rows_a[at_a], weights_a, rows_b[at_b], weights_b, plain.center)
    upper = math.sqrt(between @ between)
    if 0 < contact.lower < math.inf and contact.direction.any():
        normal = space.normal(contact.direction)
        if contact.planes is not None and space is plain:
            base = float(plain.center @ normal)
            high, low = contact.planes[0] - base, contact.planes[1] - base
        else:
            high, low = gap_along(plain.points, rows_a, rows_b, plain.center, normal)
        lower = float(high - low) - rounding_of_planes(spaces)
        if lower > tolerance:
            offset = float((high + low) / 2 + spaces.center @ normal)
            # rounding of the two bounds may cross when they agree to all digits
            lower = min(lower, upper)
            return HullDistance("separable", lower, upper, normal, offset, at_a, weights_a, at_b, weights_b, tolerance)
    # by the two sets alone, as whoever verifies this measures it: they may be small in a wide space
    together = meeting_below(spaces.X[rows_a], spaces.X[rows_b])
    verdict: Verdict = "meet" if upper <= together else "undecided"
    return HullDistance(verdict, 0.0, upper, None, None, at_a, weights_a, at_b, weights_b, tolerance)


def rounding_of_planes(spaces: Spaces) -> float:
    """All that rounding may have added to the gap between two planes: a proved bound is less that."""
    plain, d = spaces.plain, len(spaces.center)
    reach = 2.0 * plain.radius + math.sqrt(plain.center @ plain.center)
    return _EPSILON * (4.0 * d * reach + 2.0 * math.sqrt(d * (spaces.center @ spaces.center)))


def contact_of(answer: HullDistance, rows_a: IntArray, rows_b: IntArray) -> Contact:
    """The points and weights of a certificate, as a contact to begin with or to keep as a witness."""
    return Contact(
        OPEN, answer.lower, answer.upper, np.concatenate([rows_a[answer.points_a], rows_b[answer.points_b]]),
        np.concatenate([answer.weights_a, answer.weights_b]),
        np.repeat([True, False], [len(answer.points_a), len(answer.points_b)]),
        np.zeros(0), 0, 0,
    )  # fmt: skip


def roundings(spaces: Spaces) -> float:
    """Share of the radius below which two means that a search finds coincide: half of what a certificate needs."""
    return 0.5 * (coincident(spaces.X) + ROUNDING * spaces.plain.radius / spaces.plain.size)


def decide(
    spaces: Spaces, rows_a: IntArray, rows_b: IntArray, tolerance: float, start: Contact | None = None,
    towards: NDArray[np.float64] | None = None,
) -> tuple[HullDistance, Contact]:  # fmt: skip
    """Do the hulls meet? First in the original coordinates, briefly; where that stalls, in evened ones."""
    space = spaces.plain
    brief = 3 * min(space.rank + 2, len(rows_a) + len(rows_b)) + 100
    contact = solve(
        space,
        rows_a,
        rows_b,
        verdict_only=True,
        least_gap=tolerance,
        start=start,
        max_steps=brief,
        rounding=roundings(spaces),
        towards=towards,
    )
    answer = certify(spaces, space, contact, rows_a, rows_b, tolerance)
    if answer.separable or answer.meet:
        return answer, contact
    return _decide_evened(spaces, rows_a, rows_b, tolerance, contact, answer)


def _decide_evened(
    spaces: Spaces, rows_a: IntArray, rows_b: IntArray, tolerance: float, start: Contact, best: HullDistance,
    flat_first: bool = False,
) -> tuple[HullDistance, Contact]:  # fmt: skip
    """Go on from where the original coordinates stalled: weights mean the same point in any coordinates."""
    for flat in (flat_first, not flat_first):
        space = spaces.flat if flat else spaces.evened
        contact = solve(space, rows_a, rows_b, verdict_only=True, least_gap=tolerance, start=start)
        answer = certify(spaces, space, contact, rows_a, rows_b, tolerance)
        if answer.separable or answer.meet:
            return answer, contact
        start = contact
        best = min(best, answer, key=lambda a: a.upper)
    best = settle(*of_their_own(spaces, rows_a, rows_b), tolerance, best)
    return best, contact_of(best, rows_a, rows_b)


def of_their_own(spaces: Spaces, rows_a: IntArray, rows_b: IntArray) -> tuple[Spaces, IntArray, IntArray]:
    """Coordinates of two sets of rows alone, and where the two stand in them: first the one, then the other."""
    n, na = len(rows_a) + len(rows_b), len(rows_a)
    as_they_are = n == len(spaces.X) and rows_a[-1] == na - 1
    own = spaces if as_they_are else Spaces(np.concatenate([spaces.X[rows_a], spaces.X[rows_b]]))
    return own, np.arange(na), np.arange(na, n)


def measure(
    spaces: Spaces, rows_a: IntArray, rows_b: IntArray, tolerance: float, rtol: float,
    towards: NDArray[np.float64] | None = None, start: Contact | None = None,
) -> tuple[HullDistance, Contact]:  # fmt: skip
    """Distance of the hulls to a relative width of ``rtol``, or the certificate that they meet."""
    contact = solve(
        spaces.plain, rows_a, rows_b, verdict_only=False, rtol=SHARE * rtol, rounding=roundings(spaces), start=start,
        towards=towards,
    )  # fmt: skip
    return conclude(spaces, rows_a, rows_b, tolerance, rtol, contact)


def conclude(
    spaces: Spaces, rows_a: IntArray, rows_b: IntArray, tolerance: float, rtol: float, contact: Contact
) -> tuple[HullDistance, Contact]:
    """The certificate of a search for a distance.

    Where it stalled, coordinates of the two sets' own decide whether they meet; first those in which all axes are as
    wide as each other: the quickest to a common point, which is what most often made it stall.
    """
    answer = certify(spaces, spaces.plain, contact, rows_a, rows_b, tolerance)
    if answer.separable or answer.meet:
        return answer, contact
    own, own_a, own_b = of_their_own(spaces, rows_a, rows_b)
    at_a, at_b = np.searchsorted(rows_a, contact.rows), np.searchsorted(rows_b, contact.rows) + len(rows_a)
    start = replace(contact, rows=np.where(contact.first, at_a, at_b))
    answer, found = _decide_evened(own, own_a, own_b, tolerance, start, answer, flat_first=True)
    if answer.separable and answer.gap > rtol:
        # apart after all, and thin: the original coordinates measure it, without giving up
        contact = solve(own.plain, own_a, own_b, verdict_only=False, rtol=SHARE * rtol, start=found)
        finer = certify(own, own.plain, contact, own_a, own_b, tolerance)
        found = contact if finer.upper < answer.upper else found
        answer = _tightest(answer, finer)
    return answer, replace(found, rows=np.concatenate([rows_a, rows_b])[found.rows])


def measure_again(
    spaces: Spaces, rows_a: IntArray, rows_b: IntArray, tolerance: float, rtol: float, earlier: Contact
) -> tuple[HullDistance, Contact]:
    """``measure`` two hulls that met a little earlier: ``earlier`` holds the weights of a common point then.

    Points that coincide keep doing so. Other common points have to be found anew.
    """
    answer = certify(spaces, spaces.plain, earlier, rows_a, rows_b, tolerance)
    return (answer, earlier) if answer.meet else measure(spaces, rows_a, rows_b, tolerance, rtol)


def _tightest(one: HullDistance, other: HullDistance) -> HullDistance:
    """The better hyperplane of two certificates of a separable pair, with the nearer two means."""
    below, above = max(one, other, key=lambda c: c.lower), min(one, other, key=lambda c: c.upper)
    return replace(
        below, upper=above.upper, lower=min(below.lower, above.upper), points_a=above.points_a,
        weights_a=above.weights_a, points_b=above.points_b, weights_b=above.weights_b,
    )  # fmt: skip


def settle(own: Spaces, own_a: IntArray, own_b: IntArray, tolerance: float, best: HullDistance) -> HullDistance:
    """Settle a difficult pair in coordinates of its own: evened ones, then the original ones to the end.

    The verdict is ``undecided`` only when neither a gap above the tolerance nor a common point is proved; its
    upper bound is then the smallest one seen.
    """
    for coordinates in ("evened", "flat", "plain"):
        space = getattr(own, coordinates)
        for verdict_only in (True, False):
            contact = solve(space, own_a, own_b, verdict_only=verdict_only, rtol=1e-6, least_gap=tolerance)
            answer = certify(own, space, contact, own_a, own_b, tolerance)
            if answer.separable or answer.meet:
                return answer
            if answer.upper < best.upper:
                best = answer
            if best.upper <= tolerance:
                return best
    return best


def check_rtol(rtol: float) -> None:
    """Raise when a relative width makes no sense."""
    if not 0 < rtol < 1:
        raise RepresentationError(f"rtol must lie between 0 and 1; got {rtol}.")


@dataclass(frozen=True)
class _TwoSets:
    """Two sets of points as one, the first set's rows first."""

    spaces: Spaces
    rows_a: IntArray
    rows_b: IntArray
    towards: NDArray[np.float64]
    """(d,) from the mean of the second set to that of the first."""
    start: Contact | None
    """Active points of a search that was not enough."""

    @property
    def tolerance(self) -> float:
        return THIN * self.spaces.bulk.span


def _two_sets(first: FloatArray, second: FloatArray, small: Answer | None) -> _TwoSets:
    na, nb = len(first), len(second)
    both = np.empty((na + nb, first.shape[1]), dtype=np.result_type(first, second))
    mean_a, mean_b = mean_of(first, both[:na]), mean_of(second, both[na:])
    refuse_unfinite(first, mean_a, "A")
    refuse_unfinite(second, mean_b, "B")
    mean = (na * mean_a + nb * mean_b) / (na + nb)
    start = None
    if small is not None and len(small.rows):
        of_first = np.arange(len(small.rows)) < small.side
        rows = np.where(of_first, small.rows, small.rows + na)
        start = Contact(OPEN, 0.0, small.upper, rows, small.weights, of_first, np.zeros(0), 0, 0)
    return _TwoSets(Spaces(both, mean), np.arange(na), np.arange(na, na + nb), mean_a - mean_b, start)


def hull_distance(A: ArrayLike, B: ArrayLike, *, rtol: float = DEFAULT_RTOL) -> HullDistance:
    """Distance between the convex hulls of two sets of points, with its certificate.

    Twice the margin of the hard-margin linear SVM ([FT], section 3.2); zero when the hulls meet.

    Parameters
    ----------
    A, B : array-like of shape (n_a, d) and (n_b, d)
        The points, float32 or float64 (others are converted); one point may be given as (d,).
    rtol : float, default 1e-3
        Relative width of the bounds: ``upper - lower <= rtol * upper``. Hulls nearer than about 1e-6 of the radius, in
        a space with directions that hold nothing but rounding, may keep wider ones; ``gap`` says how wide.

    Returns
    -------
    HullDistance
        Bounds ``lower <= true distance <= upper``, in the unit of the points; a separating hyperplane when the
        hulls are apart; convex weights of the nearest points. ``undecided`` when the hulls are nearer than 1e-8
        of the radius of all points (but for those more than 32 times as far out as three quarters of them) and no
        common point is found. The answer does not depend on which set is named first.

    Raises
    ------
    RepresentationError
        When an array is empty, not two-dimensional, not numeric, not finite, or the widths differ.

    Examples
    --------
    >>> d = hull_distance([[0.0, 0.0], [0.0, 2.0]], [[3.0, 1.0], [5.0, 0.0]])
    >>> d.verdict, round(float(d), 6)
    ('separable', 3.0)
    """
    check_rtol(rtol)
    first, second = two_arrays(A, B)
    # always the same way round: what is nearly undecided does not depend on which set is named first
    if not comes_first(first, second):
        return _distance(second, first, rtol).turned()
    return _distance(first, second, rtol)


def _distance(first: FloatArray, second: FloatArray, rtol: float) -> HullDistance:
    small = search_small_sets(first, second, rtol, verdict_only=False)
    if small is not None and small.status == CONVERGED and small.lower > (tolerance := THIN * small.size):
        return HullDistance("separable", *proof(small), tolerance)
    two = _two_sets(first, second, small)
    return measure(two.spaces, two.rows_a, two.rows_b, two.tolerance, rtol, two.towards, two.start)[0]


def separable(A: ArrayLike, B: ArrayLike) -> Separation:
    """Whether the convex hulls of two sets of points are apart; stops as soon as either answer is proved.

    Parameters
    ----------
    A, B : array-like of shape (n_a, d) and (n_b, d)
        The points.

    Returns
    -------
    Separation
        ``verdict`` is ``separable`` with a hyperplane, ``meet`` with convex weights of a common point, or
        ``undecided`` when the hulls are nearer than 1e-8 of the radius of all points (see `hull_distance`) and no
        common point is found. The bounds are proved, but as wide as they happened to be.

    Raises
    ------
    RepresentationError
        As ``hull_distance``.

    Examples
    --------
    >>> separable([[0.0], [2.0]], [[1.0]]).verdict
    'meet'
    """
    first, second = two_arrays(A, B)
    if not comes_first(first, second):
        return _separation(second, first).turned()
    return _separation(first, second)


def _separation(first: FloatArray, second: FloatArray) -> Separation:
    small = search_small_sets(first, second, DEFAULT_RTOL, verdict_only=True)
    if small is not None and small.status != OPEN and small.lower > (tolerance := THIN * small.size):
        return Separation("separable", *proof(small), tolerance)
    two = _two_sets(first, second, small)
    answer = decide(two.spaces, two.rows_a, two.rows_b, two.tolerance, two.start, two.towards)[0]
    return Separation(**{f.name: getattr(answer, f.name) for f in fields(Separation)})
