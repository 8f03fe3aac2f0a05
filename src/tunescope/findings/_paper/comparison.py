"""Published beside measured: the paper's numbers next to a run's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tunescope.findings._gaps import find_gaps
from tunescope.findings._intervals import AMOUNT, CORRELATION, SHARE, Estimate, estimate
from tunescope.findings._paper import published as paper
from tunescope.findings._paper.setup import PaperSetup, paper_setup
from tunescope.findings._runs import Run
from tunescope.findings._similarity import (
    conventions,
    find_similarities,
)
from tunescope.findings._study import Study
from tunescope.findings._summary import Summary
from tunescope.records import ORIGINAL, PUBLISHED, TO_START, TRAIN_TEST, TUNED


@dataclass(frozen=True)
class Beside:
    """One number that the paper has and the study has, too."""

    quantity: str
    """`accuracy`, `clusters`, `train-test similarity`, `similarity to the start`, `labels that rose`, `mean change of
    minimum distances` or `minimum distance`."""
    stage: str
    """`original`, `fine-tuned`, or `change` for what is a difference of both."""
    layer: int
    label: str
    """The label that a minimum distance is of; empty for the other quantities."""
    unit: str
    """`%`, or empty for plain numbers."""
    low: float
    """Published value; the least over the encoders of `published_for`."""
    high: float
    """The greatest over them; equal to `low` where there is one."""
    published_std: float | None
    published_for: str
    """The encoders and the task that the published value is of."""
    is_same: bool
    """Whether that is the encoder and task which was measured."""
    measured: Estimate
    source: str
    """Table or figure of the paper."""
    is_read_off: bool
    """Whether the published value was read off a plot."""
    note: str

    @property
    def published(self) -> float | None:
        """The published value of the same encoder and task; None where there is none."""
        return self.low if self.is_same else None

    @property
    def difference(self) -> float | None:
        """Measured minus published; None where the published value is of something else."""
        return self.measured.mean - self.low if self.is_same else None

    @property
    def standing(self) -> str:
        """Where the measured value lies: `below`, `within` or `above` the published range."""
        if self.measured.mean < self.low:
            return "below"
        return "above" if self.measured.mean > self.high else "within"


def compare(study: Study, run: Run, summary: Summary) -> tuple[Beside, ...]:
    """Every number of a run that the paper has as well, or that it has of other encoders or of the original task.

    Tables 2 and 7 (accuracy, clusters, similarity of training and test points, last layer), Figure 4 (similarity to
    the start; for encoders of another depth at the same part of it), Table 5 (cross-task), Figures 2 and 6 (minimum
    distances; of the same encoder and task only, since distances of different encoders have different units).
    """
    setup = paper_setup(study, run)
    if setup.task is None:
        return ()
    is_own = run.tuned_on in ("", run.task)
    parts: list[Iterator[Beside]] = []
    if (setup.depth or run.last_layer) == run.last_layer:
        if is_own:
            parts.append(_table_7(study, run, summary, setup))
        parts.append(_table_5(study, run, summary, setup))
    if is_own and run.is_tuned:
        parts.append(_figure_4(study, run, setup))
    if is_own and run.is_tuned and setup.is_same:
        parts.append(_figures_2_6(study, run, setup))
    return tuple(row for part in parts for row in part)


def _encoders(setup: PaperSetup) -> tuple[str, ...]:
    """The paper's encoders that a run is shown beside: its own, or all five."""
    return (setup.encoder,) if setup.encoder else paper.ENCODERS


def _published_for(setup: PaperSetup, encoders: tuple[str, ...], task: str) -> str:
    names = f"{encoders[0]} to {encoders[-1]}" if len(encoders) > 1 else encoders[0]
    return f"{names} on {task}"


def _table_7(study: Study, run: Run, summary: Summary, setup: PaperSetup) -> Iterator[Beside]:
    assert setup.task is not None
    encoders = _encoders(setup)
    rows = [paper.TABLE_7[encoder, setup.task] for encoder in encoders]
    convention = _convention(study, run)
    at_end = summary.accuracy is not None and summary.accuracy.layer == run.last_layer
    measured: tuple[tuple[str, str, tuple[Estimate | None, Estimate | None], str], ...] = (
        (
            "accuracy",
            "%",
            (summary.before.accuracy, summary.after.accuracy) if at_end else (None, None),
            setup.probe_note,
        ),
        ("clusters", "", (summary.before.n_clusters, summary.after.n_clusters), _label_note(summary, setup)),
        (
            "train-test similarity",
            "",
            (
                _similarity(study, run, run.last_layer, TRAIN_TEST, False, convention),
                _similarity(study, run, run.last_layer, TRAIN_TEST, True, convention),
            ),
            _convention_note(convention),
        ),
    )
    for quantity, unit, sides, note in measured:
        for stage, side in enumerate(sides):
            published = [_of(row, quantity, stage) for row in rows]
            values = [value for value in published if value is not None]
            if side is None or not values:
                continue
            has_std = quantity == "accuracy" and setup.is_same
            known = tuple(encoder for encoder, value in zip(encoders, published, strict=True) if value is not None)
            yield Beside(
                quantity,
                (ORIGINAL, TUNED)[stage],
                run.last_layer,
                "",
                unit,
                min(values),
                max(values),
                rows[0].accuracy_std[stage] if has_std else None,
                _published_for(setup, known, setup.task),
                setup.is_same,
                side.times(100) if unit == "%" else side,
                "Table 7",
                False,
                _joined(note, setup.tuning_note if stage else ""),
            )


