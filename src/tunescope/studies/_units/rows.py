"""What geometry finds, as rows of tables."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal

from tunescope.records import SPATIAL_PEARSON, SPATIAL_SPEARMAN

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from tunescope.geometry import Convention, DirectProbe, LabelDistances


def pair_rows(distances: LabelDistances, columns: dict[str, Any]) -> pd.DataFrame:
    """Rows of the table `pairs`: the bounds of every label pair, each pair once."""
    import numpy as np
    import pandas as pd

    i, j = np.triu_indices(len(distances.labels), 1)
    labels = distances.labels.astype(str).astype(object)
    return pd.DataFrame(
        {
            "label_a": labels[i],
            "label_b": labels[j],
            "lower": distances.lower[i, j],
            "upper": distances.upper[i, j],
            "verdict": distances.verdicts[i, j].astype(object),
        }
    ).assign(**columns)


def comparison_rows(
    a: LabelDistances,
    b: LabelDistances,
    convention: Convention,
    columns: dict[str, Any],
    *,
    nonlinear: Literal["undefined", "zero"],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows of the tables `comparisons` and `leave_one_out`: the spatial similarity of two spaces.

    A similarity is defined for linear spaces ([FT], section 3.2); of others it is left empty (`undefined`), or
    hulls that meet count as a distance of 0 (`zero`), and the column `linear` tells. The interval is that of
    Pearson's r.
    """
    from tunescope.geometry import spatial_similarity

    if len(set(a.labels.tolist()) & set(b.labels.tolist())) < 3:
        return [], []  # a correlation needs at least three labels that both spaces have
    found = spatial_similarity(a, b, convention=convention, nonlinear=nonlinear)
    about = {
        **columns,
        "setting": convention,
        "n": int(found.n_pairs),
        "n_labels": int(found.n_labels),
        "linear": bool(found.linear),
    }
    rows = [
        {**about, "measure": SPATIAL_PEARSON, "value": found.pearson, "low": found.low, "high": found.high},
        {**about, "measure": SPATIAL_SPEARMAN, "value": found.spearman},
    ]
    left_out = [
        {**columns, "convention": convention, "label": str(label), "pearson": r}
        for label, r in found.leave_one_out.items()
    ]
    return rows, left_out


def gap_rows(distances: LabelDistances, columns: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows of the table `gaps`: each label's distance to the nearest other label."""
    nearest = distances.nearest()
    return [
        {
            **columns,
            "label": str(label),
            "n_points": int(count),
            "distance": float(gap),
            "scaled": float(gap) / distances.scale if distances.scale else None,
            "nearest": str(other),
        }
        for label, count, gap, other in zip(
            distances.labels, distances.counts, distances.minimum(), nearest, strict=True
        )
    ]


def space_row(distances: LabelDistances, width: int, columns: dict[str, Any]) -> dict[str, Any]:
    """A row of the table `spaces`."""
    n_points = int(sum(distances.counts))
    return {**columns, "scale": float(distances.scale), "n_points": n_points, "width": width}


def block_rows(
    probe: DirectProbe, X: NDArray[np.floating], text: Callable[[int], str], columns: dict[str, Any]
) -> list[dict[str, Any]]:
    """Rows of the table `blocks`: what keeps a space from being linear, with points that show it.

    Of the kind `conflict`: coincident points of two labels; `overlap`: two labels whose hulls meet, with a
    few points of each that have a common weighted mean; `undecided`: hulls too near each other to tell.
    """
    rows = []
    for label_a, label_b, points in _conflicts(probe, X):
        rows.append(_block_row("conflict", label_a, label_b, points, text, columns))
    for block in probe.blocking_:
        kind = "overlap" if block.verdict == "meet" else "undecided"
        points = [*block.points_a.tolist(), *block.points_b.tolist()]
        rows.append(_block_row(kind, str(block.label_a), str(block.label_b), points, text, columns))
    return rows


def _block_row(
    kind: str,
    label_a: str,
    label_b: str,
    points: list[int],
    text: Callable[[int], str],
    columns: dict[str, Any],
) -> dict[str, Any]:
    shown = list(dict.fromkeys(text(point) for point in points))[:_TEXTS_SHOWN]
    return {
        **columns,
        "kind": kind,
        "label_a": label_a,
        "label_b": label_b,
        "n_points": len(points),
        "points": points,
        "text": " | ".join(shown),
    }


_TEXTS_SHOWN = 4
"""Points of a block whose words are written out."""


def _conflicts(probe: DirectProbe, X: NDArray[np.floating]) -> list[tuple[str, str, list[int]]]:
    """Groups of coincident points that carry two labels: the labels, and the points of both."""
    import numpy as np

    points = np.asarray(probe.conflicts_, np.int64)
    if not len(points):
        return []
    labels = probe.cluster_classes_[probe.labels_[points]].astype(str)
    _, place = np.unique(X[points], axis=0, return_inverse=True)
    found = []
    for group in range(place.max() + 1):
        here = place.ravel() == group
        names = sorted(set(labels[here].tolist()))
        for first, second in combinations(names, 2):
            both = here & np.isin(labels, [first, second])
            found.append((first, second, points[both].tolist()))
    return found
