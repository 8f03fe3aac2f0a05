"""What happens to hidden units between the matrix products: bias and ReLU, forward and backward."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch


def add_bias(z: torch.Tensor, bias: torch.Tensor, *, relu: bool) -> torch.Tensor:
    """``z + bias``, and its ReLU if asked, in place.

    Parameters
    ----------
    z : float32 or bfloat16 (networks, points, units)
    bias : float32 (networks, 1, units)
    """
    import torch

    if z.device.type == "cpu" and z.dtype == torch.bfloat16:
        # here, because Numba takes a while to import
        from tunescope.probes._kernels import add_bias_bfloat16

        add_bias_bfloat16(numbers(z), bias[:, 0].numpy(), 0.0 if relu else -np.inf)
        return z
    z += bias
    return z.relu_() if relu else z


def through_relu(delta: torch.Tensor, activation: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Slopes by the sums that went into a layer of units, and by its biases.

    Parameters
    ----------
    delta : (networks, points, units), slopes by the units' answers; not to be used afterwards
    activation : (networks, points, units), their answers, of the same type

    Returns
    -------
    slopes : as `delta`, 0 where a unit answered 0
    sums : float32 (networks, 1, units), over the points
    """
    import torch

    if delta.device.type == "cpu":
        from tunescope.probes._kernels import through_relu_bfloat16, through_relu_float32

        kernel = through_relu_bfloat16 if delta.dtype == torch.bfloat16 else through_relu_float32
        sums = np.empty((delta.shape[0], delta.shape[2]), np.float32)
        delta = delta.contiguous()
        kernel(numbers(delta), numbers(activation), sums)
        return delta, torch.from_numpy(sums)[:, None]
    delta = torch.ops.aten.threshold_backward(delta, activation, 0)
    return delta, delta.sum(1, keepdim=True, dtype=torch.float32)


def sum_over_points(slopes: torch.Tensor) -> torch.Tensor:
    """Sum of float32 (networks, points, units) over the points, (networks, 1, units)."""
    import torch

    if slopes.device.type == "cpu":  # NumPy's sum along a middle axis is ten times PyTorch's
        return torch.from_numpy(slopes.numpy().sum(1, keepdims=True))
    return slopes.sum(1, keepdim=True)


def numbers(tensor: torch.Tensor) -> np.ndarray:
    """A tensor on the CPU as an array that shares its memory. NumPy has no bfloat16: its bits come as uint16."""
    import torch

    return tensor.view(torch.uint16).numpy() if tensor.dtype == torch.bfloat16 else tensor.numpy()
