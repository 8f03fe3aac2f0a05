"""The trajectory of checkpoints that somebody has made: encoders in order, or a pair of them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.errors import StudyError
from tunescope.studies._trajectories.trajectory import See, Trajectory, Walked
from tunescope.studies._watching import Watcher

if TYPE_CHECKING:
    from tunescope.encoders import Encoder


@dataclass(frozen=True)
class Checkpoint:
    """One state of an encoder that is there."""

    update: int
    """Updates of training before it; 0 is the start."""
    load: Callable[[], Encoder]
    """Gives the encoder."""
    fingerprint: str
    """Of its weights."""
    epoch: float | None = None
    """The same in passes over the data; its place among the checkpoints where that is not known."""


class Checkpoints(Trajectory):
    """States that are there already.

    Parameters
    ----------
    states : sequence of Checkpoint
        At least two, in order; the first is the start.
    log : sequence of mapping, optional
        Rows of the table `training`, where the training has left them.
    notes : sequence of str, optional
        What a reader must know of the states.

    Raises
    ------
    StudyError
        There are fewer than two, or two have the same update or are not in order.
    """

    def __init__(
        self, states: Sequence[Checkpoint], *, log: Sequence[Mapping[str, float]] = (), notes: Sequence[str] = ()
    ) -> None:
        self.states = tuple(states)
        self.log = tuple(log)
        self.notes = tuple(notes)
        updates = [state.update for state in self.states]
        if len(updates) < 2:
            raise StudyError(f"a trajectory needs at least two states, a start and an end; there are {len(updates)}")
        if any(later <= earlier for earlier, later in itertools.pairwise(updates)):
            raise StudyError(f"the updates of checkpoints must rise from one to the next; they are {updates}")

    @classmethod
    def pair(cls, before: Checkpoint, after: Checkpoint) -> Checkpoints:
        """A start and an end, of which nothing between is known."""
        return cls([before, after])

    def inputs(self) -> dict[str, Any]:
        return {"states": [[state.update, state.fingerprint] for state in self.states]}

    @property
    def n_states(self) -> int:
        return len(self.states)

    def walk(self, see: See | None, seen: Collection[int], folder: Path, watcher: Watcher) -> Walked:
        """Load the checkpoints one after the other; one is in memory at a time.

        Raises
        ------
        StudyError
            A checkpoint is not what it was when the trajectory was made.
        """
        tell = watcher.part("checkpoints")
        encoder: Encoder | None = None
        for number, state in enumerate(self.states):
            is_last = state is self.states[-1]
            if is_last or (see is not None and state.update not in seen):
                encoder = None  # before the next one is loaded
                encoder = _loaded(state)
            if see is not None and state.update not in seen and encoder is not None:
                see(state.update, float(number) if state.epoch is None else state.epoch, encoder)
            tell(number + 1, len(self.states))
        assert encoder is not None
        return Walked(encoder, self.log, notes=self.notes)


def _loaded(state: Checkpoint) -> Encoder:
    encoder = state.load()
    if encoder.fingerprint != state.fingerprint:
        raise StudyError(f"the checkpoint of update {state.update} has changed since it was looked at first")
    return encoder
