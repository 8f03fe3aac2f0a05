"""What did fine-tuning do? One run's answer in words, and the four numbers that stand for it."""

from __future__ import annotations

from dataclasses import dataclass

from tunescope.findings import Estimate, Summary

#: Ratios nearer to 1 than this are called unchanged in the headline.
_SAME = 0.03


@dataclass(frozen=True)
class Card:
    """One measured quantity before and after, in the units in which it is read."""

    key: str
    title: str
    before: Estimate | None
    after: Estimate | None
    unit: str
    decimals: int
    reading: str
    """One plain sentence about it."""
    over: str = "seeds"
    """What the interval of `after` is over: "seeds" or "initialisations"."""


@dataclass(frozen=True)
class Answer:
    """The top of the page for one run."""

    headline: str
    details: tuple[str, ...]
    cards: tuple[Card, ...]


def answer(summary: Summary) -> Answer:
    """Put a run's numbers into words; nothing is said of what was not measured."""
    cards = [card for card in (_accuracy(summary), _clusters(summary), _gaps(summary), _similarity(summary)) if card]
    return Answer(_headline(summary), tuple(_details(summary)), tuple(cards))


def _headline(summary: Summary) -> str:
    run = summary.run
    if not run.is_tuned:
        return f"{run.encoder} on {run.task}, as it comes: nothing was fine-tuned in this study."
    who = f"Fine-tuning {run.encoder} on {run.tuned_on}"
    labels = "its labels" if run.tuned_on == run.task else f"the labels of {run.task}"
    moved = _ratio(summary.before.distance, summary.after.distance)
    parts = []
    if moved is not None:
        if abs(moved - 1) <= _SAME:
            parts.append(f"left {labels} as far apart as they were")
        elif moved > 1:
            parts.append(f"moved {labels} {_times(moved)} apart")
        else:
            parts.append(f"brought {labels} closer together, to {100 * moved:.0f}\N{NO-BREAK SPACE}% of their distance")
    gain = summary.change.accuracy
    if gain is not None:
        parts.append(_gained(gain))
    if not parts and summary.before.n_clusters and summary.after.n_clusters:
        parts.append(f"turned {summary.before.n_clusters.mean:.4g} clusters into {summary.after.n_clusters.mean:.4g}")
    if not parts and summary.to_start is not None:
        parts.append(f"left the layout of {labels} with a similarity of {summary.to_start.mean:.2f} to its start")
    if not parts:
        return f"{who}: what this study measured is below."
    return f"{who} {' and '.join(parts)}."


def _gained(gain: Estimate) -> str:
    """What became of the accuracy; a change that its runs leave open is not called one."""
    points = f"{abs(100 * gain.mean):.1f} points"
    if gain.includes(0.0):
        return f"left the probe's accuracy where it was, within {points}"
    if abs(gain.mean) < 0.0005:
        return "left the probe's accuracy where it was"
    few = f" (over {gain.runs})" if gain.has_few_runs else ""
    return f"{'raised' if gain.mean > 0 else 'lowered'} the probe's accuracy by {points}{few}"


def _times(ratio: float) -> str:
    return f"{ratio:.1f} times as far" if ratio >= 1.95 else f"{100 * (ratio - 1):.0f}\N{NO-BREAK SPACE}% farther"


def _details(summary: Summary) -> list[str]:
    said = []
    raw, scaled = (
        _ratio(summary.before.distance, summary.after.distance),
        _ratio(summary.before.scaled, summary.after.scaled),
    )
    if raw is not None and scaled is not None:
        growth = raw / scaled
        if abs(growth - 1) < 0.005:
            said.append("The whole space kept its size.")
        else:
            whole = f"The whole space {'grew' if growth > 1 else 'shrank'} by a factor of {growth:.2f}"
            said.append(f"{whole}; measured against that, distances changed by a factor of {scaled:.2f}.")
    if summary.after.is_linear is not None and summary.n_labels is not None:
        was = {True: "linear", False: "not linear", None: "not measured"}[summary.before.is_linear]
        now = "linear" if summary.after.is_linear else "not linear"
        said.append(f"The last layer was {was} before and is {now} after.")
    if summary.to_start is not None:
        said.append(
            "Which labels are near and which are far from each other agrees with the start by "
            f"r = {summary.to_start.mean:.2f} in layer {summary.layer}."
        )
    return said


def _accuracy(summary: Summary) -> Card | None:
    if summary.accuracy is None or not (summary.before.accuracy or summary.after.accuracy):
        return None
    one = summary.accuracy
    reading = f"share of {one.split} points that a classifier probe labels correctly"
    return Card(
        "accuracy", "Probe accuracy", summary.before.accuracy, summary.after.accuracy, "%", 1, reading, one.over
    )


def _clusters(summary: Summary) -> Card | None:
    if summary.before.n_clusters is None and summary.after.n_clusters is None:
        return None
    return Card(
        "clusters",
        "Clusters",
        summary.before.n_clusters,
        summary.after.n_clusters,
        "",
        0,
        f"groups that DirectProbe needs; {summary.n_labels}, one for each label, would be linear",
    )


def _gaps(summary: Summary) -> Card | None:
    if summary.before.distance is None and summary.after.distance is None:
        return None
    reading = "mean distance of a label's region to the nearest other label's"
    if summary.change.risen is not None and summary.change.n_labels:
        reading += f"; it rose for {summary.change.risen.mean:.3g} of {summary.change.n_labels} labels"
    return Card("gaps", "Distance to nearest label", summary.before.distance, summary.after.distance, "", 2, reading)


def _similarity(summary: Summary) -> Card | None:
    if summary.to_start is None:
        if summary.after.similarity is None and summary.before.similarity is None:
            return None
        reading = "how far the layout of the test points agrees with that of the training points"
        before, after = summary.before.similarity, summary.after.similarity
        return Card("similarity", "Training and test", before, after, "", 2, reading)
    reading = "correlation of all distances between labels with those at the start; 1 means the same layout"
    start = Estimate(1.0, None, None, 1)
    return Card("similarity", "Similarity to the start", start, summary.to_start, "", 2, reading)


def _ratio(before: Estimate | None, after: Estimate | None) -> float | None:
    if before is None or after is None or before.mean <= 0:
        return None
    return after.mean / before.mean
