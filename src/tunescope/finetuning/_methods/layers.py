"""Some layers are trained."""

from __future__ import annotations

from typing import Any, ClassVar

from tunescope.finetuning._layers import LayerChoice, layer_numbers
from tunescope.finetuning._methods.method import Method


class Layers(Method):
    """Train some layers of the encoder; the spaces of the layers below the lowest of them stay as they are."""

    name: ClassVar[str] = "layers"
    title: ClassVar[str] = "some layers"
    source: ClassVar[str] = "Lee, Tang and Lin 2019, arXiv:1911.03090"
    short: ClassVar[str | None] = "layers"

    layers: LayerChoice
    """`4-6`, `[4, 5, 6]`, `last`, `upper` (half) or `all`; 0 is the embedding layer."""

    def prepare(self, model: Any, seed: int) -> Any:
        """Freeze the other layers."""
        from tunescope.finetuning._structure import layer_of_parameters, train_only

        layer_of = layer_of_parameters(model)
        chosen = layer_numbers(self.layers, int(model.config.num_hidden_layers))
        train_only(model, {name for name, layer in layer_of.items() if layer in chosen}, f"parameters in {chosen}")
        return model
