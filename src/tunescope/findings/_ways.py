"""Ways of fine-tuning beside each other: what each gives, and what it keeps, at its end and at equal accuracy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tunescope.findings._intervals import AMOUNT, ANY, CORRELATION, SHARE, Estimate, Range, estimate
from tunescope.findings._measures import measure_words
from tunescope.findings._runs import Run
from tunescope.findings._study import Study
from tunescope.records import AT_END, AT_EQUAL, AT_START

if TYPE_CHECKING:
    import pandas as pd

_TO_START = "to-start "
_QUANTITIES: Mapping[str, tuple[str, str, Range]] = {
    "probe": ("probe-accuracy", "test", SHARE),
    "head": ("head-accuracy", "test", SHARE),
    "trained accuracy": ("head-accuracy", "train", SHARE),
    "ece": ("head-ece", "test", SHARE),
    "clusters": ("clusters", "train", AMOUNT),
    "distance": ("distance", "train", AMOUNT),
    "scaled": ("scaled", "train", AMOUNT),
}
"""What is told of a way in one number a run: measure, split and range."""


@dataclass(frozen=True)
class Way:
    """One way of fine-tuning, over its seeds; of spaces in the deepest layer that was looked at."""

    recipe: str
    settings: str
    """The recipe as JSON."""
    trained: int
    """Numbers that were trained, those of the head not counted."""
    total: int
    seconds: Estimate | None
    """Of the training; of runs that were not cut off."""
    seeds: tuple[int, ...]
    reached_at: tuple[int | None, ...]
    """Of each seed the first update looked at that has the training accuracy; None where none has."""
    target: float
    """That training accuracy."""
    end: Mapping[str, Estimate]
    """By quantity: `probe`, `head` (accuracies on test), `trained accuracy`, `ece`, `clusters`, `distance`, `scaled`,
    `others` (probe accuracy on the other tasks), and what was kept, as `Ways.kept` names it."""
    equal: Mapping[str, Estimate]
    """The same at equal training accuracy, over the runs that have reached it."""

    def at(self, moment: str) -> Mapping[str, Estimate]:
        """The quantities at `end` or at `equal`."""
        return {AT_END: self.end, AT_EQUAL: self.equal}[moment]


@dataclass(frozen=True)
class Ways:
    """All ways of a run, in the order of the study."""

    ways: tuple[Way, ...]
    layer: int
    kept: Mapping[str, str]
    """What tells how much was kept: quantity and its title, likeness to the start first."""
    start: Mapping[str, float]
    """The quantities of the original encoder."""


def find_ways(study: Study, run: Run) -> Ways | None:
    """The ways of a run; None where the study compares none, or the run is not probed on its own task."""
    told = study.table("ways")
    if told.empty or run.tuned_on != run.task:
        return None
    told = told[(told["encoder"] == run.encoder) & (told["tuned_on"] == run.tuned_on)]
    rows = study.table("recipes")
    if told.empty or rows.empty:
        return None
    layer = int(told["layer"].iloc[0])
    rows = rows[rows["encoder"] == run.encoder].assign(setting=rows["setting"].fillna(""))
    rows = rows[(rows["layer"] == layer) | rows["measure"].str.startswith("head-")]
    mine = rows[(rows["tuned_on"] == run.tuned_on) & (rows["task"] == run.task)]
    kept = _kept(mine)
    start = rows[rows["at"] == AT_START]
    others = rows[(rows["task"] != run.task) & (rows["measure"] == "probe-accuracy") & (rows["split"] == "test")]
    beginnings = _values(start[start["task"] == run.task], kept)
    of_start = {name: sum(values) / len(values) for name, values in beginnings.items()}
    other_start = others[others["at"] == AT_START]["value"]
    if len(other_start):
        kept = {**kept, "others": "probe accuracy on the other tasks"}
        of_start["others"] = float(other_start.mean())
    found = []
    for recipe in dict.fromkeys(told["recipe"]):
        about = told[told["recipe"] == recipe].sort_values("seed")
        of_others = others[(others["recipe"] == recipe) & (others["tuned_on"] == run.tuned_on)]
        moments = {at: _estimates(_of(mine, recipe, at), _of(of_others, recipe, at), kept) for at in (AT_END, AT_EQUAL)}
        found.append(
            Way(
                recipe=str(recipe),
                settings=str(about["settings"].iloc[0]),
                trained=int(about["trained"].iloc[0]),
                total=int(about["total"].iloc[0]),
                seconds=estimate(about["seconds"].astype(float), AMOUNT),
                seeds=tuple(about["seed"].astype(int)),
                reached_at=tuple(int(at) if at == at else None for at in about["reached_at"].astype(float)),
                target=float(about["target"].iloc[0]),
                end=moments[AT_END],
                equal=moments[AT_EQUAL],
            )
        )
    return Ways(tuple(found), layer, kept, of_start)


def _of(rows: pd.DataFrame, recipe: str, at: str) -> pd.DataFrame:
    return rows[(rows["recipe"] == recipe) & (rows["at"] == at)].sort_values("seed")


def _kept(rows: pd.DataFrame) -> dict[str, str]:
    """What was measured of a space beside that of the start: the key of each such measure, and its title."""
    found = rows[rows["measure"].str.startswith(_TO_START)][["measure", "setting"]].drop_duplicates()
    kept = {}
    for measure, setting in sorted(found.itertuples(index=False, name=None), key=lambda one: "spatial" not in one[0]):
        name = measure.removeprefix(_TO_START)
        title = f"{measure_words(name).title} to the start"
        kept[f"{measure} {setting}".strip()] = f"{title}, {setting}" if setting not in ("", "all") else title
    return kept


def _values(rows: pd.DataFrame, kept: Mapping[str, str]) -> dict[str, list[float]]:
    """One value a run of every quantity."""
    found = {}
    for name, (measure, split, _) in _QUANTITIES.items():
        found[name] = rows[(rows["measure"] == measure) & (rows["split"] == split)]["value"].tolist()
    keys = (rows["measure"] + " " + rows["setting"]).str.strip()
    found.update({name: rows[keys == name]["value"].tolist() for name in kept})
    return {name: values for name, values in found.items() if values}


def _estimates(rows: pd.DataFrame, others: pd.DataFrame, kept: Mapping[str, str]) -> dict[str, Estimate]:
    values = _values(rows, kept)
    values["others"] = others.groupby("seed")["value"].mean().tolist()
    found = {name: estimate(runs, _range(name)) for name, runs in values.items()}
    return {name: one for name, one in found.items() if one is not None}


def _range(name: str) -> Range:
    if name == "others":
        return SHARE
    if name in _QUANTITIES:
        return _QUANTITIES[name][2]
    return CORRELATION if "spatial-" in name else ANY


def pareto_front(points: Sequence[tuple[float, float]]) -> tuple[int, ...]:
    """The points than which none is as good in both coordinates and better in one.

    Parameters
    ----------
    points : sequence of (float, float)
        Larger is better in both.

    Returns
    -------
    tuple of int
        Positions in `points`, in order.

    Examples
    --------
    >>> pareto_front([(1.0, 0.2), (0.9, 0.1), (0.5, 0.9)])
    (0, 2)
    """
    return tuple(
        at for at, (x, y) in enumerate(points) if not any(a >= x and b >= y and (a > x or b > y) for a, b in points)
    )
