"""Run a study: do the units that are missing, then lay their rows out as tables."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.errors import TunescopeError
from tunescope.studies._settings.study import Study, read_study
from tunescope.studies._units.keys import key_of
from tunescope.studies._units.work import Bench, Work, in_order
from tunescope.studies._watching import Watcher

if TYPE_CHECKING:
    from tunescope.storage import ResultStore
    from tunescope.studies._plan import Plan
    from tunescope.studies._summary import SummaryRow


@dataclass(frozen=True)
class StudyResult:
    """A study that has run."""

    study: Study
    folder: Path
    """Where its results are (docs/architecture.md, "The stored form of a study")."""
    n_units: int
    """Units of work of the study."""
    n_done: int
    """Units that this run did; the others were there."""
    seconds: float
    """Wall-clock seconds of this run."""
    time: dict[str, float]
    """Seconds by activity, of this run and of earlier ones, longest first."""
    summary: tuple[SummaryRow, ...]
    """What fine-tuning changed, per encoder and task."""


def run_study(
    source: str | Path | Study,
    out: str | Path | None = None,
    *,
    watcher: Watcher | None = None,
    data_dir: str | Path | None = None,
    **overrides: Any,
) -> StudyResult:
    """Run a study, or what is missing of it, and write its tables.

    A unit of work that is there is not done again, whichever study or run has done it; a run that was cut off
    goes on where it was.

    Args:
        source: a YAML file, the name of a study that ships with the package, or a study.
        out: folder of the results; `tunescope-<name of the study>` by default.
        watcher: hears how the study goes.
        data_dir: folder with data files; the one that TUNESCOPE_DATA_DIR names by default.
        overrides: settings that replace those of the study, such as `seeds=[0, 1]`.

    Raises:
        StudyError: the study is not valid.
        TunescopeError: data, an encoder or a result cannot be had; the message says what to do.
    """
    from tunescope.storage import ResultStore, read_table
    from tunescope.studies._explorer.write import write_explorer
    from tunescope.studies._prepare import prepare
    from tunescope.studies._summary import summarise

    start = time.perf_counter()
    watcher = watcher or Watcher()
    document = None
    if isinstance(source, Study):
        study = Study.model_validate({**source.model_dump(), **overrides}) if overrides else source
    else:
        study, document = read_study(source, overrides)
    folder = Path(out) if out is not None else Path(f"tunescope-{study.name}")
    store = ResultStore(folder)
    if store.n_cleaned:
        watcher.noted(f"{folder}: removed {store.n_cleaned} unfinished folder(s) of a run that was cut off")
    given = frozenset(name for name, value in overrides.items() if value is not None)
    plan, bench = prepare(study, store, document=document, given=given, data_dir=data_dir, watcher=watcher)
    wanted = wanted_units(plan)
    missing = list(in_order(wanted, store))
    with _threads(study.threads):
        n_done = _work_off(missing, bench)
    written_from = _written_from(plan, wanted, store)
    if _is_written(store, written_from):
        tables = {path.stem: read_table(path) for path in (store.root / "tables").glob("*.parquet")}
    else:
        tables = _write_tables(plan, store)
        write_explorer(plan, store, watcher)
    spent = _time_by_activity(wanted, store)
    _record(plan, store, document.source if document else None, overrides, wanted, spent, written_from)
    if not study.keep.encoders:
        _forget_encoders(plan, store)
    return StudyResult(
        study=study,
        folder=folder,
        n_units=len(wanted),
        n_done=n_done,
        seconds=time.perf_counter() - start,
        time=spent,
        summary=summarise(tables),
    )


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


def wanted_units(plan: Plan) -> list[Work]:
    """The units that the experiments of a study read, each once."""
    found: dict[tuple[str, str], Work] = {}
    for experiment in plan.experiments:
        for work in experiment.units(plan):
            found.setdefault((work.kind, work.key), work)
    return list(found.values())


def _work_off(missing: list[Work], bench: Bench) -> int:
    """Do units one after the other; returns how many this run did."""
    from tunescope.studies._units.finetune import FineTuneUnit, TunedEncoder
    from tunescope.studies._units.space import Space

    for work in missing:
        if isinstance(work, Space):
            bench.want(work.state, work.task, work.layer)
    tunings = {work.key for work in missing if isinstance(work, FineTuneUnit)}
    written_by_another = [w for w in missing if isinstance(w, TunedEncoder) and w.tuning.key in tunings]
    n_units = len(missing) - len(written_by_another)
    bench.watcher.planned(n_units)
    n_done = 0
    for work in missing:
        if work.find(bench.store) is not None:  # another unit, or another process, has written it meanwhile
            continue
        bench.watcher.started(work.title, n_done + 1, n_units)
        _do(work, bench)
        unit = work.result(bench.store)
        n_done += 1
        bench.watcher.finished(work.title, unit.seconds, unit.notes)
    return n_done


def _do(work: Work, bench: Bench) -> None:
    """Do one unit; an error says in which unit it arose."""
    store = bench.store
    try:
        if work.keeps_work:
            with (
                store.working(work.kind, work.key) as folder,
                store.writing(work.kind, work.key, work.inputs()) as writer,
            ):
                work.run(writer, bench, folder)
        else:
            with store.writing(work.kind, work.key, work.inputs()) as writer:
                work.run(writer, bench, store.root)
    except TunescopeError as error:
        raise type(error)(f"{work.title}: {error}") from error


_WRITTEN = ("tables/*.parquet", "explorer/*")
"""What is written from the units, for reading."""


def _written_from(plan: Plan, wanted: list[Work], store: ResultStore) -> str:
    """A key of all that tables and explorer follow from: the study, its units, and the code that lays them out."""
    units = [work.result(store) for work in wanted]
    code = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py"))))
    return key_of(
        "written",
        {
            "study": plan.study.model_dump(mode="json"),
            "encoders": [encoder.inputs() for encoder in plan.encoders],
            "tasks": {name: task.fingerprint for name, task in plan.tasks.items()},
            "units": sorted([unit.kind, unit.key, unit.info["finished"]] for unit in units),
            "code": code.hexdigest(),
        },
    )


def _is_written(store: ResultStore, written_from: str) -> bool:
    """Whether tables and explorer are those of the last run, and this one would write the same."""
    try:
        record = json.loads((store.root / "study.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    there = _sizes(store)
    written = record.get("written")
    return record.get("written_from") == written_from and isinstance(written, dict) and written.items() <= there.items()


def _sizes(store: ResultStore) -> dict[str, int]:
    """Bytes of each file that is written from the units, by its path below the study's folder."""
    files = sorted(path for pattern in _WRITTEN for path in store.root.glob(pattern))
    return {path.relative_to(store.root).as_posix(): path.stat().st_size for path in files}


