"""Adam with an L2 penalty for many networks at once, in one pass over memory.

The update is that of Kingma and Ba (2015, the efficient form at the end of their section 2), which is also
scikit-learn's: the step is ``rate * m / (sqrt(v) + epsilon)`` with both bias corrections in the rate.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tunescope.probes._adam_constants import BETA_1, BETA_2, EPSILON

if TYPE_CHECKING:
    import torch


class Adam:
    """Adam's two moments for one tensor per layer, shape (networks, ...) each.

    Parameters
    ----------
    parameters : list of float32 tensors (networks, ...), updated in place by `step`
    """

    def __init__(self, parameters: list[torch.Tensor]) -> None:
        import torch

        self.m = [torch.zeros_like(p) for p in parameters]
        self.v = [torch.zeros_like(p) for p in parameters]

    def step(
        self,
        parameters: list[torch.Tensor],
        gradients: list[torch.Tensor],
        copies: Sequence[torch.Tensor | None],
        decay: Sequence[torch.Tensor | None],
        learning_rate: float,
        t: int,
    ) -> torch.Tensor:
        """Update the parameters in place; t counts steps from 1.

        Parameters
        ----------
        gradients : of the loss without its penalty, float32 or bfloat16
        copies : bfloat16 tensors that receive the rounded new parameters, or None
        decay : per tensor the (networks,) penalty gradient per unit of weight, or None for no penalty

        Returns
        -------
        (networks,) sum of the squares of the penalised parameters before the update
        """
        import torch

        rate = learning_rate * math.sqrt(1 - BETA_2**t) / (1 - BETA_1**t)
        squares: Any = 0.0
        update = _update_numba if parameters[0].device.type == "cpu" else _update_torch
        for p, g, m, v, copy, weight_decay in zip(parameters, gradients, self.m, self.v, copies, decay, strict=True):
            part = update(p, g, m, v, copy, weight_decay, rate)
            if weight_decay is not None:
                squares = squares + part
        return torch.as_tensor(squares)


def _update_torch(
    p: torch.Tensor,
    g: torch.Tensor,
    m: torch.Tensor,
    v: torch.Tensor,
    copy: torch.Tensor | None,
    decay: torch.Tensor | None,
    rate: float,
) -> Any:
    g = g.float()
    squares: Any = 0.0
    if decay is not None:
        shape = (-1,) + (1,) * (p.ndim - 1)
        squares = p.flatten(1).square().sum(1).double()
        g = g.addcmul(p, decay.view(shape))
    m.lerp_(g, 1 - BETA_1)
    v.mul_(BETA_2).addcmul_(g, g, value=1 - BETA_2)
    p.addcdiv_(m, v.sqrt().add_(EPSILON), value=-rate)
    if copy is not None:
        copy.copy_(p)
    return squares


def _update_numba(
    p: torch.Tensor,
    g: torch.Tensor,
    m: torch.Tensor,
    v: torch.Tensor,
    copy: torch.Tensor | None,
    decay: torch.Tensor | None,
    rate: float,
) -> Any:
    # here, because Numba takes a while to import
    from tunescope.probes._kernels import adam_bfloat16, adam_float32

    networks = p.shape[0]
    decays = np.zeros(networks, np.float32) if decay is None else decay.numpy()
    squares = np.zeros(networks)
    g = g.contiguous()
    if copy is not None:
        adam_bfloat16(_rows(p), _rows(g), _rows(m), _rows(v), _rows(copy), decays, rate, squares)
    else:
        adam_float32(_rows(p), _rows(g), _rows(m), _rows(v), decays, rate, squares)
    return squares


def _rows(tensor: torch.Tensor) -> np.ndarray:
    """A network's numbers as one row: a view and never a copy, for the kernels write. bfloat16 comes as uint16."""
    import torch

    rows = tensor.view(len(tensor), -1)
    return rows.view(torch.uint16).numpy() if rows.dtype == torch.bfloat16 else rows.numpy()
