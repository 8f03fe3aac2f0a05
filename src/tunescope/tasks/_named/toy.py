"""The tasks of the embedded grammar, which need no file."""

from __future__ import annotations

from functools import partial

from tunescope.tasks._files import FoundFile
from tunescope.tasks._spec import TaskSpec
from tunescope.tasks._task import Task
from tunescope.tasks._toy import SCHEMES, SOURCE, toy_task


def _read(name: str, found: tuple[FoundFile, ...], seed: int) -> Task:
    return toy_task(name, seed=seed)


ORDER = 40
TASKS = tuple(
    TaskSpec(name, scheme.kind, scheme.description, (), partial(_read, name), SOURCE, family=scheme.family)
    for name, scheme in SCHEMES.items()
)
