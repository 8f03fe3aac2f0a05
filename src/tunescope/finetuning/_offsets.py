"""Offsets that are added to single weights of a tensor wherever the model reads it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.utils import parametrize

Holders = list[tuple[nn.Module, str]]
"""The modules that hold one tensor, each with the name under which it does."""


class SparseOffsets(nn.Module):
    """Adds a trained value, 0 at first, at some places of a tensor.

    Parameters
    ----------
    places : array of int64, (n_places,)
        Places in the flattened tensor, each once.
    like : torch.Tensor
        A tensor of the dtype and on the device of the one that they are added to.
    """

    places: torch.Tensor

    def __init__(self, places: np.ndarray[Any, Any], like: torch.Tensor) -> None:
        super().__init__()
        self.register_buffer("places", torch.from_numpy(places).to(like.device))
        self.values = nn.Parameter(torch.zeros(len(places), dtype=like.dtype, device=like.device))

    def forward(self, weight: torch.Tensor) -> torch.Tensor:
        """The tensor with the offsets added."""
        return weight.flatten().index_add(0, self.places, self.values).view_as(weight)


def holders(model: Any) -> list[tuple[str, nn.Parameter, Holders]]:
    """Each parameter once, under its first name, with all the modules that hold it (tied weights have several)."""
    found: dict[int, tuple[str, nn.Parameter, Holders]] = {}
    for name, module in model.named_modules():
        for own, parameter in module._parameters.items():
            if parameter is not None:
                full = f"{name}.{own}" if name else own
                found.setdefault(id(parameter), (full, parameter, []))[2].append((module, own))
    return list(found.values())


def add_offsets(to: Holders, offsets: SparseOffsets) -> None:
    """Let these modules read their tensor with the offsets added."""
    for module, own in to:
        parametrize.register_parametrization(module, own, offsets)


def offsets_of(model: Any) -> Iterator[tuple[str, SparseOffsets]]:
    """The offsets in a model, each once, with the first name of the tensor that they are added to."""
    seen = set()
    for name, module in model.named_modules():
        if parametrize.is_parametrized(module):
            for own, stack in module.parametrizations.items():
                if isinstance(stack[0], SparseOffsets) and stack[0] not in seen:
                    seen.add(stack[0])
                    yield (f"{name}.{own}" if name else own), stack[0]


def settle(model: Any) -> Any:
    """Add the offsets to the weights for good; tied tensors stay tied."""
    tied: dict[SparseOffsets, nn.Parameter] = {}
    for module in list(model.modules()):
        if parametrize.is_parametrized(module):
            for own in list(module.parametrizations):
                offsets = module.parametrizations[own][0]
                parametrize.remove_parametrizations(module, own, leave_parametrized=True)
                setattr(module, own, tied.setdefault(offsets, getattr(module, own)))
    return model
