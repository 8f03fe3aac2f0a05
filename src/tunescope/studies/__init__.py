"""The experiments: a study is planned, run and recorded here.

`run_study` runs a study from a YAML file, or one that ships with the package (`study_names`), and gives a
`StudyResult`; `load_study` only reads and checks the settings; `add_maps` adds t-SNE and UMAP maps to a study that
has run.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tunescope.studies._explorer.added_maps import add_maps
    from tunescope.studies._probe_vectors import ProbedVectors, probe_vectors
    from tunescope.studies._run import StudyResult, run_study
    from tunescope.studies._settings.study import (
        EXPERIMENTS,
        Study,
        TaskChoice,
        load_study,
        study_names,
        task_choice,
    )
    from tunescope.studies._settings.tasks import find_task
    from tunescope.studies._summary import Estimate, Side, SummaryRow
    from tunescope.studies._watching import Watcher

__all__ = [
    "EXPERIMENTS",
    "Estimate",
    "ProbedVectors",
    "Side",
    "Study",
    "StudyResult",
    "SummaryRow",
    "TaskChoice",
    "Watcher",
    "add_maps",
    "find_task",
    "load_study",
    "probe_vectors",
    "run_study",
    "study_names",
    "task_choice",
]

_HOME = {
    "EXPERIMENTS": "_settings.study",
    "Estimate": "_summary",
    "ProbedVectors": "_probe_vectors",
    "Side": "_summary",
    "Study": "_settings.study",
    "StudyResult": "_run",
    "SummaryRow": "_summary",
    "TaskChoice": "_settings.study",
    "Watcher": "_watching",
    "add_maps": "_explorer.added_maps",
    "find_task": "_settings.tasks",
    "load_study": "_settings.study",
    "probe_vectors": "_probe_vectors",
    "run_study": "_run",
    "study_names": "_settings.study",
    "task_choice": "_settings.study",
}


def __getattr__(name: str) -> Any:
    """Import a name when it is asked for: pydantic alone takes longer than a command line may."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
