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
from tunescope.tasks._conllulex import Supersense, read_conllulex
from tunescope.tasks._files import DataFile, find_file
from tunescope.tasks._notes import counted, observations
from tunescope.tasks._split import LabelledSentence, build_split, subsample
from tunescope.tasks._task import Kind, Task
from tunescope.tasks._trec import copy_note, read_trec


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


_STREUSLE_SOURCE = "STREUSLE 4.2 (Schneider et al. 2018, ACL); CC BY-SA 4.0"
_PASTRIE_SOURCE = f"PASTRIE (Kranzlein et al. 2020, LAW); CC BY-SA 4.0; {_STREUSLE_SOURCE}"
_TREC_SOURCE = "TREC question classification (Li and Roth 2002, COLING); free for research"
_STREUSLE_FILES = (files.STREUSLE_TRAIN, files.STREUSLE_TEST)
_PASTRIE_FILES = (files.PASTRIE, files.STREUSLE_DEV, files.STREUSLE_TEST)
_TREC_FILES = (files.TREC_TRAIN, files.TREC_TEST)


def _assemble(
    info: TaskInfo,
    train: list[LabelledSentence],
    test: list[LabelledSentence],
    notes: tuple[str, ...],
) -> Task:
    """A task of two splits that the source itself draws."""
    train_split, train_notes = build_split("train", train)
    test_split, test_notes = build_split("test", test)
    return Task(
        name=info.name,
        kind=info.kind,
        train=train_split,
        test=test_split,
        description=info.description,
        source=info.source,
        notes=(*notes, *train_notes, *test_notes, *observations(train_split, test_split)),
    )


def _prepositions(supersense: Supersense, info: TaskInfo, data_dir: str | Path | None, seed: int) -> Task:
    """The last file is the test split, all before it are train."""
    paths = [find_file(files.DATA_FILES[name], data_dir).path for name in info.files]
    train, train_notes = read_conllulex(paths[:-1], supersense)
    test, test_notes = read_conllulex(paths[-1:], supersense)
    notes = (*(f"train, {note}" for note in train_notes), *(f"test, {note}" for note in test_notes))
    if files.PASTRIE.name in info.files:
        notes = (_two_schemes(paths, supersense), *notes)
    return _assemble(info, train, test, notes)


def _two_schemes(paths: list[Path], supersense: Supersense) -> str:
    """A note on the labels that only one of PASTRIE (the first file) and STREUSLE (the others) has.

    Their versions of the scheme name some labels differently: what is Ancillary in one is Accompanier in the
    other. Not every name has a single counterpart, so none is translated.
    """

    def labels(chosen: list[Path]) -> set[str]:
        return {label for item in read_conllulex(chosen, supersense)[0] for _, label in item.targets}

    pastrie, streusle = labels(paths[:1]), labels(paths[1:])
    return (
        "PASTRIE and STREUSLE follow two versions of the annotation scheme, and labels are not translated: "
        f"only PASTRIE has {', '.join(sorted(pastrie - streusle))}; "
        f"only STREUSLE dev and test have {', '.join(sorted(streusle - pastrie))}"
    )


def _trec(coarse: bool, info: TaskInfo, data_dir: str | Path | None, seed: int) -> Task:
    train, test = (find_file(files.DATA_FILES[name], data_dir) for name in info.files)
    notes = copy_note(train) + copy_note(test)
    return _assemble(info, read_trec(train.path, coarse), read_trec(test.path, coarse), notes)


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
        _entry(
            "ps-role",
            "word",
            "semantic role of a single-token preposition; STREUSLE 4.2, its own train and test",
            _STREUSLE_FILES,
            _STREUSLE_SOURCE,
            partial(_prepositions, "role"),
        ),
        _entry(
            "ps-fxn",
            "word",
            "semantic function of a single-token preposition; STREUSLE 4.2, its own train and test",
            _STREUSLE_FILES,
            _STREUSLE_SOURCE,
            partial(_prepositions, "function"),
        ),
        _entry(
            "ps-role-pastrie",
            "word",
            "semantic role of a single-token preposition; a stand-in for ps-role: trained on PASTRIE and "
            "STREUSLE 4.2 dev, tested on STREUSLE 4.2 test",
            _PASTRIE_FILES,
            _PASTRIE_SOURCE,
            partial(_prepositions, "role"),
        ),
        _entry(
            "ps-fxn-pastrie",
            "word",
            "semantic function of a single-token preposition; a stand-in for ps-fxn: trained on PASTRIE and "
            "STREUSLE 4.2 dev, tested on STREUSLE 4.2 test",
            _PASTRIE_FILES,
            _PASTRIE_SOURCE,
            partial(_prepositions, "function"),
        ),
        _entry(
            "trec-50",
            "sentence",
            "fine class of a question (50); TREC, its own train and test",
            _TREC_FILES,
            _TREC_SOURCE,
            partial(_trec, False),
        ),
        _entry(
            "trec-6",
            "sentence",
            "coarse class of a question (6); TREC, its own train and test",
            _TREC_FILES,
            _TREC_SOURCE,
            partial(_trec, True),
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
