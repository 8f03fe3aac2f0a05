"""The files that the published DirectProbe writes, with what this engine finds in them."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tunescope.geometry import DirectProbe

_EXACT = 1e-8
"""Relative width of the bounds of a distance: four decimals of it are right."""


def published_files(
    probe: DirectProbe,
    X: NDArray[np.floating],
    X_test: NDArray[np.floating] | None = None,
    y_test: NDArray[Any] | None = None,
) -> dict[str, str]:
    """The text of every file, by its name.

    Parameters
    ----------
    probe : DirectProbe
        Fitted on `X`. Clusters have its numbers.
    X : array of shape (n, d)
        Training points.
    X_test, y_test : arrays of shape (m, d) and (m,), optional
        Points of test and their labels; without them there is no ``prediction.txt``.

    Returns
    -------
    dict of str to str
        ``clusters.txt``, ``dis.txt``, ``vec.txt``, ``outside_min.txt``, ``inside_mean.txt``, ``inside_max.txt``, and
        ``prediction.txt``, laid out as the published code writes them. The distances of labels (``vec.txt`` and
        ``outside_min.txt``) and the distances inside of clusters are, as there, over clusters of more than five points;
        what no such cluster tells is 0.
    """
    import numpy as np

    from tunescope.geometry import hull_distance

    members = [np.flatnonzero(probe.labels_ == cluster) for cluster in range(probe.n_clusters_)]
    names = [str(label) for label in probe.cluster_classes_]
    distances: dict[tuple[int, int], float] = {}
    for i, j in combinations(range(probe.n_clusters_), 2):
        if names[i] != names[j]:
            distances[i, j] = float(hull_distance(X[members[i]], X[members[j]], rtol=_EXACT))
    files = {
        "clusters.txt": "".join(f"{cluster}\n" for cluster in probe.labels_.tolist()),
        "dis.txt": "".join(f"({i}-{names[i]}, {j}-{names[j]}): {d:0.4f}\n" for (i, j), d in distances.items()),
        **_of_labels(probe, X, members, distances),
    }
    if X_test is not None and y_test is not None:
        lines = []
        for point, label in zip(X_test, y_test, strict=True):
            to = [float(hull_distance(point[None], X[rows], rtol=_EXACT)) for rows in members]
            nearest = np.argsort(to, kind="stable")
            lines.append("\t".join([str(label), *(f"{c}-{names[c]},{to[c]:0.4f}" for c in nearest)]) + "\n")
        files["prediction.txt"] = "".join(lines)
    return files


def _of_labels(
    probe: DirectProbe,
    X: NDArray[np.floating],
    members: list[NDArray[np.int64]],
    distances: dict[tuple[int, int], float],
) -> dict[str, str]:
    """The files with one line a label, or a pair of labels, sorted by their names."""
    import numpy as np
    from scipy.spatial.distance import pdist

    from tunescope.geometry import PUBLISHED_SMALLEST

    labels = [str(label) for label in probe.classes_]
    of = {label: k for k, label in enumerate(labels)}
    between: dict[tuple[int, int], list[float]] = {}
    large = [len(rows) >= PUBLISHED_SMALLEST for rows in members]
    for (i, j), distance in distances.items():
        if large[i] and large[j]:
            a, b = sorted((of[str(probe.cluster_classes_[i])], of[str(probe.cluster_classes_[j])]))
            between.setdefault((a, b), []).append(distance)
    mean = {pair: float(np.mean(found)) for pair, found in between.items()}
    inside: dict[int, list[tuple[float, float]]] = {}
    for cluster, rows in enumerate(members):
        if large[cluster]:
            apart = pdist(X[rows].astype(np.float64))
            inside.setdefault(of[str(probe.cluster_classes_[cluster])], []).append((apart.mean(), apart.max()))
    pairs = combinations(range(len(labels)), 2)
    least = [min((d for pair, d in mean.items() if k in pair), default=0.0) for k in range(len(labels))]
    means = [float(np.mean([m for m, _ in inside[k]])) if k in inside else 0.0 for k in range(len(labels))]
    largest = [max(m for _, m in inside[k]) if k in inside else 0.0 for k in range(len(labels))]

    def one_a_label(values: list[float]) -> str:
        return "".join(f"{label},{value:0.4f}\n" for label, value in zip(labels, values, strict=True))

    return {
        "vec.txt": "".join(f"{labels[a]}---{labels[b]},{mean.get((a, b), 0.0):0.4f}\n" for a, b in pairs),
        "outside_min.txt": one_a_label(least),
        "inside_mean.txt": one_a_label(means),
        "inside_max.txt": one_a_label(largest),
    }
