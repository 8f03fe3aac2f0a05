"""What geometry finds, as rows of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from tunescope.geometry import DirectProbe, LabelDistances


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


def similarity_rows(
    a: LabelDistances, b: LabelDistances, convention: str, columns: dict[str, Any]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows of the tables `similarity` and `leave_one_out` for one comparison of two spaces."""
    from tunescope.geometry import spatial_similarity

    if len(set(a.labels.tolist()) & set(b.labels.tolist())) < 3:
        return [], []  # a correlation needs at least three labels that both spaces have
    found = spatial_similarity(a, b, convention=convention)
    here = {**columns, "convention": convention}
    row = {
        **here,
        "pearson": found.pearson,
        "spearman": found.spearman,
        "low": found.low,
        "high": found.high,
        "n_pairs": int(found.n_pairs),
        "n_labels": int(found.n_labels),
    }
    left_out = [{**here, "label": str(label), "pearson": r} for label, r in found.leave_one_out.items()]
    return [row], left_out


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
    probe: DirectProbe, y: NDArray[np.str_], text: Callable[[int], str], columns: dict[str, Any]
) -> list[dict[str, Any]]:
    """Rows of the table `blocks`: what keeps a space from being linear, with the points that witness it."""
    return []
