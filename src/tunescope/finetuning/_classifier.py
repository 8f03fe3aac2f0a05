"""The model that is trained: an encoder with a linear head on the vectors of points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from tunescope.encoders import apart_by_length, hidden_states, pool

if TYPE_CHECKING:
    from tunescope.finetuning._anchoring import Anchoring


class PointClassifier(nn.Module):
    """Encoder and head: a linear layer on a point's last-layer vector, cross-entropy averaged over points.

    The point's vector is made exactly as `Encoder.encode` makes it, so the head sees what the probes see.

    Parameters
    ----------
    encoder : torch.nn.Module
        A transformers model that gives a last hidden state.
    width : int
        Width of a point's vector: the encoder's, or twice that for pairs.
    n_labels : int
        Number of labels.
    reads_padding : bool, default False
        Whether the encoder reads padding, so that rows of different lengths are read apart.
    """

    def __init__(self, encoder: Any, width: int, n_labels: int, *, reads_padding: bool = False) -> None:
        super().__init__()
        self.reads_padding = reads_padding
        self.encoder = encoder
        self.head = nn.Linear(width, n_labels)
        self.anchor: nn.Module | None = None
        """What an anchor trains along, if it does."""

    def forward(
        self,
        input_ids: torch.Tensor,
        attention_mask: torch.Tensor,
        token: torch.Tensor,
        unit: torch.Tensor,
        weight: torch.Tensor,
        target_units: torch.Tensor,
        labels: torch.Tensor,
        n_units: int,
        anchoring: Anchoring | None = None,
        token_type_ids: torch.Tensor | None = None,
    ) -> dict[str, torch.Tensor]:
        """Loss (scalar) and logits (n_targets, n_labels) of a batch.

        Parameters
        ----------
        input_ids : tensor (rows, length)
            Tokens.
        attention_mask : tensor (rows, length)
            0 where a row is filled up.
        token, unit, weight : tensors (n_entries,)
            See `tunescope.encoders.pool`, as for `n_units`.
        target_units : tensor (n_targets, 1 or 2)
            The units of each target.
        labels : tensor (n_targets,)
            Index of the label.
        n_units : int
            Number of units.
        anchoring : Anchoring, optional
            What holds the encoder to its start; its term is `anchor` in the result, if it has one.
        token_type_ids : tensor (rows, length), optional
            Which text of a pair a token is of, where the model is told.
        """
        inputs = {"input_ids": input_ids, "attention_mask": attention_mask}
        if token_type_ids is not None:
            inputs["token_type_ids"] = token_type_ids
        instead = {} if anchoring is None else anchoring.weights_read()

        def read(part: dict[str, torch.Tensor]) -> tuple[torch.Tensor, ...]:
            if anchoring is not None and anchoring.reads_vectors:
                return hidden_states(self.encoder, part, anchoring.start.n_layers)
            if instead:
                return (torch.func.functional_call(self.encoder, instead, (), part).last_hidden_state,)
            return (self.encoder(**part).last_hidden_state,)

        read_states = apart_by_length(read, inputs) if self.reads_padding else read(inputs)
        hidden = read_states[-1]
        states = read_states if anchoring is not None and anchoring.reads_vectors else None
        vectors = pool(hidden, token, unit, weight, n_units)
        logits = self.head(vectors[target_units].flatten(1))
        result = {"loss": nn.functional.cross_entropy(logits, labels), "logits": logits}
        term = None if anchoring is None else anchoring.term(inputs, states)
        return result if term is None else {**result, "anchor": term}
