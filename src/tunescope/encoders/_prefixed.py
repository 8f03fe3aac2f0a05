"""A model with trained keys and values in front of those of its input (prefix tuning, by the package peft)."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from torch import nn

from tunescope.errors import EncoderError

FOLDER = "prefix"
"""The folder beside the weights in which the prefix is kept."""


class Prefixed(nn.Module):
    """A model that takes and gives what the one without prefix does.

    Parameters
    ----------
    inner : peft.PeftModel
        The model with its prefix.
    """

    def __init__(self, inner: Any) -> None:
        super().__init__()
        self.inner = inner

    @property
    def config(self) -> Any:
        """The config of the model without prefix."""
        return self.inner.get_base_model().config

    @property
    def positions_taken(self) -> int:
        """How many positions of the input the prefix takes."""
        return int(self.inner.active_peft_config.num_virtual_tokens)

    def forward(self, **inputs: Any) -> Any:
        """The model's output; its hidden states are those of the input alone."""
        return self.inner(**inputs)

    def save_pretrained(self, folder: str | Path) -> None:
        """Write the model without prefix as it would be, and the prefix in a folder beside it."""
        self.inner.get_base_model().save_pretrained(folder)
        self.inner.save_pretrained(Path(folder) / FOLDER)


def with_prefix(model: Any, folder: Path) -> Any:
    """The model with the prefix that lies in its folder, or the model itself where there is none.

    Raises
    ------
    EncoderError
        There is one, and the package peft is not installed.
    """
    if not (folder / FOLDER / "adapter_config.json").is_file():
        return model
    try:
        with quiet_peft():
            from peft import PeftModel
    except ImportError as error:
        raise EncoderError(
            f"{folder} was tuned with a prefix, which is put in place by the package peft; install it with"
            " pip install 'tunescope[peft]'"
        ) from error
    with quiet_peft():
        return Prefixed(PeftModel.from_pretrained(model, str(folder / FOLDER)))


@contextlib.contextmanager
def quiet_peft() -> Iterator[None]:
    """Without warnings that peft gives about its own use of transformers."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*is_gradient_checkpointing.*")
        warnings.filterwarnings("ignore", category=FutureWarning, module="peft")
        yield
