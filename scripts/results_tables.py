"""The tables of a study as Markdown, for a page of results.

    python scripts/results_tables.py tunescope-paper > tables.md

What is measured is read from DIR/tables; what the paper published, from the package. Nothing is rounded twice: numbers
are printed once, from the stored ones.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from tunescope.report import claims, published_beside_measured
from tunescope.storage import read_table

_DASH = "–"
_PUBLISHED = {"accuracy": "{:.1f}", "clusters": "{:.0f}", "train-test similarity": "{:.2f}"}


def markdown(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; a bar in a cell would end it."""

    def line(cells: Sequence[object]) -> str:
        return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"

    return "\n".join([line(head), line(["---"] * len(head)), *(line(row) for row in rows)])


class Study:
    """A study's tables, each read when it is asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.about = json.loads((folder / "study.json").read_text(encoding="utf-8"))

    def has(self, name: str) -> bool:
        """Whether the study wrote this table."""
        return (self.folder / "tables" / f"{name}.parquet").is_file()

    def __getattr__(self, name: str) -> pd.DataFrame:
        return read_table(self.folder / "tables" / f"{name}.parquet")

    @property
    def tasks(self) -> list[str]:
        """The tasks that were probed."""
        return [choice["name"] for choice in self.about["study"]["tasks"]]

    def last(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Rows of the deepest layer of each encoder."""
        return rows[rows["layer"] == rows.groupby("encoder")["layer"].transform("max")]


def own(rows: pd.DataFrame, task: str, stage: str) -> pd.DataFrame:
    """Rows of a task before its own fine-tuning, or after it."""
    here = rows[(rows["task"] == task) & (rows["stage"] == stage)]
    return here if stage == "original" else here[here["tuned_on"] == task]


def percent(values: pd.Series) -> str:
    """Mean and standard deviation of shares, in per cent."""
    return f"{100 * values.mean():.2f} ± {100 * values.std(ddof=1):.2f}"


def performance(study: Study) -> str:
    """Table 7: accuracy, clusters, similarity of train and test, beside what was published."""
    beside = published_beside_measured(study.folder)
    accuracy = study.last(study.accuracy).query("probe == 'classifier' and split == 'test'")
    clusters = study.last(study.clusters)
    similarity = study.last(study.similarity).query("comparison == 'train-test'")
    rows = []
    for task in study.tasks:
        for stage in ("original", "fine-tuned"):
            of_stage = own(clusters, task, stage).iloc[0]
            alike = own(similarity, task, stage).set_index("convention")["pearson"]
            cells = [percent(own(accuracy, task, stage)["accuracy"]), str(of_stage["n_clusters"])]
            cells += [f"{alike[name]:.2f}" if pd.notna(alike[name]) else _DASH for name in ("all", "published")]
            published = []
            for quantity, form in _PUBLISHED.items():
                here = (beside["task"] == task) & (beside["tuned_on"].isin([task, ""])) & (beside["stage"] == stage)
                found = beside[here & (beside["quantity"] == quantity)]
                if not len(found):
                    published.append(_DASH)
                    continue
                low, high = found["published_low"].iloc[0], found["published_high"].iloc[0]
                published.append(_DASH if pd.isna(low) else f"{form.format(low)} … {form.format(high)}")
            labels = of_stage["n_labels"]
            rows.append([task if stage == "original" else "", stage, *cells[:1], published[0], f"{cells[1]} ({labels})",
                         published[1], *cells[2:], published[2]])  # fmt: skip
    head = ["task", "", "accuracy, %", "published", "clusters (labels)", "published", "similarity train–test, all",
            "… published convention", "published"]  # fmt: skip
    return markdown(head, rows)


def settings_found(study: Study) -> str:
    """What the grid chose, by task."""
    accuracy = study.last(study.accuracy).query("probe == 'classifier' and split == 'test' and init == 0")
    rows = []
    for task in study.tasks:
        for stage in ("original", "fine-tuned"):
            one = own(accuracy, task, stage).iloc[0]
            rows.append([task, stage, f"{one['hidden1']} × {one['hidden2']}", f"{one['alpha']:g}"])
    return markdown(["task", "", "hidden layers", "L2 weight"], rows)


