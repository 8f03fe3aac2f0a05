"""The first state on the way in which the head knows enough of its training points: what ways are compared at."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tunescope.encoders import Encoder
    from tunescope.studies._observers.seen import SeenHead


def earliest(accuracies: Iterable[tuple[int, float]], target: float) -> int | None:
    """The earliest update with this training accuracy; nothing is interpolated.

    Parameters
    ----------
    accuracies : iterable of (int, float)
        Updates that were looked at, in any order, each with the accuracy on the training points.
    target : float
        The accuracy that is asked for, from 0 to 1.

    Returns
    -------
    int or None
        None where no update that was looked at has it.

    Examples
    --------
    >>> earliest([(0, 0.2), (5, 0.95), (10, 0.88), (15, 0.97)], 0.9)
    5
    """
    return min((update for update, accuracy in accuracies if accuracy >= target), default=None)


@dataclass(frozen=True)
class Reach:
    """Keeps the weights of the first state that reaches an accuracy."""

    accuracy: float
    """Of the head on the training points, from 0 to 1."""
    folder: Path
    """Where they are kept until the trajectory has been walked."""

    @property
    def weights(self) -> Path:
        """The kept encoder, as a Hugging Face folder."""
        return self.folder / "encoder"

    @property
    def update(self) -> int | None:
        """The update of the kept state; None where none is kept."""
        try:
            return int(json.loads((self.folder / "reached.json").read_text(encoding="utf-8"))["update"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def consider(self, update: int, encoder: Encoder, head: Mapping[str, SeenHead]) -> None:
        """Keep this state if it is the first that reaches the accuracy; states come in order."""
        from tunescope.storage import write_json

        if "train" in head and head["train"].accuracy >= self.accuracy and self.update is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            encoder.save(self.weights)
            write_json(self.folder / "reached.json", {"update": update})
