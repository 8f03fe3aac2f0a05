"""The tables of a study as Markdown, for a page of results.

    python scripts/results_tables.py tunescope-paper > tables.md

What is measured comes from the package's findings, as do the numbers that the paper published. Nothing is rounded
twice: numbers are printed once, from the stored ones.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from tunescope.findings import (
    Estimate,
    Run,
    Side,
    Study,
    claims,
    estimate,
    find_clusters,
    find_gaps,
    find_left_out,
    find_memorisation,
    find_movement,
    find_runs,
    find_similarities,
    published_beside_measured,
    read_study,
    summarise,
)
from tunescope.records import CONVENTIONS, ORIGINAL, TO_START, TRAIN_TEST, TUNED

_DASH = "–"
_PUBLISHED = {"accuracy": "{:.1f}", "clusters": "{:.0f}", "train-test similarity": "{:.2f}"}


def markdown(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; a bar in a cell would end it."""

    def line(cells: Sequence[object]) -> str:
        return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"

    return "\n".join([line(head), line(["---"] * len(head)), *(line(row) for row in rows)])


def own(study: Study) -> list[Run]:
    """The runs that were probed on the task that they were fine-tuned on."""
    return [run for run in find_runs(study) if run.tuned_on == run.task]


def percent(value: Estimate | None) -> str:
    """Mean and standard deviation of shares, in per cent."""
    if value is None:
        return _DASH
    return f"{100 * value.mean:.2f}" + ("" if value.std is None else f" ± {100 * value.std:.2f}")


def mean(value: Estimate | None, form: str = "{:.2f}") -> str:
    """A mean; a dash where nothing was measured."""
    return _DASH if value is None else form.format(value.mean)


def performance(study: Study) -> str:
    """Table 7: accuracy, clusters, similarity of train and test, beside what was published."""
    beside = published_beside_measured(study.folder)
    rows = []
    for run in own(study):
        summary = summarise(study, run)
        for stage, side in ((ORIGINAL, summary.before), (TUNED, summary.after)):
            published = []
            for quantity, form in _PUBLISHED.items():
                here = (beside["task"] == run.task) & (beside["tuned_on"] == run.task) & (beside["stage"] == stage)
                found = beside[here & (beside["quantity"] == quantity)]
                ends = [] if found.empty else [found["published_low"].iloc[0], found["published_high"].iloc[0]]
                published.append(" … ".join(map(form.format, ends)) if ends else _DASH)
            is_after = stage == TUNED
            found_alike = [
                find_similarities(study, run, summary.layer, TRAIN_TEST, is_after, named) for named in CONVENTIONS
            ]
            alike = [estimate(one.pearson for one in of_convention) for of_convention in found_alike]
            rows.append([run.task if stage == ORIGINAL else "", stage, percent(side.accuracy), published[0],
                         f"{_clusters(side)} ({summary.n_labels})", published[1], *map(mean, alike),
                         published[2]])  # fmt: skip
    head = ["task", "", "accuracy, %", "published", "clusters (labels)", "published", "similarity train–test, all",
            "… published convention", "published"]  # fmt: skip
    return markdown(head, rows)


def _clusters(side: Side) -> str:
    if not side.clusters:
        return _DASH
    low, high = min(side.clusters), max(side.clusters)
    return f"{low}" if low == high else f"{low}–{high}"


def settings_found(study: Study) -> str:
    """What the grid chose, by task."""
    rows = []
    for run in own(study):
        table = run.mine(study, "accuracy").query("probe == 'classifier' and split == 'test' and init == 0")
        last = table[table["layer"] == table["layer"].max()]
        for stage in (ORIGINAL, TUNED):
            for _, one in last[last["stage"] == stage].head(1).iterrows():
                rows.append([run.task, stage, f"{one['hidden1']} × {one['hidden2']}", f"{one['alpha']:g}"])
    return markdown(["task", "", "hidden layers", "L2 weight"], rows)


def blocks(study: Study) -> str:
    """Tables 3 and 4: what keeps a space from being linear."""
    rows = []
    for run in find_runs(study):
        for stage in (ORIGINAL, TUNED):
            if stage == ORIGINAL and run.tuned_on != run.task:
                continue
            here = [
                one for one in find_clusters(study, run).blocks if one.stage == stage and one.layer == run.last_layer
            ]
            # What blocks the spaces of several seeds is told once.
            pairs = list(dict.fromkeys(f"{one.label_a}–{one.label_b} ({one.kind})" for one in here))
            if not pairs:
                continue
            shown = ", ".join(pairs[:6]) + (f" and {len(pairs) - 6} more" if len(pairs) > 6 else "")
            rows.append([run.task, stage if stage == ORIGINAL else f"tuned on {run.tuned_on}", len(pairs), shown])
    return markdown(["task", "space", "pairs", "which"], rows) if rows else "Every space is linear."


