"""What a measure gives by chance: draws as the measure declares them, their median and 95 % range."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunescope.errors import RepresentationError
from tunescope.geometry._measures.measure import NAN, ComparisonMeasure, Measure, NullKind, SpaceMeasure, Value
from tunescope.geometry._measures.space import Space


@dataclass(frozen=True, repr=False)
class Null:
    """The values of a measure by chance."""

    kind: NullKind
    """How they were drawn."""
    draws: NDArray[np.float64]
    """(n_draws,) the values; nan where a draw has none."""

    def __repr__(self) -> str:
        drawn = f"{len(self.draws)} draws, median {self.median:.4g}, 95 % {self.low:.4g} to {self.high:.4g}"
        return f"<Null: {self.kind}, {drawn}>"

    @property
    def median(self) -> float:
        """Their median."""
        return self._quantile(0.5)

    @property
    def low(self) -> float:
        """Their 2.5 % quantile."""
        return self._quantile(0.025)

    @property
    def high(self) -> float:
        """Their 97.5 % quantile."""
        return self._quantile(0.975)

    def _quantile(self, share: float) -> float:
        known = self.draws[np.isfinite(self.draws)]
        return float(np.quantile(known, share)) if len(known) else NAN


def null_of(
    measure: type[Measure],
    first: Space,
    second: Space | None = None,
    *,
    setting: str | None = None,
    n_draws: int = 20,
    seed: int = 0,
) -> Null:
    """Draw what a measure gives by chance.

    Parameters
    ----------
    measure : subclass of SpaceMeasure or ComparisonMeasure
        The measure; its `null` says how a draw is made.
    first, second : Space
        The space, or the two.
    setting : str, optional
        The measure's setting; its first unless given.
    n_draws : int, default 20
        Draws. With fewer than 40 the 2.5 % quantiles are close to the least and the largest draw.
    seed : int, default 0
        Seed of the draws: one seed gives one answer.

    Returns
    -------
    Null
        The draws; none when the measure's null is ``none`` or ``n_draws`` is 0.

    Raises
    ------
    RepresentationError
        When the measure needs labels that the space lacks, or n_draws is negative.
    """
    if n_draws < 0:
        raise RepresentationError(f"n_draws must not be negative; got {n_draws}.")
    setting = measure.settings[0] if setting is None else setting
    if measure.null == "none" or n_draws == 0:
        return Null(measure.null, np.zeros(0))
    found: list[Value] = []
    if issubclass(measure, SpaceMeasure):
        drawn = measure().chance(first, setting, n_draws, seed)
        if drawn is not None:
            return Null(measure.null, drawn)
        for space in _spaces_by_chance(measure.null, first, n_draws, seed):
            found.append(measure().compute(space, setting))
    elif issubclass(measure, ComparisonMeasure) and second is not None:
        for one, two in _pairs_by_chance(measure.null, first, second, n_draws, seed):
            found.append(measure().compute(one, two, setting))
    return Null(measure.null, np.array([value.value for value in found]))


def _spaces_by_chance(kind: NullKind, space: Space, n_draws: int, seed: int) -> Iterator[Space]:
    for random in _generators(seed, n_draws):
        if kind == "permuted-labels":
            yield space.relabelled(random.permutation(len(space)))
        elif kind == "independent-rows":
            yield space.with_points(random.permuted(space.X, axis=0))
        else:
            width = float(np.sqrt(space.variances.sum() / space.width))
            points = random.standard_normal(space.X.shape) * width
            yield space.with_points(points.astype(space.X.dtype))


def _pairs_by_chance(
    kind: NullKind, first: Space, second: Space, n_draws: int, seed: int
) -> Iterator[tuple[Space, Space]]:
    for random in _generators(seed, n_draws):
        if kind == "permuted-labels":
            order = random.permutation(len(first))
            yield (
                first.relabelled(order),
                second.relabelled(order if len(first) == len(second) else random.permutation(len(second))),
            )
        elif kind == "independent-rows":
            yield first, second.with_points(second.X[random.permutation(len(second))])
        else:
            if first.width != second.width:
                raise RepresentationError(
                    f"By chance the points of two equal spaces change places, which takes one width; these have "
                    f"{first.width} and {second.width}."
                )
            swap = random.random(len(first)) < 0.5
            yield (
                first.with_points(np.where(swap[:, None], second.X, first.X)),
                second.with_points(np.where(swap[:, None], first.X, second.X)),
            )


def _generators(seed: int, n_draws: int) -> Iterator[np.random.Generator]:
    for child in np.random.SeedSequence(seed).spawn(n_draws):
        yield np.random.default_rng(child)
