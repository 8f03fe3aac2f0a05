"""The tasks that have a name, wherever they were added: here, in another package, or in this session."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from tunescope._additions import from_other_packages, modules_of
from tunescope.errors import DataError, near
from tunescope.tasks import _named
from tunescope.tasks._files import find_file
from tunescope.tasks._notes import observations
from tunescope.tasks._random_labels import RANDOM_LABELS, with_random_labels
from tunescope.tasks._said import counted
from tunescope.tasks._spec import TaskInfo, TaskSpec
from tunescope.tasks._split import subsample
from tunescope.tasks._task import Task

GROUP = "tunescope.tasks"
"""The entry points by which other packages add tasks."""

_registered: dict[str, TaskSpec] = {}
"""What was added in this session."""


def register_task(spec: TaskSpec) -> TaskSpec:
    """Add a task for as long as this Python runs, and give it back; the same name again replaces it.

    Parameters
    ----------
    spec : TaskSpec
        The task. Its name must not be that of a task which came with a package.

    Returns
    -------
    TaskSpec
        The same.

    Raises
    ------
    DataError
        The name is taken.

    Examples
    --------
    >>> from tunescope.tasks import TaskSpec, load_task, register_task, toy_task
    >>> spec = TaskSpec("nouns", "word", "as toy-pos", (), lambda found, seed: toy_task("toy-pos"), "MIT")
    >>> register_task(spec).name
    'nouns'
    >>> load_task("nouns").name
    'nouns'
    """
    if spec.name in _installed():
        raise DataError(f"there is a task {spec.name!r} already; give this one another name")
    _registered[spec.name] = spec
    return spec


def task_specs() -> dict[str, TaskSpec]:
    """All named tasks by their names: those of this package, of others, and of this session, in this order.

    Raises
    ------
    DataError
        Another package's entry point cannot be loaded, names no `TaskSpec`, or takes a name that is taken.
    """
    return {**_installed(), **_registered}


def is_task_name(name: str) -> bool:
    """Whether `load_task` knows the name: that of a task, or of its control."""
    return name.removeprefix(RANDOM_LABELS) in task_specs()


@cache
def _installed() -> dict[str, TaskSpec]:
    specs: dict[str, TaskSpec] = {}
    for where, spec in (*_shipped(), *_from_entry_points()):
        if spec.name in specs:
            raise DataError(f"{where} adds a task {spec.name!r}, but there is one already; rename or uninstall it")
        specs[spec.name] = spec
    return specs


def _shipped() -> Iterator[tuple[str, TaskSpec]]:
    """The specs in the files of the folder `_named`, in the order that each file's ORDER tells."""
    for module in sorted(modules_of(_named.__name__), key=lambda module: (module.ORDER, module.__name__)):
        for spec in module.TASKS:
            yield module.__name__, spec


def _from_entry_points() -> Iterator[tuple[str, TaskSpec]]:
    for where, found in from_other_packages(GROUP, "task", DataError):
        specs = list(found) if isinstance(found, Iterable) else [found]
        for spec in specs:
            if not isinstance(spec, TaskSpec):
                raise DataError(f"{where} names a {type(spec).__name__}; expected a TaskSpec, or several in a list")
            yield where, spec


def task_infos() -> list[TaskInfo]:
    """All named tasks.

    Returns
    -------
    list of TaskInfo
        In their order: those of this package, of other packages, and of this session.
    """
    return [spec.info for spec in task_specs().values()]


def load_task(
    name: str,
    *,
    data_dir: str | Path | None = None,
    seed: int = 0,
    fraction: float | None = None,
) -> Task:
    """A task by its name.

    Parameters
    ----------
    name : str
        One of the names that `task_infos` lists; with ``random-labels:`` before it, its control, whose labels are in
        random order.
    data_dir : str or Path, optional
        Folder that is looked in first for data files; by default the one that `TUNESCOPE_DATA_DIR` names.
    seed : int, optional
        Draws the split where the data has none of its own, the sentences of a toy task, and the sub-sample.
    fraction : float, optional
        Keeps that share of the sentences of both splits (above 0, at most 1), for quick runs.

    Returns
    -------
    Task
        The same for the same arguments on every machine.

    Raises
    ------
    DataError
        The name is unknown (the message has near ones), a file is missing, another one than is expected, or breaks
        its format.

    Examples
    --------
    >>> load_task("toy-pos", fraction=0.1).notes[0]
    'a sub-sample, fraction 0.1: 40 of 400 sentences of train, 10 of 100 sentences of test'
    """
    specs = task_specs()
    spec = specs.get(name.removeprefix(RANDOM_LABELS))
    if spec is None:
        raise DataError(f"unknown task {name!r}; {near(name, specs)}")
    task = spec.task(tuple(find_file(file, data_dir) for file in spec.files), seed)
    if name.startswith(RANDOM_LABELS):
        task = with_random_labels(task, seed)
    return task if fraction is None else take_fraction(task, fraction, seed)


def take_fraction(task: Task, fraction: float, seed: int) -> Task:
    """The task on a seeded share of the sentences of both splits, which its first note says.

    Raises
    ------
    DataError
        `fraction` is not above 0 and at most 1.
    """
    train, test = (subsample(split, fraction, seed) for split in (task.train, task.test))
    kept = (
        f"a sub-sample, fraction {fraction:g}: {len(train.sentences):,} of "
        f"{counted(len(task.train.sentences), 'sentence')} of train, {len(test.sentences):,} of "
        f"{counted(len(task.test.sentences), 'sentence')} of test"
    )
    whole = observations(task.train, task.test)
    left_out = tuple(note for note in task.notes if note not in whole)
    return replace(task, train=train, test=test, notes=(kept, *left_out, *observations(train, test)))
