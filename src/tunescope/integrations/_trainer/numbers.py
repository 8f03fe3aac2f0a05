"""What was seen of a state, as the numbers that a log takes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tunescope.records import SPATIAL_PEARSON, TO_START, TRAIN_TEST

if TYPE_CHECKING:
    import pandas as pd

PREFIX = "geometry/"
_CONVENTION = "all"
"""The convention of the similarities that are logged; the study has both."""
_SIMILARITY = {TO_START: "similarity_to_start", TRAIN_TEST: "train_test_similarity"}


def logged(tables: Mapping[str, pd.DataFrame]) -> dict[str, float]:
    """The rows of a state as finite numbers by name; what is not defined in this state is left out.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        What observers said of one state, by table.

    Returns
    -------
    dict of str to float
        `geometry/distance_mean` and so on; with the layer in the name where there are several.
    """
    layers = sorted({int(layer) for rows in tables.values() if "layer" in rows for layer in rows["layer"]})
    found = {}
    for layer in layers:
        here = {name: rows[rows["layer"] == layer] for name, rows in tables.items() if "layer" in rows}
        prefix = PREFIX if len(layers) == 1 else f"{PREFIX}layer_{layer}/"
        for name, value in _of_layer(here):
            if value is not None and math.isfinite(value):
                found[prefix + name] = float(value)
    return found


def _of_layer(tables: Mapping[str, pd.DataFrame]) -> Iterator[tuple[str, Any]]:
    if (gaps := tables.get("gaps")) is not None:
        yield "distance_mean", gaps["distance"].mean()
        yield "distance_least", gaps["distance"].min()
        yield "scaled_distance_mean", gaps["scaled"].astype(float).mean()
    if (spaces := tables.get("spaces")) is not None:
        yield "scale", spaces["scale"].iloc[0]
    if (pairs := tables.get("pairs")) is not None:
        n_apart = int((pairs["verdict"] == "separable").sum())
        yield "linear", float(n_apart == len(pairs))
        yield "pairs_that_meet", float(len(pairs) - n_apart)
    if (measures := tables.get("measures")) is not None:
        for row in measures.to_dict("records"):
            yield "_".join(part for part in (row["measure"], row["setting"] or "") if part), row["value"]
    if (comparisons := tables.get("comparisons")) is not None:
        for row in comparisons.to_dict("records"):
            if row["measure"] == SPATIAL_PEARSON and row["setting"] == _CONVENTION:
                yield _SIMILARITY[row["comparison"]], row["value"]
            elif not row["measure"].startswith("spatial-"):
                named = "_".join(part for part in (row["measure"], row["setting"] or "") if part)
                yield f"{named}_to_start", row["value"]
