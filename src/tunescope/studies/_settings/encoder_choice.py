"""An encoder of a study: one that is fine-tuned, or the checkpoints of one that somebody else has trained."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, field_serializer, field_validator, model_validator

from tunescope.studies._settings.objects import is_encoder
from tunescope.studies._settings.parts import Settings


class EncoderChoice(Settings):
    """An encoder of a study."""

    name: str = Field(min_length=1)
    """A short name, a hub id or a local folder."""
    revision: str | None = None
    """Commit, tag or branch of a hub id."""
    label: str | None = Field(default=None, min_length=1, max_length=300)
    """What the encoder is called in tables and figures; its own name by default."""
    pooling: str | None = None
    """How vectors are made, as `load_encoder` takes it; what fits the encoder by default."""
    start: Any = None
    """Of checkpoints: the encoder that the training began with; the base of adapters, or else the first checkpoint, by
    default."""
    checkpoints: Any = None
    """States that somebody has trained: a folder with `checkpoint-N` in it, or a list of folders in order. The encoder
    is not fine-tuned then."""
    tuned_on: str | None = Field(default=None, min_length=1, max_length=300)
    """Of checkpoints: what they were trained on, as tables say it; the task that they are looked at on by default."""
    fingerprint: str | None = None
    """Of an encoder that was handed over as an object, and is handed over again when the study goes on."""
    given: Any = Field(default=None, exclude=True, repr=False)
    """The object itself; it is not written down."""

    @model_validator(mode="before")
    @classmethod
    def _checkpoints_have_a_name(cls, value: Any) -> Any:
        """Of checkpoints the label says which encoder they are of."""
        if not isinstance(value, Mapping) or "name" in value or not {"start", "checkpoints"} & set(value):
            return value
        start, label = value.get("start"), value.get("label")
        return {**value, "name": str(label or getattr(start, "name", start) or "checkpoints")}

    @field_validator("start")
    @classmethod
    def _start_is_an_encoder(cls, value: Any) -> Any:
        if value is None or isinstance(value, (str, Path)) or is_encoder(value):
            return value
        raise ValueError("must be a short name, a hub id, a folder or an Encoder")

    @field_validator("checkpoints")
    @classmethod
    def _checkpoints_are_encoders(cls, value: Any) -> Any:
        several = value if isinstance(value, (list, tuple)) else [value]
        if value is None or (several and all(isinstance(one, (str, Path)) or is_encoder(one) for one in several)):
            return value
        raise ValueError("must be a folder that holds checkpoint-N, or a list of encoders in order")

    @field_serializer("start", "checkpoints")
    def _as_written(self, value: Any) -> Any:
        """An Encoder by its name and fingerprint."""
        if isinstance(value, (list, tuple)):
            return [self._as_written(one) for one in value]
        if is_encoder(value):
            return {"name": value.name, "fingerprint": value.fingerprint}
        return None if value is None else str(value)

    @model_validator(mode="after")
    def _start_is_of_checkpoints(self) -> EncoderChoice:
        for name in ("start", "tuned_on"):
            if getattr(self, name) is not None and self.checkpoints is None:
                raise ValueError(f"`{name}` is said of checkpoints, and there are none: add `checkpoints`")
        if self.checkpoints is not None and self.revision is not None:
            raise ValueError("`revision` is said of a hub id, and checkpoints are folders")
        return self
