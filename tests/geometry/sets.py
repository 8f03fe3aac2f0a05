"""The labelled sets that Hypothesis draws, degenerate ones among them."""

from __future__ import annotations

import os

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

WHOLE = 720720
"""The least common multiple of 1 to 16: means of up to 16 multiples of it are whole, so that equally close pairs
are equally close in float64 as well, and the rule for ties can be seen."""


def examples(count: int) -> settings:
    """So many examples, the same ones in each run; TUNESCOPE_MORE_EXAMPLES=20 draws 20 times as many others."""
    more = int(os.environ.get("TUNESCOPE_MORE_EXAMPLES", "1"))
    return settings(
        max_examples=count * more,
        derandomize=more == 1,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


@st.composite
def point_grids(draw, least=1, most=14, dimensions=(1, 2, 3, 5), spans=(1, 2, 3, 6)):
    """Points with small whole coordinates: (n, d) of int64; many coincide, many lie on lines and planes."""
    d = draw(st.sampled_from(dimensions))
    n = draw(st.integers(least, most))
    span = draw(st.sampled_from(spans))
    number = st.integers(-span, span)
    kind = draw(st.sampled_from(["grid", "grid", "grid", "line", "plane", "one place"]))
    if kind == "one place":
        return np.tile(draw(st.lists(number, min_size=d, max_size=d)), (n, 1)).astype(np.int64)
    rank = {"grid": d, "line": 1, "plane": min(2, d)}[kind]
    flat = draw(st.lists(st.lists(number, min_size=rank, max_size=rank), min_size=n, max_size=n))
    points = np.array(flat, dtype=np.int64).reshape(n, rank)
    if kind != "grid":
        axes = draw(st.lists(st.lists(st.integers(-2, 2), min_size=d, max_size=d), min_size=rank, max_size=rank))
        points = points @ np.array(axes, dtype=np.int64)
    return points


@st.composite
def labelled_grids(draw, least=1, most=14, most_labels=4, **shape):
    """Such points with labels: (n, d) of int64 and (n,) of int64."""
    X = draw(point_grids(least, most, **shape))
    k = draw(st.integers(1, most_labels))
    y = draw(st.lists(st.integers(0, k - 1), min_size=len(X), max_size=len(X)))
    return X, np.array(y, dtype=np.int64)
