"""Only the head is trained; the encoder stands still."""

from __future__ import annotations

from typing import Any, ClassVar

from tunescope.finetuning._methods.method import Method


class Head(Method):
    """Train the classification head alone: a linear probe on the encoder as it is."""

    name: ClassVar[str] = "head"
    title: ClassVar[str] = "the head alone"
    source: ClassVar[str] = "Kumar et al., ICLR 2022 (linear probing); NFL-F of Chew et al., Findings of EACL 2024"

    def prepare(self, model: Any, seed: int) -> Any:
        """Freeze all of the encoder."""
        return model.requires_grad_(False)
