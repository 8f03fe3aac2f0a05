"""What a space knows: classifier probes, alone and as the grid of the paper."""

from tunescope.probes._classifier import ClassifierProbe

__all__ = ["ClassifierProbe"]
