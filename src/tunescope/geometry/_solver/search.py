"""One search: from two sets of rows to the contact that the solver leaves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunescope.geometry._solver.active_set import Factor, room_for_factor
from tunescope.geometry._solver.approach import approach, limits
from tunescope.geometry._solver.coordinates import Coordinates, IntArray
from tunescope.geometry._solver.nearest_points import OPEN, nearest_points
from tunescope.geometry._solver.terms import Found, Goal, Pair

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
    found, k = _room(space, capacity), 0
    if start is not None:
        positions, carried = _positions(start, rows_a, rows_b, capacity - 1)
        k = len(positions)
        found.positions[:k], found.weights[:k] = positions, np.maximum(carried, SMALL_WEIGHT)
    goal = Goal(
        verdict_only, rtol, least_gap, cutoff, rounding * space.size, CREEPING * space.size,
        most_steps if max_steps is None else max_steps, candidates if pool is None else min(pool, len(rows)),
    )  # fmt: skip
    pair = Pair(rows, len(rows_a), towards if towards is not None else _UNKNOWN)
    status, k, lower, upper = approach(space.space, pair, goal, k, capacity, found)
    contact = _left(pair, found, k, (status, lower, upper))
    return contact if contact.status != OPEN else go_on(space, pair, contact, goal)


def _room(space: Coordinates, capacity: int) -> Found:
    return Found(
        np.empty(capacity, dtype=np.int64), np.empty(capacity), np.zeros(space.rank), np.zeros(2),
        np.zeros(2, dtype=np.int64),
    )  # fmt: skip


def _left(pair: Pair, found: Found, k: int, outcome: tuple[int, float, float], planes_known: bool = True) -> Contact:
    """What a search left, as a contact."""
    status, lower, upper = outcome
    positions = found.positions[:k]
    scans, steps = found.counters.tolist()
    planes = (float(found.planes[0]), float(found.planes[1])) if planes_known else None
    return Contact(
        int(status), float(lower), float(upper), pair.rows[positions], np.maximum(found.weights[:k], 0.0),
        positions < pair.na, found.direction, scans, steps, planes,
    )  # fmt: skip


def go_on(space: Coordinates, pair: Pair, start: Contact, goal: Goal) -> Contact:
    """The orthogonal factor takes over from ``start``, where squared lengths were not precise enough."""
    rows_a, rows_b = pair.rows[: pair.na], pair.rows[pair.na :]
    capacity = limits(space.rank, len(pair.rows))[0]
    found, factor = _room(space, capacity), room_for_factor(capacity, space.rank)
    positions, carried = _positions(start, rows_a, rows_b, capacity - 1)
    if not np.isfinite(carried).all():  # squares that overflow leave no weights; any will do
        carried = np.ones(len(carried))
    k = _begin_with(space, pair, positions, carried, factor, found)
    found.counters[:] = start.scans, start.steps
    goal = goal._replace(most_steps=max(1, goal.most_steps - start.steps))
    status, k, lower, upper = nearest_points(space.space, pair, goal, factor, k, found)
    return _left(pair, found, k, (status, lower, upper), planes_known=False)


def _begin_with(
    space: Coordinates, pair: Pair, positions: IntArray, carried: NDArray[np.float64], factor: Factor, found: Found
) -> int:
    """Factor an earlier active set; returns how many points it has, 0 when it cannot be used.

    A small one is left to the solver, which needs no other library for it: the count is then negative.
    """
    first = positions < pair.na
    if first.all() or not first.any():
        return 0
    k = len(positions)
    if k <= _FEW:
        found.positions[:k], found.weights[:k] = positions, np.maximum(carried, SMALL_WEIGHT)
        return -k
    columns = np.zeros((k, space.rank + 2))
    columns[first, 0] = columns[~first, 1] = space.size
    columns[:, 2:] = space.points[pair.rows[positions]]
    columns[:, 2:] -= space.center
    columns[~first, 2:] *= -1.0
    Q, R = np.linalg.qr(columns.T)
    pivots = np.abs(np.diagonal(R))
    if pivots.min() <= _USABLE * pivots.max():
        return 0
    factor.Qt[:k], factor.Rt[:k, :k] = Q.T, R.T
    found.positions[:k] = positions
    carried = np.maximum(carried, SMALL_WEIGHT)
    found.weights[:k] = np.where(first, carried / carried[first].sum(), carried / carried[~first].sum())
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
