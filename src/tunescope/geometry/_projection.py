"""Principal axes that several snapshots of the same points share, so that a picture of them can move."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tunescope.errors import RepresentationError
from tunescope.geometry._labels import check_points


@dataclass(frozen=True)
class CommonAxes:
    """The first principal axes of all snapshots together."""

    mean: NDArray[np.float64]
    """(d,) mean of all points of all snapshots."""
    axes: NDArray[np.float64]
    """(m, d) orthonormal, the widest first; zero where the points span fewer dimensions."""
    variance: NDArray[np.float64]
    """(m,) share of the variance of all points that each axis holds."""

    def project(self, X: ArrayLike) -> NDArray[np.float64]:
        """Coordinates (n, m) of points (n, d) on the axes, about the mean; in the unit of the points.

        Raises:
            RepresentationError: X is not finite, or of another width.
        """
        points = check_points(X, "X")
        if points.shape[1] != len(self.mean):
            raise RepresentationError(f"X has the width {points.shape[1]}, the axes have {len(self.mean)}.")
        return (points - self.mean) @ self.axes.T


def common_axes(snapshots: Iterable[ArrayLike], n_axes: int = 3) -> CommonAxes:
    """Principal component analysis over the points of all snapshots.

    One mean and one covariance are accumulated snapshot by snapshot, so that no two snapshots need to be in memory
    at a time; products are taken in the type of the points and summed in float64. The axes are eigenvectors of the
    covariance; those that hold less of the variance than that type can tell from none are zero. Each axis is turned
    so that its largest entry is positive, which makes pictures repeatable.

    Args:
        snapshots: the snapshots, each (n, d), of one width d; read once.
        n_axes: how many axes.

    Raises:
        RepresentationError: there is no snapshot, one has no point or is not finite, or widths differ.

    Examples:
        >>> found = common_axes([[[0.0, 0.0], [4.0, 0.0]], [[0.0, 1.0], [4.0, 1.0]]], n_axes=2)
        >>> found.axes.tolist()
        [[1.0, 0.0], [0.0, 1.0]]
        >>> found.project([[2.0, 0.5]]).tolist()
        [[0.0, 0.0]]
    """
    n, precision = 0, 0.0
    shift = total = products = np.zeros(0)
    for snapshot in snapshots:
        points = check_points(snapshot, "a snapshot")
        if not n:
            # About the first mean and not about zero: a far mean would eat the digits of the covariance.
            shift = points.mean(axis=0, dtype=np.float64)
            total, products = np.zeros(len(shift)), np.zeros((len(shift), len(shift)))
        if points.shape[1] != len(shift):
            raise RepresentationError(f"Snapshots have different widths: {len(shift)} and {points.shape[1]}.")
        around = points - shift.astype(points.dtype)
        precision = max(precision, 10 * float(np.finfo(points.dtype).eps))
        n += len(points)
        total += around.sum(axis=0, dtype=np.float64)
        products += around.T @ around
    if not n:
        raise RepresentationError("Common axes need at least one snapshot.")
    off = total / n
    values, vectors = np.linalg.eigh(products / n - np.outer(off, off))
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1].T
    axes, share = np.zeros((n_axes, len(shift))), np.zeros(n_axes)
    for i in range(min(n_axes, len(shift))):
        if values[i] > precision * max(values[0], 1e-300):
            axes[i] = vectors[i] * np.sign(vectors[i][np.abs(vectors[i]).argmax()])
            share[i] = values[i] / values.sum()
    return CommonAxes(shift + off, axes, share)
