"""One row a run: what fine-tuning did, before and after (Zhou and Srikumar 2022, Table 7).

The one summary that terminal, page, figures and Python read.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tunescope.findings._accuracy import Accuracy, find_accuracies
from tunescope.findings._clusters import Space, find_clusters
from tunescope.findings._gaps import Gaps, find_gaps
from tunescope.findings._intervals import AMOUNT, ANY, CORRELATION, Estimate, Range, change, estimate
from tunescope.findings._runs import Run, find_runs
from tunescope.findings._similarity import conventions, find_similarities
from tunescope.findings._study import Study
from tunescope.records import ORIGINAL, TO_START, TRAIN_TEST, TUNED


@dataclass(frozen=True)
class Side:
    """What was measured of the spaces before fine-tuning, or after it; None (or empty) where nothing was."""

    accuracy: Estimate | None
    """Test accuracy of the classifier probe, from 0 to 1."""
    clusters: tuple[int, ...]
    """Clusters that DirectProbe finds, one number a seed."""
    linear: tuple[bool, ...]
    """Whether there is one cluster a label, one answer a seed."""
    similarity: Estimate | None
    """Pearson's r of the label distances of train and test; of linear spaces, for which it is defined."""
    distance: Estimate | None
    """Mean over the labels of the distance to the nearest other label, in the units of the space."""
    scaled: Estimate | None
    """The same divided by the scale of the space, so that a space that merely grows does not change it."""

    @property
    def n_clusters(self) -> Estimate | None:
        """The clusters as a number over seeds."""
        return estimate(self.clusters, AMOUNT)

    @property
    def is_linear(self) -> bool | None:
        """Whether the space is linear for every seed; None where it was not measured."""
        return all(self.linear) if self.linear else None

    @property
    def is_measured(self) -> bool:
        """Whether anything was measured."""
        return bool(self.clusters) or any((self.accuracy, self.similarity, self.distance))


@dataclass(frozen=True)
class Change:
    """What changed, run by run where runs are paired; None where either side was not measured."""

    accuracy: Estimate | None
    clusters: Estimate | None
    similarity: Estimate | None
    distance: Estimate | None
    scaled: Estimate | None
    risen: Estimate | None
    """Number of labels whose distance to the nearest other label rose."""
    scaled_risen: Estimate | None
    """The same of the distances divided by the scale of the space."""
    n_labels: int
    """Labels whose distance is known on both sides."""


@dataclass(frozen=True)
class Summary:
    """What one run did, in numbers of the highest layer that was probed or measured."""

    run: Run
    layer: int
    convention: str
    """Which label pairs count in the similarities."""
    n_labels: int | None
    accuracy: Accuracy | None
    """The runs of the probe behind the accuracies of both sides."""
    before: Side
    after: Side
    change: Change
    to_start: Estimate | None
    """Similarity of the labels' distances to those at the start (Pearson's r)."""
    to_start_spearman: Estimate | None

    @property
    def encoder(self) -> str:
        """The encoder's label."""
        return self.run.encoder

    @property
    def task(self) -> str:
        """The task that was probed."""
        return self.run.task

    @property
    def tuned_on(self) -> str:
        """The task of the fine-tuning; empty where nothing was fine-tuned."""
        return self.run.tuned_on

    @property
    def is_measured(self) -> bool:
        """Whether there is anything to tell on either side."""
        return self.before.is_measured or self.after.is_measured


