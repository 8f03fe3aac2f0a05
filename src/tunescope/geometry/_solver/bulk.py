"""Where most of the points lie: what far points do not get to decide.

One value of 1e8 among ordinary ones (a sentinel, an overflow, a unit that was mixed up) is a point whose distance is no
measure for the others. Points more than `FAR` times as far out as three quarters of all points are *far*. Tolerances,
and the coordinates in which the solver works, follow from the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunescope.geometry._solver.extent import mean_of, squares_around
from tunescope.geometry._solver.terms import FloatArray, IntArray

FAR = 32.0
"""Points this many times as far out as three quarters of the points are far."""
_MOST = 0.75
SUSPICIOUS = 4.0
"""Below this ratio no mean was drawn away by a far point: the first look is enough."""
_LOOKS = 4
_COINCIDENT = 1e-13
"""Share of their distance to the origin within which points coincide but for rounding: no scale for others."""


@dataclass(frozen=True)
class Bulk:
    """The points that are not far."""

    center: FloatArray
    """(d,) their mean; the mean of all points when none is far."""
    span: float
    """Largest distance of one of them to it."""
    radius: float
    """Largest distance of any point to it."""
    far: IntArray
    """Rows of the far points."""


def bulk_of(X: NDArray[np.floating], mean: FloatArray, radius: float) -> Bulk:
    """The bulk of the rows of X (n, d), given their mean and the largest distance to it.

    A far point draws the mean away: so it is the mean of the nearest three quarters around which distances are taken
    anew, a few times, until they tell.
    """
    ordinary = Bulk(mean, radius, radius, np.zeros(0, np.int64))
    n = len(X)
    at = int(np.ceil(_MOST * n)) - 1
    center = mean
    for look in range(_LOOKS):
        squares = squares_around(X, center)
        most = float(np.partition(squares, at)[at])
        largest = float(squares.max())
        if most <= (_COINCIDENT * float(np.abs(center).max())) ** 2 or (look == 0 and largest <= SUSPICIOUS**2 * most):
            return ordinary
        if largest > FAR**2 * most:
            near = squares <= FAR**2 * most
            center = mean_of(X[near])
            squares = squares_around(X, center)
            span, radius = float(np.sqrt(squares[near].max())), float(np.sqrt(squares.max()))
            return Bulk(center, span, radius, np.flatnonzero(~near))
        center = mean_of(X[squares <= most])
    return ordinary
