"""The biases are trained."""

from __future__ import annotations

from typing import Any, ClassVar

from tunescope.finetuning._methods.method import Method


class Bias(Method):
    """Train every bias: of linear layers, and the shifts of layer normalisations (BitFit)."""

    name: ClassVar[str] = "bias"
    title: ClassVar[str] = "the biases"
    source: ClassVar[str] = "Ben Zaken, Goldberg and Ravfogel, ACL 2022 (BitFit)"

    def prepare(self, model: Any, seed: int) -> Any:
        """Freeze everything else."""
        from tunescope.finetuning._structure import train_only

        biases = {name for name, p in model.named_parameters() if name.endswith("bias") and p.dim() == 1}
        train_only(model, biases, "biases")
        return model