def blocks(study: Study) -> str:
    """Tables 3 and 4: what keeps a space from being linear."""
    if not study.has("blocks"):
        return "Every space is linear."
    rows = []
    for (task, stage, tuned_on), found in study.last(study.blocks).groupby(["task", "stage", "tuned_on"], sort=False):
        pairs = [
            f"{a}–{b} ({kind})" for a, b, kind in zip(found["label_a"], found["label_b"], found["kind"], strict=True)
        ]
        shown = ", ".join(pairs[:6]) + (f" and {len(pairs) - 6} more" if len(pairs) > 6 else "")
        rows.append([task, stage if not tuned_on else f"tuned on {tuned_on}", len(pairs), shown])
    return markdown(["task", "space", "pairs", "which"], rows)


def distances(study: Study) -> str:
    """Figures 2 and 6 in numbers: minimum distances before and after."""
    gaps = study.last(study.gaps)
    rows = []
    for task in study.tasks:
        before = own(gaps, task, "original").drop_duplicates("label").set_index("label")
        after = own(gaps, task, "fine-tuned")
        after = after[after["update"] == after["update"].max()].drop_duplicates("label").set_index("label")
        change = (after["distance"] - before["distance"]).sort_values()
        scaled = after["scaled"] - before["scaled"]
        most = ", ".join(f"{label} {before['distance'][label]:.2f} → {after['distance'][label]:.2f}"
                         for label in change.index[::-1][:3])  # fmt: skip
        least = ", ".join(f"{label} {before['distance'][label]:.2f} → {after['distance'][label]:.2f}"
                          for label in change.index[:3])  # fmt: skip
        rows.append([task, f"{(change > 0).sum()} of {len(change)}", f"{before['distance'].mean():.2f} → "
                     f"{after['distance'].mean():.2f}", f"{(scaled > 0).sum()} of {len(scaled)}",
                     f"{before['scaled'].mean():.3f} → {after['scaled'].mean():.3f}", most, least])  # fmt: skip
    head = ["task", "labels that rose", "mean minimum distance", "rose, scaled", "mean, scaled", "rose most",
            "rose least"]  # fmt: skip
    return markdown(head, rows)


def cross_task(study: Study) -> str:
    """Table 5, for every source."""
    gaps, accuracy = study.last(study.gaps), study.last(study.accuracy).query("split == 'test'")
    rows = []
    for task in study.tasks:
        before = own(gaps, task, "original").drop_duplicates("label").set_index("label")["distance"]
        cells = [task, percent(own(accuracy, task, "original")["accuracy"])]
        for source in study.tasks:
            here = (gaps["task"] == task) & (gaps["tuned_on"] == source)
            after = gaps[here & (gaps["update"] == gaps.loc[here, "update"].max())]
            after = after.drop_duplicates("label").set_index("label")["distance"]
            change = after - before
            probed = accuracy[(accuracy["task"] == task) & (accuracy["tuned_on"] == source)]["accuracy"]
            cells.append(
                f"{(change > 0).sum()} ↑ {(change < 0).sum()} ↓, {change.mean():+.2f}; {100 * probed.mean():.2f}"
            )
        rows.append(cells)
    return markdown(["probed on", "original, %", *(f"tuned on {source}" for source in study.tasks)], rows)


def layers(study: Study) -> str:
    """Figure 4 at its end."""
    found = study.similarity.query("comparison == 'to-start' and convention == 'all'")
    last = found[found["update"] == found.groupby("task")["update"].transform("max")]
    numbers = sorted(last["layer"].unique())
    rows = []
    for task in study.tasks:
        here = own(last, task, "fine-tuned").set_index("layer")
        rows.append([task, *(_cell(here, layer) for layer in numbers)])
    return markdown(["task", *(f"layer {layer}" for layer in numbers)], rows)


def _cell(rows: pd.DataFrame, layer: int) -> str:
    if layer not in rows.index or pd.isna(rows["pearson"][layer]):
        return _DASH
    star = "" if rows["linear"][layer] else "*"
    return f"{rows['pearson'][layer]:.2f}{star} (ρ {rows['spearman'][layer]:.2f})"


