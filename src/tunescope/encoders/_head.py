"""The head that an encoder is trained with, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Head:
    """A linear head on the vectors of the last layer; the probes never see it."""

    weight: NDArray[np.float32]
    """(k, d) float32."""
    bias: NDArray[np.float32]
    """(k,) float32."""
    labels: tuple[str, ...]
    """The k labels, in the order of its outputs."""

    def probabilities(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        """What it says of points.

        Parameters
        ----------
        X : ndarray of shape (n, d)
            Vectors of the last layer, pooled as `Encoder.encode` pools them.

        Returns
        -------
        ndarray of shape (n, k)
            Rows that sum to 1 (softmax).
        """
        import numpy as np

        logits = X.astype(np.float64) @ self.weight.T.astype(np.float64) + self.bias
        logits -= logits.max(axis=1, keepdims=True)
        shares = np.exp(logits)
        return np.asarray(shares / shares.sum(axis=1, keepdims=True))
