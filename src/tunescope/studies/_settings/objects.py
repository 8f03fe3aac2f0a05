"""Encoders and tasks that are handed over as objects, as settings of a study."""

from __future__ import annotations

from typing import Any


def of_object(value: Any) -> Any:
    """The setting that stands for an Encoder or a Task; anything else as it is.

    Parameters
    ----------
    value : Encoder, Task or any
        A task's setting holds its name and fingerprint, an encoder's too, and both the object itself, which is not
        written down: a study that goes on needs the same objects again.
    """
    if is_encoder(value) or is_task(value):
        return {"name": value.name, "fingerprint": value.fingerprint, "given": value}
    return value


def is_encoder(value: Any) -> bool:
    """Whether a value is an Encoder."""
    return hasattr(value, "encode") and hasattr(value, "fingerprint") and hasattr(value, "n_layers")


def is_task(value: Any) -> bool:
    """Whether a value is a Task."""
    return hasattr(value, "train") and hasattr(value, "test") and hasattr(value, "fingerprint")
