"""What probes take: vectors that float32 can hold, and sets that are watched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils import check_array

from tunescope.errors import RepresentationError
from tunescope.geometry import check_labels

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def in_float32(X: NDArray[Any], name: str = "X") -> NDArray[np.float32]:
    """Finite numbers in float32, in which the probe is trained.

    Raises
    ------
    RepresentationError
        A number is too large for it.
    """
    limit = np.finfo(np.float32).max
    if X.dtype != np.float32 and X.size and np.abs(X).max() > limit:
        rows = np.flatnonzero((np.abs(X) > limit).any(axis=1))
        raise RepresentationError(
            f"{name} has numbers above {limit:.3g} in {len(rows)} of its {len(X)} points (first at row {rows[0]});"
            " float32, in which the probe is trained, cannot hold. Divide all vectors by one number."
        )
    return np.asarray(X, np.float32)


def watched_set(
    name: str, points: tuple[ArrayLike, ArrayLike], classes: np.ndarray, d: int, device: Any
) -> tuple[Any, Any]:
    """Points and class indices of a monitored set as tensors; -1 stands for a label that is no class."""
    import torch

    X, y = points
    X = in_float32(
        check_array(X, dtype=(np.float64, np.float32), input_name=f"monitor[{name!r}]"), f"monitor[{name!r}]"
    )
    y = check_labels(y, name=f"monitor[{name!r}]")
    if X.shape[1] != d or len(X) != len(y):
        raise ValueError(f"monitor[{name!r}] must hold vectors (n, {d}) and n labels, not {X.shape} and {y.shape}.")
    position = {label: i for i, label in enumerate(classes.tolist())}
    indices = np.array([position.get(label, -1) for label in y.tolist()], np.int64)
    return torch.from_numpy(X).to(device), torch.from_numpy(indices).to(device)
