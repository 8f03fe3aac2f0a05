"""The experiments by name."""

from __future__ import annotations

from tunescope.studies._experiments.cross_task import CrossTask
from tunescope.studies._experiments.dynamics import Dynamics
from tunescope.studies._experiments.experiment import Experiment
from tunescope.studies._experiments.layers import Layers
from tunescope.studies._experiments.linearity import Linearity
from tunescope.studies._experiments.memorisation import Memorisation
from tunescope.studies._experiments.paths import Paths
from tunescope.studies._experiments.performance import Performance
from tunescope.studies._settings.study import ExperimentName

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
