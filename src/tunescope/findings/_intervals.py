"""A number over runs: its mean, and how far it can be trusted. One rule for headline, cards, claims, tables, figures.

Fewer than five runs tell too little for an interval: then the runs themselves are shown, from the least to the
greatest. From five runs on it is a 95 % interval of the mean that cannot leave the range of what was measured.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tunescope.errors import StorageError

CONFIDENCE = 0.95
"""Coverage of an interval of the mean."""
FEWEST = 5
"""Runs from which on there is an interval."""
SEEDS, INITIALISATIONS = "seeds", "initialisations"
"""What the runs of an estimate can be: seeds of the fine-tuning, or initialisations of the probe."""
_DRAWS = 9_999
"""Bootstrap samples: ends of an interval then vary by less than a hundredth of its width."""
_ROUNDING = 1e-6
"""How far a stored value may lie outside of its range by rounding alone, as a share of the range or of 1."""


@dataclass(frozen=True)
class Range:
    """Where values of a quantity can lie."""

    low: float = -math.inf
    high: float = math.inf

    @property
    def of_change(self) -> Range:
        """Where differences of two such values can lie."""
        width = self.high - self.low
        return Range(-width, width)

    def clipped(self, value: float) -> float:
        """The value without what rounding put outside.

        Raises
        ------
        StorageError
            It lies farther outside than rounding explains.
        """
        room = _ROUNDING * max(1.0, self.high - self.low if math.isfinite(self.high - self.low) else 1.0)
        if not self.low - room <= value <= self.high + room:
            raise StorageError(
                f"a stored value is {value:g} where only {self.low:g} to {self.high:g} can be; the table is damaged, "
                "or of another version. Run the study again."
            )
        return min(max(value, self.low), self.high)

    def holds_inside(self, value: float) -> bool:
        """Whether a value lies in it, and not at an end."""
        return self.low < value < self.high


ANY = Range()
AMOUNT = Range(0.0)
"""Of distances, lengths and counts."""
SHARE = Range(0.0, 1.0)
"""Of accuracies."""
CORRELATION = Range(-1.0, 1.0)


@dataclass(frozen=True)
class Estimate:
    """A mean over runs, with the interval of the mean or, with few runs, with the least and greatest of them."""

    mean: float
    low: float | None
    """Lower end of the interval; the least run with fewer than five; None with one."""
    high: float | None
    n: int
    """Number of runs."""
    std: float | None = None
    """Standard deviation of the sample of runs; None with one."""
    over: str = field(default=SEEDS, compare=False)
    """What the runs are: `seeds` or `initialisations`."""
    values: tuple[float, ...] = field(default=(), compare=False, repr=False)
    """The runs themselves."""

    @property
    def is_interval(self) -> bool:
        """Whether `low` and `high` are a 95 % interval of the mean, and not the least and greatest run."""
        return self.n >= FEWEST

    @property
    def has_few_runs(self) -> bool:
        """Whether the runs are too few for an interval."""
        return not self.is_interval

    @property
    def runs(self) -> str:
        """Such as "3 seeds" or "1 seed"."""
        return f"{self.n} {self.over if self.n != 1 else self.over[:-1]}"

    def includes(self, value: float) -> bool:
        """Whether the interval, or the span of few runs, leaves open on which side of `value` the mean lies."""
        return self.low is not None and self.high is not None and self.low <= value <= self.high

    def times(self, factor: float) -> Estimate:
        """The same in another unit; `factor` is above 0."""

        def scaled(number: float | None) -> float | None:
            return None if number is None else number * factor

        values = tuple(value * factor for value in self.values)
        return Estimate(
            self.mean * factor, scaled(self.low), scaled(self.high), self.n, scaled(self.std), self.over, values
        )


def estimate(values: Iterable[float | None], within: Range = ANY, *, over: str = SEEDS) -> Estimate | None:
    """The mean of some runs, and how far it can be trusted.

    With fewer than five runs `low` and `high` are the least and the greatest of them. From five on they are a 95 %
    interval of the mean: Student's on a scale on which the range has no ends, and back. That scale is the logit of
    the place in the range where both ends are known (for correlations this is Fisher's z), the logarithm where one
    is, the values themselves where none is. Where a value lies at an end of its range, which those scales do not
    have, it is the percentile bootstrap of the mean. The interval always includes the mean, and never leaves the
    range.

    Parameters
    ----------
    values
        One value a run; those that are None or not finite are left out.
    within
        Where values can lie.
    over
        What the runs are: `seeds` or `initialisations`.

    Returns
    -------
    Estimate or None
        None where no value is left.

    Raises
    ------
    StorageError
        A value lies outside of its range.

    Examples
    --------
    >>> from tunescope.findings import CORRELATION, estimate
    >>> estimate([0.9, 0.8, 0.7]).low
    0.7
    >>> found = estimate([0.99, 0.98, 0.99, 0.97, 0.999], CORRELATION)
    >>> f"{found.low:.3f} to {found.high:.3f}"
    '0.954 to 0.998'
    """
    numbers = tuple(
        within.clipped(float(value)) for value in values if value is not None and math.isfinite(float(value))
    )
    if not numbers:
        return None
    mean = _mean(numbers)
    if len(numbers) == 1:
        return Estimate(mean, None, None, 1, None, over, numbers)
    std = _std(numbers)
    low, high = (min(numbers), max(numbers)) if len(numbers) < FEWEST else _interval(numbers, within)
    # A mean of skewed runs may lie outside of the interval on the other scale.
    return Estimate(mean, min(low, mean), max(high, mean), len(numbers), std, over, numbers)


def change(before: Estimate | None, after: Estimate | None, within: Range = ANY) -> Estimate | None:
    """How much a quantity changed, over the runs after: every run after began at what was measured before.

    Parameters
    ----------
    before
        Of the original encoder.
    after
        Of the runs after fine-tuning.
    within
        Where the values themselves can lie.

    Returns
    -------
    Estimate or None
        None where either side was not measured.
    """
    if before is None or after is None:
        return None
    return estimate([difference(value, before.mean) for value in after.values], within.of_change, over=after.over)


def difference(after: float, before: float) -> float:
    """`after` minus `before`; 0 where they differ by no more than the rounding of a mean."""
    return 0.0 if math.isclose(after, before, rel_tol=1e-12) else after - before


def _mean(numbers: tuple[float, ...]) -> float:
    return min(max(math.fsum(numbers) / len(numbers), min(numbers)), max(numbers))


def _std(numbers: tuple[float, ...]) -> float:
    mean = _mean(numbers)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in numbers) / (len(numbers) - 1))


def _interval(numbers: tuple[float, ...], within: Range) -> tuple[float, float]:
    if min(numbers) == max(numbers):
        return numbers[0], numbers[0]
    if not all(map(within.holds_inside, numbers)):
        return _bootstrap(numbers)
    there, back = _open_scale(within)
    moved = tuple(map(there, numbers))
    if not all(map(math.isfinite, moved)):
        return _bootstrap(numbers)
    from scipy.stats import t

    half = float(t.ppf(0.5 + CONFIDENCE / 2, len(moved) - 1)) * _std(moved) / math.sqrt(len(moved))
    middle = _mean(moved)
    return back(middle - half), back(middle + half)


def _open_scale(within: Range) -> tuple[Callable[[float], float], Callable[[float], float]]:
    """A scale on which the range has no ends, and the way back, which stays in the range whatever it is given."""
    low, high = within.low, within.high
    if math.isfinite(low) and math.isfinite(high):
        return (
            lambda value: math.log((value - low) / (high - value)),
            lambda place: min(max(low + (high - low) * _expit(place), low), high),
        )
    if math.isfinite(low):
        return lambda value: math.log(value - low), lambda place: low + _exp(place)
    if math.isfinite(high):
        return lambda value: -math.log(high - value), lambda place: high - _exp(-place)
    return float, float


def _expit(place: float) -> float:
    return 1 / (1 + math.exp(-place)) if place >= 0 else math.exp(place) / (1 + math.exp(place))


def _exp(place: float) -> float:
    return math.exp(min(place, 700.0))


def _bootstrap(numbers: tuple[float, ...]) -> tuple[float, float]:
    """Percentiles of the means of samples of the runs; they lie between the least and the greatest run."""
    import numpy as np

    runs = np.asarray(numbers, dtype=np.float64)
    drawn = np.random.default_rng(0).integers(len(runs), size=(_DRAWS, len(runs)))
    means = runs[drawn].mean(axis=1)
    ends = np.quantile(means, [0.5 - CONFIDENCE / 2, 0.5 + CONFIDENCE / 2])
    return max(float(ends[0]), min(numbers)), min(float(ends[1]), max(numbers))
