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
from tunescope.probes._units import numbers

if TYPE_CHECKING:
    import torch


class Adam:
    """Adam for one tensor per layer, shape (networks, ...) each, with its two moments.

    Parameters
    ----------
    parameters : float32 tensors (networks, ...), updated in place by `step`
    copies : per tensor a bfloat16 tensor that receives the rounded new parameters, or None
    penalised : per tensor whether the L2 penalty is on it
    moments : of each tensor, first and second; None for zeros
    """

    def __init__(
        self,
        parameters: Sequence[torch.Tensor],
        copies: Sequence[torch.Tensor | None],
        penalised: Sequence[bool],
        moments: tuple[list[torch.Tensor], list[torch.Tensor]] | None = None,
    ) -> None:
        import torch

        self.m, self.v = moments or tuple([torch.zeros_like(p) for p in parameters] for _ in range(2))
        self._penalised = list(penalised)
        self._updates = [Update(*tensors) for tensors in zip(parameters, self.m, self.v, copies, strict=True)]

    def step(self, gradients: Sequence[torch.Tensor], decay: torch.Tensor, learning_rate: float, t: int) -> Any:
        """Update the parameters in place; t counts steps from 1.

        Parameters
        ----------
        gradients : of the loss without its penalty, bfloat16 where there is a copy (elsewhere float32)
        decay : float32 (networks,), the penalty's gradient per unit of weight

        Returns
        -------
        float64 (networks,) tensor, sum of the squares of the penalised parameters before the update
        """
        rate = learning_rate * math.sqrt(1 - BETA_2**t) / (1 - BETA_1**t)
        squares: Any = 0.0
        for update, g, penalised in zip(self._updates, gradients, self._penalised, strict=True):
            part = update(g, decay if penalised else None, rate)
            if penalised:
                squares = squares + part
        return squares


class Update:
    """The update of one tensor: compiled on a CPU, PyTorch's operations elsewhere."""

    def __init__(self, p: torch.Tensor, m: torch.Tensor, v: torch.Tensor, copy: torch.Tensor | None) -> None:
        self._tensors = p, m, v, copy
        self._on_cpu = p.device.type == "cpu"
        if self._on_cpu:
            # views that the kernels write to, made once because making them takes as long as a small update
            self._views = [numbers(t).reshape(len(t), -1) for t in (p, m, v)]
            self._copy = None if copy is None else numbers(copy).reshape(len(p), -1)
            self._no_decay = np.zeros(len(p), np.float32)

    def __call__(self, g: torch.Tensor, decay: torch.Tensor | None, rate: float) -> torch.Tensor:
        return (self.compiled if self._on_cpu else self.by_torch)(g, decay, rate)

    def compiled(self, g: torch.Tensor, decay: torch.Tensor | None, rate: float) -> torch.Tensor:
        import torch

        # here, because Numba takes a while to import
        from tunescope.probes._kernels import adam_bfloat16, adam_float32

        p, m, v = self._views
        decays = self._no_decay if decay is None else decay.numpy()
        squares = np.empty(len(p))
        gradient = numbers(g).reshape(p.shape)
        if self._copy is not None:
            adam_bfloat16(p, gradient, m, v, self._copy, decays, rate, squares)
        else:
            adam_float32(p, gradient, m, v, decays, rate, squares)
        return torch.from_numpy(squares)

    def by_torch(self, g: torch.Tensor, decay: torch.Tensor | None, rate: float) -> torch.Tensor:
        import torch

        p, m, v, copy = self._tensors
        g = g.float()
        squares = torch.zeros(len(p), dtype=torch.float64, device=p.device)
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
