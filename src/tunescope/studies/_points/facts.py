"""What units keep of each point of a space, for the explorer: cluster, margins to other labels, predicted label."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tunescope.geometry import LabelDistances
    from tunescope.storage import Unit, UnitWriter
    from tunescope.studies._units.space import Points

POINTS = "points"
PREDICTIONS = "predictions"
MEET = -32768
"""Stands where the hulls of two labels meet, so that there is no margin."""
_STEPS = 32767


@dataclass(frozen=True)
class ShapePoints:
    """The points of one space, those of train first."""

    clusters: NDArray[np.int32]
    """(n train,) DirectProbe's cluster of each training point."""
    margins: NDArray[np.int16]
    """(k, n) signed distance of a point to the middle plane between its own label and each other label, in steps
    of `margin_scale`, positive on its own side; -32768 where the hulls meet."""
    margin_scale: float
    labels: tuple[str, ...]
    """(k,) the labels of train."""


def margins(distances: LabelDistances, train: Points, test: Points) -> tuple[NDArray[np.int16], float]:
    """The margins (k, n) of all points, in whole steps, and one step in units of the space.

    The middle planes are those of the training points' hulls; points of test are measured against them.
    """
    import numpy as np

    splits = ((train, 0), (test, len(train.y)))
    found = np.full((len(distances.labels), len(train.y) + len(test.y)), np.nan, np.float32)
    rows = {(label, start): np.flatnonzero(points.y == label) for label in distances.labels for points, start in splits}
    for (a, b), certificate in distances.certificates.items():
        if not certificate.separable or certificate.normal is None or certificate.offset is None:
            continue
        for points, start in splits:
            for own, other, side in ((a, b, 1.0), (b, a, -1.0)):
                here = rows[distances.labels[own], start]
                found[other, start + here] = side * (points.X[here] @ certificate.normal - certificate.offset)
    known = np.isfinite(found)
    scale = float(np.abs(found[known]).max()) / _STEPS if known.any() else 1.0
    steps = np.full(found.shape, MEET, np.int16)
    steps[known] = np.rint(found[known] / (scale or 1.0))
    return steps, scale or 1.0


def write_shape_points(
    writer: UnitWriter, clusters: NDArray[np.integer], distances: LabelDistances, train: Points, test: Points
) -> None:
    """Keep clusters and margins in a unit."""
    import numpy as np

    steps, scale = margins(distances, train, test)
    labels = json.dumps([str(label) for label in distances.labels], ensure_ascii=False)
    arrays = {"clusters": clusters.astype(np.int32), "margins": steps, "margin_scale": np.array([scale])}
    writer.arrays(POINTS, arrays, {"labels": labels})


def read_shape_points(unit: Unit) -> ShapePoints | None:
    """What a unit kept of its points; None for one that was recorded without."""
    if f"{POINTS}.safetensors" not in unit.info["files"]:
        return None
    stored = unit.arrays(POINTS)
    labels = tuple(json.loads(stored.metadata["labels"]))
    return ShapePoints(stored["clusters"], stored["margins"], float(stored["margin_scale"][0]), labels)


def write_predictions(writer: UnitWriter, predicted: list[NDArray[np.str_]], train: Points) -> None:
    """Keep the labels that a probe gives the points of train and of test, by their place in the labels of train."""
    import numpy as np

    labels = np.unique(train.y)
    places = np.searchsorted(labels, np.concatenate(predicted)).astype(np.int16)
    names = json.dumps([str(label) for label in labels], ensure_ascii=False)
    writer.arrays(PREDICTIONS, {"predicted": places}, {"labels": names})


def read_predictions(unit: Unit) -> tuple[NDArray[np.int16], tuple[str, ...]] | None:
    """The predicted label (n,) of each point, by its place in the labels beside it; None where none were kept."""
    if f"{PREDICTIONS}.safetensors" not in unit.info["files"]:
        return None
    stored = unit.arrays(PREDICTIONS)
    return stored["predicted"], tuple(json.loads(stored.metadata["labels"]))
