"""Calibration: whether a classifier's probabilities are as often right as they say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize_scalar

from tunescope.errors import RepresentationError
from tunescope.geometry._labels import check_labels, check_points
from tunescope.geometry._measures.intervals import mean_of_points
from tunescope.geometry._measures.measure import Direction, SpaceMeasure, Value
from tunescope.geometry._measures.space import Space

BINS = 10
"""Equal bins of confidence of the calibration error."""

_LEAST = 1e-12
"""Probabilities below this count as this much where a logarithm is taken."""


@dataclass(frozen=True)
class Calibration:
    """How honest a classifier's confidence is."""

    ece: float
    """Expected calibration error: |accuracy - confidence| over ten equal bins of confidence, weighted by points."""
    nll: float
    """Mean negative log likelihood of the true label, nats."""
    brier: float
    """Mean squared distance of the probabilities to the true label's indicator, in [0, 2]."""
    temperature: float
    """What the logits must be divided by for the least nll: above 1 the classifier is too sure."""
    accuracy: float
    """Share of points whose most probable label is the true one."""
    n: int
    """Points."""


def calibration(probabilities: ArrayLike, y: ArrayLike, classes: ArrayLike | None = None) -> Calibration:
    """Calibration of a classifier.

    Parameters
    ----------
    probabilities : array-like of shape (n, k)
        Rows not below 0 that sum to 1 (within 1e-3).
    y : array-like of shape (n,)
        True labels.
    classes : array-like of shape (k,), optional
        The labels of the columns; the sorted labels of y unless given. A point whose label is none of them counts as
        wrong, with the least probability.

    Returns
    -------
    Calibration
        Errors and temperature.

    Raises
    ------
    RepresentationError
        When the probabilities are none, or have another number of columns than there are classes.

    References
    ----------
    Guo et al., On calibration of modern neural networks, ICML 2017.

    Examples
    --------
    >>> calibration([[0.5, 0.5], [0.5, 0.5]], ["a", "b"]).ece
    0.0
    """
    shares, truth = _checked(probabilities, y, classes)
    confidence, guess = shares.max(axis=1), shares.argmax(axis=1)
    right = guess == truth
    at = np.where(truth < 0, 0, truth)
    chosen = np.where(truth < 0, 0.0, shares[np.arange(len(shares)), at])
    squares = np.square(shares).sum(axis=1) - 2 * chosen + 1.0
    return Calibration(
        _ece(confidence, right), float(_nll(chosen).mean()), float(squares.mean()), _temperature(shares, truth),
        float(right.mean()), len(shares),
    )  # fmt: skip


def _checked(
    probabilities: ArrayLike, y: ArrayLike, classes: ArrayLike | None
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    shares = check_points(probabilities, "probabilities").astype(np.float64)
    labels = check_labels(y, len(shares))
    known = np.unique(labels) if classes is None else check_labels(classes, name="classes")
    if shares.shape[1] != len(known):
        raise RepresentationError(
            f"probabilities have {shares.shape[1]} columns, there are {len(known)} classes: one column per class."
        )
    if shares.min() < 0 or np.abs(shares.sum(axis=1) - 1).max() > 1e-3:
        raise RepresentationError("probabilities must not be below 0, and the rows must sum to 1.")
    place: dict[Any, int] = {label: at for at, label in enumerate(known.tolist())}
    return shares, np.array([place.get(label, -1) for label in labels.tolist()], dtype=np.int64)


def _nll(chosen: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(-np.log(np.maximum(chosen, _LEAST)))


def _ece(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    bins = np.clip(np.ceil(confidence * BINS).astype(np.int64) - 1, 0, BINS - 1)
    off = np.bincount(bins, right - confidence, minlength=BINS)
    return float(np.abs(off).sum() / len(confidence))


def _temperature(shares: NDArray[np.float64], truth: NDArray[np.int64]) -> float:
    known = truth >= 0
    if not known.any():
        return float("nan")
    logits = np.log(np.maximum(shares[known], _LEAST))
    own = logits[np.arange(len(logits)), truth[known]]

    def loss(log_temperature: float) -> float:
        scaled = logits / np.exp(log_temperature)
        top = scaled.max(axis=1)
        total = np.log(np.exp(scaled - top[:, None]).sum(axis=1)) + top
        return float((total - own / np.exp(log_temperature)).mean())

    found = minimize_scalar(loss, bounds=(np.log(0.01), np.log(100.0)), method="bounded", options={"xatol": 1e-6})
    return float(np.exp(found.x))


class _OfProbabilities(SpaceMeasure):
    """What a classifier's probabilities are worth; `Space(..., probabilities=)` holds them."""

    direction: ClassVar[Direction] = "down"
    towards = "honest"
    invariant_to = ()
    needs = frozenset({"labels", "probabilities"})
    source = "Guo et al., On calibration of modern neural networks, ICML 2017"
    null = "permuted-labels"

    def compute(self, space: Space, setting: str) -> Value:
        """From the probabilities and labels of the space."""
        if space.probabilities is None:
            return Value.undefined("no probabilities are given", len(space))
        return self.of(space.probabilities, space)

    def of(self, shares: NDArray[np.float64], space: Space) -> Value:
        """The value."""
        raise NotImplementedError


class CalibrationError(_OfProbabilities):
    """Expected calibration error over ten equal bins."""

    name = "calibration-error"
    title = "Calibration error (ECE)"
    range = (0.0, 1.0)

    def of(self, shares: NDArray[np.float64], space: Space) -> Value:
        """Always above 0 for a finite sample, even of an honest classifier."""
        found = calibration(shares, space.labels[space.index], space.labels)
        return Value(found.ece, n=found.n, n_labels=len(space.labels))


class LogLoss(_OfProbabilities):
    """Mean negative log likelihood."""

    name = "log-loss"
    title = "Negative log likelihood"
    range = (0.0, float("inf"))

    def of(self, shares: NDArray[np.float64], space: Space) -> Value:
        """In nats per point."""
        shares, truth = _checked(shares, space.labels[space.index], space.labels)
        return mean_of_points(_nll(shares[np.arange(len(shares)), truth]), n_labels=len(space.labels))


class Brier(_OfProbabilities):
    """Mean squared distance of the probabilities to the truth."""

    name = "brier"
    title = "Brier score"
    range = (0.0, 2.0)
    source = "Brier, Monthly Weather Review 1950"

    def of(self, shares: NDArray[np.float64], space: Space) -> Value:
        """Over all classes, not halved."""
        shares, truth = _checked(shares, space.labels[space.index], space.labels)
        chosen = shares[np.arange(len(shares)), truth]
        return mean_of_points(np.square(shares).sum(axis=1) - 2 * chosen + 1.0, n_labels=len(space.labels))


class Temperature(_OfProbabilities):
    """The temperature of the least negative log likelihood."""

    name = "temperature"
    title = "Temperature"
    range = (0.01, 100.0)
    direction = "neither"
    towards = "too sure above 1, not sure enough below"

    def of(self, shares: NDArray[np.float64], space: Space) -> Value:
        """1 where nothing need be changed."""
        found = calibration(shares, space.labels[space.index], space.labels)
        return Value(found.temperature, n=found.n, n_labels=len(space.labels))
