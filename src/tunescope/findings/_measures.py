"""Measures of spaces over updates, with what chance gives, and whether measures tell one story.

Everything that the long tables `measures` (of one space) and `comparisons` (of two) hold, whatever it is called: a new
measure needs no line here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tunescope.findings._gaps import _nanmean
from tunescope.findings._runs import Run
from tunescope.findings._study import Study, groups, numbers

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

#: Fewer spaces than this that two measures have in common say nothing of their agreement.
LEAST_IN_COMMON = 5

_NUMBERS = ("value", "low", "high", "null", "null_low", "null_high")


@dataclass(frozen=True)
class Measured:
    """One measure of a run: at every layer and update, for every seed."""

    measure: str
    setting: str
    comparison: str
    """Which two spaces are compared; empty for a measure of one space."""
    split: str
    """Whose points a space holds; empty for a comparison."""
    layers: tuple[int, ...]
    updates: tuple[int, ...]
    seeds: tuple[int, ...]
    value: NDArray[np.float64]
    """(seeds, layers, updates) float64; nan where it was not measured. So are the next five."""
    low: NDArray[np.float64]
    """The 95 % interval of the value."""
    high: NDArray[np.float64]
    null: NDArray[np.float64]
    """Median of the values by chance, and their 2.5 % and 97.5 % quantiles; nan where none were drawn."""
    null_low: NDArray[np.float64]
    null_high: NDArray[np.float64]
    n: int | None
    """Points of the largest space; None where it was not stored."""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What tells it from the other measures of its run: measure, setting, comparison and split."""
        return self.measure, self.setting, self.comparison, self.split

    def mean(self, name: str = "value") -> NDArray[np.float64]:
        """(layers, updates) mean over the seeds that have it of `value`, `low`, `null`, …; nan where none has."""
        return _nanmean(getattr(self, name))

    @property
    def is_chance(self) -> NDArray[np.bool_]:
        """(layers, updates) whether the mean lies between the mean quantiles of its null."""
        with np.errstate(invalid="ignore"):
            return (self.mean() >= self.mean("null_low")) & (self.mean() <= self.mean("null_high"))


@dataclass(frozen=True)
class Agreement:
    """How far measures order the same spaces alike."""

    keys: tuple[tuple[str, str, str, str], ...]
    """Measure, setting, comparison and split of each, as `Measured.key`."""
    correlation: NDArray[np.float64]
    """(k, k) Spearman's rank correlation of what two measures say of the spaces that both have; nan below
    `LEAST_IN_COMMON` spaces, or where one of them says the same of all."""
    n: NDArray[np.int64]
    """(k, k) spaces that both have."""


def find_measures(study: Study, run: Run) -> tuple[Measured, ...]:
    """All measures of a run, those of one space first, by name.

    Parameters
    ----------
    study : Study
        The study.
    run : Run
        One of its runs.

    Returns
    -------
    tuple of Measured
        One for each measure, setting, comparison and split that has a number.
    """
    found = []
    for table, part in (("measures", "split"), ("comparisons", "comparison")):
        if run.mine(study, table).empty:
            continue
        rows = run.timeline(study, table, "layer", part, "measure", "setting")
        rows = rows[rows["value"].notna() & rows["update"].notna()]
        rows = rows.assign(**{name: rows[name].fillna("").astype(str) for name in (part, "measure", "setting")})
        for (measure, setting, of), of_one in groups(rows, "measure", "setting", part):
            comparison, split = (of, "") if part == "comparison" else ("", of)
            found.append(_measured(of_one, measure, setting, comparison, split))
    return tuple(found)


def _measured(rows: pd.DataFrame, measure: str, setting: str, comparison: str, split: str) -> Measured:
    layers, updates, seeds = numbers(rows["layer"]), numbers(rows["update"]), numbers(rows["seed"])
    at = tuple(
        np.searchsorted(known, rows[name].to_numpy(dtype=np.int64))
        for name, known in (("seed", seeds), ("layer", layers), ("update", updates))
    )
    values = {}
    for name in _NUMBERS:
        values[name] = np.full((len(seeds), len(layers), len(updates)), np.nan)
        if name in rows.columns:
            values[name][at] = rows[name].to_numpy(dtype=np.float64)
    n = rows["n"].max() if "n" in rows.columns else None
    points = None if n is None or n != n else int(n)
    return Measured(measure, setting, comparison, split, layers, updates, seeds, **values, n=points)


def measure_agreement(study: Study, runs: Sequence[Run]) -> Agreement:
    """Whether measures tell one story: rank correlations of what they say of fine-tuning, over runs, seeds and layers.

    A measure of one space, and one of train with test points, says how much it changed from the first update to the
    last; a comparison with the start says what it is at the last.

    Parameters
    ----------
    study : Study
        The study.
    runs : sequence of Run
        The runs that are looked at.

    Returns
    -------
    Agreement
        Over every pair of measures that fine-tuned runs have.
    """
    said: dict[tuple[str, str, str, str], dict[tuple[int, int, int], float]] = {}
    for number, run in enumerate(runs):
        for one in find_measures(study, run) if run.is_tuned else ():
            of_one = said.setdefault(one.key, {})
            end = one.value[:, :, -1]
            change = end if one.updates[0] > 0 else end - one.value[:, :, 0]
            for seed, layer in zip(*np.nonzero(np.isfinite(change)), strict=True):
                of_one[number, one.seeds[seed], one.layers[layer]] = float(change[seed, layer])
    keys = tuple(key for key, values in said.items() if values)
    spaces = sorted({space for key in keys for space in said[key]})
    table = np.array([[said[key].get(space, np.nan) for space in spaces] for key in keys])
    table = table.reshape(len(keys), len(spaces))
    here = np.isfinite(table)
    n = (here.astype(np.int64) @ here.T.astype(np.int64)).reshape(len(keys), len(keys))
    correlation = np.full((len(keys), len(keys)), np.nan)
    for a in range(len(keys)):
        for b in range(a + 1):
            both = here[a] & here[b]
            if n[a, b] >= LEAST_IN_COMMON:
                correlation[a, b] = correlation[b, a] = _rank_correlation(table[a, both], table[b, both])
    return Agreement(keys, correlation, n)


def _rank_correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Spearman's rho, ties at their mean rank; nan where one side is constant."""
    from scipy.stats import rankdata

    ranks = [rankdata(side) - (len(side) + 1) / 2 for side in (a, b)]
    size = np.sqrt(float(ranks[0] @ ranks[0]) * float(ranks[1] @ ranks[1]))
    return float(ranks[0] @ ranks[1]) / size if size > 0 else float("nan")


@dataclass(frozen=True)
class MeasureWords:
    """How a measure is spoken of."""

    title: str
    towards: str
    """What more of it is more of, such as "alike"; empty where it says nothing."""
    direction: str
    """Whether a larger value ("up") or a smaller one ("down") is more of that; "neither" where it says nothing."""
    source: str


def measure_words(name: str) -> MeasureWords:
    """What a measure declares about itself; of one that no package has (any more), its name alone.

    Parameters
    ----------
    name : str
        As the column `measure` has it.
    """
    from tunescope.geometry import measures

    for one in measures():
        if one.name == name:
            return MeasureWords(one.title, one.towards, one.direction, one.source)
    return MeasureWords(name, "", "neither", "")
