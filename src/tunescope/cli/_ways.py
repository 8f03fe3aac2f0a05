"""Ways of fine-tuning beside each other, as lines of at most 80 characters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tunescope.findings import Estimate, Way, Ways

_NAME_WIDTH = 30
_COLUMNS = (("trained", 11), ("accuracy", 10), ("kept", 9), ("others", 9), ("equal at", 11))


def ways_lines(folder: Path) -> str:
    """What each way of a study gives at its end; empty where it compares none."""
    from tunescope.findings import find_runs, find_ways, read_study

    if not (folder / "tables" / "ways.parquet").is_file():
        return ""
    study = read_study(folder)
    lines: list[str] = []
    for run in find_runs(study):
        found = find_ways(study, run)
        if found is not None:
            lines += _of_run(run.title, found)
    return "\n".join(lines)


def _of_run(title: str, found: Ways) -> Iterator[str]:
    yield "".join([" " * _NAME_WIDTH, *(name.rjust(width) for name, width in _COLUMNS)])
    yield f"{title}, layer {found.layer}"
    kept = next(iter(found.kept), None)
    before = ["", _percent(found.start.get("probe")), "", _percent(found.start.get("others")), ""]
    yield _line("original", before)
    for way in found.ways:
        yield _line(way.recipe, _cells(way, kept))
    if kept is not None:
        target = f"{100 * found.ways[0].target:g} %"
        yield f"kept: {found.kept[kept]}; equal at: update with {target} of train right"


def _cells(way: Way, kept: str | None) -> list[str]:
    known = [at for at in way.reached_at if at is not None]
    ends = sorted({min(known), max(known)}) if known else []
    missing = f" ({len(known)}/{len(way.seeds)})" if len(known) < len(way.seeds) else ""
    return [
        f"{way.trained:,}",
        _percent(_mean(way.end.get("probe"))),
        "" if kept is None or kept not in way.end else f"{way.end[kept].mean:.3f}",
        _percent(_mean(way.end.get("others"))),
        ("–".join(map(str, ends)) or "never") + (missing if known else ""),
    ]


def _line(name: str, cells: list[str]) -> str:
    numbers = "".join(cell.rjust(width) for cell, (_, width) in zip(cells, _COLUMNS, strict=True))
    name = f"  {name}"
    return name.ljust(_NAME_WIDTH) + numbers if len(name) < _NAME_WIDTH else f"{name}\n{' ' * _NAME_WIDTH}{numbers}"


def _mean(one: Estimate | None) -> float | None:
    return None if one is None else one.mean


def _percent(value: float | None) -> str:
    return "" if value is None else f"{100 * value:.2f}"
