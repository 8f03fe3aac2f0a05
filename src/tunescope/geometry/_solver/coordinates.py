"""Coordinates in which the solver works: centred, scaled to radius one and, on demand, evened out.

Whether two hulls meet does not depend on an affine change of coordinates, but the work to find out does: in
the space of a language model some directions are a thousand or a hundred million times thinner than others (a
layer norm leaves one direction with nothing but rounding), and the active set crawls along them. *Evened*
coordinates are the principal axes, each divided by its standard deviation but by no less than a share of the
largest one. Distances are always measured in the original space.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunescope.errors import RepresentationError
from tunescope.geometry._solver.bulk import Bulk, bulk_of
from tunescope.geometry._solver.extent import farthest_stretched, mean_of, reach, squares_by_column, stretch_into
from tunescope.geometry._solver.terms import IntArray, Space

FloatArray = NDArray[np.floating[Any]]
__all__ = ["Coordinates", "FloatArray", "IntArray", "Spaces"]

EVENING = 1e-3
"""Principal axes thinner than this share of the widest are stretched only as far as this share is.

Measured on POS vectors of a random BERT (16,853 x 128): shares from 1e-4 to 1e-2 settle all 136 label pairs in
the fewest steps and with gaps far from rounding; without evening the 38 that meet do not end."""

_NO_WIDTH = 1e-13
"""Axes thinner than this share of the widest hold rounding only and are left out."""

_FAR_OFF = 10.0
"""Points this many radii away from the origin are centred in a float64 copy before anything is computed."""

_SMALLEST, _LARGEST = 1e-100, 1e100
_COPY_LIMIT = 2**27
"""Bytes up to which points that are read-only are copied."""

_ROWS = 1024
"""Points that are turned at a time."""

_SAMPLE = 8
"""Points per dimension from which the principal axes are found."""


@dataclass(frozen=True)
class Coordinates:
    """Points as the solver reads them, and the way back to the original space."""

    points: FloatArray
    """(n, d) C-contiguous float32 or float64."""
    center: NDArray[np.float64]
    """(d,) subtracted from each point on the fly."""
    stretch: NDArray[np.float64]
    """(d,) what turns a direction here into one in the principal axes (or, without axes, the original space)."""
    size: float
    """Radius of the points here that are not far: their largest distance to the center."""
    radius: float
    """Radius of all points in the original space."""
    axes: NDArray[np.float64] | None
    """(original d, d) principal axes as columns, None when the coordinates are the original ones."""

    @cached_property
    def space(self) -> Space:
        """What the compiled functions get of it."""
        return Space(self.points, self.center, self.stretch, float(self.size))

    @property
    def rank(self) -> int:
        """Number of dimensions in which the points differ."""
        return int(self.points.shape[1])

    def normal(self, direction: NDArray[np.float64]) -> NDArray[np.float64]:
        """Unit normal in the original space of a direction in these coordinates."""
        normal = direction * self.stretch
        if self.axes is not None:
            normal = self.axes @ normal
        length = math.sqrt(normal @ normal)
        return normal / length if length > 0 else normal


def plain(X: FloatArray, bulk: Bulk) -> Coordinates:
    """The original coordinates of points, around those that are not far.

    There is no copy unless the points lie far off: then they are centred, in float64.
    """
    points, center = X, bulk.center
    if np.linalg.norm(center) > _FAR_OFF * bulk.span:
        points, center = X.astype(np.float64) - center, np.zeros(X.shape[1])
    return Coordinates(points, center, np.ones(X.shape[1]), bulk.span or 1.0, bulk.radius, None)


def _drawn_in(points: NDArray[np.float64], bulk: Bulk, rows: IntArray) -> NDArray[np.float64]:
    """Points around the center, of these rows, with the far ones drawn in to the radius of the others."""
    far = np.isin(rows, bulk.far)
    if far.any():
        points = points.copy()
        points[far] *= (bulk.span / np.linalg.norm(points[far], axis=1))[:, None]
    return points


def principal(X: FloatArray, bulk: Bulk) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(points on orthonormal axes close to the principal ones, the axes as columns); float64."""
    center = bulk.center
    n, d = X.shape
    if n < d:
        difference = X.astype(np.float64) - center
        axes = np.linalg.svd(_drawn_in(difference, bulk, np.arange(n)), full_matrices=False)[2].T
        return difference @ axes, axes
    # any orthonormal axes keep all there is; those of a part of the points are principal enough
    step = max(1, n // (_SAMPLE * d))
    sample = _drawn_in(X[::step].astype(np.float64) - center, bulk, np.arange(0, n, step))
    axes = np.ascontiguousarray(np.linalg.eigh(sample.T @ sample)[1][:, ::-1])
    turned = np.empty((n, d))
    for i in range(0, n, _ROWS):
        np.matmul(X[i : i + _ROWS] - center, axes, out=turned[i : i + _ROWS])
    return turned, axes


def even(turned: NDArray[np.float64], axes: NDArray[np.float64], bulk: Bulk, share: float) -> Coordinates:
    """Points on principal axes, each axis divided by its width but by no less than a share of the largest one."""
    drawn_in = _drawn_in(turned, bulk, np.arange(len(turned))) if len(bulk.far) else turned
    width = np.sqrt(squares_by_column(drawn_in) / max(len(turned), 1))
    widest = float(width.max(initial=0.0))
    if widest == 0.0:
        return Coordinates(turned[:, :1].copy(), np.zeros(1), np.ones(1), 1.0, bulk.radius, axes[:, :1])
    keep = np.flatnonzero(width > _NO_WIDTH * widest)
    stretch = 1.0 / np.maximum(width[keep], share * widest)
    stretch /= farthest_stretched(drawn_in, keep, stretch)
    points = np.empty((len(turned), len(keep)))
    stretch_into(turned, keep, stretch, points)
    return Coordinates(points, np.zeros(len(keep)), stretch, 1.0, bulk.radius, axes[:, keep])


class Spaces:
    """The coordinates of one set of points; the evened ones are made when first asked for, once."""

    def __init__(self, X: FloatArray, center: NDArray[np.float64] | None = None) -> None:
        """``center``: the mean of the rows of X, where it is known."""
        X = np.ascontiguousarray(X)
        if not X.flags.writeable and X.nbytes <= _COPY_LIMIT:
            X = X.copy()  # the solver is compiled once more for arrays that are read-only
        self.center: NDArray[np.float64] = mean_of(X) if center is None else center
        self.X = X
        square, total = reach(X, self.center)
        radius = float(np.sqrt(square))
        self.scale = float(np.sqrt(total / len(X)))
        """Root mean square distance of the points to their mean."""
        extent = max(radius, float(np.abs(self.center).max()))
        if not _SMALLEST < extent < _LARGEST:
            largest = float(np.abs(X).max())
            if largest > 0:
                raise RepresentationError(
                    f"The largest value is {largest:.3g}, and float64 has to square it: bring the points to between "
                    f"{_SMALLEST:g} and {_LARGEST:g}."
                )
        self.radius = radius
        """Radius of the points: the largest distance to their mean."""
        self.bulk = bulk_of(X, self.center, radius)
        """The points that are not far: the scale of tolerances."""
        self.center = self.bulk.center
        self.plain = plain(X, self.bulk)
        self._made: dict[float, Coordinates] = {}
        self._principal: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None
        self._lock = Lock()

    def _even(self, share: float) -> Coordinates:
        with self._lock:
            if share not in self._made:
                if self._principal is None:
                    self._principal = principal(self.X, self.bulk)
                self._made[share] = even(*self._principal, self.bulk, share)
            return self._made[share]

    @property
    def evened(self) -> Coordinates:
        """Evened coordinates: gaps here are still a guide to gaps in the original space."""
        return self._even(EVENING)

    @property
    def flat(self) -> Coordinates:
        """All axes as wide as each other, those that hold little more than rounding as well.

        The quickest to a common point, and the least telling about gaps.
        """
        return self._even(_NO_WIDTH)
