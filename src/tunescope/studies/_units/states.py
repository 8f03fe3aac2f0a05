"""An encoder as it was loaded, before anything is done with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from tunescope.errors import EncoderError
from tunescope.records import ORIGINAL, TUNED
from tunescope.studies._units.keys import digest
from tunescope.studies._units.work import EncoderState

if TYPE_CHECKING:
    from tunescope.encoders import Encoder
    from tunescope.storage import ResultStore
    from tunescope.studies._units.bench import Bench


@dataclass(frozen=True)
class Original(EncoderState):
    """An encoder as it was loaded, or as it was handed over."""

    label: str
    name: str
    """Short name, hub id or folder; the encoder's own name where it was handed over as an object."""
    revision: str | None
    fingerprint: str
    n_layers: int
    allow_pickle: bool = False
    """Whether its weights may be read from a pickle."""
    pooling: str | None = None
    """The pooling that was chosen; the fingerprint holds it where it is not what fits by default."""
    weights: str = ""
    """The fingerprint of the weights alone; empty where it is the same."""
    ways: str = "{}"
    """By kind of target, what vectors depend on beside the weights, as JSON."""
    pooled: str = "null"
    """The settings of the pooling, as JSON."""

    @classmethod
    def of(cls, encoder: Encoder, **about: Any) -> Original:
        """An encoder that is at hand, with what units must know of it."""
        kinds = ("word", "pair", "sentence")
        return cls(
            fingerprint=encoder.fingerprint,
            n_layers=encoder.n_layers,
            weights=encoder.weights_fingerprint,
            ways=json.dumps({kind: way for kind in kinds if (way := encoder.way_of(kind))}, sort_keys=True),
            pooled=json.dumps(asdict(encoder.pooling), sort_keys=True),
            **about,
        )

    def inputs(self) -> dict[str, Any]:
        return {"fingerprint": self.weights or self.fingerprint}

    def way(self, kind: str) -> dict[str, Any] | None:
        found: dict[str, Any] | None = json.loads(self.ways).get(kind)
        return found

    def pooling_settings(self) -> dict[str, Any] | None:
        found: dict[str, Any] | None = json.loads(self.pooled)
        return found

    @property
    def key(self) -> str:
        return digest({"fingerprint": self.fingerprint})

    def about(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def title(self) -> str:
        return self.label

    def origin(self, task: str) -> dict[str, Any]:
        return {"encoder": self.label, "task": task, "tuned_on": "", "seed": -1, "stage": ORIGINAL}

    def load(self, bench: Bench) -> Encoder:
        """The encoder that was handed over, or the one that its name stands for.

        Raises
        ------
        EncoderError
            What the name stands for is not what it was when the study was begun: results are kept under the
            fingerprint of what was found then.
        """
        from tunescope.encoders import load_encoder

        given = bench.given.get(self.fingerprint)
        if given is not None:
            return given
        encoder = load_encoder(
            self.name,
            revision=self.revision,
            device=bench.device,
            allow_pickle=self.allow_pickle,
            pooling=self.pooling,
        )
        if encoder.fingerprint != self.fingerprint:
            raise EncoderError(
                f"{self.name}: its files have changed since the study began; run the study again "
                "when they are as they shall be"
            )
        return encoder


@dataclass(frozen=True)
class Reached(EncoderState):
    """An encoder in the last state of a trajectory that somebody else has made."""

    label: str
    fingerprint: str
    n_layers: int
    update: int
    epoch: float
    tuned_on: str
    seed: int
    get: Callable[[], Encoder] = field(compare=False)
    """Gives the encoder, when it is needed."""

    def inputs(self) -> dict[str, Any]:
        return {"fingerprint": self.fingerprint}

    @property
    def title(self) -> str:
        return f"{self.label} after {self.update:,} updates"

    def moment(self, store: ResultStore) -> tuple[int, float]:
        return self.update, self.epoch

    def origin(self, task: str) -> dict[str, Any]:
        return {
            "encoder": self.label,
            "task": task,
            "tuned_on": self.tuned_on,
            "seed": self.seed,
            "stage": TUNED,
        }

    def load(self, bench: Bench) -> Encoder:
        """The encoder.

        Raises
        ------
        EncoderError
            It is not what it was when the study was begun.
        """
        encoder = self.get()
        if encoder.fingerprint != self.fingerprint:
            raise EncoderError(f"{self.title}: its weights have changed since the study began")
        return encoder
