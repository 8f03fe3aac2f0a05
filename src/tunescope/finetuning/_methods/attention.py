"""The attention is trained."""

from __future__ import annotations

from typing import Any, ClassVar

from tunescope.finetuning._methods.method import Method


class Attention(Method):
    """Train the projections of the attention: queries, keys, values and output, with their biases."""

    name: ClassVar[str] = "attention"
    title: ClassVar[str] = "the attention's projections"
    source: ClassVar[str] = "Touvron et al., ECCV 2022"

    def prepare(self, model: Any, seed: int) -> Any:
        """Freeze everything else."""
        from tunescope.finetuning._structure import attention_projections, parameters_of, train_only

        train_only(model, parameters_of(attention_projections(model)), "attention with projections")
        return model
