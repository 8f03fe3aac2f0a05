"""Where the labels are, and how they move: centroids, their paths and their movement in two dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tunescope.errors import RepresentationError
from tunescope.geometry._hulls import _as_points


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
        """The centroids of these labels only, in this order."""
        wanted = np.asarray(labels)
        at = np.searchsorted(self.labels, wanted)
        at = np.minimum(at, len(self.labels) - 1)
        missing = wanted[self.labels[at] != wanted]
        if len(missing):
            raise RepresentationError(f"There is no centroid of {', '.join(map(str, missing))}.")
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
        When X is not finite or not (n, d), or y has another length.

    Examples
    --------
    >>> centroids([[0.0, 0.0], [2.0, 0.0], [5.0, 5.0]], ["a", "a", "b"]).means.tolist()
    [[1.0, 0.0], [5.0, 5.0]]
    """
    points, y = _as_points(X, "X"), np.asarray(y)
    if y.shape != (len(points),):
        raise RepresentationError(
            f"y must have one label per point: X has {len(points)} points, y has shape {y.shape}."
        )
    labels, index = np.unique(y, return_inverse=True)
    means = np.stack([points[index == i].mean(axis=0, dtype=np.float64) for i in range(len(labels))])
    return Centroids(labels, means, np.bincount(index, minlength=len(labels)))


def principal_axes(vectors: NDArray[np.float64], n_axes: int = 2) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """First principal axes (n_axes, d) of vectors (n, d), and the share of variance of each; signs are fixed.

    Each axis is turned so that its largest entry is positive, which makes pictures repeatable. Where the
    vectors span fewer dimensions, the axes beyond them are zero.
    """
    centred = vectors - vectors.mean(axis=0)
    _, widths, axes = np.linalg.svd(centred, full_matrices=False)
    total = float((widths**2).sum())
    found = np.zeros((n_axes, vectors.shape[1]))
    share = np.zeros(n_axes)
    for i in range(min(n_axes, len(axes))):
        if widths[i] > 1e-12 * max(widths[0], 1e-300):
            sign = np.sign(axes[i][np.abs(axes[i]).argmax()])
            found[i] = axes[i] * sign
            share[i] = widths[i] ** 2 / total
    return found, share


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
    """
    if not snapshots:
        raise RepresentationError("Paths need at least one snapshot.")
    wanted = snapshots[0].labels if labels is None else np.asarray(labels)
    means = np.stack([s.of(wanted).means for s in snapshots], axis=1)
    flat = means.reshape(-1, means.shape[-1])
    axes, _ = principal_axes(flat)
    return ((flat - flat.mean(axis=0)) @ axes.T).reshape(*means.shape[:2], 2)


def movement(before: Centroids, after: Centroids) -> Movement:
    """Movement of the labels between two spaces: centroid after minus centroid before ([FT], section 4.4).

    Parameters
    ----------
    before, after : Centroids
        Of spaces of the same width; labels that only one of them has are left out.

    Returns
    -------
    Movement
        Two-dimensional arrows by PCA of the movement vectors, not centred, and full lengths.
    """
    labels = np.intersect1d(before.labels, after.labels)
    if len(labels) == 0:
        raise RepresentationError("The two spaces have no label in common.")
    vectors = after.of(labels).means - before.of(labels).means
    axes, share = principal_axes(vectors)
    return Movement(labels, vectors @ axes.T, np.linalg.norm(vectors, axis=1), share)


def closest_labels(snapshot: Centroids, count: int = 3) -> NDArray[Any]:
    """The labels whose centroids lie closest together: the set of ``count`` grown from the closest pair.

    From the closest pair on, the label that is nearest to those already chosen (in the mean) joins.
    """
    count = min(count, len(snapshot.labels))
    away = np.linalg.norm(snapshot.means[:, None] - snapshot.means[None], axis=-1)
    np.fill_diagonal(away, np.inf)
    chosen = [int(i) for i in np.unravel_index(int(away.argmin()), away.shape)] if count > 1 else [0]
    while len(chosen) < count:
        rest = [i for i in range(len(away)) if i not in chosen]
        chosen.append(rest[int(np.argmin([away[i, chosen].mean() for i in rest]))])
    return snapshot.labels[np.sort(np.array(chosen[:count]))]
