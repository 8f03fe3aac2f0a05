"""A control: an encoder of the same architecture whose weights are as they were before any training."""

from __future__ import annotations

from typing import Any

RANDOM = "random:"
"""What stands before the name of an encoder that shall be loaded without what it has learned."""


def untrained(model: Any, seed: int = 0) -> Any:
    """A model of the same class and config with initial weights; equal seeds give equal weights."""
    import torch

    from tunescope.encoders._model import without_pooler

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        found = type(model)(model.config)
    without_pooler(found)
    return found
