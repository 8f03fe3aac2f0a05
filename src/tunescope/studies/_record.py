"""What is laid out from the units of a study: its tables, study.yaml and study.json."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.studies._settings.objects import of_object
from tunescope.studies._units.keys import digest, without_defaults

if TYPE_CHECKING:
    import pandas as pd

    from tunescope.storage import ResultStore
    from tunescope.studies._experiments.experiment import Experiment, Rows
    from tunescope.studies._prepare import Prepared
    from tunescope.studies._units.work import Work

_NOT_LAYING_OUT = ("cli", "report")
"""Rooms that read what is laid out, and cannot change it."""
_AGREEMENT = 2e-3
"""Relative difference up to which two units that measured the same thing agree: each distance is within 1e-3 of the
true one (`DEFAULT_RTOL` of the solver)."""
_AGREEMENT_ABSOLUTE = 1e-6


def written_from(prepared: Prepared, wanted: Sequence[Work], store: ResultStore) -> str:
    """A key of all that tables and explorer follow from: the study, its units, and the code that lays them out."""
    from tunescope import __version__

    plan = prepared.plan
    units = [unit for unit in (work.find(store) for work in wanted) if unit is not None]
    return digest(
        {
            "study": plan.study.model_dump(mode="json"),
            "encoders": [without_defaults(encoder.inputs()) for encoder in plan.encoders],
            "tasks": {name: task.fingerprint for name, task in plan.tasks.items()},
            "units": sorted([unit.kind, unit.key, unit.info["finished"]] for unit in units),
            "version": __version__,
            "code": code_digest(),
        }
    )


@cache
def code_digest() -> str:
    """SHA-256 of the package's Python sources that have a part in what is laid out, in all folders."""
    root = Path(__file__).parents[1]
    found = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        name = path.relative_to(root).as_posix()
        if name.partition("/")[0] not in _NOT_LAYING_OUT:
            found.update(f"{name}\0".encode())
            found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def is_written(store: ResultStore, key: str) -> bool:
    """Whether tables and explorer are those of the last run, whole, and this one would write the same."""
    from tunescope.storage import damaged_written

    record = _last_record(store)
    if record.get("written_from") != key or "written_sha256" not in record:
        return False
    return not damaged_written(store.root)[1]


