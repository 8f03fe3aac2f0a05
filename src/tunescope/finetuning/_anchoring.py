"""An anchor at work in a training: what it reads is gathered here, so that an anchor's file is its formula."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from tunescope.encoders import Encoder, apart_by_length, evaluating, hidden_states
from tunescope.errors import StudyError
from tunescope.finetuning._anchors import Anchor, Held
from tunescope.finetuning._layers import layer_numbers
from tunescope.finetuning._methods import Method


class Anchoring:
    """Gives the anchor's part of the loss of each update.

    Parameters
    ----------
    anchor : Anchor
        What holds.
    method : Method
        What is trained.
    start : Encoder
        Where the training starts from; it is read and not changed.
    model : torch.nn.Module
        The prepared model.

    Raises
    ------
    StudyError
        Nothing is trained of what the anchor would hold, or there is no such layer.
    """

    def __init__(self, anchor: Anchor, method: Method, start: Encoder, model: Any) -> None:
        self.anchor, self.method, self.start, self.model = anchor, method, start, model
        self.module: nn.Module | None = anchor.module(start.width)
        self.layers = layer_numbers(anchor.layers, start.n_layers)
        self.notes: dict[str, int] = {}
        self._tensors = {name: p.detach() for name, p in start.model.named_parameters()}
        self._held = self._held_tensors()
        self._begin = {
            name: p.detach().clone()
            for name, p in model.named_parameters()
            if anchor.reads == "weights" and p.requires_grad and self._is_held(name)
        }
        if "vectors" not in anchor.reads and not (self._begin or self._offsets()):
            raise StudyError(
                f"recipe.anchor: {anchor.name} holds trained weights, and {method} trains none of the encoder's there;"
                " choose an anchor of vectors (identity, linear, mlp, cosine)"
            )

    @property
    def reads_vectors(self) -> bool:
        """Whether it needs the hidden states of every layer."""
        return self.anchor.reads == "vectors"

    def term(self, inputs: dict[str, Any], states: tuple[torch.Tensor, ...] | None) -> torch.Tensor | None:
        """The weighted term of a batch, or None.

        Parameters
        ----------
        inputs : dict
            `input_ids` and `attention_mask` of the batch.
        states : tuple of tensors (rows, length, width)
            The hidden states of the encoder in training, where the anchor reads vectors.
        """
        if self.anchor.reads == "weights":
            return None
        now: list[torch.Tensor] = []
        start: list[torch.Tensor] = []
        if states is not None:
            real = inputs["attention_mask"].bool()
            with evaluating(self.start.model), torch.no_grad():
                before = self._start_states(inputs)
            now = [states[layer][real] for layer in self.layers]
            start = [before[layer][real] for layer in self.layers]
        term = self.anchor.term(Held(now, start, self._offsets(), self.module, self.notes))
        return None if term is None else self.anchor.weight * term

    def _start_states(self, inputs: dict[str, Any]) -> tuple[torch.Tensor, ...]:
        def read(part: dict[str, torch.Tensor]) -> tuple[torch.Tensor, ...]:
            return hidden_states(self.start.model, part, self.start.n_layers)

        return apart_by_length(read, inputs) if self.start.reads_padding else read(inputs)

    def weights_read(self) -> dict[str, torch.Tensor]:
        """What the model reads instead of its parameters, by their names; empty where it reads them as they are."""
        if not self._begin:
            return {}
        return {
            name: self.anchor.weights_read(name, p, self._begin[name])
            for name, p in self.model.named_parameters()
            if name in self._begin
        }

    def _offsets(self) -> dict[str, torch.Tensor]:
        if "offsets" not in self.anchor.reads:
            return {}
        found = self.method.offsets(self.model, self._tensors)
        return {
            name: offset
            for name, offset in found.items()
            if name in self._held and (self.anchor.reads == "offsets" or self._tensors[name].dim() == 2)
        }

    def _held_tensors(self) -> set[str]:
        """The names of the encoder's tensors in the layers that are held."""
        if self.anchor.layers == "all" or self.reads_vectors:
            return set(self._tensors)
        from tunescope.finetuning._structure import layer_of_parameters

        return {name for name, layer in layer_of_parameters(self.start.model).items() if layer in self.layers}

    def _is_held(self, name: str) -> bool:
        """Whether a parameter of the prepared model belongs to a tensor that is held: it is inside of its module."""
        if self.anchor.layers == "all":
            return True
        return any(f".{each.rpartition('.')[0]}." in f".{name}" for each in self._held)
