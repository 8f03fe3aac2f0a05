"""Linear layers by the quicker of the two CPU libraries that PyTorch brings along.

In float32 PyTorch multiplies matrices on a CPU by its BLAS. Where that is MKL, a processor that is not Intel's gets
code for narrower registers than it has, while oneDNN, which PyTorch uses for other things, takes all of them. Which
one is quicker is measured once. The two differ by the rounding of float32.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any

import torch
from torch.nn import functional
from torch.overrides import TorchFunctionMode

_CLEARLY = 1.25
"""How many times as fast oneDNN has to be to be taken."""
_TRIES = 5
_SHAPE = (512, 384, 384)
"""Rows, inputs and outputs of the product that is timed: a batch of a small encoder."""


def quick_linear_layers(device: torch.device) -> AbstractContextManager[Any]:
    """Inside, linear layers of float32 on a CPU are computed by the quicker library, gradients too."""
    return _ByOneDNN() if device.type == "cpu" and onednn_is_quicker() else contextlib.nullcontext()


@lru_cache(maxsize=1)
def onednn_is_quicker() -> bool:
    """Whether oneDNN multiplies float32 matrices clearly faster here than PyTorch's BLAS; measured in some ms."""
    if not torch.backends.mkldnn.is_available() or not hasattr(torch.ops.mkldnn, "_linear_pointwise"):
        return False
    rows, inputs, outputs = _SHAPE
    x, weight, bias = torch.ones(rows, inputs), torch.ones(outputs, inputs), torch.ones(outputs)
    with torch.inference_mode():
        try:
            quickest = [min(_seconds(linear, x, weight, bias) for _ in range(_TRIES)) for linear in (_blas, _onednn)]
        except (RuntimeError, TypeError):  # an operator of other arguments in this version of PyTorch
            return False
    return quickest[0] > _CLEARLY * quickest[1]


def _seconds(linear: Callable[..., torch.Tensor], *arguments: torch.Tensor) -> float:
    begin = time.perf_counter()
    linear(*arguments)
    return time.perf_counter() - begin


def _blas(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
    return functional.linear(x, weight, bias)


def _onednn(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
    """x (..., inputs), weight (outputs, inputs), bias (outputs,) or None -> (..., outputs)."""
    product: torch.Tensor = torch.ops.mkldnn._linear_pointwise(x, weight, bias, "none", [], "")
    return product


class _ByOneDNN(TorchFunctionMode):
    """Sends the linear layers that are called inside it to oneDNN; no module is changed."""

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if func is functional.linear and not kwargs and not torch.is_autocast_enabled("cpu"):
            x, weight, bias = args if len(args) == 3 else (*args, None)
            if _plain(x) and _plain(weight) and weight.dim() == 2 and x.dim() >= 2 and x.numel():
                return _linear(x, weight, bias)
        return func(*args, **(kwargs or {}))


def _plain(tensor: torch.Tensor) -> bool:
    return tensor.dtype == torch.float32 and tensor.device.type == "cpu" and tensor.layout == torch.strided


def _linear(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
    if torch.is_grad_enabled() and (x.requires_grad or weight.requires_grad):
        product: torch.Tensor = _Linear.apply(x, weight, bias)
        return product
    return _onednn(x, weight, bias)


class _Linear(torch.autograd.Function):
    """A linear layer whose three products are oneDNN's."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
        ctx.save_for_backward(x, weight)
        return _onednn(x, weight, bias)

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        (gradient,) = gradients
        x, weight = ctx.saved_tensors
        of_x, of_weight, of_bias = ctx.needs_input_grad
        rows = gradient.reshape(-1, gradient.shape[-1])
        return (
            _onednn(gradient, weight.t(), None) if of_x else None,
            _onednn(rows.t(), x.reshape(-1, x.shape[-1]).t(), None) if of_weight else None,
            rows.sum(0) if of_bias else None,
        )
