"""Where the labels are, and how they move: centroids, their paths and their movement in two dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tunescope.errors import RepresentationError
from tunescope.geometry._labels import check_labelled
from tunescope.geometry._projection import principal_axes


@dataclass(frozen=True)
class Centroids:
    """The mean point of each label of a space."""

    labels: NDArray[Any]
    """(k,) the labels, sorted."""
    means: NDArray[np.float64]
    """(k, d) mean of the points of each label."""
    counts: NDArray[np.int64]
    """(k,) points of each label."""

    def of(self, labels: ArrayLike) -> Centroids:
        """The centroids of these labels only, in this order.

        Parameters
        ----------
        labels : array-like of shape (m,)
            Labels of this space.

        Returns
        -------
        Centroids
            Of m labels.

        Raises
        ------
        RepresentationError
            When a label has no centroid here.
        """
        wanted = np.asarray(labels)
        place = {label: i for i, label in enumerate(self.labels.tolist())}
        missing = [str(label) for label in wanted.tolist() if label not in place]
        if missing:
            raise RepresentationError(f"There is no centroid of {', '.join(missing)}.")
        at = np.array([place[label] for label in wanted.tolist()], dtype=np.int64)
        return Centroids(wanted, self.means[at], self.counts[at])


@dataclass(frozen=True)
class Movement:
    """How far and where each label moved from one space to another."""

    labels: NDArray[Any]
    """(k,) labels that both spaces have."""
    arrows: NDArray[np.float64]
    """(k, 2) movement vectors on their first two principal axes ([FT], figure 5)."""
    lengths: NDArray[np.float64]
    """(k,) length of the movement vectors in the space itself."""
    explained: NDArray[np.float64]
    """(2,) share of the variance of the movement vectors that each axis shows."""


def centroids(X: ArrayLike, y: ArrayLike) -> Centroids:
    """Mean point of each label.

    Parameters
    ----------
    X : array-like of shape (n, d)
        Points.
    y : array-like of shape (n,)
        Labels.

    Returns
    -------
    Centroids
        One mean per label, float64.

    Raises
    ------
    RepresentationError
        When X is not finite or not (n, d), y has another length, or a label is missing or no class.

    Examples
    --------
    >>> centroids([[0.0, 0.0], [2.0, 0.0], [5.0, 5.0]], ["a", "a", "b"]).means.tolist()
    [[1.0, 0.0], [5.0, 5.0]]
    """
    points, y = check_labelled(X, y)
    labels, index = np.unique(y, return_inverse=True)
    means = np.stack([points[index == i].mean(axis=0, dtype=np.float64) for i in range(len(labels))])
    return Centroids(labels, means, np.bincount(index, minlength=len(labels)))


def centroid_paths(snapshots: Sequence[Centroids], labels: ArrayLike | None = None) -> NDArray[np.float64]:
    """Paths of the centroids through the snapshots, on two principal axes common to all ([FT], figure 3).

    Parameters
    ----------
    snapshots : sequence of Centroids
        One per update, of the same width.
    labels : array-like, optional
        The labels to follow; all of the first snapshot unless given.

    Returns
    -------
    ndarray of shape (n_labels, n_snapshots, 2)
        Coordinates, in the unit of the points.

    Raises
    ------
    RepresentationError
        When there is no snapshot, one lacks a label, or widths differ.
    """
    if not snapshots:
        raise RepresentationError("Paths need at least one snapshot.")
    wanted = snapshots[0].labels if labels is None else np.asarray(labels)
    chosen = [s.of(wanted) for s in snapshots]
    _same_width(chosen)
    means = np.stack([s.means for s in chosen], axis=1)
    flat = means.reshape(-1, means.shape[-1])
    axes, _ = principal_axes(flat)
    paths: NDArray[np.float64] = ((flat - flat.mean(axis=0)) @ axes.T).reshape(*means.shape[:2], 2)
    return paths


def _same_width(spaces: Sequence[Centroids]) -> None:
    widths = sorted({space.means.shape[1] for space in spaces})
    if len(widths) > 1:
        raise RepresentationError(f"The spaces have different widths: {', '.join(map(str, widths))}.")


def movement(before: Centroids, after: Centroids) -> Movement:
    """Movement of the labels between two spaces: centroid after minus centroid before ([FT], section 4.4).

    Parameters
    ----------
    before, after : Centroids
        Of spaces of the same width; labels that only one of them has are left out.

    Returns
    -------
    Movement
        Two-dimensional arrows, and full lengths. The axes are the principal ones of the movement vectors about
        zero, not about their mean, so that a movement common to all labels is seen.

    Raises
    ------
    RepresentationError
        When the spaces have no label in common or different widths.
    """
    labels = np.intersect1d(before.labels, after.labels)
    if len(labels) == 0:
        raise RepresentationError("The two spaces have no label in common.")
    _same_width([before, after])
    vectors = after.of(labels).means - before.of(labels).means
    axes, share = principal_axes(vectors, centre=False)
    return Movement(labels, vectors @ axes.T, np.linalg.norm(vectors, axis=1), share)