def _write_tables(plan: Plan, store: ResultStore) -> dict[str, Any]:
    """Every table of the study over all its units, each row once; tables that nothing fills are not there."""
    import pandas as pd

    from tunescope.records._tables import COLUMNS, identity, schema
    from tunescope.storage import write_table

    parts: dict[str, list[pd.DataFrame]] = {}
    for experiment in plan.experiments:
        for name, rows in experiment.tables(plan, store):
            if len(rows):
                parts.setdefault(name, []).append(rows)
    tables: dict[str, Any] = {}
    for name in COLUMNS:
        path = store.root / "tables" / f"{name}.parquet"
        if name not in parts:
            path.unlink(missing_ok=True)
            continue
        rows = pd.concat(parts[name], ignore_index=True)
        tables[name] = rows.drop_duplicates(identity(name), ignore_index=True)
        write_table(path, tables[name], schema(name))
    return tables


_ACTIVITIES = {
    "finetune": "the rest of fine-tuning",
    "encoder": "encoders",
    "space": "vectors",
    "geometry": "the rest of geometry",
    "classifier": "classifier probes",
    "memorisation": "memorisation",
    "points": "texts of points",
}
"""What the time of a unit is called that none of its parts accounts for."""


def _time_by_activity(works: Iterable[Work], store: ResultStore) -> dict[str, float]:
    """Seconds that the units of a study took, by activity, longest first; units behind them included."""
    seen: set[Path] = set()
    spent: dict[str, float] = {}

    def visit(work: Work) -> None:
        unit = work.find(store)
        if unit is None or unit.path in seen:
            return
        seen.add(unit.path)
        parts = dict(unit.info.get("timings", {}))
        parts[_ACTIVITIES[unit.kind]] = max(0.0, unit.seconds - sum(parts.values()))
        for activity, seconds in parts.items():
            spent[activity] = spent.get(activity, 0.0) + seconds
        for need in work.needs:
            visit(need)

    for work in works:
        visit(work)
    return {activity: round(seconds, 1) for activity, seconds in sorted(spent.items(), key=lambda item: -item[1])}


def _record(
    plan: Plan,
    store: ResultStore,
    source: str | None,
    overrides: dict[str, Any],
    wanted: list[Work],
    spent: dict[str, float],
    written_from: str,
) -> None:
    """Write study.yaml (what was asked, as it was written) and study.json (what it meant)."""
    from dataclasses import asdict

    from tunescope.storage import platform_name, versions, write_json, write_text

    study = plan.study
    if source is not None:
        write_text(store.root / "study.yaml", Path(source).read_text(encoding="utf-8"))
    content = {
        "name": study.name,
        "study": study.model_dump(mode="json"),
        "overrides": {name: value for name, value in overrides.items() if value is not None},
        "encoders": [asdict(encoder) for encoder in plan.encoders],
        "tasks": [
            {
                "name": task.name,
                "kind": task.kind,
                "fingerprint": task.fingerprint,
                "description": task.description,
                "source": task.source,
                "notes": list(task.notes),
            }
            for task in plan.tasks.values()
        ],
        "recipes": {label: recipe.settings(defaults=True) for label, recipe in plan.recipes.items()},
        "layers": {
            experiment.name: {encoder.label: list(plan.layers(experiment.name, encoder)) for encoder in plan.encoders}
            for experiment in plan.experiments
        },
        "units": [{"kind": work.kind, "key": work.key, "title": work.title} for work in wanted],
        "seconds": spent,
        "written": _sizes(store),
        "written_from": written_from,
        "notes": _notes(wanted, store),
        "versions": versions(),
        "platform": platform_name(),
        "finished": datetime.now(timezone.utc).isoformat(timespec="seconds"),
    }
    write_json(store.root / "study.json", content)


def _notes(works: Iterable[Work], store: ResultStore) -> list[str]:
    """The notes of all units, with the unit that each is about."""
    return [f"{work.title}: {note}" for work in works for note in work.result(store).notes]


def _forget_encoders(plan: Plan, store: ResultStore) -> None:
    """Remove the fine-tuned encoders of a study that does not keep them."""
    from tunescope.studies._units.finetune import TunedEncoder

    for encoder in plan.encoders:
        for task in plan.tasks:
            for seed in plan.study.seeds:
                weights = TunedEncoder(plan.finetune(encoder, task, seed))
                store.remove(weights.kind, weights.key)
