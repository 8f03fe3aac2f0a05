"""Tables that put a study beside the paper: published and measured numbers, claims, cross-task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tunescope.findings import Claim, Gaps, Run, Summary, Tally
from tunescope.findings._paper.tables import BESIDE_COLUMNS, CLAIM_COLUMNS, claim_rows
from tunescope.report._figures._tables import Cell

Table = tuple[list[str], list[list[Cell]]]


def beside_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """Published beside measured with everything that is known of each number."""
    return list(BESIDE_COLUMNS), [[_cell(row[name]) for name in BESIDE_COLUMNS] for row in rows]


def printed_beside(rows: Sequence[Mapping[str, Any]]) -> Table:
    """The same for print: original and fine-tuned are rows, a range stands for the encoders of the paper."""
    is_cross = any(row["tuned_on"] not in ("", row["task"]) for row in rows)
    head = [
        *(["encoder", "task", "tuned on"] if is_cross else ["encoder", "task"]),
        *("quantity", "published", "ours", "difference", "source"),
    ]
    printed: list[list[Cell]] = []
    for row in rows:
        form = _form(row)
        published = row["published"]
        range_of = f"{form.format(row['published_low'])}–{form.format(row['published_high'])}"
        if row["published_low"] == row["published_high"]:
            range_of = form.format(row["published_low"])
        std = row["published_std"]
        told = f"({range_of}, {row['published_for']})" if published is None else form.format(published)
        if published is not None and std is not None:
            told += f" ± {form.format(std)}"
        ours = form.format(row["measured"])
        if row["measured_std"] is not None:
            ours += f" ± {form.format(row['measured_std'])}"
        difference = row["difference"]
        printed.append(
            [
                row["encoder"],
                row["task"],
                *([row["tuned_on"] or "–"] if is_cross else []),
                quantity_name(row),
                told,
                ours,
                row["standing"] if difference is None else _signed(form, difference),
                row["source"],
            ]
        )
    return head, printed


def quantity_name(row: Mapping[str, Any]) -> str:
    """Such as "accuracy (%), fine-tuned", or "minimum distance of CCONJ, original"."""
    name = row["quantity"] + (f" of {row['label']}" if row["label"] else "")
    name += f" ({row['unit']})" if row["unit"] else ""
    if row["quantity"] == "similarity to the start":
        return f"{name}, layer {row['layer']}"
    return name if row["stage"] == "change" else f"{name}, {row['stage']}"


def _form(row: Mapping[str, Any]) -> str:
    return {"clusters": "{:.4g}", "labels that rose": "{:.1f}", "minimum distance": "{:.1f}"}.get(
        row["quantity"], "{:.2f}"
    )


def _signed(form: str, value: float) -> str:
    text = form.format(abs(value))
    return text if float(text) == 0 else f"{'+' if value > 0 else '−'}{text}"


def claims_table(checked: Sequence[tuple[Run, Sequence[Claim]]]) -> Table:
    """Every claim of every run with everything that is known of it."""
    return list(CLAIM_COLUMNS), [[_cell(row[name]) for name in CLAIM_COLUMNS] for row in claim_rows(checked)]


def printed_claims(checked: Sequence[tuple[Run, Sequence[Claim]]]) -> Table:
    """The same for print: run, claim, outcome, evidence."""
    rows: list[list[Cell]] = [
        [run.title, claim.name, claim.outcome, claim.evidence] for run, of_run in checked for claim in of_run
    ]
    return ["run", "claim", "outcome", "evidence"], rows


def tally_table(tallies: Sequence[Tally]) -> Table:
    """The claims over all runs of the study, with the runs for which they do not hold."""
    rows: list[list[Cell]] = [
        [
            one.name,
            one.text,
            one.told,
            "; ".join(
                f"{run.title}: {outcome}"
                for run, outcome in zip(one.runs, one.outcomes, strict=True)
                if outcome != "holds"
            ),
            one.in_the_paper,
        ]
        for one in tallies
    ]
    head = ["claim", "text", "holds", "elsewhere", "in the paper"]
    keep = [column for column in range(len(head)) if any(row[column] for row in rows)]
    return [head[column] for column in keep], [[row[column] for column in keep] for row in rows]


def cross_task_table(entries: Sequence[tuple[Summary, Gaps | None]]) -> Table:
    """What fine-tuning on each task did to the labels of another, as Table 5 of the paper; mean over seeds."""
    rows: list[list[Cell]] = []
    for summary, gaps in entries:
        run = summary.run
        change = None if gaps is None or len(gaps.updates) < 2 else gaps.change()
        known = None if change is None else change[change == change]
        if known is None and summary.after.accuracy is None:
            continue
        rows.append(
            [
                run.encoder,
                run.task,
                run.tuned_on,
                None if known is None else int((known > 0).sum()),
                None if known is None else int((known < 0).sum()),
                None if known is None or not len(known) else float(known.mean()),
                None if summary.before.accuracy is None else 100 * summary.before.accuracy.mean,
                None if summary.after.accuracy is None else 100 * summary.after.accuracy.mean,
            ]
        )
    head = ["encoder", "probed on", "tuned on", "labels that rose", "labels that fell", "mean change",
            "accuracy before (%)", "accuracy after (%)"]  # fmt: skip
    keep = [column for column in range(len(head)) if column < 3 or any(row[column] is not None for row in rows)]
    return [head[column] for column in keep], [[row[column] for column in keep] for row in rows]


def _cell(value: Any) -> Cell:
    return ("yes" if value else "no") if isinstance(value, bool) else value
