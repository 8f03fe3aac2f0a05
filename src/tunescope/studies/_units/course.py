"""A course: an encoder before, the same encoder after, and the unit that watched it change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tunescope.studies._units.work import EncoderState, Work


@dataclass(frozen=True)
class Course:
    """One encoder's way from a start to an end; who made it change does not matter to whoever looks."""

    start: EncoderState
    end: EncoderState
    record: Work
    """The unit with what observers saw on the way."""
    task: str
    """The task that its end was tuned on, and whose points were watched on the way."""
    seed: int
    recipe: str = ""
    """What a study calls the way of fine-tuning; empty for its own recipe."""

    @property
    def label(self) -> str:
        """What the encoder is called in tables."""
        return self.start.label

    @property
    def origin(self) -> dict[str, Any]:
        """Where the rows of what was seen on the way come from."""
        return self.end.origin(self.task)
