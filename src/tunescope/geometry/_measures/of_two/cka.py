"""Linear CKA with the unbiased estimator: whether two spaces hold the points in the same arrangement."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tunescope.geometry._measures.measure import ComparisonMeasure, Value
from tunescope.geometry._measures.space import Space


class CKA(ComparisonMeasure):
    """HSIC₁(X, Z) / √(HSIC₁(X, X) HSIC₁(Z, Z)) of linear kernels, HSIC₁ the unbiased estimator.

    The biased one gives 0.60 to independent normal clouds of width 384 at 256 points.
    """

    name = "cka"
    title = "Linear CKA (unbiased)"
    range = (-1.0, 1.0)
    direction = "up"
    towards = "alike"
    invariant_to = ("rotation", "shift", "scale")
    needs = frozenset({"vectors"})
    source = "Kornblith et al., ICML 2019; Song et al., JMLR 2012 (estimator); Nguyen et al., ICLR 2021"
    null = "independent-rows"

    def compute(self, first: Space, second: Space, setting: str) -> Value:
        """O(n d²): the n × n kernels are never formed."""
        n = len(first)
        if n < 4:
            return Value.undefined("the unbiased estimator needs at least four points", n)
        own = hsic(first.centred, first.centred) * hsic(second.centred, second.centred)
        if not own > 0:
            return Value.undefined("the points of a space do not differ enough", n)
        return Value(min(1.0, hsic(first.centred, second.centred) / own**0.5), n=n)


def hsic(X: NDArray[np.float64], Z: NDArray[np.float64]) -> float:
    """Unbiased HSIC of linear kernels of X (n, d) and Z (n, e), n at least 4 (Song et al. 2012, equation 5).

    With K and L the kernels without their diagonals: [tr(KL) + 1ᵀK1 1ᵀL1 / ((n - 1)(n - 2)) - 2 / (n - 2) 1ᵀKL1]
    / (n (n - 3)), each term from the (d, e) product of the points.
    """
    n = len(X)
    own_x, own_z = np.einsum("ij,ij->i", X, X), np.einsum("ij,ij->i", Z, Z)
    rows_x, rows_z = X @ X.sum(axis=0) - own_x, Z @ Z.sum(axis=0) - own_z
    trace = float(np.square(X.T @ Z).sum() - own_x @ own_z)
    sums = float(rows_x.sum() * rows_z.sum()) / ((n - 1) * (n - 2))
    return (trace + sums - 2.0 / (n - 2) * float(rows_x @ rows_z)) / (n * (n - 3))
