"""What an experiment is: the units that it reads, and the tidy rows that it makes of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from tunescope.records import SPATIAL_PEARSON, SPATIAL_SPEARMAN, Table, comparisons_from_similarity, register, schema
from tunescope.studies._settings.experiments import announce

if TYPE_CHECKING:
    import pandas as pd

    from tunescope.storage import ResultStore, Unit
    from tunescope.studies._plan import Plan
    from tunescope.studies._units.course import Course
    from tunescope.studies._units.space import Space
    from tunescope.studies._units.work import EncoderState, Work


class Rows(NamedTuple):
    """Rows of a table of the study."""

    table: str
    rows: pd.DataFrame
    rank: int = 0
    """Where two units have measured the same thing, the rows of the lower rank stand: `ALONE` before `ON_THE_WAY`."""


ALONE = 0
"""The rank of what was measured in one space, from nothing."""
ON_THE_WAY = 1
"""The rank of what was measured during a fine-tuning, each snapshot from the one before."""


class Experiment(ABC):
    """One question of a study; a subclass is known by its `name` as soon as it is defined.

    A file of this folder is found by itself; another package names its module under the entry point group
    `tunescope.experiments`.
    """

    name: ClassVar[str]
    """What a study calls it."""
    question: ClassVar[str]
    """What it answers, and where in the paper."""
    tables: ClassVar[tuple[str | Table, ...]] = ()
    """The tables that it has rows of: by name, or declared (`tunescope.records.Table`) where they are its own."""
    order: ClassVar[int] = 1000
    """Its place among all experiments: the paper's own come first, in the paper's order."""
    reads_sources: ClassVar[bool] = False
    """Whether it looks at what fine-tuning on one task does to another (the setting `sources`)."""
    reads_snapshots: ClassVar[bool] = False
    """Whether it looks at an encoder while it is fine-tuned."""
    reads_recipes: ClassVar[bool] = False
    """Whether it compares ways of fine-tuning (the setting `recipes`)."""
    observers: ClassVar[tuple[str, ...]] = ()
    """Observers that it needs on the way beside the usual ones, by name."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for table in cls.__dict__.get("tables", ()):
            if isinstance(table, Table):
                register(table)
        if "name" in cls.__dict__:
            announce(cls)

    @abstractmethod
    def units(self, plan: Plan) -> Iterator[Work]:
        """The units of work that the experiment reads."""

    def further(self, plan: Plan, store: ResultStore) -> Iterator[Work]:
        """Further units that it reads, which can be named only when the others are there; none by default."""
        yield from ()

    @abstractmethod
    def rows(self, plan: Plan, store: ResultStore) -> Iterator[Rows]:
        """The rows of the experiment, of those of its units that are there."""


class SpaceExperiment(Experiment):
    """An experiment that looks at spaces one by one: of an encoder as it was loaded, and after its fine-tuning."""

    @abstractmethod
    def looks(self, plan: Plan, space: Space) -> Iterator[tuple[Work, tuple[str, ...]]]:
        """The units that look at a space, each with those of its tables that the experiment reads."""

    def units(self, plan: Plan) -> Iterator[Work]:
        if "tasks" in self.tables:
            yield from (plan.points(task) for task in plan.task_names)
        for space in plan.spaces(self.name, every_source=self.reads_sources):
            yield from space.state.records
            yield from (unit for unit, _ in self.looks(plan, space))

    def rows(self, plan: Plan, store: ResultStore) -> Iterator[Rows]:
        if "tasks" in self.tables:
            yield from about_tasks(plan, store, plan.task_names)
        for space in plan.spaces(self.name, every_source=self.reads_sources):
            for unit, names in self.looks(plan, space):
                yield from from_space(plan, store, space, unit, names)


class TuningExperiment(Experiment):
    """An experiment that looks at fine-tunings one by one, from their starts to their ends."""

    reads_snapshots = True

    @abstractmethod
    def seen(self, plan: Plan, course: Course, layers: tuple[int, ...], store: ResultStore) -> Iterator[Rows]:
        """The rows of one fine-tuning whose record is there."""

    def units(self, plan: Plan) -> Iterator[Work]:
        if "tasks" in self.tables:
            yield from (plan.points(task) for task in plan.task_names)
        yield from (course.record for course in plan.tunings())

    def rows(self, plan: Plan, store: ResultStore) -> Iterator[Rows]:
        if "tasks" in self.tables:
            yield from about_tasks(plan, store, plan.task_names)
        for course in plan.tunings():
            if course.record.find(store) is not None:
                yield from self.seen(plan, course, plan.layers(self.name, course.start), store)


def placed(
    table: str,
    rows: pd.DataFrame | Iterable[Mapping[str, Any]],
    origin: Mapping[str, Any],
    rank: int = ALONE,
) -> Rows:
    """Rows of a table with the columns that say where they come from."""
    import pandas as pd

    frame = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows))
    return Rows(table, frame.assign(**origin).reindex(columns=schema(table).names), rank)


def from_space(plan: Plan, store: ResultStore, space: Space, work: Work, names: Iterable[str]) -> Iterator[Rows]:
    """Tables of a unit that looked at a space, with where they come from and the update of the space.

    Nothing where the unit is not there, because it has failed.
    """
    unit = work.find(store)
    moment = _moment(space.state, store)
    if unit is None or moment is None:
        return
    for name in names:
        rows = rows_of(unit, name, plan)
        asked = {column: value for column, value in moment.items() if column in rows.columns}
        yield placed(name, rows.assign(**asked), {**space.origin, "layer": space.layer})


def rows_of(unit: Unit, name: str, plan: Plan) -> pd.DataFrame:
    """A table of a unit, by whichever version it was written, in the conventions that the study asks for."""
    if name == "comparisons" and not unit.has_table(name):
        rows = comparisons_from_similarity(unit.table("similarity"))
    else:
        rows = unit.table(name)
    if "convention" in rows.columns:
        return rows[rows["convention"].isin(plan.study.conventions)]
    if name == "comparisons":
        spatial = rows["measure"].isin([SPATIAL_PEARSON, SPATIAL_SPEARMAN])
        return rows[~spatial | rows["setting"].isin(plan.study.conventions)]
    return rows


def _moment(state: EncoderState, store: ResultStore) -> dict[str, Any] | None:
    """Update and epoch of a state; None where the record that tells them is not there."""
    if any(record.find(store) is None for record in state.records):
        return None
    update, epoch = state.moment(store)
    return {"update": update, "epoch": epoch}


def about_tasks(plan: Plan, store: ResultStore, tasks: Iterable[str]) -> Iterator[Rows]:
    """The sizes and labels of tasks."""
    for task in tasks:
        unit = plan.points(task).find(store)
        if unit is not None:
            yield placed("tasks", unit.table("tasks"), {"task": task})
