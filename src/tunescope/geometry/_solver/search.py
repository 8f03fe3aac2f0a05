"""One search: from two sets of rows to the contact that the solver leaves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunescope.geometry._solver.approach import approach, limits
from tunescope.geometry._solver.coordinates import Coordinates, IntArray
from tunescope.geometry._solver.nearest_points import OPEN, nearest_points

DEFAULT_RTOL = 1e-3
"""Relative width of the bounds of a distance, unless the caller asks for another."""

_USABLE = 1e-9
"""An earlier active set whose pivots differ more than this is nearly dependent by now: begin afresh."""
CREEPING = 1e-5
"""Means nearer than this share of the radius most often belong to hulls that meet: slow progress ends the search."""
_FEW = 96
"""Active points up to which adding them one by one is cheaper than a factorisation by LAPACK."""
SMALL_WEIGHT = 1e-12
"""Least weight with which an earlier active point takes part again."""


_UNKNOWN = np.zeros(0)


@dataclass(frozen=True)
class Contact:
    """What one run of the solver left: bounds in its coordinates, active rows and direction."""

    status: int
    lower: float
    upper: float
    rows: IntArray
    """Rows of the coordinates' points that are active."""
    weights: NDArray[np.float64]
    first: NDArray[np.bool_]
    """Which of them belong to the first hull."""
    direction: NDArray[np.float64]
    scans: int
    steps: int
    planes: tuple[float, float] | None = None
    """Heights (points . unit direction) of the two supporting planes, where the search left them."""


def solve(
    space: Coordinates,
    rows_a: IntArray,
    rows_b: IntArray,
    *,
    verdict_only: bool,
    rtol: float = DEFAULT_RTOL,
    least_gap: float = 0.0,
    cutoff: float = np.inf,
    start: Contact | None = None,
    max_steps: int | None = None,
    rounding: float = 1e-13,
    pool: int | None = None,
    towards: NDArray[np.float64] | None = None,
) -> Contact:
    """Run the active-set method on two ascending sets of rows; ``start`` is an earlier contact to begin with.

    ``towards`` (d,) leads from the mean of the second set to that of the first, where it is known.
    """
    rows = np.concatenate([rows_a, rows_b])
    capacity, most_steps, candidates = limits(space.rank, len(rows))
    active, weights, k = np.empty(capacity, dtype=np.int64), np.empty(capacity), 0
    if start is not None:
        positions, carried = _positions(start, rows_a, rows_b, capacity - 1)
        k = len(positions)
        active[:k], weights[:k] = positions, np.maximum(carried, SMALL_WEIGHT)
    direction, planes, counters = np.zeros(space.rank), np.zeros(2), np.zeros(2, dtype=np.int64)
    most_steps = max_steps if max_steps is not None else most_steps
    candidates = candidates if pool is None else min(pool, len(rows))
    status, k, lower, upper = approach(
        space.points, space.center, space.stretch, rows, len(rows_a), space.size, verdict_only, rtol, least_gap, cutoff,
        most_steps, candidates, towards if towards is not None else _UNKNOWN, k, capacity, active, weights, direction,
        planes, counters,
    )  # fmt: skip
    positions = active[:k]
    contact = Contact(
        int(status), float(lower), float(upper), rows[positions], np.maximum(weights[:k], 0.0),
        positions < len(rows_a), direction, int(counters[0]), int(counters[1]), (float(planes[0]), float(planes[1])),
    )  # fmt: skip
    if contact.status != OPEN:
        return contact
    return go_on(
        space, rows_a, rows_b, contact, verdict_only, rtol, least_gap, cutoff, most_steps, candidates, rounding
    )


def go_on(
    space: Coordinates, rows_a: IntArray, rows_b: IntArray, start: Contact, verdict_only: bool, rtol: float,
    least_gap: float, cutoff: float, most_steps: int, candidates: int, rounding: float,
) -> Contact:  # fmt: skip
    """The orthogonal factor takes over from ``start``, where squared lengths were not precise enough."""
    rows = np.concatenate([rows_a, rows_b])
    capacity = limits(space.rank, len(rows))[0]
    active, weights = np.empty(capacity, dtype=np.int64), np.empty(capacity)
    Qt, Rt = np.empty((capacity, space.rank + 2)), np.empty((capacity, capacity))
    positions, carried = _positions(start, rows_a, rows_b, capacity - 1)
    if not np.isfinite(carried).all():  # squares that overflow leave no weights; any will do
        carried = np.ones(len(carried))
    k = _begin_with(space, rows, len(rows_a), positions, carried, Qt, Rt, active, weights)
    direction, counters = np.zeros(space.rank), np.array([start.scans, start.steps], dtype=np.int64)
    status, k, lower, upper = nearest_points(
        space.points, space.center, space.stretch, rows, len(rows_a), space.size, verdict_only, rtol, least_gap,
        rounding * space.size, CREEPING * space.size, cutoff, max(1, most_steps - start.steps), candidates, Qt, Rt, k,
        active, weights, direction, counters,
    )  # fmt: skip
    positions = active[:k]
    return Contact(
        int(status), float(lower), float(upper), rows[positions], np.maximum(weights[:k], 0.0),
        positions < len(rows_a), direction, int(counters[0]), int(counters[1]),
    )  # fmt: skip


def _begin_with(
    space: Coordinates, rows: IntArray, na: int, positions: IntArray, carried: NDArray[np.float64],
    Qt: NDArray[np.float64], Rt: NDArray[np.float64], active: IntArray, weights: NDArray[np.float64],
) -> int:  # fmt: skip
    """Factor an earlier active set; returns how many points it has, 0 when it cannot be used.

    A small one is left to the solver, which needs no other library for it: the count is then negative.
    """
    first = positions < na
    if first.all() or not first.any():
        return 0
    k = len(positions)
    if k <= _FEW:
        active[:k], weights[:k] = positions, np.maximum(carried, SMALL_WEIGHT)
        return -k
    columns = np.zeros((k, space.rank + 2))
    columns[first, 0] = columns[~first, 1] = space.size
    columns[:, 2:] = space.points[rows[positions]]
    columns[:, 2:] -= space.center
    columns[~first, 2:] *= -1.0
    Q, R = np.linalg.qr(columns.T)
    pivots = np.abs(np.diagonal(R))
    if pivots.min() <= _USABLE * pivots.max():
        return 0
    Qt[:k], Rt[:k, :k] = Q.T, R.T
    active[:k] = positions
    carried = np.maximum(carried, SMALL_WEIGHT)
    weights[:k] = np.where(first, carried / carried[first].sum(), carried / carried[~first].sum())
    return k


def _positions(start: Contact, rows_a: IntArray, rows_b: IntArray, limit: int) -> tuple[IntArray, NDArray[np.float64]]:
    """Where the active rows of an earlier contact stand among the rows of this one (those that are there)."""
    found = []
    carried = []
    for rows, mask, shift in ((rows_a, start.first, 0), (rows_b, ~start.first, len(rows_a))):
        wanted = start.rows[mask]
        at = np.minimum(np.searchsorted(rows, wanted), len(rows) - 1)
        there = rows[at] == wanted
        found.append(at[there] + shift)
        carried.append(start.weights[mask][there])
    positions, weights = np.concatenate(found), np.concatenate(carried)
    if len(positions) > limit:
        keep = np.sort(np.argsort(-weights, kind="stable")[:limit])
        positions, weights = positions[keep], weights[keep]
    return positions.astype(np.int64), weights
