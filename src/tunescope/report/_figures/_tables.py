"""Tables as CSV and as LaTeX (booktabs)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tunescope.findings import Clusters, Distances, Estimate, Gaps, Summary
from tunescope.records import ORIGINAL
from tunescope.storage import write_text

#: A cell: text, a number, or nothing.
Cell = str | float | int | None

_LATEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "→": r"$\rightarrow$",
    "±": r"$\pm$",
    "–": "--",
    "−": "$-$",
    "…": r"\ldots{}",
    "\N{NO-BREAK SPACE}": "~",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"{\char34}",
    "`": r"{\char96}",
    "[": "{[}",  # an argument of the line end before it
    "]": "{]}",
    "*": "{*}",
    "\ufffd": "?",
}

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_FORMULA = re.compile("[\\s\ufeff\u200b-\u200d\u2060\ufffd'\"]*[=+\\-@＝＋－＠﹢﹣﹦﹫−]")
"""What a spreadsheet may take for a formula: its signs, full-width and small ones too, after whatever is not seen."""


def write_table_files(
    stem: Path,
    head: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    caption: str,
    printed: tuple[Sequence[str], Sequence[Sequence[Cell]]] | None = None,
) -> list[Path]:
    """Write `stem`.csv with full precision and `stem`.tex rounded for reading; returns both paths.

    `printed` is head and rows of the LaTeX table where it is not the same as that of the CSV file.
    """
    stem.parent.mkdir(parents=True, exist_ok=True)
    csv_path, tex_path = stem.with_name(stem.name + ".csv"), stem.with_name(stem.name + ".tex")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([_csv_cell(cell) for cell in row] for row in rows)
    write_text(csv_path, text.getvalue())
    write_text(tex_path, booktabs(*(printed or (head, rows)), caption))
    return [csv_path, tex_path]


def booktabs(head: Sequence[str], rows: Sequence[Sequence[Cell]], caption: str) -> str:
    r"""A LaTeX table with the rules of booktabs, decimals below each other; all text is escaped.

    Needs \usepackage{booktabs,siunitx}.
    """
    columns = [_column([row[column] for row in rows]) for column in range(len(head))]
    heads = [
        latex(name) if form == "l" else f"{{{latex(name)}}}" for name, (form, _) in zip(head, columns, strict=True)
    ]
    lines = [
        r"\begin{table}[t]",
        r"  \centering\small",
        rf"  \begin{{tabular}}{{@{{}}{''.join(form for form, _ in columns)}@{{}}}}",
        r"    \toprule",
        "    " + " & ".join(heads) + r" \\",
        r"    \midrule",
        *("    " + " & ".join(cells) + r" \\" for cells in zip(*(cells for _, cells in columns), strict=True)),
        r"    \bottomrule",
        r"  \end{tabular}",
        rf"  \caption{{{latex(caption)}}}",
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def latex(text: str) -> str:
    """Text with LaTeX's special characters escaped; control characters are no text."""
    return "".join(_LATEX.get(character, character) for character in _CONTROLS.sub("\ufffd", text))


def _csv_cell(cell: Cell) -> Cell:
    """Empty for what is absent; what a spreadsheet would take for a formula gets a leading apostrophe."""
    if cell is None or (isinstance(cell, float) and not np.isfinite(cell)):
        return ""
    if isinstance(cell, str):
        text = _CONTROLS.sub("\ufffd", cell)
        return "'" + text if _FORMULA.match(text) and text not in ("-", "+") else text
    return cell


def _column(cells: Sequence[Cell]) -> tuple[str, list[str]]:
    """How LaTeX sets a column, and its cells: numbers as siunitx aligns them by their decimals, else text."""
    if not cells or any(isinstance(cell, str) for cell in cells):
        return "l", [latex("–" if _absent(cell) else _said(cell)) for cell in cells]
    said = ["" if _absent(cell) else _said(cell) for cell in cells]
    whole = max(len(number.lstrip("-").split(".")[0]) for number in said)
    decimals = max(len(number.partition(".")[2]) for number in said)
    sign = "-" if any(number.startswith("-") for number in said) else ""
    return f"S[table-format={sign}{max(whole, 1)}.{decimals}]", [number or "{--}" for number in said]


def _absent(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, float) and not np.isfinite(cell))


