"""Intervals of measures: of a mean over points, of a share, and by leaving groups of points out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from tunescope.errors import RepresentationError
from tunescope.geometry._measures.measure import Value
from tunescope.geometry._measures.space import Space

_NORMAL = 1.959963984540054
"""97.5 % quantile of the normal law."""


def mean_of_points(scores: NDArray[np.float64], *, n_labels: int = 0, note: str = "") -> Value:
    """The mean of one score per point, with its normal 95 % interval (the points taken as independent)."""
    n = len(scores)
    value = float(scores.mean())
    half = _NORMAL * float(scores.std(ddof=1)) / n**0.5 if n > 1 else float("nan")
    return Value(value, value - half, value + half, n, n_labels, note=note)


def share_of_points(hits: NDArray[np.bool_], *, n_labels: int = 0, note: str = "") -> Value:
    """The share of points that are hit, with Wilson's 95 % interval (the points taken as independent)."""
    n, z = len(hits), _NORMAL
    share = float(hits.mean())
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
    return Value(share, max(0.0, middle - half), min(1.0, middle + half), n, n_labels, note=note)


def jackknife(value: Value, work: Callable[..., Value], spaces: Sequence[Space], n_groups: int, seed: int) -> Value:
    """The value with a 95 % interval by leaving random groups of points out in turn (delete-a-group jackknife).

    A sum over pairs of points is left out pair by pair this way, where resampling with replacement would meet every
    point beside itself.
    """
    n = len(spaces[0])
    if not 2 <= n_groups <= n:
        raise RepresentationError(f"n_groups must lie between 2 and the number of points, {n}; got {n_groups}.")
    group = np.random.default_rng(seed).permutation(n) % n_groups
    found: list[Any] = []
    for out in range(n_groups):
        rows = np.flatnonzero(group != out)
        found.append(work(*[space.take(rows) for space in spaces]).value)
    left = np.array(found, dtype=np.float64)
    if not np.isfinite(left).all():
        return value
    spread = float(np.sqrt((n_groups - 1) / n_groups * ((left - left.mean()) ** 2).sum()))
    half = float(student.ppf(0.975, n_groups - 1)) * spread
    return replace(value, low=value.value - half, high=value.value + half)
