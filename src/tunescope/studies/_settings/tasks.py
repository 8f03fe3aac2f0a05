"""From what a study says of a task to the task."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tunescope.errors import DataError, StudyError, near
from tunescope.studies._settings.study import TASK_SUFFIXES, Study, TaskChoice

if TYPE_CHECKING:
    from tunescope.tasks import Task


def find_task(
    choice: TaskChoice,
    study: Study | None = None,
    *,
    data_dir: str | Path | None = None,
    folder: Path = Path(),
) -> Task:
    """The task of a choice: a named one, or read from files of one's own.

    Args:
        study: tells the seed of the split and the fraction of the data; by default 0 and all.
        data_dir: folder with the data files of named tasks; the one that TUNESCOPE_DATA_DIR names by default.
        folder: what relative names of one's own files are relative to.

    Raises:
        StudyError: the name is unknown.
        DataError: a file is missing, damaged or not in its format; the message names file and line.
    """
    from tunescope.tasks import load_task, task_from_conllu, task_from_table, task_infos

    seed = study.split_seed if study is not None else 0
    fraction = study.fraction if study is not None else None
    if choice.file is None:
        known = [info.name for info in task_infos()]
        if choice.name not in known:
            raise StudyError(f"unknown task {choice.name!r}; {near(choice.name, known)}")
        return load_task(choice.name, data_dir=data_dir, seed=seed, fraction=fraction)
    if fraction is not None:
        raise StudyError("a fraction can be taken of named tasks only, not of files of your own")
    train = _own_file(choice.file, folder)
    test = None if choice.test_file is None else _own_file(choice.test_file, folder)
    if train.suffix == ".conllu":
        return task_from_conllu(train, test, choice.predicts, name=choice.name, seed=seed)
    return task_from_table(train, test, name=choice.name, seed=seed)


def _own_file(name: str, folder: Path) -> Path:
    path = folder / Path(name).expanduser()
    if path.suffix not in TASK_SUFFIXES:
        raise StudyError(f"{path}: labelled sentences are read from {', '.join(TASK_SUFFIXES)} files")
    if not path.is_file():
        raise DataError(f"{path}: there is no such file")
    return path
