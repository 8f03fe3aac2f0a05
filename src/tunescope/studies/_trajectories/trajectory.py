"""What a trajectory is: the states of one encoder, in order."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.studies._watching import Watcher

if TYPE_CHECKING:
    from tunescope.encoders import Encoder

See = Callable[[int, float, "Encoder"], None]
"""Called with (update, epoch, encoder) of every state. The encoder may be one that goes on changing: what is wanted
of it is taken within the call."""


@dataclass(frozen=True)
class Walked:
    """The end of a trajectory."""

    encoder: Encoder
    """The encoder in its last state."""
    log: Sequence[Mapping[str, float]] = ()
    """Rows of the table `training`, where the training is known."""
    parameters: Sequence[Mapping[str, Any]] = ()
    """Rows of the table `parameters`, where it is known which numbers were trained."""
    notes: tuple[str, ...] = ()
    """What a reader must know."""


class Trajectory(ABC):
    """The states of an encoder in order, from update 0 to the last one."""

    @abstractmethod
    def inputs(self) -> dict[str, Any]:
        """All that the states depend on, as JSON; `Setting` stands for a value with a default."""

    @property
    @abstractmethod
    def n_states(self) -> int:
        """How many states there will be, at most."""

    @abstractmethod
    def walk(self, see: See | None, seen: Collection[int], folder: Path, watcher: Watcher) -> Walked:
        """Go through the states in order.

        Parameters
        ----------
        see : callable or None
            Called with (update, epoch, encoder) of every state that was not seen; None looks at none.
        seen : collection of int
            Updates whose states were seen by an earlier walk that was cut off.
        folder : Path
            Keeps what is needed to go on when the walk is cut off.
        watcher : Watcher
            Hears how far it is.

        Returns
        -------
        Walked
            The encoder in its last state.
        """
