"""What is labelled: data files, readers, splits, named tasks, the embedded grammar."""

from __future__ import annotations

from tunescope.tasks._conflicts import Conflict, find_conflicts
from tunescope.tasks._conllu import task_from_conllu
from tunescope.tasks._grammar import generate_sentences, vocabulary
from tunescope.tasks._named import TaskInfo, load_task, task_infos
from tunescope.tasks._table import task_from_table
from tunescope.tasks._task import Kind, Sentence, Split, SplitSummary, Target, Task
from tunescope.tasks._toy import toy_task

__all__ = [
    "Conflict",
    "Kind",
    "Sentence",
    "Split",
    "SplitSummary",
    "Target",
    "Task",
    "TaskInfo",
    "find_conflicts",
    "generate_sentences",
    "load_task",
    "task_from_conllu",
    "task_from_table",
    "task_infos",
    "toy_task",
    "vocabulary",
]
