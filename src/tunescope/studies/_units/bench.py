"""What units of work share while they are done: the store, the tasks, encoders and encodings in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from tunescope.studies._watching import Watcher

if TYPE_CHECKING:
    from tunescope.encoders import Encoder, Encoding
    from tunescope.storage import ResultStore
    from tunescope.tasks import Task


class State(Protocol):
    """A state of an encoder, as far as a workbench must know it."""

    @property
    def key(self) -> str:
        """Equal weights, equal key."""

    def load(self, bench: Bench) -> Encoder:
        """Load the encoder."""


@dataclass
class Bench:
    """The workbench of one worker; it holds one encoder and the encodings of one task at a time."""

    store: ResultStore
    tasks: dict[str, Task]
    device: str = "auto"
    watcher: Watcher = field(default_factory=Watcher)
    given: dict[str, Encoder] = field(default_factory=dict)
    """Encoders that were handed over as objects, by fingerprint; they stay in memory."""
    wanted_layers: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    """Layers that some unit will ask for, by (state, task): one forward pass gives them all."""
    _encoder: tuple[str, Encoder] | None = None
    _encodings: tuple[tuple[str, str], dict[int, tuple[Encoding, Encoding]]] | None = None

    def encoder(self, state: State) -> Encoder:
        """The encoder in this state; the one that was asked for last is kept in memory."""
        if self._encoder is None or self._encoder[0] != state.key:
            self._encoder = None
            self._encoder = (state.key, state.load(self))
        return self._encoder[1]

    def remember(self, state_key: str, encoder: Encoder) -> None:
        """Keep an encoder in memory that is in the state of this key now."""
        self._encoder = (state_key, encoder)

    def want(self, state: State, task: str, layer: int) -> None:
        """Announce that a unit will ask for this layer."""
        self.wanted_layers.setdefault((state.key, task), set()).add(layer)

    def encodings(self, state: State, task: str, layer: int) -> tuple[Encoding, Encoding]:
        """The encodings of train and test that hold this layer, and every other layer that was announced."""
        place = (state.key, task)
        if self._encodings is None or self._encodings[0] != place or layer not in self._encodings[1]:
            self._encodings = None
            encoder, data = self.encoder(state), self.tasks[task]
            layers = sorted(self.wanted_layers.get(place, set()) | {layer})
            both = tuple(
                encoder.encode(
                    split,
                    data.kind,
                    layers=layers,
                    task=task,
                    progress=self.watcher.part(f"encode {split.name}"),
                )
                for split in (data.train, data.test)
            )
            self._encodings = (place, dict.fromkeys(layers, (both[0], both[1])))
        both = self._encodings[1][layer]
        wanted = self.wanted_layers.get(place, set())
        wanted.discard(layer)
        if not wanted:  # nobody will ask again, and all layers of two splits are large
            self._encodings = None
        return both

    def __getstate__(self) -> dict[str, object]:
        """What travels to another process: not what is in memory here, and not who listens here."""
        return {**self.__dict__, "watcher": Watcher(), "_encoder": None, "_encodings": None}
