"""A way of fine-tuning: which numbers of an encoder are trained, and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from tunescope.finetuning._choice import Choice

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Stage:
    """A stretch of a training, with a schedule of its own."""

    epochs: int
    """How many epochs it lasts."""
    head_alone: bool = False
    """Whether the encoder stands still and only the head is trained."""


class Method(Choice):
    """A way of fine-tuning; a subclass with a `name` is one that recipes can name.

    A training calls `prepare` on a copy of the encoder's model, trains whatever then has `requires_grad` beside the
    head, and calls `finish`. What a subclass leaves out is as in `full`, which trains everything.

    Examples
    --------
    >>> class LastBias(Method):
    ...     name = "last-bias"
    ...     title = "Only the last bias of the encoder"
    ...
    ...     def prepare(self, model, seed):
    ...         *others, last = model.parameters()
    ...         for parameter in others:
    ...             parameter.requires_grad_(False)
    ...         return model
    """

    what: ClassVar[str] = "way of fine-tuning"
    folder: ClassVar[str] = "tunescope.finetuning._methods"
    entry_point_group: ClassVar[str] = "tunescope.methods"

    wraps: ClassVar[bool] = False
    """Whether `prepare` gives a model of another form, so that a snapshot is made of a finished copy of it."""

    def stages(self, epochs: int) -> tuple[Stage, ...]:
        """The stages of a training of so many epochs; together they are as long."""
        return (Stage(epochs),)

    def prepare(self, model: Any, seed: int) -> Any:
        """Make a model ready: freeze what stands still, add what is added.

        Parameters
        ----------
        model : torch.nn.Module
            The copy of the encoder's model that is trained; may be changed.
        seed : int
            Decides what is drawn; random numbers of torch may be drawn as well, they are kept apart.

        Returns
        -------
        torch.nn.Module
            What is trained: the same model, or one around it that takes and gives the same.
        """
        return model

    def loss(self, model: Any) -> torch.Tensor | None:
        """A term that is added to the loss of an update, or None."""
        return None

    def trained(self, model: Any) -> dict[str, int]:
        """How many numbers are trained for each tensor of the encoder, by its name there; what is added has its own.

        A tensor that stands still is left out.
        """
        return {name: p.numel() for name, p in model.named_parameters() if p.requires_grad}

    def room(self) -> int:
        """How many positions of the encoder's input are taken by what is added to it."""
        return 0

    def offsets(self, model: Any, start: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """What training has added to each trained tensor of the encoder, as a tensor that can be differentiated.

        Parameters
        ----------
        model : torch.nn.Module
            The prepared model.
        start : dict of str to tensor
            The values of the encoder's own tensors before the training, by their names in the encoder.
        """
        return {name: p - start[name] for name, p in model.named_parameters() if p.requires_grad and name in start}

    def finish(self, model: Any) -> Any:
        """The plain model that the trained one amounts to, of the class that the encoder had."""
        return model
