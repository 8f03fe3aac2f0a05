"""The quicker of the two libraries for matrix products that PyTorch brings along for a CPU: decided here, once.

In float32 PyTorch multiplies matrices on a CPU by its BLAS. Where that is MKL, a processor with AVX-512 that is not
Intel's gets code for registers of half the width, while oneDNN, which PyTorch uses for other things, takes all of
it (docs/probes.md has the numbers). Which one is taken follows from what the processor is and not from a
measurement: the two differ by the rounding of float32, and one machine shall give one result.
"""

from __future__ import annotations

import platform
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


@cache
def onednn_is_quicker() -> bool:
    """Whether oneDNN multiplies float32 matrices faster on this CPU than PyTorch's BLAS, and can be called."""
    import torch

    return (
        torch.backends.cpu.get_cpu_capability() == "AVX512"
        and torch.backends.mkl.is_available()
        and not made_by_intel()
        and has_onednn()
    )


def has_onednn() -> bool:
    """Whether this PyTorch has oneDNN's linear layer with the arguments that `onednn_linear` gives."""
    import torch

    if not torch.backends.mkldnn.is_available():
        return False
    one = torch.ones(1, 1)
    try:
        with torch.inference_mode():
            onednn_linear(one, one, one[0])
    except (AttributeError, RuntimeError, TypeError):
        return False
    return True


def onednn_linear(
    x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None, *, relu: bool = False
) -> torch.Tensor:
    """``x @ weight.T + bias`` by oneDNN, and its ReLU if asked.

    Parameters
    ----------
    x : float32 (..., inputs)
    weight : float32 (outputs, inputs)
    bias : float32 (outputs,) or None
    relu : bool, default False

    Returns
    -------
    float32 (..., outputs)
    """
    import torch

    product: torch.Tensor = torch.ops.mkldnn._linear_pointwise(x, weight, bias, "relu" if relu else "none", [], "")
    return product


def made_by_intel(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Whether the processor calls itself Intel's.

    Parameters
    ----------
    cpuinfo : Path
        Where Linux tells it; elsewhere the platform's own words are asked.
    """
    try:
        text = cpuinfo.read_text(errors="replace")
    except OSError:
        text = platform.processor()
    return "GenuineIntel" in text or (not text and platform.system() == "Darwin")
