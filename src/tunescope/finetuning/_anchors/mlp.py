"""Each token can be had back by a small network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from tunescope.finetuning._anchors.anchor import Anchor, Held

if TYPE_CHECKING:
    import torch


class Mlp(Anchor):
    """The mean squared difference of the start's vectors to what a small network, trained along, makes of the present.

    The network adds to its input what one hidden layer gives; at first that is 0, so that it begins as `identity`.
    One network serves all layers that are held.
    """

    name: ClassVar[str] = "mlp"
    title: ClassVar[str] = "the vectors of the start can be had back by a small network"
    source: ClassVar[str] = "Razdaibiedina et al., Findings of EMNLP 2023 (REPINA-MLP)"
    reads: ClassVar[str] = "vectors"

    hidden: Annotated[int, Field(ge=1, strict=True)] = 128
    """Width of the network's hidden layer."""

    def module(self, width: int) -> torch.nn.Module:
        """The network's hidden and output layer."""
        from torch import nn

        network = nn.Sequential(nn.Linear(width, self.hidden), nn.GELU(), nn.Linear(self.hidden, width))
        nn.init.zeros_(network[-1].weight)  # type: ignore[arg-type]
        nn.init.zeros_(network[-1].bias)  # type: ignore[arg-type]
        return network

    def term(self, held: Held) -> torch.Tensor:
        """Mean (x + network(x) − x₀)²."""
        import torch

        return torch.stack(
            [
                torch.nn.functional.mse_loss(now + held.state(now), start)
                for now, start in zip(held.now, held.start, strict=True)
            ]
        ).mean()
