"""Look at encoders that somebody else has trained: two of them, or all checkpoints of a training."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.errors import StudyError
from tunescope.studies._result import StudyResult
from tunescope.studies._run import run_study
from tunescope.studies._settings.experiments import experiment_kinds
from tunescope.studies._settings.objects import is_encoder
from tunescope.studies._settings.study import Study
from tunescope.studies._watching import Watcher

if TYPE_CHECKING:
    from tunescope.encoders import Encoder
    from tunescope.tasks import Task


def compare(
    before: str | Path | Encoder,
    after: str | Path | Encoder,
    task: str | Task,
    out: str | Path | None = None,
    *,
    label: str | None = None,
    tuned_on: str | None = None,
    watcher: Watcher | None = None,
    **settings: Any,
) -> StudyResult:
    """Set an encoder beside another one: the same study as of a fine-tuning that led from the one to the other.

    Encoders of other widths and tokenizers compare in what allows it; the rest is absent, and a note says so.

    Parameters
    ----------
    before, after : str, Path or Encoder
        Short name, hub id, folder, or PEFT adapter; of a model with a task head the encoder is looked at.
    task : str or Task
        The labelled points that both are looked at on.
    out : path, optional
        Folder of the results; `tunescope-<label>` by default.
    label : str, optional
        What tables call the encoder; the name of `after` by default.
    tuned_on : str, optional
        What `after` was trained on, as tables say it; the task by default.
    watcher : Watcher, optional
        Hears how it goes.
    **settings
        Further settings of a study, such as `layers="all"`, `experiments=["layers"]`, `measures=["cka"]`.

    Returns
    -------
    StudyResult
        As `run_study` gives it.

    Raises
    ------
    StudyError
        A setting is wrong, or the two have not the same number of layers.
    TunescopeError
        An encoder or the task cannot be had.
    """
    name = label or _name_of(after)
    return _study_of(name, before, [after], task, out, tuned_on, watcher, settings)


def follow(
    checkpoints: str | Path | Sequence[str | Path | Encoder],
    task: str | Task,
    *,
    start: str | Path | Encoder | None = None,
    out: str | Path | None = None,
    label: str | None = None,
    tuned_on: str | None = None,
    watcher: Watcher | None = None,
    **settings: Any,
) -> StudyResult:
    """Look at all checkpoints of a training: the same study as of our own fine-tuning.

    Parameters
    ----------
    checkpoints : path or sequence
        A Trainer's output folder with `checkpoint-N` in it, or encoders in order. PEFT adapters are put on their base.
        What `trainer_state.json` knows of epochs and losses is taken over.
    task : str or Task
        The labelled points that every state is looked at on.
    start : str, Path or Encoder, optional
        Where the training began: it gives the tokenizer to checkpoints that have none, and is the base of adapters. By
        default the base that adapters name, or else the first checkpoint.
    out : path, optional
        Folder of the results; `tunescope-<label>` by default.
    label : str, optional
        What tables call the encoder; the name of the folder by default.
    tuned_on : str, optional
        What it was trained on, as tables say it; the task by default.
    watcher : Watcher, optional
        Hears how it goes.
    **settings
        Further settings of a study, such as `layers="all"`, `experiments=["layers"]`, `measures=["cka"]`.

    Returns
    -------
    StudyResult
        As `run_study` gives it.

    Raises
    ------
    StudyError
        A setting is wrong, there are too few checkpoints, or they are not in order.
    TunescopeError
        A checkpoint or the task cannot be had.
    """
    if isinstance(checkpoints, (str, Path)):
        name = label or _name_of(checkpoints)
    else:
        checkpoints = list(checkpoints)
        name = label or _name_of(checkpoints[-1] if checkpoints else "followed")
    return _study_of(name, start, checkpoints, task, out, tuned_on, watcher, settings)


def _study_of(
    label: str,
    start: Any,
    checkpoints: Any,
    task: Any,
    out: str | Path | None,
    tuned_on: str | None,
    watcher: Watcher | None,
    settings: dict[str, Any],
) -> StudyResult:
    usual = [name for name, kind in experiment_kinds().items() if not kind.reads_sources and not kind.reads_recipes]
    fixed = {"encoders", "tasks"} & set(settings)
    if fixed:
        raise StudyError(f"{', '.join(sorted(fixed))}: what is looked at is said by the other arguments")
    encoder: Any = {"label": label, "start": start, "checkpoints": checkpoints, "tuned_on": tuned_on}
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", label).strip("-._") or "followed"
    given = {"name": name, **{key: value for key, value in settings.items() if value is not None}}
    study = Study(name="followed", encoders=[encoder], tasks=[task], experiments=usual)  # type: ignore[arg-type]
    return run_study(study.changed(given), out, watcher=watcher)


def _name_of(encoder: Any) -> str:
    """What an encoder or a folder is called where nobody says."""
    if is_encoder(encoder):
        return str(encoder.name)
    path = Path(str(encoder))
    return (path.resolve().name if path.exists() else path.name) or "followed"
