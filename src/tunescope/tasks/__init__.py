"""What is labelled: data files, readers, splits, named tasks, the embedded grammar."""

from __future__ import annotations

from tunescope.tasks._conflicts import Conflict, find_conflicts
from tunescope.tasks._files import DataFile, FoundFile
from tunescope.tasks._from_file import task_from_conllu, task_from_file, task_from_frame, task_from_table
from tunescope.tasks._grammar import generate_sentences, vocabulary
from tunescope.tasks._random_labels import with_random_labels
from tunescope.tasks._reader import Reader, Reading, ReadOptions, file_suffixes, readers
from tunescope.tasks._registry import is_task_name, load_task, register_task, take_fraction, task_infos, task_specs
from tunescope.tasks._sample import sample_by_label
from tunescope.tasks._shortcut import plant_shortcut
from tunescope.tasks._spec import TaskInfo, TaskSpec
from tunescope.tasks._split import LabelledSentence, task_of_splits
from tunescope.tasks._task import N_POSITIONS, Kind, Sentence, Split, SplitSummary, Target, Task
from tunescope.tasks._toy import toy_task

__all__ = [
    "N_POSITIONS",
    "Conflict",
    "DataFile",
    "FoundFile",
    "Kind",
    "LabelledSentence",
    "ReadOptions",
    "Reader",
    "Reading",
    "Sentence",
    "Split",
    "SplitSummary",
    "Target",
    "Task",
    "TaskInfo",
    "TaskSpec",
    "file_suffixes",
    "find_conflicts",
    "generate_sentences",
    "is_task_name",
    "load_task",
    "plant_shortcut",
    "readers",
    "register_task",
    "sample_by_label",
    "take_fraction",
    "task_from_conllu",
    "task_from_file",
    "task_from_frame",
    "task_from_table",
    "task_infos",
    "task_of_splits",
    "task_specs",
    "toy_task",
    "vocabulary",
    "with_random_labels",
]
