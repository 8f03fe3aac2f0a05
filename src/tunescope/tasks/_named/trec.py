"""`trec-50` and `trec-6`: classes of questions."""

from __future__ import annotations

from functools import partial

from tunescope.tasks._files import TREC_TEST, TREC_TRAIN, FoundFile
from tunescope.tasks._spec import TaskSpec
from tunescope.tasks._split import task_of_splits
from tunescope.tasks._task import Task
from tunescope.tasks._trec import copy_note, read_trec

_SOURCE = "TREC question classification (Li and Roth 2002, COLING); free for research"


def _read(coarse: bool, found: tuple[FoundFile, ...], seed: int) -> Task:
    train, test = found
    notes = copy_note(train) + copy_note(test)
    return task_of_splits("sentence", read_trec(train.path, coarse), read_trec(test.path, coarse), notes=notes)


ORDER = 30
TASKS = (
    TaskSpec(
        name="trec-50",
        kind="sentence",
        description="fine class of a question (50); TREC, its own train and test",
        files=(TREC_TRAIN, TREC_TEST),
        reader=partial(_read, False),
        source=_SOURCE,
        family="questions",
    ),
    TaskSpec(
        name="trec-6",
        kind="sentence",
        description="coarse class of a question (6); TREC, its own train and test",
        files=(TREC_TRAIN, TREC_TEST),
        reader=partial(_read, True),
        source=_SOURCE,
        family="questions",
    ),
)
