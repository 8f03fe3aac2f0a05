"""Similarities as version 0.1.0 stored them, read as comparisons: a row a measure instead of a column a measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tunescope.records._names import ALL, SPATIAL_PEARSON, SPATIAL_SPEARMAN
from tunescope.records._table import table

if TYPE_CHECKING:
    import pandas as pd

_MEASURES = {"pearson": SPATIAL_PEARSON, "spearman": SPATIAL_SPEARMAN}


def comparisons_from_similarity(similarity: pd.DataFrame) -> pd.DataFrame:
    """Rows of `comparisons` that say what rows of the older table `similarity` say.

    Parameters
    ----------
    similarity
        Rows with the columns of `similarity`, with or without those that say where a row comes from. `setting`
        becomes the convention (`all` where the column is absent), `n` the number of label pairs. The interval was
        that of Pearson's r; Spearman's has none.

    Returns
    -------
    pd.DataFrame
        A row for each row and each of its measures, Pearson's r first. A comparison that was undefined stays, with
        an empty value; a measure whose column is absent is left out. Columns that `comparisons` has and
        `similarity` has not are empty.
    """
    import pandas as pd

    columns = table("comparisons")
    origin = [name for name in columns.origin if name in similarity.columns]
    kept = [*origin, "layer", "comparison", "update", "low", "high", "n_labels", "linear"]
    parts = []
    for column, measure in _MEASURES.items():
        if column not in similarity.columns:
            continue
        rows = similarity.reindex(columns=kept)
        rows["measure"] = measure
        rows["setting"] = similarity["convention"].fillna(ALL) if "convention" in similarity.columns else ALL
        rows["value"] = similarity[column]
        rows["n"] = similarity["n_pairs"] if "n_pairs" in similarity.columns else None
        if measure != SPATIAL_PEARSON:
            rows[["low", "high"]] = float("nan")
        parts.append(rows)
    order = [*origin, *columns.columns]
    if not parts:
        return pd.DataFrame(columns=order)
    return pd.concat(parts, ignore_index=True).reindex(columns=order)
