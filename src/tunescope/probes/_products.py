"""Products of stacks of matrices, by the fastest routine that the machine has for them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from tunescope.probes._onednn import onednn_is_quicker, onednn_linear
from tunescope.probes._units import add_bias

if TYPE_CHECKING:
    import torch

# Below this many numbers in the second matrix, calling oneDNN costs more than it saves (measured, docs/probes.md).
_SMALL = 4096


def times_transposed(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """``a @ b.T`` for each matrix of a stack.

    Parameters
    ----------
    a : (networks, p, q), possibly the same matrix for all, by a stride of zero
    b : (networks, r, q)

    Returns
    -------
    (networks, p, r)
    """
    import torch

    if len(b) > 1:
        return torch.bmm(a, b.mT)
    return (onednn_linear(a[0], b[0], None) if _by_onednn(b) else torch.mm(a[0], b[0].mT))[None]


def layer_of_units(X: torch.Tensor, weights: torch.Tensor, biases: torch.Tensor, *, relu: bool) -> torch.Tensor:
    """``X @ weights.T + biases`` for each network, and its ReLU if asked.

    Parameters
    ----------
    X : (networks, points, inputs), possibly the same points for all, by a stride of zero
    weights : (networks, units, inputs) of the same type
    biases : float32 (networks, 1, units)

    Returns
    -------
    (networks, points, units) of that type
    """
    if len(weights) > 1 or not _by_onednn(weights):
        return add_bias(times_transposed(X, weights), biases, relu=relu)
    return onednn_linear(X[0], weights[0], biases[0, 0], relu=relu)[None]


def _by_onednn(b: torch.Tensor) -> bool:
    import torch

    return b.dtype == torch.float32 and b.device.type == "cpu" and b.numel() >= _SMALL and onednn_is_quicker()


PRECISIONS = ("float32", "bfloat16", "auto")


def takes_bfloat16(precision: str, device: torch.device) -> bool:
    """Whether one of `PRECISIONS` means bfloat16 on a device; "auto" does where it is fast."""
    return precision == "bfloat16" or (precision == "auto" and has_fast_bfloat16(device))


@cache
def has_fast_bfloat16(device: torch.device) -> bool:
    """Whether the device multiplies bfloat16 matrices faster than float32 ones, by its instructions."""
    import torch

    if device.type == "cuda":
        return torch.cuda.get_device_capability(device) >= (8, 0)
    if not torch.backends.mkldnn.is_available():
        return False
    from llvmlite.binding import get_host_cpu_features  # type: ignore[import-untyped]

    try:
        features = get_host_cpu_features()
    except RuntimeError:  # a processor that LLVM does not know
        return False
    return bool(features.get("avx512bf16") or features.get("amx-bf16"))
