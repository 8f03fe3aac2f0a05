"""Matrices stay near their start."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tunescope.finetuning._anchors.anchor import Held, OfWeights

if TYPE_CHECKING:
    import torch


class Weights(OfWeights):
    """The squared distance of linear and embedding weights to their start, summed; other weights are free."""

    name: ClassVar[str] = "weights"
    title: ClassVar[str] = "linear and embedding weights stay near their start"
    source: ClassVar[str] = "Chew et al., Findings of EACL 2024 (NFL-CP)"
    reads: ClassVar[str] = "matrix offsets"

    def term(self, held: Held) -> torch.Tensor:
        """Σ ‖W − W₀‖²."""
        import torch

        return torch.stack([offset.square().sum() for offset in held.offsets.values()]).sum()
