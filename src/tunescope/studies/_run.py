"""Run a study: do the units that are missing, then lay their rows out as tables."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.errors import StorageError, TunescopeError, UnitsFailed
from tunescope.studies._result import StudyResult
from tunescope.studies._settings.study import Study, read_study
from tunescope.studies._units.bench import Bench
from tunescope.studies._units.graph import missing_units, place
from tunescope.studies._units.space import Space
from tunescope.studies._units.work import Work
from tunescope.studies._watching import Watcher, watcher_here

if TYPE_CHECKING:
    from tunescope.execution import Done, Executor, Graph
    from tunescope.findings import Summary
    from tunescope.storage import ResultStore
    from tunescope.studies._experiments.experiment import Experiment
    from tunescope.studies._plan import Plan
    from tunescope.studies._prepare import Prepared


def run_study(
    source: str | Path | Study,
    out: str | Path | None = None,
    *,
    on: str = "local",
    watcher: Watcher | None = None,
    data_dir: str | Path | None = None,
    **overrides: Any,
) -> StudyResult:
    """Run a study, or what is missing of it, and write its tables.

    A unit of work that is there is not done again, whichever study or run has done it; a run that was cut off
    goes on where it was. A unit that fails does not end the others.

    Parameters
    ----------
    source : str, Path or Study
        A YAML file, the name of a study that ships with the package, or a study.
    out : path, optional
        Folder of the results; `tunescope-<name of the study>` by default.
    on : str, default "local"
        Who does the work: the name of an executor (`tunescope.execution.executor_names`).
    watcher : Watcher, optional
        Hears how the study goes; by default a bar of tqdm does in a notebook, and nobody elsewhere.
    data_dir : path, optional
        Folder with data files; the one that TUNESCOPE_DATA_DIR names by default.
    **overrides
        Settings that replace those of the study, such as `seeds=[0, 1]`; `encoders` and `tasks` may hold `Encoder` and
        `Task` objects as well as names.

    Returns
    -------
    StudyResult
        Where the results are, and the answer in short.

    Raises
    ------
    StudyError
        The study is not valid, or there is no such executor.
    UnitsFailed
        Some units failed; all that does not depend on them is done, kept, and laid out.
    TunescopeError
        Data, an encoder or a result cannot be had; the message says what to do.
    """
    from tunescope.execution import executor
    from tunescope.storage import ResultStore
    from tunescope.studies._prepare import prepare

    start = time.perf_counter()
    watcher = watcher or watcher_here()
    worker = executor(on)
    document = None
    given_settings = {name: value for name, value in overrides.items() if value is not None}
    if isinstance(source, Study):
        study = source.changed(given_settings) if given_settings else source
    else:
        study, document = read_study(source, overrides)
    folder = Path(out) if out is not None else Path(f"tunescope-{study.name}")
    store = ResultStore(folder)
    _finish(store)
    if store.n_cleaned:
        watcher.noted(f"{folder}: removed {store.n_cleaned} unfinished folder(s) of a run that was cut off")
    prepared = prepare(
        study, store, document=document, given=frozenset(given_settings), data_dir=data_dir, watcher=watcher
    )
    if document is not None:
        _keep_as_read(store, document.text)
    return complete(prepared, store, worker, overrides=given_settings, watcher=watcher, started=start)


def complete(
    prepared: Prepared,
    store: ResultStore,
    worker: Executor,
    *,
    overrides: dict[str, Any],
    watcher: Watcher,
    started: float,
) -> StudyResult:
    """Do what is missing of a study that is prepared, and lay it out.

    Parameters
    ----------
    prepared : Prepared
        The study: its plan, its experiments, its bench.
    store : ResultStore
        Where its units are.
    worker : Executor
        Who does the work.
    overrides : dict
        Settings that were given for this run, for the record.
    watcher : Watcher
        Hears how it goes.
    started : float
        `time.perf_counter()` when the run began.

    Raises
    ------
    UnitsFailed
        Some units failed; all that does not depend on them is done, kept, and laid out.
    """
    study, folder = prepared.plan.study, store.root
    wanted = wanted_units(prepared.experiments, prepared.plan)
    graph = missing_units(wanted, store)
    for note in (*map(str, store.damaged), *_redone(graph, store)):
        watcher.noted(note)
    n_told = len(store.damaged)
    with _threads(study.threads):
        ended = work_off(graph, prepared.bench, worker)
        further = _further(prepared, store, wanted)
        wanted += further
        graph = missing_units(further, store)
        if len(graph):
            ended += work_off(graph, prepared.bench, worker)
    for damaged in store.damaged[n_told:]:
        watcher.noted(str(damaged))
    spent, summary = lay_out(prepared, store, wanted, ended, overrides, watcher)
    if not study.keep.encoders:
        _forget_encoders(prepared.plan, store)
    failures = [one for one in ended if not one.is_done]
    if failures:
        raise UnitsFailed(_said_of(failures, len(ended), folder)) from next(one.error for one in failures if one.error)
    return StudyResult(
        study=study,
        folder=folder,
        n_units=len(wanted),
        n_done=len(ended),
        seconds=time.perf_counter() - started,
        time=spent,
        summary=summary,
    )


def _finish(store: ResultStore) -> None:
    """Move what a run that was cut off had laid out, where the folder can be written; it is read where it is, too."""
    from tunescope.storage import finish_laying_out

    with suppress(OSError):
        finish_laying_out(store.root)


def _keep_as_read(store: ResultStore, text: str) -> None:
    """Write study.yaml: what was asked, as it was read when the study began; nothing where the same stands there."""
    from tunescope.storage import write_text

    path = store.root / "study.yaml"
    try:
        same = path.read_bytes() == text.encode()
    except OSError:
        same = False
    if not same:
        write_text(path, text)


@contextmanager
def _threads(number: int | None) -> Iterator[None]:
    """Let PyTorch use so many threads inside; its own choice when there is no number."""
    if number is None:
        yield
        return
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def wanted_units(experiments: Sequence[Experiment], plan: Plan) -> list[Work]:
    """The units that the experiments of a study read, each once."""
    found: dict[tuple[str, str], Work] = {}
    for experiment in experiments:
        for work in experiment.units(plan):
            found.setdefault(place(work), work)
    return list(found.values())


def _further(prepared: Prepared, store: ResultStore, wanted: Sequence[Work]) -> list[Work]:
    """The units that can be named only now that those wanted first are there."""
    known = set(map(place, wanted))
    found = (work for one in prepared.experiments for work in one.further(prepared.plan, store))
    return list({place(work): work for work in found if place(work) not in known}.values())


def _redone(graph: Graph[Work], store: ResultStore) -> list[str]:
    """What is done again although an older version has stored it: of each kind how many units."""
    older = [node.work for node in graph if node.work.is_there_in_an_older_version(store)]
    kinds = dict.fromkeys(work.kind for work in older)
    return [
        f"{sum(work.kind == kind for work in older)} units of the kind {kind} are done again: "
        "what is stored was computed by an older version, and this one computes something else"
        for kind in kinds
    ]


def work_off(graph: Graph[Work], bench: Bench, worker: Executor) -> list[Done[Work]]:
    """Have all units of a graph done; returns how each of them ended."""
    for node in graph:
        if isinstance(node.work, Space):
            bench.want(node.work.state, node.work.task, node.work.layer)
    bench.watcher.planned(len(graph))
    return list(worker.run(graph, Doing(bench, len(graph))))


@dataclass
class Doing:
    """Does units of work at a bench; sent to another process, it has a bench of its own there."""

    bench: Bench
    n_units: int
    n_begun: int = field(default=0)

    def __call__(self, work: Work) -> None:
        """Do one unit, unless another process has done it meanwhile; an error says in which unit it arose."""
        watcher, store = self.bench.watcher, self.bench.store
        self.n_begun += 1
        if work.find(store) is not None:
            return
        watcher.started(work.title, self.n_begun, self.n_units)
        try:
            if work.keeps_work:
                with (
                    store.working(work.kind, work.key) as folder,
                    store.writing(work.kind, work.key, work.stored_inputs) as writer,
                ):
                    work.run(writer, self.bench, folder)
            else:
                with store.writing(work.kind, work.key, work.stored_inputs) as writer:
                    work.run(writer, self.bench, store.root)
        except TunescopeError as error:
            raise type(error)(f"{work.title}: {error}") from error
        unit = work.result(store)
        watcher.finished(work.title, unit.seconds, unit.notes)


def lay_out(
    prepared: Prepared,
    store: ResultStore,
    wanted: Sequence[Work],
    ended: Sequence[Done[Work]],
    overrides: dict[str, Any],
    watcher: Watcher,
) -> tuple[dict[str, float], tuple[Summary, ...]]:
    """Lay the units out as tables, explorer and study.json, where the last run has not done so already.

    Returns
    -------
    spent : dict of str to float
        Seconds by activity.
    summary : tuple of Summary
        What fine-tuning changed.
    """
    from tunescope.findings import summaries
    from tunescope.storage import laying_out
    from tunescope.studies import _record
    from tunescope.studies._explorer.write import write_explorer

    failed = [
        {"unit": one.node.work.title, "why": str(one.error) if one.error else "it waits for a unit that failed"}
        for one in ended
        if not one.is_done
    ]
    key = _record.written_from(prepared, wanted, store)
    spent = _record.time_by_activity(wanted, store)
    told = [str(damaged) for damaged in store.damaged]
    for note in _record.made_elsewhere(wanted, store):
        watcher.noted(note)

    def write_record(notes: list[str], place: Path | None) -> None:
        _record.write_record(
            prepared,
            store,
            overrides=overrides,
            wanted=wanted,
            failed=failed,
            spent=spent,
            notes=[*notes, *told],
            key=key,
            folder=place,
        )

    if _record.is_written(store, key):
        try:
            write_record(_record.kept_notes(store), None)
        except StorageError as error:  # a finished study on read-only media is as good as any
            watcher.noted(f"{error}; what the last run wrote is whole, and stays")
    else:
        with laying_out(store.root) as folder:
            notes = _record.write_tables(prepared, store, folder)
            write_explorer(prepared.plan, store, watcher, folder)
            write_record(notes, folder)
        for note in notes:
            watcher.noted(note)
    return spent, summaries(store.root)


def _said_of(failures: Sequence[Done[Work]], n_units: int, folder: Path) -> str:
    """What failed and why, in one message."""
    broken = [one for one in failures if one.error is not None]
    waiting = [one for one in failures if one.error is None]
    lines = [f"{len(broken)} of {n_units} units failed; the others are kept in {folder}, and a further run goes on"]
    lines += [f"  {_error_text(one)}" for one in broken]
    if waiting:
        lines.append(f"  not begun, because they need one of these: {len(waiting)}")
        lines += [f"    {one.node.work.title}" for one in waiting]
    return "\n".join(lines)


def _error_text(one: Done[Work]) -> str:
    if isinstance(one.error, TunescopeError):
        return str(one.error)
    return f"{one.node.work.title}: {type(one.error).__name__}: {one.error}"


def _forget_encoders(plan: Plan, store: ResultStore) -> None:
    """Remove the fine-tuned encoders of a study that does not keep them."""
    from tunescope.studies._units.tuned import forget_weights

    for course in (*plan.courses, *plan.ways):
        forget_weights(course.end, store)
