"""Each token keeps its direction."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tunescope.finetuning._anchors.anchor import Anchor, Held

if TYPE_CHECKING:
    import torch


class Cosine(Anchor):
    """The mean of 1 − cosine of the tokens' vectors and those of the start, over tokens and layers."""

    name: ClassVar[str] = "cosine"
    title: ClassVar[str] = "each token's vector keeps its direction"
    source: ClassVar[str] = "Chew et al., Findings of EACL 2024 (NFL-CO)"
    reads: ClassVar[str] = "vectors"

    def term(self, held: Held) -> torch.Tensor:
        """Mean (1 − cos(x, x₀))."""
        import torch

        return torch.stack(
            [
                (1 - torch.nn.functional.cosine_similarity(now, start, dim=1)).mean()
                for now, start in zip(held.now, held.start, strict=True)
            ]
        ).mean()
