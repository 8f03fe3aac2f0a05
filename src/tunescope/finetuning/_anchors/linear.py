"""Each token can be had back by a linear map."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from tunescope.finetuning._anchors.anchor import Anchor, Held

if TYPE_CHECKING:
    import torch

TOO_FEW = "updates had no more tokens than the encoder is wide, for which the anchor `linear` holds nothing"


class Linear(Anchor):
    """The mean squared difference of the start's vectors to the best linear image of the present ones.

    The best map, with a shift, is found anew for each update by least squares over its tokens. It holds something only
    where an update has more tokens than the encoder is wide; updates with fewer are counted in the notes.
    """

    name: ClassVar[str] = "linear"
    title: ClassVar[str] = "the vectors of the start can be had back by a linear map"
    source: ClassVar[str] = "Razdaibiedina et al., Findings of EMNLP 2023 (projections φ of a linear class)"
    reads: ClassVar[str] = "vectors"
    in_parts: ClassVar[bool] = False

    def term(self, held: Held) -> torch.Tensor:
        """Min over φ of mean (φ(x) − x₀)²; at the best φ the gradient is that with φ fixed."""
        import torch

        terms = []
        for now, start in zip(held.now, held.start, strict=True):
            if len(now) <= now.shape[1] + 1:
                held.notes[TOO_FEW] = held.notes.get(TOO_FEW, 0) + 1
            back = best_map(now.detach(), start)
            terms.append(torch.nn.functional.mse_loss(_with_ones(now) @ back, start))
        return torch.stack(terms).mean()


def best_map(vectors: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """(width + 1, width) map and shift that bring vectors nearest to the wanted ones, by least squares in float64."""
    import torch

    # The pseudoinverse also takes fewer tokens than dimensions, which lstsq does not on every device.
    return (torch.linalg.pinv(_with_ones(vectors).double()) @ wanted.double()).to(vectors.dtype)


def _with_ones(vectors: torch.Tensor) -> torch.Tensor:
    import torch

    return torch.cat([vectors, vectors.new_ones(len(vectors), 1)], dim=1)
