"""A unit of work: what it depends on, and how it is done."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from tunescope.errors import StorageError
from tunescope.studies._units.keys import digest, first_key, key_of, without_defaults

if TYPE_CHECKING:
    from tunescope.encoders import Encoder
    from tunescope.storage import ResultStore, Unit, UnitWriter
    from tunescope.studies._units.bench import Bench


class Work(ABC):
    """One unit of work of a study; equal inputs have equal keys, and what is there is not done again.

    A unit has one output: what its `run` writes. A new kind of unit is a subclass with a `kind` of its own.
    """

    kind: ClassVar[str]
    """Names the kind of unit, and its folder."""
    version: ClassVar[int] = 1
    """Rises when this kind computes something else from equal inputs, or stores it in a form that readers of the
    one before cannot read. Units of other kinds keep their keys."""
    activity: ClassVar[str] = ""
    """What the time of such a unit is called in a study's account of its time; by default as its kind."""
    keeps_work: ClassVar[bool] = False
    """Whether the unit writes checkpoints, so that it goes on when it was cut off."""

    @abstractmethod
    def inputs(self) -> dict[str, Any]:
        """All that the result depends on, as JSON; `Setting` stands for a value with a default."""

    @property
    @abstractmethod
    def title(self) -> str:
        """The unit in a few words, for a person who waits for it."""

    @property
    def needs(self) -> tuple[Work, ...]:
        """Units that must be there before this one can be done."""
        return ()

    @property
    def provider(self) -> Work | None:
        """A unit whose result holds this one's, where that has still to be done; None by default."""
        return None

    @property
    def shares(self) -> str | None:
        """What this unit and others can share when one is done after the other, such as a state of an encoder."""
        return None

    @abstractmethod
    def run(self, writer: UnitWriter, bench: Bench, folder: Path) -> None:
        """Do the work.

        Parameters
        ----------
        writer : UnitWriter
            Takes the tables, arrays and notes of the unit.
        bench : Bench
            What is at hand: the store, the tasks, encoders in memory.
        folder : Path
            Keeps what is written on the way when the unit is cut off (`keeps_work`).
        """

    @cached_property
    def key(self) -> str:
        """Follows from kind, version of the kind, and inputs."""
        return key_of(self.kind, self.version, self.inputs())

    @property
    def stored_inputs(self) -> dict[str, Any]:
        """The inputs as the unit's record holds them."""
        return dict(without_defaults(self.inputs()))

    def find(self, store: ResultStore) -> Unit | None:
        """The unit that holds this result, or None when none does; one of version 0.1.0 counts as well."""
        unit = store.unit(self.kind, self.key)
        if unit is None and self.version == 1:
            first = first_key(self.kind, self.inputs())
            unit = store.unit(self.kind, first) if first is not None else None
        return unit

    def is_there_in_an_older_version(self, store: ResultStore) -> bool:
        """Whether an older version of this kind has stored the same unit, so that it has to be done again."""
        keys = [key_of(self.kind, version, self.inputs()) for version in range(1, self.version)]
        first = first_key(self.kind, self.inputs())
        older = [*keys, first] if self.version > 1 else []
        return any(key is not None and store.unit(self.kind, key) is not None for key in older)

    def result(self, store: ResultStore) -> Unit:
        """The unit that holds this result.

        Raises
        ------
        StorageError
            It is not there.
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
        """What the weights depend on, as JSON; `Setting` stands for a value with a default."""

    def way(self, kind: str) -> dict[str, Any] | None:
        """What vectors of a kind of target depend on beside the weights, as `Encoder.way_of` says."""
        return None

    def pooling_settings(self) -> dict[str, Any] | None:
        """How vectors are made of hidden states, as JSON; None where the weights' own folder says it."""
        return None

    @property
    def key(self) -> str:
        """Equal weights that are used in the same way, equal key."""
        return digest(without_defaults(self.inputs()))

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

    def about(self) -> dict[str, Any]:
        """What a study's record says of it, as JSON."""
        return {"label": self.label, "n_layers": self.n_layers, **dict(without_defaults(self.inputs()))}

    def moment(self, store: ResultStore) -> tuple[int, float]:
        """Update and epoch of this state, which its records tell; 0 and 0.0 by default."""
        return 0, 0.0

    @abstractmethod
    def origin(self, task: str) -> dict[str, Any]:
        """The columns that say where the rows of a space of this encoder, probed on `task`, come from."""

    @abstractmethod
    def load(self, bench: Bench) -> Encoder:
        """Load the encoder."""
