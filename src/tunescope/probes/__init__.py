"""What a space knows: classifier probes, alone and as the grid of the paper."""

from tunescope.probes._classifier import ClassifierProbe, fit_together, training_curve
from tunescope.probes._grid import ALPHAS, HIDDEN, GridResult, grid_search

__all__ = [
    "ALPHAS",
    "HIDDEN",
    "ClassifierProbe",
    "GridResult",
    "fit_together",
    "grid_search",
    "training_curve",
]