def _last_record(store: ResultStore) -> dict[str, Any]:
    """What the last run said in study.json; nothing where it is not there or damaged."""
    from tunescope.storage import place

    try:
        record = json.loads(place(store.root, "study.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}


def write_tables(prepared: Prepared, store: ResultStore, folder: Path) -> list[str]:
    """Write every table of the study over all its units, each row once; tables that nothing fills are not there.

    Parameters
    ----------
    prepared : Prepared
        The study.
    store : ResultStore
        Its units.
    folder : Path
        Where the generation is written: the tables go to its `tables`.

    Returns
    -------
    notes : list of str
        Where two units have measured the same thing and do not agree: of how many rows.
    """
    from tunescope.records import schema
    from tunescope.storage import write_table

    parts = _parts(prepared.experiments, prepared, store)
    notes: list[str] = []
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    for name, rows in parts.items():
        table, n_apart = once(name, rows)
        if n_apart:
            notes.append(
                f"table {name}: {n_apart} rows were measured by two units that differ by more than "
                f"{_AGREEMENT:g}; what was measured from nothing stands, not what was measured on the way"
            )
        write_table(folder / "tables" / f"{name}.parquet", table, schema(name))
    return notes


def _parts(experiments: Iterable[Experiment], prepared: Prepared, store: ResultStore) -> dict[str, list[Rows]]:
    parts: dict[str, list[Rows]] = {}
    for experiment in experiments:
        for rows in experiment.rows(prepared.plan, store):
            if len(rows.rows):
                parts.setdefault(rows.table, []).append(rows)
    return parts


def once(name: str, parts: Iterable[Rows]) -> tuple[pd.DataFrame, int]:
    """The rows of a table, each observation once.

    Of two units that measured the same thing the one of lower rank stands, whatever the order of the parts.

    Returns
    -------
    rows : DataFrame
        No two of them have the same identity.
    n_apart : int
        Observations of which two measurements differ by more than the tolerance of distances.
    """
    import pandas as pd

    from tunescope.records import identity

    ordered = sorted(parts, key=lambda part: part.rank)
    rows = pd.concat([part.rows for part in ordered], ignore_index=True)
    key = identity(name)
    again = rows.duplicated(key)
    return rows[~again].reset_index(drop=True), _n_apart(rows[~again], rows[again], key)


def _n_apart(first: pd.DataFrame, again: pd.DataFrame, key: list[str]) -> int:
    """How many of the rows that stand a second time say something else."""
    import numpy as np
    import pandas as pd

    if again.empty:
        return 0
    both = again.merge(first, on=key, suffixes=("", " first"))
    apart = np.zeros(len(both), bool)
    for name in again.columns.difference(key):
        a, b = both[name], both[f"{name} first"]
        if pd.api.types.is_float_dtype(a) and pd.api.types.is_float_dtype(b):
            apart |= ~np.isclose(a, b, rtol=_AGREEMENT, atol=_AGREEMENT_ABSOLUTE, equal_nan=True)
        elif not pd.api.types.is_string_dtype(a):  # which of two labels is nearest is a matter of the last bits
            apart |= np.array([not np.array_equal(x, y) for x, y in zip(a, b, strict=True)], bool)
    return int(apart.sum())


def time_by_activity(works: Iterable[Work], store: ResultStore) -> dict[str, float]:
    """Seconds that the units of a study took, by activity, longest first; units behind them included."""
    seen: set[Path] = set()
    spent: dict[str, float] = {}

    def visit(work: Work) -> None:
        unit = work.find(store)
        if unit is not None and unit.kind == work.kind and unit.path not in seen:
            seen.add(unit.path)
            parts = dict(unit.info.get("timings", {}))
            rest = work.activity or work.kind
            parts[rest] = parts.get(rest, 0.0) + max(0.0, unit.seconds - sum(parts.values()))
            for activity, seconds in parts.items():
                spent[activity] = spent.get(activity, 0.0) + seconds
        for need in work.needs:
            visit(need)

    for work in works:
        visit(work)
    return {activity: round(seconds, 1) for activity, seconds in sorted(spent.items(), key=lambda item: -item[1])}


def write_record(
    prepared: Prepared,
    store: ResultStore,
    *,
    overrides: Mapping[str, Any],
    wanted: Sequence[Work],
    failed: Sequence[Mapping[str, str]],
    spent: Mapping[str, float],
    notes: Sequence[str],
    key: str,
    folder: Path | None,
) -> None:
    """Write study.json: what the study meant, and what its units are.

    To `folder`, of the generation that lies there; without one anew beside the last generation, which stays.
    """
    from tunescope.storage import measured, platform_name, versions, write_json

    plan, study = prepared.plan, prepared.plan.study
    content = {
        "name": study.name,
        "study": study.model_dump(mode="json"),
        "overrides": {name: _written_down(value) for name, value in overrides.items() if value is not None},
        "encoders": [encoder.about() for encoder in plan.encoders],
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
        "recipes": {label: recipe.settings(defaults=True) for label, recipe in prepared.recipes.items()},
        "ways": {
            way: {
                encoder: recipe.settings(defaults=True)
                for (encoder, label), recipe in prepared.ways.items()
                if label == way
            }
            for way in dict.fromkeys(label for _, label in prepared.ways)
        },
        "layers": {
            one.name: {encoder.label: list(plan.layers(one.name, encoder)) for encoder in plan.encoders}
            for one in prepared.experiments
        },
        "units": [{"kind": work.kind, "key": work.key, "title": work.title} for work in wanted],
        "failed": list(failed),
        "seconds": dict(spent),
        **measured(store.root if folder is None else folder),
        "written_from": key,
        "notes": [*notes, *made_elsewhere(wanted, store), *_notes_of_units(wanted, store)],
        "versions": versions(),
        "platform": platform_name(),
        "finished": datetime.now(timezone.utc).isoformat(timespec="seconds"),
    }
    write_json((store.root if folder is None else folder) / "study.json", content)


def renew_record(store: ResultStore, folder: Path) -> None:
    """Write the last study.json again, for a generation of which only the explorer is new; none where there is none."""
    from tunescope.storage import measured, write_json

    record = _last_record(store)
    if record:
        new = measured(folder)
        for name, told in new.items():
            kept = {file: one for file, one in record.get(name, {}).items() if not file.startswith("explorer/")}
            record[name] = {**kept, **told}
        write_json(folder / "study.json", record)


def made_elsewhere(works: Iterable[Work], store: ResultStore) -> list[str]:
    """Of how many units another version or platform has made the result, each difference once."""
    from tunescope.storage import platform_name, versions

    here = {**versions(), "platform": platform_name()}
    seen: Counter[tuple[str, str]] = Counter()
    for unit in {work.key: work.find(store) for work in works}.values():
        if unit is not None:
            there = {**unit.info.get("versions", {}), "platform": unit.info.get("platform", "")}
            seen.update((name, str(was)) for name, was in there.items() if here.get(name, was) != was)
    return [
        f"units of others: {count} unit{'s' if count > 1 else ''} of this study "
        f"{'were' if count > 1 else 'was'} made with {name} {was}, here it is {here[name]}"
        for (name, was), count in sorted(seen.items())
    ]


def _written_down(value: Any) -> Any:
    """A setting as JSON: an object that was handed over by its name and fingerprint."""
    if isinstance(value, (list, tuple)):
        return [_written_down(one) for one in value]
    found = of_object(value)
    return {name: one for name, one in found.items() if name != "given"} if found is not value else value


def kept_notes(store: ResultStore) -> list[str]:
    """What the last record said about the tables, for a run that does not write them again."""
    record = _last_record(store)
    return [note for note in record.get("notes", ()) if str(note).startswith("table ")]


def _notes_of_units(works: Iterable[Work], store: ResultStore) -> list[str]:
    """The notes of all units that are there, with the unit that each is about."""
    found = ((work, work.find(store)) for work in works)
    return [f"{work.title}: {note}" for work, unit in found if unit is not None for note in unit.notes]
