"""A unit of work: what it depends on, and how it is done."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from tunescope.errors import StorageError
from tunescope.records import ORIGINAL
from tunescope.studies._units.keys import key_of
from tunescope.studies._watching import Watcher

if TYPE_CHECKING:
    from tunescope.encoders import Encoder, Encoding
    from tunescope.storage import ResultStore, Unit, UnitWriter
    from tunescope.tasks import Task


class Work(ABC):
    """One unit of work of a study; equal inputs have equal keys, and what is there is not done again."""

    kind: ClassVar[str]
    """Names the kind of unit, and its folder."""
    keeps_work: ClassVar[bool] = False
    """Whether the unit writes checkpoints, so that it goes on when it was cut off."""

    @abstractmethod
    def inputs(self) -> dict[str, Any]:
        """All that the result depends on, as JSON."""

    @property
    @abstractmethod
    def title(self) -> str:
        """The unit in a few words, for a person who waits for it."""

    @property
    def needs(self) -> tuple[Work, ...]:
        """Units that must be there before this one can be done."""
        return ()

    @abstractmethod
    def run(self, writer: UnitWriter, bench: Bench, folder: Path) -> None:
        """Do the work; `folder` keeps what is written on the way when the unit is cut off."""

    @cached_property
    def key(self) -> str:
        """Follows from kind and inputs."""
        return key_of(self.kind, self.inputs())

    def find(self, store: ResultStore) -> Unit | None:
        """The unit that holds this result, or None when none does."""
        return store.unit(self.kind, self.key)

    def result(self, store: ResultStore) -> Unit:
        """The unit that holds this result.

        Raises:
            StorageError: it is not there.
        """
        unit = self.find(store)
        if unit is None:
            raise StorageError(f"{store.root}: the unit {self.kind}/{self.key} ({self.title}) is not there")
        return unit


class EncoderState(ABC):
    """An encoder at one point of its life: as it was loaded, or fine-tuned."""

    label: str
    """What the encoder is called in tables."""
    n_layers: int

    @abstractmethod
    def inputs(self) -> dict[str, Any]:
        """What the weights depend on, as JSON."""

    @property
    @abstractmethod
    def title(self) -> str:
        """The state in a few words."""

    @property
    def needs(self) -> tuple[Work, ...]:
        """Units that must be there before the encoder can be loaded."""
        return ()

    @property
    def records(self) -> tuple[Work, ...]:
        """Units that tell how the encoder came to this state; rows about its spaces name its last update."""
        return ()

    @abstractmethod
    def origin(self, task: str) -> dict[str, Any]:
        """The columns that say where the rows of a space of this encoder, probed on `task`, come from."""

    @abstractmethod
    def load(self, bench: Bench) -> Encoder:
        """Load the encoder."""


@dataclass(frozen=True)
class Original(EncoderState):
    """An encoder as it was loaded."""

    label: str
    name: str
    """Short name, hub id or folder."""
    revision: str | None
    fingerprint: str
    n_layers: int
    allow_pickle: bool = False
    """Whether its weights may be read from a pickle."""

    def inputs(self) -> dict[str, Any]:
        return {"fingerprint": self.fingerprint}

    @property
    def title(self) -> str:
        return self.label

    def origin(self, task: str) -> dict[str, Any]:
        return {"encoder": self.label, "task": task, "tuned_on": "", "seed": -1, "stage": ORIGINAL}

    def load(self, bench: Bench) -> Encoder:
        from tunescope.encoders import load_encoder

        return load_encoder(self.name, revision=self.revision, device=bench.device, allow_pickle=self.allow_pickle)


@dataclass
class Bench:
    """What units of work share while a study runs: the store, the tasks, and what is in memory already."""

    store: ResultStore
    tasks: dict[str, Task]
    device: str = "auto"
    watcher: Watcher = field(default_factory=Watcher)
    wanted_layers: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    """Layers that some unit will ask for, by (state, task): one forward pass gives them all."""
    _encoder: tuple[str, Encoder] | None = None
    _encodings: tuple[tuple[str, str], dict[int, tuple[Encoding, Encoding]]] | None = None

    def encoder(self, state: EncoderState) -> Encoder:
        """The encoder in this state; the one that was asked for last is kept in memory."""
        key = key_of("state", state.inputs())
        if self._encoder is None or self._encoder[0] != key:
            self._encoder = None
            self._encoder = (key, state.load(self))
        return self._encoder[1]

    def remember(self, state: EncoderState, encoder: Encoder) -> None:
        """Keep an encoder in memory that is in this state now."""
        self._encoder = (key_of("state", state.inputs()), encoder)

    def want(self, state: EncoderState, task: str, layer: int) -> None:
        """Announce that a unit will ask for this layer."""
        self.wanted_layers.setdefault((key_of("state", state.inputs()), task), set()).add(layer)

    def encodings(self, state: EncoderState, task: str, layer: int) -> tuple[Encoding, Encoding]:
        """The encodings of train and test that hold this layer, and every other layer that was announced."""
        place = (key_of("state", state.inputs()), task)
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


def in_order(wanted: list[Work], store: ResultStore) -> Iterator[Work]:
    """The units that have to be done, each after those that it needs, each once.

    What only stands behind a unit that is there already is not done.
    """
    seen: set[tuple[str, str]] = set()

    def visit(work: Work) -> Iterator[Work]:
        if (work.kind, work.key) in seen:
            return
        seen.add((work.kind, work.key))
        if work.find(store) is not None:
            return
        for need in work.needs:
            yield from visit(need)
        yield work

    for work in wanted:
        yield from visit(work)
