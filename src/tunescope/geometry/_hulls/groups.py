"""Points by their labels: which rows belong to which, worked out once for all answers about the same points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tunescope.geometry._solver.coordinates import IntArray


@dataclass(frozen=True)
class Groups:
    """The rows of n points by their labels, k of them."""

    y: NDArray[Any]
    """(n,) the labels of the points."""
    labels: NDArray[Any]
    """(k,) the labels, sorted."""
    of: IntArray
    """(n,) number of each point's label."""
    order: IntArray
    """(n,) the rows, label by label, ascending within each."""
    starts: IntArray
    """(k + 1,) label g has the rows order[starts[g] : starts[g + 1]]."""

    @classmethod
    def by(cls, y: ArrayLike) -> Groups:
        """The groups of points with the labels y (n,)."""
        y = np.asarray(y)
        labels, of = np.unique(y, return_inverse=True)
        counts = np.bincount(of, minlength=len(labels))
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        return cls(y, labels, of, np.argsort(of, kind="stable"), starts)

    @property
    def counts(self) -> IntArray:
        """(k,) points of each label."""
        return np.diff(self.starts)
