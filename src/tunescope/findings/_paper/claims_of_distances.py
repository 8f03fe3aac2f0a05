"""What the paper says of distances between labels, of the own task and across tasks (section 4.3)."""

from __future__ import annotations

import numpy as np

from tunescope.findings._intervals import Estimate, estimate
from tunescope.findings._paper.claim import (
    FAILS,
    HOLDS,
    PARTLY,
    Claim,
    above,
    below,
    interval,
    listed,
    per_seed,
    percent,
    share,
)
from tunescope.findings._paper.evidence import Evidence
from tunescope.findings._runs import Run
from tunescope.tasks import task_infos

PREPOSITIONS, PARTS_OF_SPEECH = "prepositions", "parts-of-speech"
"""Families of tasks: those about the same words with like labels, which the paper's cross-task experiment calls
related, and those that give all of these words one label, which it calls opposed to them."""


def gaps_rise(evidence: Evidence) -> Claim | None:
    return _every_gap(
        evidence,
        evidence.summary.change.risen,
        False,
        "minimum-distances-rise",
        "Every label's distance to its nearest other label rises.",
        "section 4.3, Figures 2 and 6",
    )


def scaled_gaps_rise(evidence: Evidence) -> Claim | None:
    return _every_gap(
        evidence,
        evidence.summary.change.scaled_risen,
        True,
        "scaled-minimum-distances-rise",
        "Every label's distance rises even when divided by the size of the space (not in the paper).",
        "",
    )


def _every_gap(
    evidence: Evidence, risen: Estimate | None, scaled: bool, name: str, text: str, source: str
) -> Claim | None:
    n = evidence.summary.change.n_labels
    if risen is None or not n or evidence.gaps is None:
        return None
    values = evidence.gaps.scaled if scaled and evidence.gaps.scaled is not None else evidence.gaps.distance
    change = values[:, -1] - values[:, 0]
    fell, still = [], []
    for index, label in enumerate(evidence.gaps.labels):
        of_label = change[np.isfinite(change[:, index]), index]
        n_fell, n_still = int((of_label < 0).sum()), int((of_label == 0).sum())
        more = f" ({n_fell or n_still} of {len(of_label)} seeds)" if 0 < max(n_fell, n_still) < len(of_label) else ""
        if n_fell:
            fell.append((label, more))
        elif n_still:
            still.append((label, more))
    parts = [f"{risen.mean:.3g} of {n} labels{per_seed(risen)}"]
    parts += [
        f"{what}: {listed(tuple(label + more for label, more in named))}"
        for what, named in (("fell", fell), ("unchanged", still))
        if named
    ]
    labels = tuple(label for label, _ in (*fell, *still))
    return Claim(name, text, source, share(risen.mean, n), "; ".join(parts), "labels that rose", risen, n, labels)


def related_task_helps(evidence: Evidence) -> Claim | None:
    if _families(evidence.run) != (PREPOSITIONS, PREPOSITIONS):
        return None
    text = "Fine-tuning on a related task raises the minimum distances of most labels."
    return _across(evidence, "related-task-raises-distances", text, 1)


def opposed_task_harms(evidence: Evidence) -> Claim | None:
    if _families(evidence.run) != (PREPOSITIONS, PARTS_OF_SPEECH):
        return None
    text = "Fine-tuning on a task that does not tell the labels apart lowers their minimum distances."
    return _across(evidence, "opposed-task-lowers-distances", text, -1)


def _across(evidence: Evidence, name: str, text: str, sign: int) -> Claim | None:
    """Whether most labels, and their mean, went the way of `sign`."""
    gaps = evidence.gaps
    if gaps is None or len(gaps.updates) < 2:
        return None
    change = gaps.distance[:, -1] - gaps.distance[:, 0]
    means = estimate(float(of_seed[np.isfinite(of_seed)].mean()) for of_seed in change if np.isfinite(of_seed).any())
    if means is None:
        return None
    of_label = gaps.change()
    known = np.isfinite(of_label)
    risen, fallen = int((of_label[known] > 0).sum()), int((of_label[known] < 0).sum())
    by_mean = above(means, 0.0) if sign > 0 else below(means, 0.0)
    most = (risen if sign > 0 else fallen) > known.sum() / 2
    outcome = by_mean if by_mean not in (HOLDS, FAILS) or (by_mean == HOLDS) == most else PARTLY
    told = f"{risen} rose, {fallen} fell; mean change {means.mean:+.3g}{interval(means, '{:+.3g}'.format)}"
    before, after = evidence.summary.before.accuracy, evidence.summary.after.accuracy
    if before is not None and after is not None:
        told += f"; accuracy {percent(before)} → {percent(after)}"
    against = tuple(
        label for label, value in zip(gaps.labels, of_label, strict=True) if np.isfinite(value) and value * sign <= 0
    )
    quantity = "mean change of the minimum distances"
    return Claim(name, text, "section 4.3, Table 5", outcome, told, quantity, means, 0.0, against)


def _families(run: Run) -> tuple[str | None, str | None]:
    """The families of the task that is probed and of the one of the fine-tuning."""
    families = {info.name: info.family for info in task_infos()}
    return families.get(run.task), families.get(run.tuned_on)
