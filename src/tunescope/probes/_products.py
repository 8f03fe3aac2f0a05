"""Products of stacks of matrices, by the fastest routine that the machine has for them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

# Below this many numbers in the second matrix, calling oneDNN costs more than it saves (measured, docs/probes.md).
_SMALL = 4096


def times_transposed(a: torch.Tensor, b: torch.Tensor, bias: torch.Tensor | None = None) -> torch.Tensor:
    """``a @ b.T + bias`` for each matrix of a stack.

    Parameters
    ----------
    a : (networks, p, q), possibly the same matrix for all, by a stride of zero
    b : (networks, r, q)
    bias : (networks, 1, r) or None

    Returns
    -------
    (networks, p, r)
    """
    import torch

    if len(b) == 1 and b[0].numel() >= _SMALL and b.device.type == "cpu" and b.dtype == torch.float32:
        linear = _onednn_linear()
        if linear is not None:
            row = None if bias is None else bias[0, 0]
            return linear(a[0], b[0], row, "none", [], "")[None]
    if bias is None:
        return torch.bmm(a, b.mT)
    return torch.baddbmm(bias, a, b.mT)


@cache
def _onednn_linear() -> Any:
    """oneDNN's float32 product, or None where PyTorch's own choice is as fast.

    On a CPU with AVX-512 that is not Intel's, PyTorch's default (MKL) uses half the width of the vector units;
    oneDNN uses all of it and is twice as fast, with the same float32 arithmetic.
    """
    import torch

    if torch.backends.cpu.get_cpu_capability() != "AVX512":
        return None
    try:
        return torch.ops.mkldnn._linear_pointwise
    except (AttributeError, RuntimeError):  # a PyTorch without oneDNN
        return None


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
