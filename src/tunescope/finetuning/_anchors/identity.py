"""Each token stays where it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tunescope.finetuning._anchors.anchor import Anchor, Held

if TYPE_CHECKING:
    import torch


class Identity(Anchor):
    """The mean squared difference of the tokens' vectors to those of the start, over tokens, coordinates and layers."""

    name: ClassVar[str] = "identity"
    title: ClassVar[str] = "each token's vector stays where it was"
    source: ClassVar[str] = "Razdaibiedina et al., Findings of EMNLP 2023 (REPINA-I)"
    reads: ClassVar[str] = "vectors"

    def term(self, held: Held) -> torch.Tensor:
        """Mean (x − x₀)²."""
        import torch

        return torch.stack(
            [torch.nn.functional.mse_loss(now, start) for now, start in zip(held.now, held.start, strict=True)]
        ).mean()
