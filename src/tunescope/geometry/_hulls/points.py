"""What counts as a set of points, and what is wrong with an array that does not."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tunescope.errors import RepresentationError
from tunescope.geometry._labels import as_numbers
from tunescope.geometry._solver.coordinates import FloatArray

_FLOATS = np.dtype(np.float32), np.dtype(np.float64)


def as_array(points: ArrayLike, name: str) -> FloatArray:
    """An array (n, d), float32 or float64, not yet held against NaN, or the error that says what is wrong with it."""
    if type(points) is np.ndarray and points.ndim == 2 and points.size > 0 and points.dtype in _FLOATS:
        return points
    array = as_numbers(points, name)
    if array.ndim == 1:
        array = array.reshape(1, -1)
    if array.ndim != 2 or array.shape[0] == 0 or array.shape[1] == 0:
        raise RepresentationError(
            f"{name} must be an array of points with shape (n, d), n and d at least 1; got shape {array.shape}."
        )
    return array


def refuse_unfinite(array: FloatArray, means: NDArray[np.float64], name: str) -> None:
    """Raise when X (n, d) holds NaN or infinity: either one spreads to a mean of its column.

    So may numbers near the largest there are, hence the second look.
    """
    if not np.isfinite(means).all() and not np.isfinite(array).all():
        bad = int((~np.isfinite(array)).any(axis=1).sum())
        raise RepresentationError(f"{name} has NaN or infinite values in {bad} of its {len(array)} points.")


def two_arrays(A: ArrayLike, B: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Two sets of points of one space, as by `as_array`."""
    first, second = as_array(A, "A"), as_array(B, "B")
    if first.shape[1] != second.shape[1]:
        raise RepresentationError(
            f"A and B must lie in one space; their points have {first.shape[1]} and {second.shape[1]} numbers."
        )
    return first, second