def _said(cell: Cell) -> str:
    """Three digits of a number, written out; text as it is."""
    if not isinstance(cell, float):
        return str(cell)
    return np.format_float_positional(cell, precision=3, fractional=False, unique=False, trim="-")


def change_cell(before: Estimate | None, after: Estimate | None, form: str = "{:.2f}", factor: float = 1) -> str:
    """Such as "90.76 → 91.67"; a dash for what was not measured."""
    sides = [form.format(side.mean * factor) if side is not None else "–" for side in (before, after)]
    return " → ".join(sides)


def summary_table(summaries: Sequence[Summary]) -> tuple[list[str], list[list[Cell]]]:
    """The table of encoders by tasks: head and rows, original → fine-tuned."""
    head = ["encoder", "task", "tuned on", "accuracy (%)", "±", "clusters", "linear", "similarity train–test",
            "similarity to start", "mean min. distance", "mean min. distance / scale"]  # fmt: skip
    rows: list[list[Cell]] = []
    for one in summaries:
        std = [side.std if side else None for side in (one.before.accuracy, one.after.accuracy)]
        rows.append(
            [
                one.run.encoder,
                one.run.task,
                one.run.tuned_on or "–",
                change_cell(one.before.accuracy, one.after.accuracy, factor=100),
                " → ".join("–" if value is None else f"{100 * value:.2f}" for value in std),
                change_cell(one.before.n_clusters, one.after.n_clusters, "{:.4g}"),
                " → ".join(_yes(value) for value in (one.before.is_linear, one.after.is_linear)),
                change_cell(one.before.similarity, one.after.similarity),
                "–" if one.to_start is None else f"{one.to_start.mean:.2f}",
                change_cell(one.before.distance, one.after.distance, "{:.3g}"),
                change_cell(one.before.scaled, one.after.scaled, "{:.3g}"),
            ]
        )
    # A column in which nothing was measured is absent, not empty.
    keep = [
        column for column in range(len(head)) if column < 3 or any(set(str(row[column])) - set("– →") for row in rows)
    ]
    return [head[column] for column in keep], [[row[column] for column in keep] for row in rows]


def _yes(value: bool | None) -> str:
    return "–" if value is None else "yes" if value else "no"


def gaps_table(gaps: Gaps) -> tuple[list[str], list[list[Cell]]]:
    """Minimum distances of all labels, first and last update, mean over seeds, largest rise first."""
    head = ["label", "points", "before", "after", "change"]
    mean = gaps.mean()
    scaled = gaps.mean(True) if gaps.scaled is not None else None
    if scaled is not None:
        head += ["before / scale", "after / scale"]
    rows: list[list[Cell]] = []
    change = gaps.change()
    for index in np.argsort(-np.where(np.isfinite(change), change, -np.inf), kind="stable"):
        row: list[Cell] = [
            gaps.labels[index],
            gaps.counts[index] or None,
            float(mean[0, index]),
            float(mean[-1, index]),
            float(change[index]),
        ]
        if scaled is not None:
            row += [float(scaled[0, index]), float(scaled[-1, index])]
        rows.append(row)
    return head, rows


def pairs_table(distances: Distances) -> tuple[list[str], list[list[Cell]]]:
    """Distances of all label pairs before and after."""
    rows: list[list[Cell]] = []
    for i, a in enumerate(distances.labels):
        for j in range(i + 1, len(distances.labels)):
            sides = [
                None if matrix is None else float(matrix[i, j])
                for matrix in (distances.before, distances.after, distances.change)
            ]
            rows.append([a, distances.labels[j], *sides])
    return ["label", "other label", "before", "after", "change"], rows


def blocks_table(clusters: Clusters) -> tuple[list[str], list[list[Cell]]]:
    """What blocks linearity, one row a pair of labels or a conflict."""
    rows: list[list[Cell]] = [
        [
            "before" if block.stage == ORIGINAL else "after",
            block.layer,
            None if block.seed < 0 else block.seed,
            block.kind,
            block.label_a,
            block.label_b,
            block.n_points,
            " / ".join(block.lines[:2]),
        ]
        for block in clusters.blocks
    ]
    return ["stage", "layer", "seed", "kind", "label", "other label", "points", "text"], rows
