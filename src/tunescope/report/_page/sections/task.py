"""The labelled points of the tasks."""

from __future__ import annotations

from typing import Any

from tunescope.report._page._section import Section
from tunescope.report._page._view import StudyView


class TaskSection(Section):
    """What was labelled: points of each label and split, where the data come from, what was left out."""

    name = "task"
    title = "The task"
    order = 140

    def of_study(self, view: StudyView) -> dict[str, Any]:
        """Counts by split and label of every task, with its description."""
        rows = view.study.table("tasks").drop_duplicates(["task", "split", "label"])
        found: dict[str, Any] = {}
        for row in rows.to_dict("records"):
            task = found.setdefault(row["task"], {"kind": str(row.get("kind", "")), "splits": {}})
            task["splits"].setdefault(row["split"], {})[row["label"]] = int(row["n"])
        described = view.study.settings.get("tasks")
        for task in described if isinstance(described, list) else []:
            if isinstance(task, dict) and task.get("name") in found:
                about = {key: task[key] for key in ("description", "source", "notes") if task.get(key)}
                found[task["name"]].update(about)
        return found
