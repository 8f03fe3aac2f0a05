"""In training, weights are replaced by those of the start at random."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from tunescope.finetuning._anchors.anchor import OfWeights

if TYPE_CHECKING:
    import torch


class Mixout(OfWeights):
    """Before each update every trained weight is replaced by its start with a probability, the rest moved to balance.

    The weights that are read are w₀ + m · (w − w₀) / (1 − p) with m = 0 with probability p and 1 otherwise, so that on
    average they are w. With p = 1 nothing is trained.
    """

    name: ClassVar[str] = "mixout"
    title: ClassVar[str] = "in training, weights are replaced by those of the start at random"
    source: ClassVar[str] = "Lee, Cho and Kang, ICLR 2020"
    reads: ClassVar[str] = "weights"
    in_parts: ClassVar[bool] = False

    weight: Annotated[float, Field(ge=0, le=1)]
    """The probability p."""

    def weights_read(self, name: str, now: torch.Tensor, start: torch.Tensor) -> torch.Tensor:
        """The mixed tensor."""
        import torch

        if self.weight == 1:
            return start
        kept = torch.empty_like(start).bernoulli_(1 - self.weight)
        return start + kept * (now - start) / (1 - self.weight)
