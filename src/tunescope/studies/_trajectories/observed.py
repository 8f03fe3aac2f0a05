"""What observers have seen of a trajectory: on disk state by state, so that a walk that is cut off has it again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.records import schema
from tunescope.studies._observers.observer import Kept, Observer
from tunescope.studies._observers.seen import SeenHead, SeenLayer, SeenState
from tunescope.studies._trajectories.reach import Reach
from tunescope.studies._trajectories.trajectory import Trajectory, Walked
from tunescope.studies._watching import Watcher

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from tunescope.encoders import Encoder, Encoding
    from tunescope.geometry import LabelDistances
    from tunescope.storage import UnitWriter
    from tunescope.tasks import Task

_STATE = "state.json"
_DISTANCES = "distances"
_VECTORS = "vectors"


class Observed:
    """The states of one trajectory as observers see them, one folder a state.

    Of the vectors of a state nothing stays in memory when the next one comes. Distances are computed from those of
    the state before (warm start), the first ones from nothing. The vectors of the start are kept on disk as long as
    an observer needs them, and are read from there.

    Parameters
    ----------
    folder : Path
        Where the states are kept until all were seen.
    layers : tuple of int
        The layers that are looked at.
    observers : sequence of Observer
        Who looks.
    task : Task
        Whose points are looked at.
    n_states : int
        How many states there will be, at most.
    watcher : Watcher, optional
        Hears how far it is.
    writer : UnitWriter, optional
        Takes the time that the parts take.
    reach : Reach, optional
        Keeps the first state whose head reaches an accuracy.
    """

    def __init__(
        self,
        folder: Path,
        layers: tuple[int, ...],
        observers: Sequence[Observer],
        task: Task,
        n_states: int,
        *,
        watcher: Watcher | None = None,
        writer: UnitWriter | None = None,
        reach: Reach | None = None,
    ) -> None:
        self.folder = folder
        self.layers = layers
        self.observers = tuple(observers)
        self.task = task
        self.n_states = n_states
        self.watcher = watcher or Watcher()
        self._writer = writer
        self._reach = reach
        self._needs = frozenset(need for one in observers for need in one.needs)
        self._start: tuple[int, dict[int, SeenLayer]] | None = None
        self._last: tuple[int, dict[int, LabelDistances]] | None = None
        self._seen: set[int] | None = None

    def updates(self) -> set[int]:
        """The updates of the states that were seen by all of these observers; what is damaged is seen again."""
        if self._seen is None:
            self._seen = {int(path.name) for path in self.folder.glob("[0-9]*") if self._is_whole(path)}
        return set(self._seen)

    def forget(self, after: int) -> None:
        """Forget the states with more updates than these."""
        for path in self.folder.glob("[0-9]*"):
            if int(path.name) > after:
                shutil.rmtree(path, ignore_errors=True)
        self._seen = self._last = self._start = None

    def rows(self, update: int) -> dict[str, pd.DataFrame]:
        """What observers said of a state that was seen, by table."""
        from tunescope.storage import read_table

        return {path.stem: read_table(path) for path in sorted((self.folder / _name(update)).glob("*.parquet"))}

    def see(self, update: int, epoch: float, encoder: Encoder) -> None:
        """Have a state looked at by every observer, and keep what they say, whole or not at all."""
        head = encoder.head if "head" in self._needs else None
        layers = self.layers if head is None else sorted({*self.layers, encoder.n_layers})
        with self._timing("vectors of snapshots"):
            train = encoder.encode(self.task.train, layers=layers, task=self.task.name)
        test = None
        if head is not None or self._needs & {"test", "predictions"}:
            with self._timing("vectors of snapshots"):
                test = encoder.encode(self.task.test, layers=layers, task=self.task.name)
        said: dict[str, SeenHead] = {}
        if head is not None and test is not None:
            for split, encoding in (("train", train), ("test", test)):
                shares = head.probabilities(encoding.vectors[encoder.n_layers])
                said[split] = SeenHead(shares, head.labels, encoding.labels)
        if self._reach is not None:
            # Before the state counts as seen: a run that is cut off in between sees it again.
            self._reach.consider(update, encoder, said)
        self.see_vectors(update, epoch, train, test, said)

    def see_vectors(
        self,
        update: int,
        epoch: float,
        train: Encoding,
        test: Encoding | None,
        head: Mapping[str, SeenHead] | None = None,
    ) -> None:
        """The same for a state whose vectors, and what its head says, are at hand."""
        before = self._before(update) if "distances" in self._needs else None
        layers = {
            layer: SeenLayer(
                layer,
                (train.vectors[layer], train.labels),
                None if test is None else (test.vectors[layer], test.labels),
                previous=None if before is None else before[layer],
            )
            for layer in self.layers
        }
        if "distances" in self._needs:
            with self._timing("geometry of snapshots"):
                for seen in layers.values():
                    _ = seen.distances
        earlier = [there for there in self.updates() if there < update]
        start = layers if not earlier else self._start_layers(min(earlier), train.labels)
        state = SeenState(update, epoch, layers, start, self.task, self.n_states, self.watcher, head or {})
        self._write(state, is_first=not earlier)
        self._seen = {*self.updates(), update}
        if "distances" in self._needs:
            self._last = (update, {number: seen.distances for number, seen in layers.items()})

    def write(self, writer: UnitWriter) -> None:
        """Lay all that was seen out as the tables and arrays of a unit."""
        import pandas as pd

        from tunescope.storage import read_table

        updates = tuple(sorted(self.updates()))
        names = dict.fromkeys(name for one in self.observers for name in one.tables)
        for name in names:
            paths = [self.folder / _name(update) / f"{name}.parquet" for update in updates]
            parts = [read_table(path) for path in paths if path.is_file()]
            rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
            writer.table(name, rows.reindex(columns=schema(name, origin=False).names), schema(name, origin=False))
        for one in self.observers:
            with writer.timing(one.activity):
                one.finish(self._kept(one, updates), writer)

    def _kept(self, one: Observer, updates: tuple[int, ...]) -> Kept:
        from tunescope.storage import ArrayFile

        paths = [self.folder / _name(update) / f"{one.name}.safetensors" for update in updates]
        files = tuple(ArrayFile(path) for path in paths if path.is_file())
        return Kept(updates, files, self.layers, self.task, self.watcher)

    def _write(self, state: SeenState, *, is_first: bool) -> None:
        from tunescope.storage import write_folder

        write_folder(
            self.folder / _name(state.update), lambda partial: self._write_into(partial, state, is_first=is_first)
        )

    def _write_into(self, partial: Path, state: SeenState, *, is_first: bool) -> None:
        from tunescope.geometry import distances_to_arrays
        from tunescope.storage import write_arrays, write_json, write_table

        tables: dict[str, list[Any]] = {}
        for one in self.observers:
            with self._timing(one.activity):
                for name, rows in one.see(state):
                    if len(rows):
                        tables.setdefault(name, []).append(rows)
                kept = one.keep(state)
            if kept:
                write_arrays(partial / f"{one.name}.safetensors", kept)
        for name, parts in tables.items():
            write_table(partial / f"{name}.parquet", _framed(parts, name), schema(name, origin=False))
        labels: list[str] = []
        if "distances" in self._needs:
            arrays = {}
            for number, seen in state.layers.items():
                labels = [str(label) for label in seen.distances.labels]
                arrays.update({f"{number}/{name}": one for name, one in distances_to_arrays(seen.distances).items()})
            write_arrays(partial / f"{_DISTANCES}.safetensors", arrays)
        if is_first and "start-vectors" in self._needs:
            write_arrays(
                partial / f"{_VECTORS}.safetensors", {f"{number}": seen.X for number, seen in state.layers.items()}
            )
        content = {
            "update": state.update,
            "epoch": state.epoch,
            "layers": list(self.layers),
            "labels": labels,
            "widths": {str(number): seen.width for number, seen in state.layers.items()},
            "observers": self._about_observers(),
            "files": {path.name: _checksum(path) for path in sorted(partial.iterdir())},
        }
        write_json(partial / _STATE, content)

    def _about_observers(self) -> list[str]:
        return sorted(json.dumps([one.name, one.version, one.settings()], sort_keys=True) for one in self.observers)

    def _is_whole(self, path: Path) -> bool:
        """Whether a state is there as it was written, seen by these observers in these layers."""
        try:
            content = json.loads((path / _STATE).read_text(encoding="utf-8"))
            asked = (list(self.layers), self._about_observers())
            return (content["layers"], content["observers"]) == asked and all(
                _checksum(path / name) == told for name, told in content["files"].items()
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return False

    def _before(self, update: int) -> dict[int, LabelDistances] | None:
        """The distances of the state before; from memory where it was seen just now."""
        if self._last is not None and self._last[0] < update:
            return self._last[1]
        earlier = [there for there in self.updates() if there < update]
        if not earlier:
            return None
        return self._read_distances(max(earlier), self.task.train.labels)

    def _start_layers(self, update: int, y: NDArray[np.str_]) -> dict[int, SeenLayer]:
        """The layers of the first state, as far as the disk holds them."""
        from tunescope.storage import ArrayFile

        if self._start is not None and self._start[0] == update:
            return self._start[1]
        path = self.folder / _name(update)
        about = json.loads((path / _STATE).read_text(encoding="utf-8"))
        distances = self._read_distances(update, y) if "distances" in self._needs else {}
        vectors = ArrayFile(path / f"{_VECTORS}.safetensors") if "start-vectors" in self._needs else None
        layers = {
            layer: SeenLayer(
                layer,
                None if vectors is None else (vectors[f"{layer}"], y),
                distances=distances.get(layer),
                width=about["widths"][str(layer)],
            )
            for layer in self.layers
        }
        self._start = (update, layers)
        return layers

    def _read_distances(self, update: int, y: Any) -> dict[int, LabelDistances]:
        import numpy as np

        from tunescope.geometry import distances_from_arrays
        from tunescope.storage import ArrayFile

        path = self.folder / _name(update)
        stored = ArrayFile(path / f"{_DISTANCES}.safetensors")
        labels = np.asarray(json.loads((path / _STATE).read_text(encoding="utf-8"))["labels"])
        found = {}
        for layer in self.layers:
            arrays = {name.partition("/")[2]: stored[name] for name in stored if name.startswith(f"{layer}/")}
            found[layer] = distances_from_arrays(labels, arrays, np.asarray(y))
        return found

    def _timing(self, part: str) -> AbstractContextManager[None]:
        return self._writer.timing(part) if self._writer is not None else nullcontext()


def _name(update: int) -> str:
    """The folder of a state."""
    return f"{update:08d}"


def _framed(parts: Iterable[pd.DataFrame | Sequence[Mapping[str, Any]]], name: str) -> pd.DataFrame:
    """Rows of a table as one frame, with the columns that the table has in a unit."""
    import pandas as pd

    frames = [part if isinstance(part, pd.DataFrame) else pd.DataFrame(list(part)) for part in parts]
    columns = schema(name, origin=False).names
    return pd.concat([frame.reindex(columns=columns).astype(object) for frame in frames], ignore_index=True)


def _checksum(path: Path) -> str:
    from hashlib import sha256

    with path.open("rb") as file:
        found = sha256()
        while block := file.read(1 << 20):
            found.update(block)
    return found.hexdigest()


def watch(
    trajectory: Trajectory,
    layers: tuple[int, ...],
    observers: Sequence[Observer],
    task: Task,
    writer: UnitWriter,
    folder: Path,
    watcher: Watcher,
    reach: Reach | None = None,
) -> Walked:
    """Walk a trajectory under the eyes of observers, and lay out what they saw as tables and arrays of a unit.

    Parameters
    ----------
    trajectory : Trajectory
        The states.
    layers : tuple of int
        The layers that are looked at; none has the trajectory walked without looking.
    observers : sequence of Observer
        Who looks.
    task : Task
        Whose points are looked at.
    writer : UnitWriter
        The unit.
    folder : Path
        Keeps what was seen when the walk is cut off; a further call goes on from there.
    watcher : Watcher
        Hears how far it is.
    reach : Reach, optional
        Keeps the first state whose head reaches an accuracy.

    Returns
    -------
    Walked
        The end of the trajectory.
    """
    n_states = trajectory.n_states
    seen = Observed(
        folder / "snapshots", layers, observers, task, n_states, watcher=watcher, writer=writer, reach=reach
    )
    with writer.timing("training"):
        end = trajectory.walk(seen.see if layers else None, seen.updates() if layers else (), folder, watcher)
    for note in end.notes:
        writer.note(note)
    if end.log:
        writer.table("training", end.log, schema("training", origin=False))
    if end.parameters:
        writer.table("parameters", end.parameters, schema("parameters", origin=False))
    if layers:
        with writer.timing("summary of snapshots"):
            seen.write(writer)
    return end
