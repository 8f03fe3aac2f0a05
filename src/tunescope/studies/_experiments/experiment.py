"""What an experiment is: the units that it reads, and the tidy rows that it makes of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from tunescope.records import schema

if TYPE_CHECKING:
    import pandas as pd

    from tunescope.storage import ResultStore
    from tunescope.studies._plan import Plan
    from tunescope.studies._settings.study import ExperimentName
    from tunescope.studies._units.space import Space
    from tunescope.studies._units.work import Work

Table = tuple[str, "pd.DataFrame"]
"""The name of a table of the study, and rows of it."""


class Experiment(ABC):
    """One question of a study."""

    name: ClassVar[ExperimentName]
    question: ClassVar[str]
    """What it answers, and where in the paper."""
    reads_snapshots: ClassVar[bool] = False
    """Whether it looks at an encoder while it is fine-tuned."""

    @abstractmethod
    def units(self, plan: Plan) -> Iterator[Work]:
        """The units of work that the experiment reads."""

    @abstractmethod
    def tables(self, plan: Plan, store: ResultStore) -> Iterator[Table]:
        """The rows of the experiment, once its units are there."""


def placed(table: str, rows: pd.DataFrame | Iterable[Mapping[str, Any]], origin: Mapping[str, Any]) -> Table:
    """Rows of a table with the columns that say where they come from."""
    import pandas as pd

    frame = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows))
    return table, frame.assign(**origin).reindex(columns=schema(table).names)


def from_space(plan: Plan, store: ResultStore, space: Space, work: Work, names: Iterable[str]) -> Iterator[Table]:
    """Tables of a unit that looked at a space, with where they come from and the update of the space."""
    unit = work.result(store)
    for name in names:
        rows = unit.table(name)
        if "convention" in rows.columns:
            rows = rows[rows["convention"].isin(plan.study.conventions)]
        if "update" in rows.columns:
            rows = rows.assign(**plan.moment(space.state, store, "epoch" in rows.columns))
        yield placed(name, rows, {**space.origin, "layer": space.layer})


def about_tasks(plan: Plan, store: ResultStore, tasks: Iterable[str]) -> Iterator[Table]:
    """The sizes and labels of tasks."""
    for task in tasks:
        yield placed("tasks", plan.points(task).result(store).table("tasks"), {"task": task})
