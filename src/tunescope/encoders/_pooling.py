"""Hidden states of tokens to vectors of units, and units to targets; the same in extraction and training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tunescope.errors import EncoderError

if TYPE_CHECKING:
    import torch


def hidden_states(model: Any, inputs: dict[str, torch.Tensor], n_layers: int) -> tuple[torch.Tensor, ...]:
    """Every layer's hidden states by one forward pass: n_layers + 1 tensors (rows, length, width).

    The last one is the model's own last hidden state, which for architectures with a final normalisation
    differs from what the last layer hands out.
    """
    output = model(**inputs, output_hidden_states=True, return_dict=True)
    states = tuple(output.hidden_states)
    if len(states) != n_layers + 1:
        raise EncoderError(
            f"{type(model).__name__} gave {len(states)} hidden states where {n_layers + 1} were expected"
            f" (embedding layer and {n_layers} layers)"
        )
    return (*states[:-1], output.last_hidden_state)


def pool(
    hidden: torch.Tensor, token: torch.Tensor, unit: torch.Tensor, weight: torch.Tensor, n_units: int
) -> torch.Tensor:
    """The weighted sum of each unit's tokens, (n_units, width): their mean, since the weights are its shares.

    Args:
        hidden: (rows, length, width) hidden states.
        token: (n_entries,) position in the flattened (rows · length) tokens.
        unit: (n_entries,) the unit that it contributes to.
        weight: (n_entries,) with what share.
        n_units: number of units.
    """
    tokens = hidden.flatten(0, 1).index_select(0, token)
    vectors = hidden.new_zeros(n_units, hidden.shape[-1])
    return vectors.index_add(0, unit, tokens * weight.to(hidden.dtype)[:, None])