def summarise(study: Study, run: Run) -> Summary:
    """The numbers of one run.

    Parameters
    ----------
    study, run
        The study, and the run of it.

    Returns
    -------
    Summary
        Of the highest layer that clusters, accuracies or minimum distances speak of. Numbers after fine-tuning are
        over seeds; accuracies of the original encoder, and of one seed, are over initialisations of the probe.
    """
    layer = _layer(study, run)
    accuracies = [one for one in find_accuracies(study, run) if one.split == "test" and one.layer == layer]
    accuracy = accuracies[0] if accuracies else None
    clusters = find_clusters(study, run)
    spaces = (clusters.of(ORIGINAL, layer), clusters.of(TUNED, layer))
    gaps = find_gaps(study, run).get(layer)
    convention = conventions(study, run)[0]
    split = [find_similarities(study, run, layer, TRAIN_TEST, tuned, convention) for tuned in (False, True)]
    alike = [estimate((one.pearson for one in of_side), CORRELATION) for of_side in split]
    distance, scaled = _ends(gaps, False), _ends(gaps, True)
    before = _side(accuracy.before_estimate if accuracy else None, spaces[0], alike[0], distance[0], scaled[0])
    after = _side(accuracy.after_estimate if accuracy else None, spaces[1], alike[1], distance[1], scaled[1])
    to_start = find_similarities(study, run, layer, TO_START, True, convention)
    return Summary(
        run=run,
        layer=layer,
        convention=convention,
        n_labels=next((space.n_labels for side in spaces for space in side), None),
        accuracy=accuracy,
        before=before,
        after=after,
        change=Change(
            accuracy=accuracy.change if accuracy else None,
            clusters=change(before.n_clusters, after.n_clusters, AMOUNT),
            similarity=change(before.similarity, after.similarity, CORRELATION),
            distance=_mean_change(gaps, False),
            scaled=_mean_change(gaps, True),
            risen=_risen(gaps, False),
            scaled_risen=_risen(gaps, True),
            n_labels=0 if gaps is None else int(np.isfinite(_changes(gaps, False)).any(axis=0).sum()),
        ),
        to_start=estimate((one.pearson for one in to_start), CORRELATION),
        to_start_spearman=estimate((one.spearman for one in to_start), CORRELATION),
    )


def summaries(study_dir: str | Path) -> tuple[Summary, ...]:
    """What every run of a study did, in the order of its tables.

    Parameters
    ----------
    study_dir
        The folder of a study that has run.

    Returns
    -------
    tuple of Summary
        One a run of which accuracy, clusters or distances were measured; empty where none was.
    """
    study = Study(Path(study_dir), {})
    found = (summarise(study, run) for run in find_runs(study))
    return tuple(one for one in found if one.is_measured)


def _layer(study: Study, run: Run) -> int:
    """The highest layer that the numbers of a summary are known of."""
    tables = [run.mine(study, name) for name in ("clusters", "accuracy", "gaps")]
    layers = [int(rows["layer"].max()) for rows in tables if len(rows)]
    known = [layer for layer in layers if layer >= 0]
    return max(known) if known else run.last_layer


def _side(
    accuracy: Estimate | None,
    spaces: tuple[Space, ...],
    similarity: Estimate | None,
    distance: Estimate | None,
    scaled: Estimate | None,
) -> Side:
    return Side(
        accuracy=accuracy,
        clusters=tuple(space.n_clusters for space in spaces),
        linear=tuple(space.linear for space in spaces),
        similarity=similarity,
        distance=distance,
        scaled=scaled,
    )


def _values(gaps: Gaps, scaled: bool) -> np.ndarray:
    """(seeds, updates, labels) minimum distances; nan throughout where scaled ones were not stored."""
    if not scaled:
        return gaps.distance
    return gaps.scaled if gaps.scaled is not None else np.full_like(gaps.distance, np.nan)


def _ends(gaps: Gaps | None, scaled: bool) -> tuple[Estimate | None, Estimate | None]:
    """Mean minimum distance at the start and at the end of fine-tuning; the end is None where there is only one."""
    if gaps is None:
        return None, None
    values = _values(gaps, scaled)
    starts = _means(values[:, 0])
    # Every seed starts from the same space: several copies of one value make no interval.
    start = estimate([float(np.mean(starts))] if starts else [], AMOUNT)
    return start, estimate(_means(values[:, -1]), AMOUNT) if len(gaps.updates) > 1 else None


def _changes(gaps: Gaps, scaled: bool) -> np.ndarray:
    """(seeds, labels) minimum distance at the end minus that at the start; nan where either is unknown."""
    values = _values(gaps, scaled)
    return values[:, -1] - values[:, 0] if len(gaps.updates) > 1 else np.full_like(values[:, 0], np.nan)


def _mean_change(gaps: Gaps | None, scaled: bool) -> Estimate | None:
    return None if gaps is None else estimate(_means(_changes(gaps, scaled)), ANY)


def _risen(gaps: Gaps | None, scaled: bool) -> Estimate | None:
    """Number of labels whose distance rose, over seeds."""
    if gaps is None:
        return None
    changes = _changes(gaps, scaled)
    known = np.isfinite(changes).any(axis=1)
    return estimate((changes[known] > 0).sum(axis=1).tolist(), Range(0.0, float(len(gaps.labels))))


def _means(values: np.ndarray) -> list[float]:
    """Mean over labels for each seed, absent labels left out."""
    return [float(row[np.isfinite(row)].mean()) for row in values if np.isfinite(row).any()]
