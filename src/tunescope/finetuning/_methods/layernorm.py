"""The layer normalisations are trained."""

from __future__ import annotations

from typing import Any, ClassVar

from tunescope.finetuning._methods.method import Method


class LayerNorm(Method):
    """Train scale and shift of every layer normalisation, those of the embeddings included."""

    name: ClassVar[str] = "layernorm"
    title: ClassVar[str] = "the layer normalisations"
    source: ClassVar[str] = "AkbarTajari, Rajaee and Pilehvar, EMNLP 2022"

    def prepare(self, model: Any, seed: int) -> Any:
        """Freeze everything else."""
        from tunescope.finetuning._structure import normalisations, parameters_of, train_only

        train_only(model, parameters_of(normalisations(model)), "layer normalisation with weights")
        return model
