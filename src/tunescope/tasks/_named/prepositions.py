"""`ps-role`, `ps-fxn` and their stand-ins: semantic role and function of prepositions."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from tunescope.tasks._conllulex import Supersense, read_conllulex
from tunescope.tasks._files import PASTRIE, STREUSLE_DEV, STREUSLE_TEST, STREUSLE_TRAIN, FoundFile
from tunescope.tasks._spec import TaskSpec
from tunescope.tasks._split import task_of_splits
from tunescope.tasks._task import Task

_STREUSLE = "STREUSLE 4.2 (Schneider et al. 2018, ACL); CC BY-SA 4.0"
_PASTRIE = f"PASTRIE (Kranzlein et al. 2020, LAW); CC BY-SA 4.0; {_STREUSLE}"


def _read(supersense: Supersense, found: tuple[FoundFile, ...], seed: int) -> Task:
    """The last file is the test split, all before it are train."""
    paths = [file.path for file in found]
    train, train_notes = read_conllulex(paths[:-1], supersense)
    test, test_notes = read_conllulex(paths[-1:], supersense)
    notes = (*(f"train, {note}" for note in train_notes), *(f"test, {note}" for note in test_notes))
    return task_of_splits("word", train, test, notes=notes)


def _read_two_schemes(supersense: Supersense, found: tuple[FoundFile, ...], seed: int) -> Task:
    task = _read(supersense, found, seed)
    return replace(task, notes=(_two_schemes([file.path for file in found], supersense), *task.notes))


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


def _own(name: str, supersense: Supersense) -> TaskSpec:
    return TaskSpec(
        name=name,
        kind="word",
        description=f"semantic {supersense} of a single-token preposition; STREUSLE 4.2, its own train and test",
        files=(STREUSLE_TRAIN, STREUSLE_TEST),
        reader=partial(_read, supersense),
        source=_STREUSLE,
        family="prepositions",
    )


def _stand_in(name: str, supersense: Supersense) -> TaskSpec:
    return TaskSpec(
        name=f"{name}-pastrie",
        kind="word",
        description=f"semantic {supersense} of a single-token preposition; a stand-in for {name}: trained on "
        "PASTRIE and STREUSLE 4.2 dev, tested on STREUSLE 4.2 test",
        files=(PASTRIE, STREUSLE_DEV, STREUSLE_TEST),
        reader=partial(_read_two_schemes, supersense),
        source=_PASTRIE,
        stands_for=name,
        family="prepositions",
    )


ORDER = 20
TASKS = (
    _own("ps-role", "role"),
    _own("ps-fxn", "function"),
    _stand_in("ps-role", "role"),
    _stand_in("ps-fxn", "function"),
)
