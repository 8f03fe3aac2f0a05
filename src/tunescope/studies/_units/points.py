"""The unit `points`: what the points of a task are, in words."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.records import schema
from tunescope.studies._units.work import Work

if TYPE_CHECKING:
    from tunescope.storage import UnitWriter
    from tunescope.studies._units.bench import Bench


@dataclass(frozen=True)
class TaskPoints(Work):
    """Every target of a task: its sentence, its label, its words; row i of a split is point i."""

    task: str
    task_fingerprint: str

    kind = "points"
    activity = "texts of points"

    def inputs(self) -> dict[str, Any]:
        return {"task": self.task_fingerprint}

    @property
    def title(self) -> str:
        return f"points of {self.task}"

    def run(self, writer: UnitWriter, bench: Bench, folder: Path) -> None:
        import pyarrow as pa

        task = bench.tasks[self.task]
        rows = (
            {
                "split": split.name,
                "point": point,
                "label": target.label,
                "text": split.text(point),
                "sentence": split.sentences[target.sentence].id,
                "words": list(split.sentences[target.sentence].words),
                "positions": list(target.positions),
            }
            for split in (task.train, task.test)
            for point, target in enumerate(split.targets)
        )
        fields = {
            "split": pa.string(),
            "point": pa.int64(),
            "label": pa.string(),
            "text": pa.string(),
            "sentence": pa.string(),
            "words": pa.list_(pa.string()),
            "positions": pa.list_(pa.int64()),
        }
        writer.table("points", rows, pa.schema(list(fields.items())))
        labels = [
            {"kind": task.kind, "split": split.name, "label": label, "n": n}
            for split in (task.train, task.test)
            for label, n in split.label_counts.items()
        ]
        writer.table("tasks", labels, schema("tasks", origin=False))
