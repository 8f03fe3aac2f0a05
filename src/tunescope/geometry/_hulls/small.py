"""Two small sets: one compiled call from the arrays as they were given to the proof."""

from __future__ import annotations

import math
from threading import local

import numpy as np
from numpy.typing import NDArray

from tunescope.geometry._solver.coordinates import FloatArray, IntArray
from tunescope.geometry._solver.known_points import FIRST_ROOM, Scratch
from tunescope.geometry._solver.small_sets import LEAST_RTOL, MOST_POINTS, Answer, nearest_of_small_sets

_SHARE = 0.9
"""Of the relative width that is asked for: what a search in float32 goes for, as the proof may come out wider."""

_ROOM = MOST_POINTS * 768
"""Numbers of the points of small sets for which a thread keeps memory."""
_OWN = local()


def search_small_sets(first: FloatArray, second: FloatArray, rtol: float, *, verdict_only: bool) -> Answer | None:
    """What one compiled call finds about two sets of points, None when they are not small."""
    if len(first) + len(second) > MOST_POINTS or rtol < LEAST_RTOL:
        return None
    if first.dtype is not second.dtype:
        first, second = first.astype(np.float64), second.astype(np.float64)
    # the solver is compiled for arrays as these are: others are copied
    first = first if first.flags.carray else np.array(first, order="C")
    second = second if second.flags.carray else np.array(second, order="C")
    scratch = getattr(_OWN, "scratch", None) or _fresh()
    found: Answer = nearest_of_small_sets(first, second, rtol, _SHARE * rtol, verdict_only, scratch)
    if not found.upper < math.inf:
        _fresh()
    return found


def _fresh() -> Scratch:
    """New memory for this thread."""
    room = FIRST_ROOM * FIRST_ROOM
    _OWN.scratch = Scratch(np.zeros(_ROOM, np.float32), np.zeros(room, np.float32), np.zeros(room))
    scratch: Scratch = _OWN.scratch
    return scratch


def proof(
    small: Answer,
) -> tuple[float, float, NDArray[np.float64], float, IntArray, NDArray[np.float64], IntArray, NDArray[np.float64]]:
    """The bounds, the plane and the two weighted means, in the order of the fields of a certificate."""
    side = small.side
    return (
        small.lower, small.upper, small.normal, small.offset, small.rows[:side], small.weights[:side],
        small.rows[side:], small.weights[side:],
    )  # fmt: skip
