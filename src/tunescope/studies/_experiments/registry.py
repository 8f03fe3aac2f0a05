"""The experiments by name."""

from __future__ import annotations

from tunescope.errors import StudyError, near
from tunescope.studies._experiments.experiment import Experiment
from tunescope.studies._settings.experiments import experiment_kinds


def experiment(name: str) -> Experiment:
    """The experiment of this name.

    Raises
    ------
    StudyError
        There is none.
    """
    kinds = experiment_kinds()
    if name not in kinds:
        raise StudyError(f"unknown experiment {name!r}; {near(name, kinds)}")
    found: Experiment = kinds[name]()
    return found


def experiments() -> tuple[Experiment, ...]:
    """Every experiment, in the order in which the paper tells them, those of other packages last."""
    return tuple(kind() for kind in experiment_kinds().values())