def distances(study: Study) -> str:
    """Figures 2 and 6 in numbers: minimum distances before and after."""
    rows = []
    for run in own(study):
        summary, gaps = summarise(study, run), find_gaps(study, run).get(run.last_layer)
        if gaps is None:
            continue
        ends, change = gaps.mean()[[0, -1]], gaps.change()
        most, least = gaps.extremes(3)
        told = [
            ", ".join(f"{gaps.labels[at]} {ends[0, at]:.2f} → {ends[1, at]:.2f}" for at in chosen)
            for chosen in (most, tuple(reversed(least)))
        ]
        known = int(np.isfinite(change).sum())
        rows.append([run.task, f"{mean(summary.change.risen, '{:g}')} of {known}",
                     f"{mean(summary.before.distance)} → {mean(summary.after.distance)}",
                     f"{mean(summary.change.scaled_risen, '{:g}')} of {known}",
                     f"{mean(summary.before.scaled, '{:.3f}')} → {mean(summary.after.scaled, '{:.3f}')}",
                     *told])  # fmt: skip
    head = ["task", "labels that rose", "mean minimum distance", "rose, scaled", "mean, scaled", "rose most",
            "rose least"]  # fmt: skip
    return markdown(head, rows)


def cross_task(study: Study) -> str:
    """Table 5, for every source."""
    runs = find_runs(study)
    sources = list(dict.fromkeys(run.tuned_on for run in runs if run.is_tuned))
    rows = []
    for task in dict.fromkeys(run.task for run in runs):
        mine = {run.tuned_on: run for run in runs if run.task == task}
        cells = [task, percent(summarise(study, next(iter(mine.values()))).before.accuracy)]
        for source in sources:
            gaps = find_gaps(study, mine[source]).get(mine[source].last_layer) if source in mine else None
            if gaps is None:
                cells.append(_DASH)
                continue
            change = gaps.change()
            probed = summarise(study, mine[source]).after.accuracy
            told = f"{(change > 0).sum()} ↑ {(change < 0).sum()} ↓, {np.nanmean(change):+.2f}"
            cells.append(told if probed is None else f"{told}; {100 * probed.mean:.2f}")
        rows.append(cells)
    return markdown(["probed on", "original, %", *(f"tuned on {source}" for source in sources)], rows)


def layers(study: Study) -> str:
    """Figure 4 at its end."""
    numbers = sorted({layer for run in own(study) for layer in run.layers})
    rows = [[run.task, *(_alike(study, run, layer) for layer in numbers)] for run in own(study)]
    return markdown(["task", *(f"layer {layer}" for layer in numbers)], rows)


def _alike(study: Study, run: Run, layer: int) -> str:
    found = find_similarities(study, run, layer, TO_START, True)
    r, rho = estimate(one.pearson for one in found), estimate(one.spearman for one in found)
    if r is None:
        return _DASH
    linear = [space.linear for stage in (ORIGINAL, TUNED) for space in find_clusters(study, run).of(stage, layer)]
    return f"{r.mean:.2f}{'' if all(linear) else '*'} (ρ {mean(rho)})"


def decisive(study: Study) -> str:
    """What each single label does to the similarity of start and end in the last layer."""
    rows = []
    for run in own(study):
        found = find_similarities(study, run, run.last_layer, TO_START, True)
        if not found:
            continue
        without = find_left_out(study, run, run.last_layer)
        ends = [estimate(getattr(one, name) for one in found) for name in ("pearson", "low", "high", "spearman")]
        rows.append([run.task, mean(ends[0]), f"[{mean(ends[1])}, {mean(ends[2])}]", mean(ends[3]),
                     ", ".join(f"{one.label} {one.pearson:.2f}" for one in without[:3])])  # fmt: skip
    head = ["task", "r, start to end", "95 % over labels", "ρ", "r without …"]
    return markdown(head, rows)


def movement(study: Study) -> str:
    """Lengths of the movements of Figures 5 and 7 to 10."""
    found = {run.task: find_movement(study, run) for run in own(study)}
    numbers = sorted({layer for by_layer in found.values() for layer in by_layer})
    rows = []
    for task, by_layer in found.items():
        lengths = [[float(np.nanmean(one.lengths)) for one in by_layer.get(layer, {}).values()] for layer in numbers]
        rows.append([task, *(mean(estimate(of_layer)) for of_layer in lengths)])
    return markdown(["task", *(f"layer {layer}" for layer in numbers)], rows)


def memorisation(study: Study) -> str:
    """Accuracy at the end of the probe."""
    rows = []
    for run in own(study):
        for one in find_memorisation(study, run):
            ends = [f"{100 * one.curves[split][-1]:.1f}" for split in ("subtrain", "subtest", "test")]
            rows.append([run.task if one.stage == ORIGINAL else "", one.stage, *ends])
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
    spent = study.settings["seconds"]
    whole = sum(spent.values())
    rows = [
        [activity, f"{seconds:.0f} s", f"{seconds / whole:.0%}"] for activity, seconds in spent.items() if seconds >= 1
    ]
    return markdown(["activity", "time", ""], [*rows, ["all units", f"{whole:.0f} s", ""]])


SECTIONS: dict[str, Callable[[Study], str]] = {
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
    study = read_study(parser.parse_args().folder)
    for title, table in SECTIONS.items():
        print(f"## {title}\n\n{table(study)}\n")


if __name__ == "__main__":
    main()
