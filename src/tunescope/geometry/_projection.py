"""Principal axes with fixed signs: of a few vectors, and common to several snapshots, so that a picture can move."""

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
        """Coordinates of points on the axes, about the mean.

        Parameters
        ----------
        X : array-like of shape (n, d)
            Points.

        Returns
        -------
        ndarray of shape (n, m)
            In the unit of the points.

        Raises
        ------
        RepresentationError
            When X is not finite, or of another width.
        """
        points = check_points(X, "X")
        if points.shape[1] != len(self.mean):
            raise RepresentationError(f"X has the width {points.shape[1]}, the axes have {len(self.mean)}.")
        return (points - self.mean) @ self.axes.T


def principal_axes(
    vectors: NDArray[np.float64], n_axes: int = 2, *, centre: bool = True
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """First principal axes of a few vectors, with fixed signs.

    Each axis is turned so that its largest entry is positive, which makes pictures repeatable.

    Parameters
    ----------
    vectors : ndarray of shape (n, d)
        The vectors.
    n_axes : int, default 2
        How many axes.
    centre : bool, default True
        Whether the axes are about the mean of the vectors, or about zero.

    Returns
    -------
    axes : ndarray of shape (n_axes, d)
        Orthonormal, the widest first; zero where the vectors span fewer dimensions.
    share : ndarray of shape (n_axes,)
        Share of the variance that each holds.
    """
    around = vectors - vectors.mean(axis=0) if centre else vectors
    _, widths, axes = np.linalg.svd(around, full_matrices=False)
    return _first(axes, widths**2, n_axes, 1e-24)


def common_axes(snapshots: Iterable[ArrayLike], n_axes: int = 3) -> CommonAxes:
    """Principal component analysis over the points of all snapshots.

    One mean and one covariance are accumulated snapshot by snapshot, so that no two snapshots need to be in memory
    at a time; products are taken in the type of the points and summed in float64. The axes are eigenvectors of the
    covariance; those that hold less of the variance than that type can tell from none are zero. Signs are fixed as
    those of `principal_axes`.

    Parameters
    ----------
    snapshots : iterable of array-like of shape (n, d)
        The snapshots, of one width; read once.
    n_axes : int, default 3
        How many axes.

    Returns
    -------
    CommonAxes
        Their mean, axes and shares of the variance.

    Raises
    ------
    RepresentationError
        When there is no snapshot, one has no point or is not finite, or widths differ.

    Examples
    --------
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
    axes, share = _first(vectors[:, ::-1].T, np.maximum(values[::-1], 0.0), n_axes, precision)
    return CommonAxes(shift + off, axes, share)


def _first(
    axes: NDArray[np.float64], variances: NDArray[np.float64], n_axes: int, least: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The first axes, signs fixed, and their shares; zero below `least` of the largest variance."""
    found, share = np.zeros((n_axes, axes.shape[1])), np.zeros(n_axes)
    for i in range(min(n_axes, len(axes))):
        if variances[i] > least * max(float(variances[0]), 1e-300):
            found[i] = axes[i] * np.sign(axes[i][np.abs(axes[i]).argmax()])
            share[i] = variances[i] / variances.sum()
    return found, share
