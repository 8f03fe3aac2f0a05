"""A graft: an encoder as it was, with some of its weights from the one that it became."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunescope.errors import StudyError, near
from tunescope.finetuning._structure import layer_of_parameters, part_of, parts

if TYPE_CHECKING:
    from tunescope.encoders import Encoder

GRAFTED_PARTS = ("all", "attention", "feed-forward")
"""What of a layer can be taken."""


def graft(original: Encoder, tuned: Encoder, layers: Iterable[int], part: str = "all") -> Encoder:
    """The original encoder with the weights of some layers from the tuned one.

    With all of the layers 0 to l, the hidden states of layer l are those of the tuned encoder, and what is above reads
    them as the original does.

    Parameters
    ----------
    original, tuned : Encoder
        Of one architecture; both stay as they are.
    layers : iterable of int
        0 is the embedding layer; what stands outside of the layers belongs to it, or to the last one.
    part : {"all", "attention", "feed-forward"}, default "all"
        What of these layers is taken.

    Returns
    -------
    Encoder
        With weights of its own. Of no layer it is the original, of all layers and all parts the tuned one, bit by bit.

    Raises
    ------
    StudyError
        The two are not of one architecture, a layer does not exist, or its layers cannot be told apart.

    Examples
    --------
    >>> from tunescope.encoders import load_encoder
    >>> encoder = load_encoder("embedded", device="cpu")
    >>> graft(encoder, encoder, [0, 1]).fingerprint == encoder.fingerprint
    True
    """
    import torch

    if part not in GRAFTED_PARTS:
        raise StudyError(f"there is no part {part!r} to graft; {near(part, GRAFTED_PARTS)}")
    chosen = set(layers)
    beyond = sorted(layer for layer in chosen if not 0 <= layer <= original.n_layers)
    if beyond:
        raise StudyError(f"{original.name} has no layer {beyond[0]}; it has 0 (embedding layer) to {original.n_layers}")
    found = original.copy()
    own, other = dict(found.model.named_parameters()), dict(tuned.model.named_parameters())
    if {name: value.shape for name, value in own.items()} != {name: value.shape for name, value in other.items()}:
        raise StudyError(f"{original.name} and {tuned.name} are not of one architecture: their weights cannot be mixed")
    layer_of, kinds = layer_of_parameters(found.model), parts(found.model)
    with torch.no_grad():
        for name, parameter in own.items():
            if layer_of[name] in chosen and part in ("all", part_of(name, kinds)):
                parameter.copy_(other[name].to(parameter.device))
    return found
