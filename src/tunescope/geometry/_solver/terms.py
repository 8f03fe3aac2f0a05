"""What the compiled functions are given, by name: each of these is one argument where it would be many."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


class Space(NamedTuple):
    """Points in the coordinates in which the solver works."""

    points: NDArray[np.floating[Any]]
    """(n, d) C-contiguous float32 or float64."""
    center: FloatArray
    """(d,) subtracted from each point on the fly."""
    stretch: FloatArray
    """(d,) turns a direction in these coordinates into one of the original space (ones when they are the same)."""
    size: float
    """Radius of the points: the largest distance to the center."""


class Pair(NamedTuple):
    """Two hulls: that of the first rows and that of the others."""

    rows: IntArray
    """(n,) rows of the points; a *position* is one in here."""
    na: int
    """How many of them belong to the first hull."""
    towards: FloatArray
    """(d,) from the mean of the second hull to that of the first; empty when it is not known."""


class Goal(NamedTuple):
    """What a search is after, and when it gives up."""

    verdict_only: bool
    """Whether a plane between the hulls is all that is asked for."""
    rtol: float
    """Relative width of the bounds at which the search has converged."""
    least_gap: float
    """Gap, in the original space, above which hulls are apart."""
    cutoff: float
    """A lower bound above this ends the search."""
    rounding: float
    """Two means nearer than this coincide."""
    give_up: float
    """Means nearer than this end the search unresolved when it no longer makes good progress."""
    most_steps: int
    candidates: int
    """Most points that are priced between two scans."""


class Found(NamedTuple):
    """What a search begins with and leaves: the active points, and the best plane so far."""

    positions: IntArray
    """(room,) of the active points."""
    weights: FloatArray
    """(room,) of those."""
    direction: FloatArray
    """(d,) the best direction."""
    planes: FloatArray
    """(2,) heights points . direction of the two supporting planes, for a direction of length one."""
    counters: IntArray
    """(2,) scans and steps; a search adds its own."""
