"""The parts of a model, found by how it is built and not by what an architecture calls them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import nn

from tunescope.errors import StudyError


def layer_stack(model: Any) -> list[nn.Module]:
    """The layers of a model in order: its outermost list of as many modules of one class as it has layers.

    Raises
    ------
    StudyError
        There is none: the layers share their weights (ALBERT), or are kept in another way.
    """
    n_layers = int(model.config.num_hidden_layers)
    for _, module in sorted(model.named_modules(), key=lambda named: named[0].count(".")):
        if isinstance(module, nn.ModuleList) and len(module) == n_layers and len({type(each) for each in module}) == 1:
            return list(module)
    raise StudyError(
        f"the layers of {type(model).__name__} cannot be told apart: they share their weights, or are not kept as a"
        f" list of {n_layers}; choose a way of fine-tuning that names no layers"
    )


def layer_of_parameters(model: Any) -> dict[str, int]:
    """The layer that each parameter belongs to: 0 the embeddings, 1 … n_layers.

    What stands outside of the layers belongs to the embeddings if it is used before the first one, and to the last
    one if it is used after it (a final normalisation); which is the case is seen by sending two tokens through.

    Raises
    ------
    StudyError
        As `layer_stack`.
    """
    stack = layer_stack(model)
    inside = {id(p): number for number, layer in enumerate(stack, start=1) for p in layer.parameters()}
    reached = 0
    first_used: dict[int, int] = {}

    def enter(number: int) -> Callable[..., None]:
        def hook(*_: Any) -> None:
            nonlocal reached
            reached = number

        return hook

    def used(module: nn.Module, *_: Any) -> None:
        for p in module.parameters(recurse=False):
            first_used.setdefault(id(p), reached)

    hooks = [layer.register_forward_pre_hook(enter(number)) for number, layer in enumerate(stack, start=1)]
    hooks += [module.register_forward_pre_hook(used) for module in model.modules()]
    try:
        send_two_tokens(model)
    finally:
        for each in hooks:
            each.remove()
    return {name: inside.get(id(p), first_used.get(id(p), 0)) for name, p in model.named_parameters()}


def send_two_tokens(model: Any) -> torch.Tensor:
    """The last hidden states (2, 2, width) of two tokens and of one with padding, in evaluation mode."""
    from tunescope.encoders import evaluating

    device = next(model.parameters()).device
    tokens, mask = torch.tensor([[1, 2], [1, 0]], device=device), torch.tensor([[1, 1], [1, 0]], device=device)
    with evaluating(model), torch.no_grad():
        hidden: torch.Tensor = model(input_ids=tokens, attention_mask=mask).last_hidden_state
    return hidden


def attention_projections(model: Any) -> Iterator[tuple[str, nn.Module]]:
    """The linear layers inside the attention of a model, with their names."""
    for name, module in model.named_modules():
        if "attention" in type(module).__name__.lower():
            for inner_name, inner in linear_layers(module):
                yield (f"{name}.{inner_name}" if inner_name else name), inner


def linear_layers(model: Any) -> Iterator[tuple[str, nn.Module]]:
    """The modules that multiply by a matrix of their own, with their names."""
    for name, module in model.named_modules():
        weight = module._parameters.get("weight")
        if weight is not None and weight.dim() == 2 and not isinstance(module, nn.Embedding):
            yield name, module


def normalisations(model: Any) -> Iterator[tuple[str, nn.Module]]:
    """The layer normalisations of a model: modules that hold a vector of scales and at most one of shifts."""
    for name, module in model.named_modules():
        own = dict(module.named_parameters(recurse=False))
        if "weight" in own and all(p.dim() == 1 for p in own.values()):
            yield name, module


def part_of(name: str, parts: dict[str, str]) -> str:
    """The part that a parameter belongs to, by the name of the module that holds it."""
    return parts.get(name.rpartition(".")[0], "other")


def parts(model: Any) -> dict[str, str]:
    """The part of each module that holds parameters: attention, feed-forward, normalisation or embedding."""
    found = {name: "embedding" for name, module in model.named_modules() if isinstance(module, nn.Embedding)}
    found |= {name: "feed-forward" for name, _ in linear_layers(model)}
    found |= {name: "attention" for name, _ in attention_projections(model)}
    found |= {name: "normalisation" for name, _ in normalisations(model)}
    return found


def train_only(model: Any, names: set[str], what: str) -> None:
    """Let the parameters of these names be trained, and no others.

    Raises
    ------
    StudyError
        There is none of these names; `what` tells what was looked for.
    """
    if not names:
        raise StudyError(f"{type(model).__name__} has no {what}: there is nothing to train")
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name in names)


def parameters_of(modules: Iterator[tuple[str, nn.Module]]) -> set[str]:
    """The names of the parameters that these modules hold themselves."""
    return {f"{name}.{own}" if name else own for name, module in modules for own in module._parameters}
