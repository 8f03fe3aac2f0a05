"""The tasks that have a name: what each one is made of."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace as replaced
from functools import partial
from pathlib import Path

from tunescope.errors import DataError
from tunescope.tasks import _files as files
from tunescope.tasks import _toy
from tunescope.tasks._conllu import task_from_conllu
from tunescope.tasks._files import DataFile, find_file
from tunescope.tasks._notes import counted, observations
from tunescope.tasks._split import subsample
from tunescope.tasks._task import Kind, Task


@dataclass(frozen=True)
class TaskInfo:
    """What a named task is, before anything is read."""

    name: str
    kind: Kind
    description: str
    files: tuple[str, ...]
    """Names of the data files that it reads; none for the embedded grammar."""
    source: str
    """Citation and licence."""


@dataclass(frozen=True)
class _Named:
    info: TaskInfo
    build: Callable[[TaskInfo, str | Path | None, int], Task]
    """Of its info, the data folder and the seed."""


_PUD_SOURCE = "English UD-PUD, release 2.7 (Zeman et al. 2017, CoNLL 2017 shared task); CC BY-SA 3.0"


def _pud(kind: str, info: TaskInfo, data_dir: str | Path | None, seed: int) -> Task:
    found = find_file(files.PUD, data_dir)
    return task_from_conllu(
        found.path,
        kind="dep" if kind == "dep" else "pos",
        name=info.name,
        description=info.description,
        source=info.source,
        seed=seed,
    )


def _toy_task(info: TaskInfo, data_dir: str | Path | None, seed: int) -> Task:
    return _toy.toy_task(info.name, seed=seed)


def _entry(
    name: str,
    kind: Kind,
    description: str,
    needed: tuple[DataFile, ...],
    source: str,
    build: Callable[[TaskInfo, str | Path | None, int], Task],
) -> _Named:
    return _Named(TaskInfo(name, kind, description, tuple(file.name for file in needed), source), build)


_NAMED: dict[str, _Named] = {
    entry.info.name: entry
    for entry in (
        _entry(
            "pos",
            "word",
            "universal part of speech of a word; English UD-PUD, 80/20 by sentence",
            (files.PUD,),
            _PUD_SOURCE,
            partial(_pud, "pos"),
        ),
        _entry(
            "dep",
            "pair",
            "dependency relation of a word to its head, the root left out; English UD-PUD, 80/20 by sentence",
            (files.PUD,),
            _PUD_SOURCE,
            partial(_pud, "dep"),
        ),
        *(
            _entry(name, scheme.kind, scheme.description, (), _toy.SOURCE, _toy_task)
            for name, scheme in _toy.SCHEMES.items()
        ),
    )
}


def task_infos() -> list[TaskInfo]:
    """All named tasks, in their order."""
    return [named.info for named in _NAMED.values()]


def load_task(
    name: str,
    *,
    data_dir: str | Path | None = None,
    seed: int = 0,
    fraction: float | None = None,
) -> Task:
    """A task by its name.

    `data_dir` is looked in first for data files (default: the folder that `TUNESCOPE_DATA_DIR` names); `seed`
    draws the split where the data has none of its own, the sentences of a toy task, and the sub-sample;
    `fraction` keeps that share of the sentences of both splits, for quick runs.
    Raises `DataError` for an unknown name (with near ones), a missing or wrong file, or a broken line.
    """
    named = _NAMED.get(name)
    if named is None:
        near = difflib.get_close_matches(name, _NAMED, n=3, cutoff=0.4)
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(_NAMED)}"
        raise DataError(f"unknown task {name!r}; {hint}")
    task = named.build(named.info, data_dir, seed)
    if fraction is None:
        return task
    train, test = (subsample(split, fraction, seed) for split in (task.train, task.test))
    kept = (
        f"a sub-sample, fraction {fraction:g}: {len(train.sentences):,} of "
        f"{counted(len(task.train.sentences), 'sentence')} of train, {len(test.sentences):,} of "
        f"{counted(len(task.test.sentences), 'sentence')} of test"
    )
    whole = observations(task.train, task.test)
    left_out = tuple(note for note in task.notes if note not in whole)
    return replaced(task, train=train, test=test, notes=(kept, *left_out, *observations(train, test)))
