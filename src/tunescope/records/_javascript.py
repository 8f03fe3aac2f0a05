"""What the programs of the page must call by the same names: one JSON object, from the definitions of this room."""

from __future__ import annotations

from typing import Any

from tunescope.records import _names as names
from tunescope.records._explorer import ARRAYS, METADATA, map_names
from tunescope.records._table import tables


def for_javascript() -> dict[str, Any]:
    """The constants of the stored form, for a module of JavaScript that is generated when the page is bundled.

    Returns
    -------
    dict
        By the name of each constant: `STAGES`, `COMPARISONS` and `CONVENTIONS` (by their own short names),
        `MAP_METHODS` (their names in a text, by method), `MAPS` (names of a map's arrays and metadata in a projection
        file, by method), `EXPLORER_ARRAYS` and `EXPLORER_METADATA` (the same of the projection itself), `TABLES` (the
        columns of every table, by table), `MEASURES` (the spatial similarities). JSON can hold all of it.
    """
    return {
        "STAGES": {"original": names.ORIGINAL, "tuned": names.TUNED},
        "COMPARISONS": {"trainTest": names.TRAIN_TEST, "toStart": names.TO_START},
        "CONVENTIONS": {"all": names.ALL, "published": names.PUBLISHED},
        "MAP_METHODS": dict(names.MAP_METHODS),
        "MAPS": {method: map_names(method) for method in names.MAP_METHODS},
        "EXPLORER_ARRAYS": dict(ARRAYS),
        "EXPLORER_METADATA": dict(METADATA),
        "TABLES": {one.name: list(one.all_columns) for one in tables()},
        "MEASURES": {"spatialPearson": names.SPATIAL_PEARSON, "spatialSpearman": names.SPATIAL_SPEARMAN},
    }
