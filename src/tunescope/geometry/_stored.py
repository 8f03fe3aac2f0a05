"""Label distances as plain arrays, so that a run that was cut off can go on from them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tunescope.geometry._label_distances import LabelDistances
from tunescope.geometry._search import Contact

_VERDICTS = ("separable", "meet", "undecided", "")
"""The verdicts by the number that stands for them."""


def distances_to_arrays(distances: LabelDistances) -> dict[str, NDArray[Any]]:
    """The numbers of label distances: bounds, verdicts, counts, scale, and where a warm start begins.

    Labels and certificates are not among them.
    """
    k = len(distances.labels)
    codes = np.searchsorted(np.sort(_VERDICTS), distances.verdicts)
    contacts = [distances._contacts[pair] for pair in combinations(range(k), 2)]
    empty = np.zeros(0)
    return {
        "lower": distances.lower,
        "upper": distances.upper,
        "verdicts": np.argsort(_VERDICTS)[codes].astype(np.int8),
        "counts": np.asarray(distances.counts, np.int64),
        "scale": np.asarray(distances.scale, np.float64),
        "radius": np.asarray(distances.radius, np.float64),
        "active-counts": np.array([len(contact.rows) for contact in contacts], np.int64),
        "active-rows": np.concatenate([empty.astype(np.int64), *(c.rows for c in contacts)]),
        "active-weights": np.concatenate([empty, *(c.weights for c in contacts)]),
        "active-first": np.concatenate([empty.astype(bool), *(c.first for c in contacts)]),
    }


def distances_from_arrays(labels: ArrayLike, arrays: Mapping[str, NDArray[Any]], y: ArrayLike = ()) -> LabelDistances:
    """Label distances from their labels and from what `distances_to_arrays` gave, without certificates.

    With `y`, the labels of the points, they serve as `previous` of `label_distances` exactly as the ones that
    were stored would have.
    """
    labels = np.asarray(labels)
    ends = np.cumsum(arrays["active-counts"])
    contacts = {}
    for pair, end, count in zip(combinations(range(len(labels)), 2), ends, arrays["active-counts"], strict=True):
        i, j = pair
        part = slice(int(end - count), int(end))
        contacts[pair] = Contact(
            status=0,
            lower=float(arrays["lower"][i, j]),
            upper=float(arrays["upper"][i, j]),
            rows=np.array(arrays["active-rows"][part]),
            weights=np.array(arrays["active-weights"][part]),
            first=np.array(arrays["active-first"][part]),
            direction=np.zeros(0),
            scans=0,
            steps=0,
        )
    return LabelDistances(
        labels=labels,
        counts=np.array(arrays["counts"]),
        lower=np.array(arrays["lower"]),
        upper=np.array(arrays["upper"]),
        verdicts=np.array(_VERDICTS)[arrays["verdicts"]],
        scale=float(arrays["scale"]),
        radius=float(arrays["radius"]),
        certificates={},
        _y=np.asarray(y),
        _contacts=contacts,
    )
