"""The unit `space`: the vectors of train and test in one layer of one encoder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.studies._units.keys import Setting
from tunescope.studies._units.work import EncoderState, Work

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tunescope.storage import ResultStore, UnitWriter
    from tunescope.studies._units.bench import Bench


@dataclass(frozen=True)
class Points:
    """The labelled points of one split in one layer."""

    X: NDArray[np.float32]
    """(n, d) float32."""
    y: NDArray[np.str_]
    """(n,) labels."""


@dataclass(frozen=True)
class Space(Work):
    """The space of one layer: one vector for each target of a task, train and test."""

    state: EncoderState
    task: str
    task_fingerprint: str
    layer: int
    task_kind: str = "word"

    kind = "space"
    activity = "vectors"

    def inputs(self) -> dict[str, Any]:
        return {
            "encoder": self.state.inputs(),
            "task": self.task_fingerprint,
            "layer": self.layer,
            "way": Setting(self.state.way(self.task_kind), None, first=False),
        }

    @property
    def title(self) -> str:
        return f"vectors of {self.state.title} on {self.task}, layer {self.layer}"

    @property
    def needs(self) -> tuple[Work, ...]:
        return self.state.needs

    @property
    def shares(self) -> str:
        """One forward pass gives all layers of a state."""
        return self.state.key

    @property
    def origin(self) -> dict[str, Any]:
        """Where the rows of this space come from."""
        return self.state.origin(self.task)

    def run(self, writer: UnitWriter, bench: Bench, folder: Path) -> None:
        import numpy as np

        arrays: dict[str, Any] = {}
        labels = bench.tasks[self.task].labels
        for encoding in bench.encodings(self.state, self.task, self.layer):
            vectors = encoding.vectors[self.layer]
            arrays[encoding.split] = vectors
            arrays[f"{encoding.split}-labels"] = np.searchsorted(labels, encoding.labels).astype(np.int32)
            for note in encoding.notes:
                writer.note(f"{encoding.split}: {note}")
        writer.arrays("vectors", arrays, {"labels": json.dumps(labels, ensure_ascii=False)})

    def points(self, store: ResultStore, *, in_memory: bool = False) -> tuple[Points, Points]:
        """The points of train and of test.

        Parameters
        ----------
        store : ResultStore
            Where the unit is.
        in_memory : bool
            Whether they are copied, for a reader that must own them, instead of memory-mapped.

        Raises
        ------
        StorageError
            The unit is not there.
        """
        import numpy as np

        stored = self.result(store).arrays("vectors")
        labels = np.asarray(json.loads(stored.metadata["labels"]))
        vectors = {name: np.array(stored[name]) if in_memory else stored[name] for name in ("train", "test")}
        train, test = (Points(X, labels[stored[f"{name}-labels"]]) for name, X in vectors.items())
        return train, test
