"""Label distances as plain arrays, so that a run that was cut off can go on from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tunescope.geometry._hulls.groups import Groups
from tunescope.geometry._hulls.label_distances import LabelDistances
from tunescope.geometry._hulls.pairs import ActiveSets

_VERDICTS = ("separable", "meet", "undecided", "")
"""The verdicts by the number that stands for them."""


def distances_to_arrays(distances: LabelDistances) -> dict[str, NDArray[Any]]:
    """The numbers of label distances: bounds, verdicts, counts, scale, and where a warm start begins.

    Labels and certificates are not among them.
    """
    codes = np.searchsorted(np.sort(_VERDICTS), distances.verdicts)
    active = distances._active
    return {
        "lower": distances.lower,
        "upper": distances.upper,
        "verdicts": np.argsort(_VERDICTS)[codes].astype(np.int8),
        "counts": np.asarray(distances.counts, np.int64),
        "scale": np.asarray(distances.scale, np.float64),
        "radius": np.asarray(distances.radius, np.float64),
        "active-counts": active.counts,
        "active-rows": active.rows,
        "active-weights": active.weights,
        "active-first": active.first,
    }


def distances_from_arrays(labels: ArrayLike, arrays: Mapping[str, NDArray[Any]], y: ArrayLike = ()) -> LabelDistances:
    """Label distances from their labels and from what `distances_to_arrays` gave, without certificates.

    With `y`, the labels of the points, they serve as `previous` of `label_distances` exactly as the ones that
    were stored would have.
    """
    labels = np.asarray(labels)
    return LabelDistances(
        labels=labels,
        counts=np.array(arrays["counts"]),
        lower=np.array(arrays["lower"]),
        upper=np.array(arrays["upper"]),
        verdicts=np.array(_VERDICTS)[arrays["verdicts"]],
        scale=float(arrays["scale"]),
        radius=float(arrays["radius"]),
        certificates={},
        _groups=Groups.by(y),
        _active=ActiveSets(
            np.array(arrays["active-counts"]),
            np.array(arrays["active-rows"]),
            np.array(arrays["active-weights"]),
            np.array(arrays["active-first"]),
        ),
    )
