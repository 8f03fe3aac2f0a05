"""The recipe of a fine-tuning: everything that decides its result besides encoder, task and seed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from tunescope.encoders import encoder_infos
from tunescope.errors import StudyError

SCHEDULES = ("linear", "constant")
OPTIMIZERS = ("adam", "adamw")

# Zhou and Srikumar (ACL 2022), Table 1: ten epochs for the miniatures, three for BERT base.
_EPOCHS_OF_LARGE_ENCODERS = 3


@dataclass(frozen=True)
class Recipe:
    """How to fine-tune; the defaults are those of Zhou and Srikumar (ACL 2022), section 4.

    Raises:
        StudyError: a value that is out of range; names the field.
    """

    epochs: int = _EPOCHS_OF_LARGE_ENCODERS
    learning_rate: float = 3e-4
    """The highest one, reached at the end of the warm-up."""
    batch_size: int = 32
    """Sentences of a batch; only sentences that hold a target are counted and read."""
    warmup: float = 0.1
    """Share of all updates in which the learning rate rises from 0."""
    schedule: str = "linear"
    """After the warm-up: `linear` falls to 0 at the last update, `constant` stays."""
    optimizer: str = "adam"
    """`adam`, or `adamw` with torch's default weight decay of 0.01."""
    max_grad_norm: float | None = None
    """Gradients longer than this are shortened to it; the paper names no such limit, None has none."""

    def __post_init__(self) -> None:
        for field in ("epochs", "batch_size"):
            value = getattr(self, field)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise StudyError(f"recipe.{field} must be a whole number of at least 1, not {value!r}")
        if not (math.isfinite(self.learning_rate) and self.learning_rate > 0):
            raise StudyError(f"recipe.learning_rate must be a number above 0, not {self.learning_rate!r}")
        if not 0 <= self.warmup < 1:
            raise StudyError(f"recipe.warmup is a share from 0 up to 1, not {self.warmup!r}")
        if self.schedule not in SCHEDULES:
            raise StudyError(f"recipe.schedule must be one of {', '.join(SCHEDULES)}, not {self.schedule!r}")
        if self.optimizer not in OPTIMIZERS:
            raise StudyError(f"recipe.optimizer must be one of {', '.join(OPTIMIZERS)}, not {self.optimizer!r}")
        if self.max_grad_norm is not None and not self.max_grad_norm > 0:
            raise StudyError(f"recipe.max_grad_norm must be above 0 or absent, not {self.max_grad_norm!r}")

    @classmethod
    def for_encoder(cls, name: str, **overrides: Any) -> Recipe:
        """The paper's recipe for this encoder: 10 epochs for tiny, mini, small and medium, 3 for any other.

        Args:
            name: a short name or hub id.
            overrides: fields that differ from the recipe.
        """
        epochs = {key: info.epochs for info in encoder_infos() for key in (info.name, info.source)}
        return cls(**{"epochs": epochs.get(name, _EPOCHS_OF_LARGE_ENCODERS), **overrides})

    def updates(self, n_sentences: int) -> tuple[int, int]:
        """Updates of an epoch, and of the whole training, over this many sentences that hold a target."""
        per_epoch = math.ceil(n_sentences / self.batch_size)
        return per_epoch, per_epoch * self.epochs

    def rate(self, update: int, n_updates: int) -> float:
        """Learning rate of update 1 … n_updates, as a share of `learning_rate`.

        As transformers' schedules have it, the first update of a warm-up has rate 0.
        """
        step, rising = update - 1, round(self.warmup * n_updates)
        if step < rising:
            return step / rising
        if self.schedule == "constant":
            return 1.0
        return (n_updates - step) / max(1, n_updates - rising)
