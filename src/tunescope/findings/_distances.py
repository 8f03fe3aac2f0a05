"""Distances between all pairs of labels, before and after, in an order that puts neighbours together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tunescope.findings._gaps import _nanmean
from tunescope.findings._runs import Run
from tunescope.findings._study import Study, groups, names, positions
from tunescope.records import ORIGINAL

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Distances:
    """Label by label hull distances in one layer; labels in the order of a hierarchical clustering."""

    layer: int
    labels: tuple[str, ...]
    before: np.ndarray | None
    """(k, k) float64, symmetric, nan on the diagonal and where a pair is absent."""
    after: np.ndarray | None
    """The same at the end of fine-tuning, mean over seeds."""
    n_seeds: int

    @property
    def change(self) -> np.ndarray | None:
        """`after` minus `before`; None when either is absent."""
        return None if self.before is None or self.after is None else self.after - self.before


def find_distances(study: Study, run: Run) -> dict[int, Distances]:
    """The distance matrices of a run's training split, by layer."""
    rows = run.mine(study, "pairs")
    if "split" in rows.columns:
        rows = rows[rows["split"].isin(("train", ""))]
    if rows.empty:
        return {}
    rows = rows.assign(distance=_distance(rows))
    tuned = rows[(rows["tuned_on"] != "") & (rows["stage"] != ORIGINAL)]
    start = rows[(rows["tuned_on"] == "") | (rows["stage"] == ORIGINAL)]
    last: int | None = None
    if "update" in rows.columns:
        start = tuned[tuned["update"] == 0] if start.empty else start[(start["update"] == 0) | start["update"].isna()]
        if tuned["update"].notna().any():
            last = int(tuned["update"].max())
            tuned = tuned[(tuned["update"] == last) | tuned["update"].isna()] if last else tuned[:0]
    found: dict[int, Distances] = {}
    for layer in sorted({*start["layer"], *tuned["layer"]}):
        old, new = start[start["layer"] == layer], tuned[tuned["layer"] == layer]
        labels = sorted(
            {name for rows in (old, new) for column in ("label_a", "label_b") for name in names(rows[column])}
        )
        before, _ = _matrix(old, labels)
        after, n_seeds = _matrix(new, labels)
        order = _neighbours_together(after if after is not None else before)
        at = np.ix_(order, order)
        found[int(layer)] = Distances(
            int(layer),
            tuple(labels[index] for index in order),
            None if before is None else before[at],
            None if after is None else after[at],
            n_seeds,
        )
    return found


def _distance(rows: pd.DataFrame) -> np.ndarray:
    """The distance that the certificates enclose: their middle, and 0 where hulls meet."""
    lower = rows["lower"].to_numpy(dtype=np.float64)
    upper = rows["upper"].to_numpy(dtype=np.float64)
    upper = np.where(np.isfinite(upper), upper, lower)
    middle = 0.5 * (np.where(np.isfinite(lower), lower, upper) + upper)
    if "verdict" in rows.columns:
        middle = np.where(rows["verdict"].to_numpy() == "meet", 0.0, middle)
    return np.asarray(middle, dtype=np.float64)


def _matrix(rows: pd.DataFrame, labels: list[str]) -> tuple[np.ndarray | None, int]:
    """The symmetric matrix of the mean over seeds, and the number of seeds."""
    if rows.empty:
        return None, 0
    layers = []
    for _, part in groups(rows, "seed"):
        matrix = np.full((len(labels), len(labels)), np.nan)
        a = positions(labels, part["label_a"])
        b = positions(labels, part["label_b"])
        matrix[a, b] = matrix[b, a] = part["distance"]
        layers.append(matrix)
    mean = _nanmean(np.stack(layers))
    np.fill_diagonal(mean, np.nan)
    return mean, len(layers)


def _neighbours_together(matrix: np.ndarray | None) -> np.ndarray:
    """An order of the labels by average-linkage clustering with optimal leaf order; absent pairs are far."""
    if matrix is None:
        return np.array([], dtype=np.int64)
    if len(matrix) < 3:
        return np.arange(len(matrix))
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    known = np.isfinite(matrix)
    filled = np.where(known, matrix, matrix[known].max() if known.any() else 0.0)
    np.fill_diagonal(filled, 0.0)
    tree = linkage(squareform(filled, checks=False), method="average", optimal_ordering=True)
    return np.asarray(leaves_list(tree), dtype=np.int64)
