"""Every weight stays near its start."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tunescope.finetuning._anchors.anchor import Held, OfWeights

if TYPE_CHECKING:
    import torch


class L2Sp(OfWeights):
    """Half the squared distance of the encoder's trained weights to their start, summed."""

    name: ClassVar[str] = "l2-sp"
    title: ClassVar[str] = "every weight stays near its start"
    source: ClassVar[str] = "Li, Grandvalet and Davoine, ICML 2018"

    def term(self, held: Held) -> torch.Tensor:
        """½ Σ (w − w₀)²."""
        import torch

        return torch.stack([offset.square().sum() for offset in held.offsets.values()]).sum() / 2
