"""Measures by name: of one space, and of two spaces of the same points, each beside its chance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tunescope._shown import html_table
from tunescope.errors import RepresentationError
from tunescope.geometry._hulls.label_distances import LabelDistances
from tunescope.geometry._measures.intervals import jackknife
from tunescope.geometry._measures.measure import NAN, Measure, Value
from tunescope.geometry._measures.nulls import null_of
from tunescope.geometry._measures.registry import comparison_measures, space_measures
from tunescope.geometry._measures.space import Space


@dataclass(frozen=True, repr=False)
class Measured:
    """A value of a measure with its interval and its chance: a row of the tables `measures` and `comparisons`."""

    measure: str
    """Name of the measure."""
    setting: str
    """The way in which it was taken; empty where there is one way only."""
    value: float
    """The number; nan where it is not defined (see `note`)."""
    low: float
    """Lower end of its 95 % interval; nan where none was asked for or is known."""
    high: float
    """Upper end."""
    null: float
    """Median by chance; nan where not drawn."""
    null_low: float
    """2.5 % quantile by chance."""
    null_high: float
    """97.5 % quantile by chance."""
    n: int
    """Points or label pairs that it rests on."""
    n_labels: int
    """Labels that take part."""
    linear: bool
    """False when linear spaces were needed and one is not."""
    note: str
    """Why the value is undefined, or what was sampled."""

    def __repr__(self) -> str:
        name = f"{self.measure} ({self.setting})" if self.setting else self.measure
        chance = "" if np.isnan(self.null) else f", by chance {self.null:.4g}"
        return f"<Measured: {name} {self.value:.4g}{chance}, n {self.n}>"

    def __float__(self) -> float:
        return self.value

    def _repr_html_(self) -> str:
        columns = ["value", "low", "high", "by chance", "from", "to", "n"]
        row = [self.value, self.low, self.high, self.null, self.null_low, self.null_high, self.n]
        return html_table(f"{self.measure} {self.setting}".strip(), columns, [row], notes=filter(None, [self.note]))

    @property
    def beyond_chance(self) -> bool | None:
        """Whether the value lies outside the 95 % range by chance; None where that was not drawn."""
        if not (np.isfinite(self.null_low) and np.isfinite(self.value)):
            return None
        return not self.null_low <= self.value <= self.null_high


def measure(
    X: ArrayLike | Space,
    y: ArrayLike | None = None,
    *,
    names: Iterable[str] | None = None,
    n_draws: int = 0,
    seed: int = 0,
    n_groups: int = 0,
    distances: LabelDistances | None = None,
    probabilities: ArrayLike | None = None,
) -> tuple[Measured, ...]:
    """Measure one space.

    Parameters
    ----------
    X : array-like of shape (n, d), or Space
        Points. Two calls with one `Space` work out what their measures share only once.
    y : array-like of shape (n,), optional
        Labels.
    names : iterable of str, optional
        Names from `measures()`. Unless given: all that can be taken from what is given, without measuring hull
        distances for it.
    n_draws : int, default 0
        Draws of the null of each measure.
    seed : int, default 0
        Of the draws.
    n_groups : int, default 0
        Groups of points that are left out in turn for the interval of measures that have no interval of their own
        (jackknife); 0 leaves those without.
    distances : LabelDistances, optional
        Hull distances of the labels, where they are known.
    probabilities : array-like of shape (n, k), optional
        A classifier's probabilities, one column per label, sorted: for measures of calibration.

    Returns
    -------
    tuple of Measured
        One per measure and setting, in the order of the names.

    Raises
    ------
    RepresentationError
        When X or y is not usable, a name is unknown, or a named measure needs what is not given.

    Examples
    --------
    >>> found = measure([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]], names=["effective-rank"])
    >>> round(float(found[0]), 6)
    2.0
    """
    space = X if isinstance(X, Space) else Space(X, y, distances=distances, probabilities=probabilities)
    kinds = space_measures(names)
    if names is None:
        kinds = [kind for kind in kinds if not _lacking(kind, space) and "distances" not in _unknown(kind, space)]
    return _rows(kinds, [space], None, n_draws, seed, n_groups)


def compare(
    X: ArrayLike | Space,
    Z: ArrayLike | Space,
    y: ArrayLike | None = None,
    *,
    names: Iterable[str] | None = None,
    n_draws: int = 0,
    seed: int = 0,
    n_groups: int = 0,
    distances: tuple[LabelDistances, LabelDistances] | None = None,
) -> tuple[Measured, ...]:
    """Compare two spaces of the same points: row i of both is one point.

    Parameters
    ----------
    X : array-like of shape (n, d), or Space
        The first space, such as the original encoder's.
    Z : array-like of shape (n, e), or Space
        The second, such as the fine-tuned encoder's.
    y : array-like of shape (n,), optional
        Labels of the points.
    names : iterable of str, optional
        Names from `measures()`. Unless given: all that can be taken from what is given, without measuring hull
        distances for it.
    n_draws, seed, n_groups
        As for `measure`.
    distances : pair of LabelDistances, optional
        Hull distances of the labels in both spaces, where they are known.

    Returns
    -------
    tuple of Measured
        One per measure and setting, in the order of the names.

    Raises
    ------
    RepresentationError
        When an input is not usable, the spaces have different numbers of points, a name is unknown, or a named
        measure needs what is not given.

    Examples
    --------
    >>> X = [[0.0, 1.0], [2.0, 0.0], [1.0, 5.0], [4.0, 4.0], [3.0, 1.0]]
    >>> turned = [[-b, a] for a, b in X]
    >>> round(float(compare(X, turned, names=["cka"])[0]), 6)
    1.0
    """
    first, second = _same_points(X, Z, y, distances)
    kinds = comparison_measures(names)
    if names is None:
        both = (first, second)
        kinds = [
            kind
            for kind in kinds
            if not any(_lacking(kind, space) or "distances" in _unknown(kind, space) for space in both)
            and (kind.null != "equal-space" or first.width == second.width)
        ]
    return _rows(kinds, [first, second], None, n_draws, seed, n_groups)


def compare_distances(
    first: LabelDistances, second: LabelDistances, *, names: Iterable[str] | None = None
) -> tuple[Measured, ...]:
    """Compare two spaces by the hull distances of their labels alone; they may hold different points.

    Parameters
    ----------
    first, second : LabelDistances
        Distances over partly the same labels: of train and test, or of two updates.
    names : iterable of str, optional
        Measures of two spaces that need distances only; all of those unless given.

    Returns
    -------
    tuple of Measured
        One per measure and setting.

    Raises
    ------
    RepresentationError
        When a named measure needs more than distances.
    """
    kinds = comparison_measures(names)
    if names is None:
        kinds = [kind for kind in kinds if set(kind.needs) == {"distances"}]
    one, two = Space.of_distances(first), Space.of_distances(second)
    found = []
    for kind in kinds:
        if set(kind.needs) != {"distances"}:
            raise RepresentationError(f"The measure {kind.name!r} needs more than distances: {', '.join(kind.needs)}.")
        for setting in kind.settings:
            found.append(_row(kind, setting, kind().compute(one, two, setting), (NAN, NAN, NAN)))
    return tuple(found)


def measure_space(
    X: ArrayLike | Space, name: str, *, y: ArrayLike | None = None, setting: str | None = None, n_draws: int = 20,
    seed: int = 0, n_groups: int = 0,
) -> Measured:  # fmt: skip
    """One measure of one space, beside its chance.

    Parameters
    ----------
    X, y, n_draws, seed, n_groups
        As for `measure`.
    name : str
        A name from `measures()`.
    setting : str, optional
        One of the measure's settings; the first unless given.

    Returns
    -------
    Measured
        ``float()`` of it is the value.

    Raises
    ------
    RepresentationError
        As for `measure`; or the setting is unknown.

    Examples
    --------
    >>> float(measure_space([[1.0, 0.0], [-1.0, 0.0]], "effective-rank", n_draws=0))
    1.0
    """
    space = X if isinstance(X, Space) else Space(X, y)
    return _rows(space_measures([name]), [space], setting, n_draws, seed, n_groups)[0]


def compare_spaces(
    X: ArrayLike | Space, Z: ArrayLike | Space, name: str, *, y: ArrayLike | None = None, setting: str | None = None,
    n_draws: int = 20, seed: int = 0, n_groups: int = 0,
) -> Measured:  # fmt: skip
    """One measure of two spaces of the same points, beside its chance.

    Parameters
    ----------
    X, Z, y, n_draws, seed, n_groups
        As for `compare`.
    name : str
        A name from `measures()`.
    setting : str, optional
        One of the measure's settings; the first unless given.

    Returns
    -------
    Measured
        ``float()`` of it is the value.

    Raises
    ------
    RepresentationError
        As for `compare`; or the setting is unknown.
    """
    spaces = _same_points(X, Z, y, None)
    return _rows(comparison_measures([name]), list(spaces), setting, n_draws, seed, n_groups)[0]


def _same_points(
    X: ArrayLike | Space,
    Z: ArrayLike | Space,
    y: ArrayLike | None,
    distances: tuple[LabelDistances, LabelDistances] | None,
) -> tuple[Space, Space]:
    """The two spaces, or the error that says that they do not hold the same points."""
    da, db = distances or (None, None)
    first = X if isinstance(X, Space) else Space(X, y, distances=da)
    second = Z if isinstance(Z, Space) else Space(Z, y, distances=db)
    if len(first) != len(second):
        raise RepresentationError(
            f"The two spaces must hold the same points in the same order; they have {len(first)} and {len(second)}."
        )
    return first, second


def _rows(
    kinds: Sequence[type[Measure]], spaces: list[Space], setting: str | None, n_draws: int, seed: int, n_groups: int
) -> tuple[Measured, ...]:
    """What measures find of one space or of two, under one setting or under all of theirs."""
    found = []
    for kind in kinds:
        for space in spaces:
            _refuse(kind, space)
        if setting is not None and setting not in kind.settings:
            known = ", ".join(map(repr, kind.settings))
            raise RepresentationError(f"The measure {kind.name!r} has no setting {setting!r}. It has: {known}.")
        for way in kind.settings if setting is None else (setting,):

            def compute(*of: Space, kind: type[Measure] = kind, way: str = way) -> Value:
                return kind.take(of, way)

            value = compute(*spaces)
            if n_groups and np.isfinite(value.value) and not np.isfinite(value.low):
                value = jackknife(value, compute, spaces, n_groups, seed)
            chance = null_of(kind, *spaces, setting=way, n_draws=n_draws, seed=seed)
            found.append(_row(kind, way, value, (chance.median, chance.low, chance.high)))
    return tuple(found)


def _lacking(kind: type[Measure], space: Space) -> list[str]:
    """What a measure needs that cannot be had of the space."""
    lacking = []
    if space.y is None and kind.needs & {"labels", "centroids", "distances"}:
        lacking.append("labels (y)")
    if "probabilities" in kind.needs and space.probabilities is None:
        lacking.append("a classifier's probabilities")
    return lacking


def _unknown(kind: type[Measure], space: Space) -> set[str]:
    """What a measure needs that would have to be measured at length."""
    return {"distances"} if "distances" in kind.needs and not space.knows_distances else set()


def _refuse(kind: type[Measure], space: Space) -> None:
    lacking = _lacking(kind, space)
    if lacking:
        raise RepresentationError(f"The measure {kind.name!r} needs {' and '.join(lacking)}.")


def _row(kind: type[Measure], setting: str, value: Value, null: tuple[float, float, float]) -> Measured:
    return Measured(
        kind.name, setting, float(value.value), float(value.low), float(value.high), *null, value.n, value.n_labels,
        value.linear, value.note,
    )  # fmt: skip
