"""Which of many hulls is nearest to a point?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tunescope.geometry._coordinates import FloatArray, IntArray, Spaces
from tunescope.geometry._hulls import solve
from tunescope.geometry._threads import in_threads

_EXACT = 1e-7
"""Relative width of the bounds when two hulls compete for a point."""


def nearest_hulls(
    X: FloatArray,
    labels: IntArray,
    n_clusters: int,
    points: FloatArray,
    n_jobs: int | None,
    progress: Callable[[int, int], None] | None,
) -> tuple[IntArray, NDArray[np.float64]]:
    """Nearest cluster of each point and the distance to its hull.

    Clusters are tried by the distance of their centres; the search for one ends as soon as a hyperplane shows
    that it lies further away than the best so far, which for most is after a step or two.

    Parameters
    ----------
    X : array of shape (n, d)
        The clustered points.
    labels : array of shape (n,)
        Their clusters.
    n_clusters : int
        Number of clusters.
    points : array of shape (m, d)
        The points in question.
    n_jobs, progress
        Threads, and a hook called with (done, m).

    Returns
    -------
    (ndarray of shape (m,), ndarray of shape (m,))
        Cluster and distance; 0 inside the hull.
    """
    n = len(X)
    space = Spaces(np.concatenate([X, points.astype(X.dtype, copy=False)])).plain
    members = [np.flatnonzero(labels == c) for c in range(n_clusters)]
    centres = np.stack([X[m].mean(axis=0, dtype=np.float64) for m in members])

    def one(i: int) -> tuple[int, float]:
        away = np.linalg.norm(centres - points[i], axis=1)
        best, at = np.inf, 0
        row = np.array([n + i])
        for c in np.argsort(away, kind="stable"):
            contact = solve(space, row, members[c], verdict_only=False, rtol=_EXACT, cutoff=best, pool=32)
            if contact.upper < best and contact.lower <= best:
                best, at = (0.0 if contact.upper <= 1e-12 * space.size else contact.upper), int(c)
            if best == 0.0:
                break
        return at, best

    nearest = np.empty(len(points), dtype=np.int64)
    distance = np.empty(len(points))
    for i, found in enumerate(in_threads(one, list(range(len(points))), n_jobs)):
        nearest[i], distance[i] = found
        if progress is not None and ((i + 1) % 64 == 0 or i + 1 == len(points)):
            progress(i + 1, len(points))
    return nearest, distance
