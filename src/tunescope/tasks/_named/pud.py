"""`pos` and `dep`: parts of speech and dependency relations on English UD-PUD."""

from __future__ import annotations

from functools import partial

from tunescope.tasks._conllu import ConlluKind
from tunescope.tasks._files import PUD, FoundFile
from tunescope.tasks._from_file import task_from_conllu
from tunescope.tasks._spec import TaskSpec
from tunescope.tasks._task import Task

_SOURCE = "English UD-PUD, release 2.7 (Zeman et al. 2017, CoNLL 2017 shared task); CC BY-SA 3.0"


def _read(kind: ConlluKind, found: tuple[FoundFile, ...], seed: int) -> Task:
    return task_from_conllu(found[0].path, kind=kind, seed=seed)


ORDER = 10
TASKS = (
    TaskSpec(
        name="pos",
        kind="word",
        description="universal part of speech of a word; English UD-PUD, 80/20 by sentence",
        files=(PUD,),
        reader=partial(_read, "pos"),
        source=_SOURCE,
        family="parts-of-speech",
    ),
    TaskSpec(
        name="dep",
        kind="pair",
        description="dependency relation of a word to its head, the root left out; English UD-PUD, 80/20 by sentence",
        files=(PUD,),
        reader=partial(_read, "dep"),
        source=_SOURCE,
    ),
)
