"""The experiments by name."""

from __future__ import annotations

from tunescope.studies._cross_task import CrossTask
from tunescope.studies._dynamics import Dynamics
from tunescope.studies._experiment import Experiment
from tunescope.studies._layers import Layers
from tunescope.studies._linearity import Linearity
from tunescope.studies._memorisation import Memorisation
from tunescope.studies._paths import Paths
from tunescope.studies._performance import Performance
from tunescope.studies._settings import ExperimentName

_EXPERIMENTS: dict[ExperimentName, Experiment] = {
    experiment.name: experiment
    for experiment in (
        Performance(),
        Linearity(),
        Dynamics(),
        Paths(),
        Layers(),
        CrossTask(),
        Memorisation(),
    )
}


def experiment(name: ExperimentName) -> Experiment:
    """The experiment of this name."""
    return _EXPERIMENTS[name]


def experiments() -> tuple[Experiment, ...]:
    """Every experiment, in the order in which the paper tells them."""
    return tuple(_EXPERIMENTS.values())
