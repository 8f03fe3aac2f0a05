"""Linear layers by the quicker of the two CPU libraries that PyTorch brings along.

Which one that is, `tunescope.probes` knows. The two differ by the rounding of float32.
"""

from __future__ import annotations

import contextlib
from contextlib import AbstractContextManager
from typing import Any

import torch
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from tunescope.probes import onednn_is_quicker, onednn_linear


def quick_linear_layers(device: torch.device, *, by_onednn: bool | None = None) -> AbstractContextManager[Any]:
    """Inside, linear layers of float32 on a CPU are computed by the quicker library, gradients too.

    Parameters
    ----------
    device : torch.device
        Where the layers are; elsewhere than on a CPU nothing is changed.
    by_onednn : bool or None
        Whether to take oneDNN; None takes it where the processor makes it the quicker one.
    """
    if by_onednn is None:
        by_onednn = device.type == "cpu" and onednn_is_quicker()
    return _ByOneDNN() if device.type == "cpu" and by_onednn else contextlib.nullcontext()


class _ByOneDNN(TorchFunctionMode):
    """Sends the linear layers that are called inside it to oneDNN; no module is changed."""

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        if func is functional.linear and not kwargs and not torch.is_autocast_enabled("cpu"):
            x, weight, bias = args if len(args) == 3 else (*args, None)
            if _plain(x) and _plain(weight) and weight.dim() == 2 and x.dim() >= 2 and x.numel() and weight.numel():
                return _linear(x, weight, bias)
        return func(*args, **(kwargs or {}))


def _plain(tensor: torch.Tensor) -> bool:
    return tensor.dtype == torch.float32 and tensor.device.type == "cpu" and tensor.layout == torch.strided


def _linear(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
    if torch.is_grad_enabled() and any(t is not None and t.requires_grad for t in (x, weight, bias)):
        product: torch.Tensor = _Linear.apply(x, weight, bias)
        return product
    return onednn_linear(x, weight, bias)


class _Linear(torch.autograd.Function):
    """A linear layer whose three products are oneDNN's."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None) -> torch.Tensor:
        ctx.save_for_backward(x, weight)
        product = onednn_linear(x, weight, bias)
        # Of more than two dimensions oneDNN gives a view; autograd forbids to change one in place (DeBERTa does).
        return product.new_empty(0).set_(product) if product._is_view() else product  # type: ignore[call-overload]

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        (gradient,) = gradients
        x, weight = ctx.saved_tensors
        of_x, of_weight, of_bias = ctx.needs_input_grad
        rows = gradient.reshape(-1, gradient.shape[-1])
        return (
            onednn_linear(gradient, weight.t(), None) if of_x else None,
            onednn_linear(rows.t(), x.reshape(-1, x.shape[-1]).t(), None) if of_weight else None,
            rows.sum(0) if of_bias else None,
        )
