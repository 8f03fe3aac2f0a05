"""Single weights, drawn at random, are trained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import numpy as np
from pydantic import Field

from tunescope.errors import StudyError
from tunescope.finetuning._methods.method import Method

if TYPE_CHECKING:
    import torch


class Random(Method):
    """Train each weight of the encoder with a given probability; the others stand still.

    What is trained are offsets from 0 at the drawn places, so that the optimiser keeps nothing for the others and
    weight decay draws towards the start.
    """

    name: ClassVar[str] = "random"
    title: ClassVar[str] = "single weights, drawn by the seed"
    source: ClassVar[str] = "Xu and Zhang, ICML 2024 (random masking)"
    short: ClassVar[str | None] = "share"
    wraps: ClassVar[bool] = True

    share: Annotated[float, Field(gt=0, le=1)]
    """The probability of each weight; 1e-4 with a learning rate of 1e-2 is what the source found to do."""

    def prepare(self, model: Any, seed: int) -> Any:
        """Draw the places and put offsets on them."""
        from tunescope.finetuning._offsets import SparseOffsets, add_offsets, holders

        model.requires_grad_(False)
        n_drawn = 0
        for number, (_, parameter, held_by) in enumerate(holders(model)):
            places = self.places(parameter.numel(), seed, number)
            if len(places):
                add_offsets(held_by, SparseOffsets(places, parameter))
                n_drawn += len(places)
        if not n_drawn:
            raise StudyError(f"a share of {self.share:g} drew none of the encoder's weights; take a larger one")
        return model

    def places(self, size: int, seed: int, number: int) -> np.ndarray[Any, Any]:
        """The places that are drawn of the `number`-th tensor, which holds `size` weights; in order."""
        rng = np.random.default_rng([seed, number])
        count = rng.binomial(size, self.share)
        return np.sort(rng.choice(size, count, replace=False, shuffle=False))

    def trained(self, model: Any) -> dict[str, int]:
        """How many weights of each tensor were drawn."""
        from tunescope.finetuning._offsets import offsets_of

        return {name: offsets.values.numel() for name, offsets in offsets_of(model)}

    def offsets(self, model: Any, start: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """The offsets at the drawn places."""
        from tunescope.finetuning._offsets import offsets_of

        return {name: offsets.values for name, offsets in offsets_of(model)}

    def finish(self, model: Any) -> Any:
        """Add the offsets to the weights."""
        from tunescope.finetuning._offsets import settle

        return settle(model)
