"""The answer of a study as a table of 80 columns, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from tunescope.cli._plain import folded, plain
from tunescope.studies import StudyResult

if TYPE_CHECKING:
    from tunescope.findings import Estimate, Side, Summary


def result_json(result: StudyResult, **further: Any) -> dict[str, Any]:
    """What a study found, as JSON."""
    return {
        "study": result.study.name,
        "folder": str(result.folder),
        "units": result.n_units,
        "units_done_now": result.n_done,
        "seconds": round(result.seconds, 2),
        "seconds_by_activity": result.time,
        "summary": [_row_json(row) for row in result.summary],
        **further,
    }


def _row_json(row: Summary) -> dict[str, Any]:
    return {
        "encoder": row.encoder,
        "task": row.task,
        "tuned_on": row.tuned_on,
        "layer": row.layer,
        "convention": row.convention,
        "before": _side_json(row.before),
        "after": _side_json(row.after) if row.run.is_tuned else None,
    }


def _side_json(side: Side) -> dict[str, Any]:
    return {
        "accuracy": _estimate_json(side.accuracy),
        "clusters": list(side.clusters),
        "linear": list(side.linear),
        "similarity": _estimate_json(side.similarity),
        "distance": _estimate_json(side.distance),
        "scaled": _estimate_json(side.scaled),
    }


def _estimate_json(value: Estimate | None) -> dict[str, Any] | None:
    """A mean with its interval, or with its least and greatest run where `is_interval` is false."""
    if value is None:
        return None
    return {
        "mean": value.mean,
        "std": value.std,
        "n": value.n,
        "over": value.over,
        "low": value.low,
        "high": value.high,
        "is_interval": value.is_interval,
    }


_COLUMNS = (
    ("accuracy", 12),
    ("clusters", 9),
    ("linear", 7),
    ("similarity", 11),
    ("distance", 9),
    ("scaled", 8),
)
_NAME_WIDTH = 24
_WIDTH = 80
_SMALL = 0.01
"""Activities that took less than this share of the time are told together."""
_ROUNDS_TO_ONE = 0.5


def summary_table(result: StudyResult) -> str:
    """Per encoder and task, the space before fine-tuning and after; lines of at most 80 characters."""
    lines = ["".join([" " * _NAME_WIDTH, *(name.rjust(width) for name, width in _COLUMNS)])]
    lines.append("─" * len(lines[0]))
    shown: set[tuple[str, str]] = set()
    for row in result.summary:
        if (row.encoder, row.task) not in shown:
            shown.add((row.encoder, row.task))
            lines += folded(plain(f"{row.encoder} · {row.task}, layer {row.layer}"), _WIDTH)
            lines.append(_line("original", row.before))
        if row.run.is_tuned:
            stage = "tuned" if row.tuned_on == row.task else f"tuned on {row.tuned_on}"
            lines.append(_line(stage, row.after))
    return "\n".join(lines)


def _line(stage: str, side: Side) -> str:
    from rich.cells import cell_len, set_cell_size

    cells = zip(_cells(side), _COLUMNS, strict=True)
    numbers = "".join(cell.rjust(width) for cell, (_, width) in cells)
    name = plain(f"  {stage}")
    # A long name has lines of its own, so that the columns stay columns.
    if cell_len(name) < _NAME_WIDTH:
        return set_cell_size(name, _NAME_WIDTH) + numbers
    return "\n".join([*folded(name, _WIDTH), " " * _NAME_WIDTH + numbers])


def legend(result: StudyResult) -> str:
    """What the columns of the table are, in a few lines."""
    convention = sorted({row.convention for row in result.summary})
    accuracies = [side.accuracy for row in result.summary for side in (row.before, row.after) if side.accuracy]
    said = []
    if accuracies:
        over = " or ".join(_runs(accuracies))
        said.append(f"accuracy    of the classifier probe on test, % ± std over {over}")
    said.append("clusters    that DirectProbe finds in train; linear: one cluster per label")
    said.append(f"similarity  of the label distances of train and test, Pearson's r ({', '.join(convention)})")
    said.append("distance    of a label to the nearest other label, mean; scaled: free of growth")
    return "\n".join(said)


def _runs(accuracies: Sequence[Estimate]) -> Iterator[str]:
    """Such as "3 initialisations", and "2 seeds" where accuracies after fine-tuning are over seeds."""
    for over in dict.fromkeys(one.over for one in accuracies):
        told = _range([one.n for one in accuracies if one.over == over])
        yield f"{told} {over.removesuffix('s') if told == '1' else over}"


def time_line(result: StudyResult) -> str:
    """Where the time went."""
    whole = sum(result.time.values())
    least = max(_SMALL * whole, _ROUNDS_TO_ONE)
    large = {activity: seconds for activity, seconds in result.time.items() if seconds >= least}
    parts = [f"{activity} {seconds:.0f} s" for activity, seconds in large.items()]
    if whole - sum(large.values()) >= _ROUNDS_TO_ONE:
        parts.append(f"the rest {whole - sum(large.values()):.0f} s")
    now = "nothing was missing" if not result.n_done else f"{result.n_done} units done now"
    return f"{result.seconds:.0f} s, {now}. Time of all units: {', '.join(parts)}"


def _cells(side: Side) -> list[str]:
    return [
        _percent(side.accuracy),
        _range(side.clusters) if side.clusters else "",
        _agreement(side.linear),
        "–" if side.linear and not any(side.linear) else _mean(side.similarity, 2),
        _mean(side.distance, 3),
        _mean(side.scaled, 4),
    ]


def _percent(accuracy: Estimate | None) -> str:
    if accuracy is None:
        return ""
    std = "" if accuracy.std is None else f" ±{100 * accuracy.std:.2f}"
    return f"{100 * accuracy.mean:.2f}{std}"


def _mean(estimate: Estimate | None, digits: int) -> str:
    return "" if estimate is None else f"{estimate.mean:.{digits}f}"


def _range(values: Sequence[int]) -> str:
    low, high = min(values), max(values)
    return f"{low}" if low == high else f"{low}–{high}"


def _agreement(answers: Sequence[bool]) -> str:
    if not answers:
        return ""
    if len(set(answers)) == 1:
        return "yes" if answers[0] else "no"
    return f"{sum(answers)} of {len(answers)}"
