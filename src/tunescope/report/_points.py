"""Points and projections of a study, as `docs/architecture.md` stores them under DIR/explorer."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.errors import StorageError
from tunescope.records import MAP_METHODS
from tunescope.storage import ArrayFile, read_table

if TYPE_CHECKING:
    import pandas as pd

    from tunescope.findings import Run

_COLUMNS = ("task", "split", "index", "label", "words", "positions")


@dataclass(frozen=True)
class Projection:
    """One projection file: an encoder's points of a task on their way through one fine-tuning."""

    path: Path
    encoder: str
    task: str
    tuned_on: str
    seed: int
    updates: tuple[int, ...]
    layers: tuple[int, ...]
    n_points: int

    @property
    def title(self) -> str:
        """Such as "mini · pos, seed 0"."""
        tuned = f", tuned on {self.tuned_on}" if self.tuned_on not in ("", self.task) else ""
        return f"{self.encoder} · {self.task}{tuned}, seed {self.seed}"

    def of(self, run: Run) -> bool:
        """Whether this is a projection of that run."""
        return (self.encoder, self.task) == (run.encoder, run.task) and self.tuned_on == run.tuned_on


class Points:
    """The points of a study by task, and their projections.

    Raises:
        StorageError: a file is damaged, or a projection and the list of points do not fit each other.
    """

    def __init__(self, study_dir: Path) -> None:
        self.folder = Path(study_dir) / "explorer"

    @cached_property
    def projections(self) -> tuple[Projection, ...]:
        """All projections, sorted by encoder, task and seed; empty where the study stored none."""
        found = [_read_projection(path) for path in sorted(self.folder.glob("projection-*.safetensors"))]
        return tuple(sorted(found, key=lambda one: (one.encoder, one.task, one.tuned_on != one.task, one.seed)))

    @cached_property
    def tasks(self) -> tuple[str, ...]:
        """The tasks that points are stored of."""
        return tuple(dict.fromkeys(self._table["task"]))

    @cached_property
    def _table(self) -> pd.DataFrame:
        path = self.folder / "points.parquet"
        table = read_table(path)
        missing = [column for column in _COLUMNS if column not in table.columns]
        if missing:
            raise StorageError(f"{path}: has no column {', '.join(missing)}.")
        return table

    def of_task(self, task: str) -> dict[str, Any]:
        """The points of a task, each sentence once: what the page reads.

        Raises:
            StorageError: the task has no points, or they are not those of its projections.
        """
        rows = self._table[self._table["task"] == task]
        if rows.empty:
            raise StorageError(f"{self.folder / 'points.parquet'}: holds no point of the task {task!r}.")
        for projection in self.projections:
            if projection.task == task and projection.n_points != len(rows):
                raise StorageError(
                    f"{projection.path}: has {projection.n_points} points and points.parquet {len(rows)} of {task!r}."
                )
        labels, splits = (sorted(set(rows[column].astype(str))) for column in ("label", "split"))
        # Training points come first where they are told apart.
        splits.sort(key=lambda name: name != "train")
        number: dict[tuple[str, ...], int] = {}
        sentence = [number.setdefault(tuple(map(str, words)), len(number)) for words in rows["words"]]
        return {
            "labels": labels,
            "label": [labels.index(label) for label in rows["label"].astype(str)],
            "splits": splits,
            "split": [splits.index(split) for split in rows["split"].astype(str)],
            "sentences": [list(words) for words in number],
            "sentence": sentence,
            "positions": [[int(position) for position in positions] for positions in rows["positions"]],
            "index": [int(index) for index in rows["index"]],
        }


def _read_projection(path: Path) -> Projection:
    arrays = ArrayFile(path)
    metadata = arrays.metadata
    try:
        updates = tuple(int(update) for update in json.loads(metadata["updates"]))
        layers = tuple(int(layer) for layer in json.loads(metadata["layers"]))
        shape = arrays["projection"].shape
        projection = Projection(
            path,
            metadata["encoder"],
            metadata["task"],
            metadata.get("tuned_on", ""),
            int(metadata["seed"]),
            updates,
            layers,
            int(shape[2]),
        )
    except (KeyError, ValueError, IndexError) as error:
        raise StorageError(f"{path}: is not a projection ({error!r} is missing or not readable).") from error
    if shape != (len(updates), len(layers), projection.n_points, 3):
        raise StorageError(f"{path}: the array has the shape {shape}, its {len(updates)} updates and layers another.")
    for name in MAP_METHODS:
        if f"projection-{name}" in arrays:
            _check_map(arrays, name, projection)
    return projection


def _check_map(arrays: ArrayFile, name: str, projection: Projection) -> None:
    """Refuse a map that is not of the updates, layers and points of its projection."""
    path, metadata = projection.path, arrays.metadata
    shape = arrays[f"projection-{name}"].shape
    rows = arrays.get(f"rows-{name}")
    try:
        updates = json.loads(metadata.get(f"{name}_updates", metadata["updates"]))
        layers = json.loads(metadata.get(f"{name}_layers", metadata["layers"]))
    except ValueError as error:
        raise StorageError(f"{path}: the updates or layers of its {name} map are not readable.") from error
    if not (set(updates) <= set(projection.updates) and set(layers) <= set(projection.layers)):
        raise StorageError(f"{path}: its {name} map has updates or layers that the projection has not.")
    if rows is not None and len(rows) and not (rows.min() >= 0 and rows.max() < projection.n_points):
        raise StorageError(f"{path}: its {name} map holds points that the projection has not.")
    held = projection.n_points if rows is None else len(rows)
    if shape[:-1] != (len(updates), len(layers), held) or shape[-1] not in (2, 3):
        raise StorageError(f"{path}: its {name} map has the shape {shape}, its updates, layers and points another.")


def embedded(points: Points, runs: list[Run], most_bytes: int) -> dict[str, Any] | None:
    """Points and projections for the inside of a page, as many runs as fit into `most_bytes`.

    None where nothing is stored. One seed of a run comes before a second seed of any. `left_out` are the runs (by
    number) of which not one projection fits, and `note` says how many projections in all do not.
    """
    if not points.projections:
        return None
    places: list[tuple[int, int, Projection]] = []
    for number, run in enumerate(runs):
        mine = [one for one in points.projections if one.of(run)]
        places += [(order, number, one) for order, one in enumerate(mine)]
    places.sort(key=lambda place: place[:2])
    entries: list[dict[str, Any]] = []
    of_task: dict[str, dict[str, Any]] = {}
    left = most_bytes
    hidden: list[int] = []
    for _, number, projection in places:
        size = -(-projection.path.stat().st_size * 4 // 3)
        new = {} if projection.task in of_task else {projection.task: points.of_task(projection.task)}
        size += sum(len(json.dumps(one, ensure_ascii=False).encode("utf-8")) for one in new.values())
        if size > left:
            hidden.append(number)
            continue
        left -= size
        of_task.update(new)
        content = base64.b64encode(projection.path.read_bytes()).decode("ascii")
        entries.append({"run": number, "seed": projection.seed, "points": projection.task, "bytes": content})
    note = None
    if hidden:
        what = "projection is" if len(hidden) == 1 else "projections are"
        further = "further " if entries else ""
        note = f"{len(hidden)} {further}{what} too large for this page; `tunescope explore` shows all."
    return {
        "points": of_task,
        "projections": sorted(entries, key=lambda one: (one["run"], one["seed"])),
        "left_out": sorted(set(hidden) - {one["run"] for one in entries}),
        "note": note,
    }
