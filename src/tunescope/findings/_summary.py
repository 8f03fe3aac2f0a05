"""One row a run: the table of encoders by tasks, before and after (Zhou and Srikumar 2022, Table 7)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tunescope.findings._accuracy import Accuracy, find_accuracies
from tunescope.findings._clusters import find_clusters
from tunescope.findings._gaps import find_gaps
from tunescope.findings._intervals import Estimate, estimate
from tunescope.findings._runs import Run
from tunescope.findings._similarity import conventions, find_similarities
from tunescope.findings._study import Study
from tunescope.records import ORIGINAL, TO_START, TRAIN_TEST, TUNED


@dataclass(frozen=True)
class Summary:
    """What one run did, in numbers of its last layer; each is None where the study did not measure it."""

    run: Run
    layer: int
    accuracy: Accuracy | None
    accuracy_before: Estimate | None
    accuracy_after: Estimate | None
    n_labels: int | None
    clusters_before: Estimate | None
    clusters_after: Estimate | None
    linear_before: bool | None
    linear_after: bool | None
    """Whether the space is linear for every seed."""
    gap_before: Estimate | None
    """Mean over labels of the minimum distance."""
    gap_after: Estimate | None
    scaled_gap_before: Estimate | None
    scaled_gap_after: Estimate | None
    gaps_risen: Estimate | None
    """Number of labels whose minimum distance rose."""
    scaled_gaps_risen: Estimate | None
    gaps_compared: int
    to_start: Estimate | None
    to_start_spearman: Estimate | None
    train_test_before: Estimate | None
    train_test_after: Estimate | None


def summarise(study: Study, run: Run) -> Summary:
    """The numbers of one run, of its last layer; intervals are over seeds."""
    layer = run.last_layer
    accuracies = [one for one in find_accuracies(study, run) if one.split == "test"]
    accuracy = accuracies[0] if accuracies else None
    clusters = find_clusters(study, run)
    before, after = clusters.of(ORIGINAL, layer), clusters.of(TUNED, layer)
    gaps = find_gaps(study, run).get(layer)
    measured: dict[str, Estimate | None] = {}
    compared = 0
    if gaps is not None:
        measured["gap_before"] = estimate(_means(gaps.distance[:, 0]))
        measured["scaled_gap_before"] = estimate(_means(gaps.scaled[:, 0])) if gaps.scaled is not None else None
        if len(gaps.updates) > 1:
            measured["gap_after"] = estimate(_means(gaps.distance[:, -1]))
            rises = gaps.distance[:, -1] - gaps.distance[:, 0]
            measured["gaps_risen"] = estimate((rises > 0).sum(axis=1))
            compared = int((rises == rises).any(axis=0).sum())
            if gaps.scaled is not None:
                measured["scaled_gap_after"] = estimate(_means(gaps.scaled[:, -1]))
                rises = gaps.scaled[:, -1] - gaps.scaled[:, 0]
                measured["scaled_gaps_risen"] = estimate((rises > 0).sum(axis=1))
        # Every seed starts from the same space: several copies of one value make no interval.
        for name in ("gap_before", "scaled_gap_before"):
            measured[name] = _once(measured[name])
    convention = conventions(study, run)[0] if conventions(study, run) else "all"
    to_start = find_similarities(study, run, layer, TO_START, True, convention)
    split_before = find_similarities(study, run, layer, TRAIN_TEST, False, convention)
    split_after = find_similarities(study, run, layer, TRAIN_TEST, True, convention)
    return Summary(
        run=run,
        layer=layer,
        accuracy=accuracy,
        accuracy_before=accuracy.before_estimate if accuracy else None,
        accuracy_after=accuracy.after_estimate if accuracy else None,
        n_labels=(before or after)[0].n_labels if before or after else None,
        clusters_before=estimate(space.n_clusters for space in before),
        clusters_after=estimate(space.n_clusters for space in after),
        linear_before=all(space.linear for space in before) if before else None,
        linear_after=all(space.linear for space in after) if after else None,
        gap_before=measured.get("gap_before"),
        gap_after=measured.get("gap_after"),
        scaled_gap_before=measured.get("scaled_gap_before"),
        scaled_gap_after=measured.get("scaled_gap_after"),
        gaps_risen=measured.get("gaps_risen"),
        scaled_gaps_risen=measured.get("scaled_gaps_risen"),
        gaps_compared=compared,
        to_start=estimate(one.pearson for one in to_start),
        to_start_spearman=estimate(one.spearman for one in to_start if one.spearman is not None),
        train_test_before=estimate(one.pearson for one in split_before),
        train_test_after=estimate(one.pearson for one in split_after),
    )


def _means(values: np.ndarray) -> list[float]:
    """Mean over labels for each seed, absent labels left out."""
    return [float(row[np.isfinite(row)].mean()) for row in values if np.isfinite(row).any()]


def _once(value: Estimate | None) -> Estimate | None:
    return None if value is None else Estimate(value.mean, None, None, 1)
