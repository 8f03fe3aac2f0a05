"""A number with its interval over seeds."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

#: Coverage of the interval of the mean.
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A mean over seeds (or over probe runs) with Student's 95 % interval of the mean."""

    mean: float
    low: float | None
    """Lower end of the interval; None with fewer than two values."""
    high: float | None
    n: int
    std: float | None = None
    """Sample standard deviation; None with fewer than two values."""

    @property
    def has_interval(self) -> bool:
        """Whether there are values enough for an interval."""
        return self.low is not None


def estimate(values: Iterable[float]) -> Estimate | None:
    """Mean and interval of the finite ones among `values`; None when there is none."""
    numbers = [float(value) for value in values if value is not None and math.isfinite(float(value))]
    if not numbers:
        return None
    mean = math.fsum(numbers) / len(numbers)
    if len(numbers) < 2:
        return Estimate(mean, None, None, 1)
    from scipy.stats import t

    std = math.sqrt(math.fsum((value - mean) ** 2 for value in numbers) / (len(numbers) - 1))
    half = float(t.ppf(0.5 + CONFIDENCE / 2, len(numbers) - 1)) * std / math.sqrt(len(numbers))
    return Estimate(mean, mean - half, mean + half, len(numbers), std)
