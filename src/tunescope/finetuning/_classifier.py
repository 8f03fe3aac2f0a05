"""The model that is trained: an encoder with a linear head on the vectors of points."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from tunescope.encoders import pool


class PointClassifier(nn.Module):
    """Encoder and head: a linear layer on a point's last-layer vector, cross-entropy averaged over points.

    The point's vector is made exactly as `Encoder.encode` makes it, so the head sees what the probes see.

    Args:
        encoder: a transformers model that gives a last hidden state.
        width: width of a point's vector: the encoder's, or twice that for pairs.
        n_labels: number of labels.
    """

    def __init__(self, encoder: Any, width: int, n_labels: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = nn.Linear(width, n_labels)

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
        token_type_ids: torch.Tensor | None = None,
    ) -> dict[str, torch.Tensor]:
        """Loss (scalar) and logits (n_targets, n_labels) of a batch.

        Args:
            input_ids: (rows, length) tokens.
            attention_mask: (rows, length), 0 where a row is filled up.
            token: see `tunescope.encoders.pool`, as are `unit`, `weight` and `n_units`.
            unit: (n_entries,)
            weight: (n_entries,)
            target_units: (n_targets, 1 or 2) the units of each target.
            labels: (n_targets,) index of the label.
            n_units: number of units.
            token_type_ids: (rows, length) which text of a pair a token is of, where the model is told.
        """
        told = {} if token_type_ids is None else {"token_type_ids": token_type_ids}
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask, **told).last_hidden_state
        vectors = pool(hidden, token, unit, weight, n_units)
        logits = self.head(vectors[target_units].flatten(1))
        return {"loss": nn.functional.cross_entropy(logits, labels), "logits": logits}
