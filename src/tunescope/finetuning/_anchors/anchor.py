"""An anchor: a term of the loss, or a change of the weights that are read, that keeps an encoder near its start."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from tunescope.finetuning._choice import Choice
from tunescope.finetuning._layers import LayerChoice

if TYPE_CHECKING:
    import torch


@dataclass
class Held:
    """What an anchor sees of a batch."""

    now: list[torch.Tensor]
    """(n_tokens, width) vectors of the batch's real tokens in each layer that is held, of the encoder in training."""
    start: list[torch.Tensor]
    """The same of the encoder at the start, in evaluation mode; no gradient reaches it."""
    offsets: dict[str, torch.Tensor]
    """What training has added to each trained tensor of the layers that are held."""
    state: Any = None
    """What the anchor's own `module` gave, or None."""
    notes: dict[str, int] = field(default_factory=dict)
    """Counts of what went otherwise than asked for, by what it was; told at the end."""


class Anchor(Choice):
    """Something that keeps an encoder near its start; a subclass with a `name` is one that recipes can name.

    A subclass gives `term`; it sets `reads` to what its term reads, so that nothing is computed in vain. A weight of
    0 is no anchor at all.

    Examples
    --------
    >>> class Largest(Anchor):
    ...     name = "largest"
    ...     title = "the largest distance of a token to where it was"
    ...     reads = "vectors"
    ...
    ...     def term(self, held):
    ...         return sum((now - start).norm(dim=1).max() for now, start in zip(held.now, held.start))
    """

    what: ClassVar[str] = "anchor"
    folder: ClassVar[str] = "tunescope.finetuning._anchors"
    entry_point_group: ClassVar[str] = "tunescope.anchors"
    short: ClassVar[str | None] = "weight"

    reads: ClassVar[str]
    """What its term reads: `vectors`, `offsets`, `matrix offsets`; `weights` if it has `weights_read` and no term."""
    in_parts: ClassVar[bool] = True
    """Whether its term is a mean over tokens, or reads no token, so that a batch can be read in parts."""

    weight: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    """How much its term counts."""
    layers: LayerChoice = "last"
    """Which layers are held: `last`, `all`, `4-6`, `[4, 6]`; 0 is the embedding layer."""

    def module(self, width: int) -> torch.nn.Module | None:
        """What is trained along with the encoder for this anchor's sake, or None."""
        return None

    def term(self, held: Held) -> torch.Tensor | None:
        """The term, before its weight; or None where there is none."""
        return None

    def weights_read(self, name: str, now: torch.Tensor, start: torch.Tensor) -> torch.Tensor:
        """What the encoder reads in training instead of a trained tensor, where `reads` is `weights`."""
        return now


class OfWeights(Anchor):
    """An anchor of the weights; where no layers are named it holds all of them."""

    layers: LayerChoice = "all"
    reads: ClassVar[str] = "offsets"
