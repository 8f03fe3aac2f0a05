"""Points and projections of a study, as the page and the explorer take them."""

from __future__ import annotations

import base64
import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.errors import StorageError
from tunescope.records import Projection, points_path, read_points, whole_projections

if TYPE_CHECKING:
    import pandas as pd

    from tunescope.findings import Run


def is_of(projection: Projection, run: Run) -> bool:
    """Whether a projection shows the points of a run."""
    return (projection.encoder, projection.task, projection.tuned_on) == (run.encoder, run.task, run.tuned_on)


class Points:
    """The points of a study by task, and their projections.

    Parameters
    ----------
    study_dir : Path
        The folder of the study.

    Raises
    ------
    StorageError
        From its attributes: a file is damaged, or a projection and the list of points do not fit each other.
    """

    def __init__(self, study_dir: Path) -> None:
        self.study_dir = Path(study_dir)

    @cached_property
    def projections(self) -> tuple[Projection, ...]:
        """All projections, sorted by encoder, task and seed; empty where the study stored none."""
        found = whole_projections(self.study_dir)
        return tuple(sorted(found, key=lambda one: (one.encoder, one.task, one.tuned_on != one.task, one.seed)))

    @cached_property
    def tasks(self) -> tuple[str, ...]:
        """The tasks that points are stored of."""
        return tuple(dict.fromkeys(self._table["task"]))

    @cached_property
    def _table(self) -> pd.DataFrame:
        return read_points(self.study_dir)

    def of_task(self, task: str) -> dict[str, Any]:
        """The points of a task, each sentence once: what the page reads.

        Parameters
        ----------
        task : str
            The name of the task.

        Returns
        -------
        dict
            `labels`, `splits` and `sentences`, each name once; `label`, `split` and `sentence`, for every point the
            position of its own in these; `positions` of its target in the sentence, and its `index` in the split.

        Raises
        ------
        StorageError
            The task has no points, or they are not those of its projections.
        """
        rows = self._table[self._table["task"] == task]
        if rows.empty:
            raise StorageError(f"{points_path(self.study_dir)}: holds no point of the task {task!r}.")
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


def embedded(points: Points, runs: list[Run], most_bytes: int) -> dict[str, Any] | None:
    """Points and projections for the inside of a page, as many runs as fit.

    One seed of a run comes before a second seed of any.

    Parameters
    ----------
    points : Points
        What the study stored.
    runs : list of Run
        The runs, in the order of the page.
    most_bytes : int
        How large it may be.

    Returns
    -------
    dict or None
        `points` by task; `projections` with their run, seed and bytes (base64); `left_out`: the runs, by number, of
        which not one projection fits; `note`: how many projections do not, in words, or None. None where nothing is
        stored.
    """
    if not points.projections:
        return None
    places: list[tuple[int, int, Projection]] = []
    for number, run in enumerate(runs):
        mine = [one for one in points.projections if is_of(one, run)]
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
