"""From what a study says of a task to the task."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tunescope.errors import DataError, StudyError, near
from tunescope.studies._settings.study import Study
from tunescope.studies._settings.task_choice import TaskChoice

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

    Parameters
    ----------
    choice
        What a study says of the task.
    study
        Tells the seed of the split and the fraction of the data; by default 0 and all.
    data_dir
        Folder with the data files of named tasks; the one that `TUNESCOPE_DATA_DIR` names by default.
    folder
        What relative names of one's own files are relative to.

    Returns
    -------
    Task
        The task, under the name of the choice.

    Raises
    ------
    StudyError
        The name is unknown.
    DataError
        A file is missing, damaged or not in its format; the message names file and line.
    """
    from tunescope.tasks import is_task_name, load_task, take_fraction, task_from_file, task_specs

    seed = study.split_seed if study is not None else 0
    fraction = study.fraction if study is not None else None
    if choice.given is not None:
        task: Task = choice.given
        return task if fraction is None else take_fraction(task, fraction, seed)
    if choice.fingerprint is not None:
        raise StudyError(f"the task {choice.name!r} was handed over as an object; hand it over again to go on")
    if choice.file is None:
        if not is_task_name(choice.name):
            raise StudyError(f"unknown task {choice.name!r}; {near(choice.name, list(task_specs()))}")
        return load_task(choice.name, data_dir=data_dir, seed=seed, fraction=fraction)
    how = choice.model_dump(exclude={"name", "file", "test_file", "fingerprint"})
    task = task_from_file(
        _own_file(choice.file, folder),
        None if choice.test_file is None else _own_file(choice.test_file, folder),
        name=choice.name,
        seed=seed,
        **how,
    )
    return task if fraction is None else take_fraction(task, fraction, seed)


def _own_file(name: str, folder: Path) -> str | Path:
    """A file, relative to the folder of the study; or a data set by its name."""
    if name.startswith("hub:"):
        return name
    path = folder / Path(name).expanduser()
    if not path.exists():
        raise DataError(f"{path}: there is no such file")
    return path
