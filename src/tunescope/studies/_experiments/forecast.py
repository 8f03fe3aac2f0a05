"""Forecast: could one have known before tuning which encoder, layer or task would do well?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tunescope.records import Table
from tunescope.studies._experiments.experiment import Experiment, Rows, placed
from tunescope.studies._units.classifier import Classify
from tunescope.studies._units.indicators import Indicators

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from tunescope.storage import ResultStore
    from tunescope.studies._plan import Plan
    from tunescope.studies._units.course import Course
    from tunescope.studies._units.work import Work

N_DRAWS = 1_000
"""Random orders that give a rank correlation its null."""
GROUPS = {
    "encoder": ["task", "seed", "layer"],
    "layer": ["encoder", "task", "seed"],
    "task": ["encoder", "seed", "layer"],
}
"""What is ranked, and what its rivals have in common."""

INDICATED = Table(
    "indicators",
    "indicator of a space before tuning, beside what tuning gave",
    {"layer": "int64", "indicator": "string", "value": "double", "score": "double", "accuracy": "double"},
    frozenset({"value", "score", "accuracy"}),
)
FORECAST = Table(
    "forecast",
    "indicator and what it ranks, of all or with one encoder or task left out",
    {
        "indicator": "string",
        "ranks": "string",
        "left_out": "string",
        "tau": "double",
        "null_low": "double",
        "null_high": "double",
        "n_pairs": "int64",
    },
    frozenset({"tau", "null_low", "null_high", "n_pairs"}),
    origin={},
)


class Forecast(Experiment):
    """Indicators before tuning beside the accuracy of the classifier probe after it, and how far the two rank alike."""

    name = "forecast"
    question = "could one have known before tuning which encoder, layer or task would do well?"
    order = 120
    tables = (INDICATED, FORECAST)

    def units(self, plan: Plan) -> Iterator[Work]:
        for course, before, after in self._looks(plan):
            yield from course.end.records
            yield before
            yield after

    def rows(self, plan: Plan, store: ResultStore) -> Iterator[Rows]:
        import pandas as pd

        parts = []
        for course, before, after in self._looks(plan):
            found, tuned = before.find(store), after.find(store)
            if found is None or tuned is None:
                continue
            accuracy = tuned.table("accuracy").query("split == 'test'")["accuracy"].mean()
            place = {**course.origin, "layer": before.space.layer, "accuracy": float(accuracy)}
            parts.append(found.table("indicators").assign(**place))
        if parts:
            rows = pd.concat(parts, ignore_index=True)
            yield placed(INDICATED.name, rows, {})
            yield placed(FORECAST.name, forecasts(rows), {})

    def _looks(self, plan: Plan) -> Iterator[tuple[Course, Indicators, Classify]]:
        for course in plan.tunings():
            for layer in plan.layers(self.name, course.start):
                start, end = (plan.space(state, course.task, layer) for state in (course.start, course.end))
                yield course, Indicators(start), Classify.of(end, plan.study.classifier)


def forecasts(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """How far each indicator ranks encoders, layers and tasks as tuning did.

    Parameters
    ----------
    rows : DataFrame
        Columns `encoder`, `task`, `seed`, `layer`, `indicator`, `score`, `accuracy`.

    Returns
    -------
    list of dict
        `indicator`, `ranks` (`encoder`, `layer`, `task`), `left_out` (an encoder or task; empty for none), `tau`, its
        2.5 % and 97.5 % quantiles under random orders, `n_pairs`. What has no two rivals is left out.
    """
    found = []
    for indicator, of_one in rows.groupby("indicator"):
        for ranks, same in GROUPS.items():
            for left_out, kept in _left_out(of_one):
                groups = [
                    part[["score", "accuracy"]].to_numpy(float) for _, part in kept.groupby(same) if len(part) > 1
                ]
                if groups:
                    about = {"indicator": indicator, "ranks": ranks, "left_out": left_out}
                    found.append({**about, **pooled_tau(groups)})
    return found


def _left_out(rows: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    yield "", rows
    for column in ("encoder", "task"):
        names = sorted(rows[column].unique())
        for name in names if len(names) > 1 else ():
            yield name, rows[rows[column] != name]


def pooled_tau(groups: list[NDArray[np.float64]], seed: int = 0) -> dict[str, Any]:
    """Kendall's tau over rivals within groups: concordant less discordant pairs, over all pairs of all groups.

    A tie counts for neither. The null gives the accuracies of each group in random order.

    Parameters
    ----------
    groups : list of ndarray
        (n, 2) score and accuracy of n rivals.
    seed : int, default 0
        Of the 1,000 random orders.
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    n_pairs, total, drawn = 0, 0.0, np.zeros(N_DRAWS)
    for group in groups:
        i, j = np.triu_indices(len(group), 1)
        score, accuracy = group[:, 0], group[:, 1]
        order = np.sign(score[i] - score[j])
        total += float((order * np.sign(accuracy[i] - accuracy[j])).sum())
        shuffled = rng.permuted(np.tile(accuracy, (N_DRAWS, 1)), axis=1)
        drawn += (order * np.sign(shuffled[:, i] - shuffled[:, j])).sum(axis=1)
        n_pairs += len(i)
    low, high = np.quantile(drawn / n_pairs, (0.025, 0.975))
    return {"tau": total / n_pairs, "null_low": float(low), "null_high": float(high), "n_pairs": n_pairs}
