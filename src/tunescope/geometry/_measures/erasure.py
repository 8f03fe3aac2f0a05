"""LEACE: the least change of the points after which no linear map can tell the labels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tunescope.geometry._labels import check_labelled

_CUT = 1e-10
"""Share of the largest variance below which a direction counts as not reached."""


def erase_labels(X: ArrayLike, y: ArrayLike) -> NDArray[Any]:
    """Points from which the labels are erased for every linear map, moved as little as that allows.

    r(x) = x - W⁺ P W (x - mean), W whitening the points and P projecting onto the labels' means as W sees them. After
    it all labels have one mean, and no linear classifier has a lower log loss on these points than the shares of the
    labels have.

    Parameters
    ----------
    X : array-like of shape (n, d)
        Points.
    y : array-like of shape (n,)
        Labels.

    Returns
    -------
    ndarray of shape (n, d)
        In the type of X.

    Raises
    ------
    RepresentationError
        When X or y is not usable.

    References
    ----------
    Belrose et al., LEACE: perfect linear concept erasure in closed form, NeurIPS 2023, theorem 4.3.

    Examples
    --------
    >>> erase_labels([[0.0, 1.0], [0.0, 3.0], [4.0, 1.0], [4.0, 3.0]], ["a", "a", "b", "b"]).round(6).tolist()
    [[2.0, 1.0], [2.0, 3.0], [2.0, 1.0], [2.0, 3.0]]
    """
    points, labels = check_labelled(X, y)
    _, index = np.unique(labels, return_inverse=True)
    mean = points.mean(axis=0, dtype=np.float64)
    around = points - mean
    counts = np.bincount(index)
    sums = np.stack([around[index == label].sum(axis=0) for label in range(len(counts))])
    values, axes = np.linalg.eigh(around.T @ around / len(points))
    there = values > _CUT * max(values[-1], 1e-300)
    if not there.any():
        return points.copy()
    widths, axes = np.sqrt(values[there]), axes[:, there]
    whitened = sums / np.sqrt(counts)[:, None] @ axes / widths
    _, strengths, towards = np.linalg.svd(whitened, full_matrices=False)
    towards = towards[strengths > 1e-8 * len(points) ** 0.5]
    taken = ((around @ axes / widths) @ towards.T) @ (towards * widths) @ axes.T
    return np.asarray(points - taken, dtype=points.dtype)