def decisive(study: Study) -> str:
    """What each single label does to the similarity of start and end in the last layer."""
    found = study.last(study.similarity).query("comparison == 'to-start' and convention == 'all'")
    without = study.last(study.leave_one_out).query("comparison == 'to-start' and convention == 'all'")
    rows = []
    for task in study.tasks:
        here = own(found, task, "fine-tuned")
        whole = here[here["update"] == here["update"].max()].iloc[0]
        left = own(without, task, "fine-tuned")
        left = left[left["update"] == whole["update"]].drop_duplicates("label").set_index("label")["pearson"]
        far = (left - whole["pearson"]).abs().sort_values(ascending=False).index[:3]
        rows.append([task, f"{whole['pearson']:.2f}", f"[{whole['low']:.2f}, {whole['high']:.2f}]",
                     f"{whole['spearman']:.2f}", ", ".join(f"{label} {left[label]:.2f}" for label in far)])  # fmt: skip
    head = ["task", "r, start to end", "95 % over labels", "ρ", "r without …"]
    return markdown(head, rows)


def movement(study: Study) -> str:
    """Lengths of the movements of Figures 5 and 7 to 10."""
    lengths = study.movement.groupby(["task", "layer"])["length"].mean().unstack()
    rows = [[task, *(f"{value:.2f}" for value in lengths.loc[task])] for task in study.tasks]
    return markdown(["task", *(f"layer {layer}" for layer in lengths.columns)], rows)


def memorisation(study: Study) -> str:
    """Accuracy at the end of the probe."""
    found = study.memorisation
    end = found[found["probe_epoch"] == found["probe_epoch"].max()]
    rows = []
    for task in study.tasks:
        for stage in ("original", "fine-tuned"):
            here = own(end, task, stage).groupby("split")["accuracy"].mean()
            rows.append([task if stage == "original" else "", stage,
                         *(f"{100 * here[split]:.1f}" for split in ("subtrain", "subtest", "test"))])  # fmt: skip
    return markdown(["task", "", "subtrain, %", "subtest, %", "test, %"], rows)


def claims_over_tasks(study: Study) -> str:
    """Outcomes of each claim."""
    rows = []
    for claim, found in claims(study.folder).groupby("claim", sort=False):
        counts = found["outcome"].value_counts()
        said = ", ".join(f"{outcome}: {counts[outcome]}" for outcome in ("holds", "partly", "open", "does not hold")
                         if outcome in counts)  # fmt: skip
        rows.append([f"`{claim}`", found["text"].iloc[0], said])
    return markdown(["claim", "", "outcomes"], rows)


def claims_in_full(study: Study) -> str:
    """Each claim of each task with its numbers."""
    rows = [
        [f"`{row['claim']}`", row["task"] + ("" if row["task"] == row["tuned_on"] else f", tuned on {row['tuned_on']}"),
         row["outcome"], row["evidence"]]
        for _, row in claims(study.folder).sort_values("claim", kind="stable").iterrows()
    ]  # fmt: skip
    return markdown(["claim", "task", "outcome", "numbers"], rows)


def time_spent(study: Study) -> str:
    """Seconds of all units by activity."""
    spent = study.about["seconds"]
    whole = sum(spent.values())
    rows = [
        [activity, f"{seconds:.0f} s", f"{seconds / whole:.0%}"] for activity, seconds in spent.items() if seconds >= 1
    ]
    return markdown(["activity", "time", ""], [*rows, ["all units", f"{whole:.0f} s", ""]])


SECTIONS = {
    "Performance": performance,
    "Settings that the grid chose": settings_found,
    "What blocks linearity": blocks,
    "Minimum distances": distances,
    "Cross-task": cross_task,
    "Similarity to the start, at the end, by layer": layers,
    "Labels that decide a similarity": decisive,
    "Mean movement of labels, by layer": movement,
    "Memorisation, last epoch of the probe": memorisation,
    "Claims": claims_over_tasks,
    "Claims in full": claims_in_full,
    "Time": time_spent,
}


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    study = Study(parser.parse_args().folder)
    for title, table in SECTIONS.items():
        print(f"## {title}\n\n{table(study)}\n")


if __name__ == "__main__":
    main()