def _of(row: paper.PublishedRun, quantity: str, stage: int) -> float | None:
    if quantity == "accuracy":
        return row.accuracy[stage]
    return float(row.clusters[stage]) if quantity == "clusters" else row.train_test[stage]


def _label_note(summary: Summary, setup: PaperSetup) -> str:
    published = paper.LABELS[setup.task] if setup.task else None
    if summary.n_labels is None or published is None or summary.n_labels == published:
        return ""
    return f"{summary.n_labels} labels here, {published} in the paper"


def _figure_4(study: Study, run: Run, setup: PaperSetup) -> Iterator[Beside]:
    published = paper.FIGURE_4.get(setup.task or "", {})
    published_depth = paper.DEPTHS[paper.FIGURE_4_ENCODER]
    depth = setup.depth or run.last_layer
    is_same = setup.is_same and setup.encoder == paper.FIGURE_4_ENCODER
    convention = _convention(study, run)
    for published_layer, value in published.items():
        if published_layer * depth % published_depth:
            continue
        layer = published_layer * depth // published_depth
        measured = _similarity(study, run, layer, TO_START, True, convention)
        if measured is None:
            continue
        where = f"layer {layer} of {depth} here, {published_layer} of {published_depth} in the paper"
        yield Beside(
            "similarity to the start",
            TUNED,
            layer,
            "",
            "",
            value,
            value,
            None,
            _published_for(setup, (paper.FIGURE_4_ENCODER,), setup.task or ""),
            is_same,
            measured,
            "Figure 4",
            True,
            _joined(where if depth != published_depth else "", _convention_note(convention), setup.tuning_note),
        )


def _table_5(study: Study, run: Run, summary: Summary, setup: PaperSetup) -> Iterator[Beside]:
    row = paper.TABLE_5.get(setup.tuned_on or "")
    if setup.task != paper.TABLE_5_TASK or row is None:
        return
    is_same = setup.is_same and setup.encoder == paper.TABLE_5_ENCODER
    published_for = f"{paper.TABLE_5_ENCODER} on {paper.TABLE_5_TASK}, tuned on {setup.tuned_on}"

    def beside(
        quantity: str, stage: str, unit: str, value: float, measured: Estimate | None, note: str
    ) -> Iterator[Beside]:
        if measured is not None:
            yield Beside(
                quantity,
                stage,
                run.last_layer,
                "",
                unit,
                value,
                value,
                None,
                published_for,
                is_same,
                measured,
                "Table 5",
                False,
                _joined(note, setup.tuning_note),
            )

    if run.task != run.tuned_on and summary.accuracy is not None and summary.accuracy.layer == run.last_layer:
        after = summary.after.accuracy
        yield from beside("accuracy", TUNED, "%", row.accuracy, after.times(100) if after else None, setup.probe_note)
    gaps = find_gaps(study, run).get(run.last_layer)
    if gaps is None or len(gaps.updates) < 2:
        return
    change = gaps.distance[:, -1] - gaps.distance[:, 0]
    known = np.isfinite(change)
    shares = [float((of_seed[here] > 0).mean()) for of_seed, here in zip(change, known, strict=True) if here.any()]
    means = [float(of_seed[here].mean()) for of_seed, here in zip(change, known, strict=True) if here.any()]
    risen = estimate(shares, SHARE)
    n = int(known.any(axis=0).sum())
    published_n = row.risen + row.fallen
    if risen is not None:
        note = f"{row.risen} of {published_n} labels in the paper, {risen.mean * n:.3g} of {n} here"
        yield from beside("labels that rose", "change", "%", 100 * row.risen / published_n, risen.times(100), note)
    note = "" if is_same else "distances of another encoder have other units"
    yield from beside("mean change of minimum distances", "change", "", row.mean_change, estimate(means), note)


def _figures_2_6(study: Study, run: Run, setup: PaperSetup) -> Iterator[Beside]:
    published = paper.FIGURES_2_6.get(setup.task or "", {})
    gaps = find_gaps(study, run).get(run.last_layer)
    if setup.encoder != paper.FIGURES_2_6_ENCODER or setup.depth != run.last_layer or gaps is None:
        return
    for label, sides in published.items():
        if label not in gaps.labels:
            continue
        values = gaps.distance[:, :, gaps.labels.index(label)]
        # Every seed starts from the same space: several copies of one value make no interval.
        measured = (estimate(values[:1, 0], AMOUNT), estimate(values[:, -1], AMOUNT) if len(gaps.updates) > 1 else None)
        for stage, value, side in zip((ORIGINAL, TUNED), sides, measured, strict=True):
            if value is not None and side is not None:
                yield Beside(
                    "minimum distance",
                    stage,
                    run.last_layer,
                    label,
                    "",
                    value,
                    value,
                    None,
                    _published_for(setup, _encoders(setup), setup.task or ""),
                    True,
                    side,
                    "Figure 2" if setup.task == "pos" else "Figure 6",
                    True,
                    setup.tuning_note if stage == TUNED else "",
                )


def _convention(study: Study, run: Run) -> str:
    """The paper's own convention where the study has it, or else the one that it has."""
    found = conventions(study, run)
    return PUBLISHED if PUBLISHED in found or not found else found[0]


def _convention_note(convention: str) -> str:
    if convention == PUBLISHED:
        return "by the paper's convention"
    return "every label pair counts here, while the paper leaves out clusters of five points or fewer"


def _joined(*notes: str) -> str:
    return "; ".join(note for note in notes if note)


def _similarity(study: Study, run: Run, layer: int, comparison: str, tuned: bool, convention: str) -> Estimate | None:
    found = find_similarities(study, run, layer, comparison, tuned, convention)
    return estimate((one.pearson for one in found), CORRELATION)
