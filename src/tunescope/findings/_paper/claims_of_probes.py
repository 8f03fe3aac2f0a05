"""What the paper says of probes: accuracy, clusters, training and test points, memorisation (sections 4.1, 4.2)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tunescope.findings._intervals import SHARE, estimate
from tunescope.findings._paper.claim import (
    FAILS,
    HOLDS,
    OPEN,
    PARTLY,
    Claim,
    above,
    below,
    interval,
    number_of,
    percent,
    percent_of,
    signed_points,
)
from tunescope.findings._paper.evidence import Evidence
from tunescope.records import ORIGINAL


def accuracy_rises(evidence: Evidence) -> Claim | None:
    before, after = evidence.summary.before.accuracy, evidence.summary.after.accuracy
    rise = evidence.summary.change.accuracy
    if before is None or after is None or rise is None:
        return None
    return Claim(
        "accuracy-rises",
        "Fine-tuning raises the probe's accuracy.",
        "section 4.1, Tables 2 and 7",
        above(rise, 0.0),
        f"{percent(before)} → {percent(after)}, change {signed_points(rise.mean)}{interval(rise, signed_points)}",
        "accuracy after minus before (share)",
        rise,
        0.0,
    )


def train_and_test_diverge(evidence: Evidence) -> Claim | None:
    before, after = evidence.summary.before.similarity, evidence.summary.after.similarity
    rise = evidence.summary.change.similarity
    if before is None or after is None or rise is None:
        return None
    return Claim(
        "train-test-similarity-falls",
        "The similarity of training and test points falls.",
        "section 4.1, Tables 2 and 7",
        below(rise, 0.0),
        f"r = {before.mean:.2f} → {after.mean:.2f}{interval(after, number_of)}",
        "similarity after minus before (r)",
        rise,
        0.0,
    )


def fewer_clusters(evidence: Evidence) -> Claim | None:
    summary = evidence.summary
    before, after, n = summary.before.n_clusters, summary.after.n_clusters, summary.n_labels
    rise = summary.change.clusters
    if before is None or after is None or n is None or rise is None:
        return None
    told = f"{before.mean:.4g} → {after.mean:.4g}{interval(after, '{:.4g}'.format)} clusters for {n} labels"
    if before.mean <= n:
        outcome = HOLDS if after.mean <= n else FAILS
        told += " (it was linear before)"
    else:
        outcome = below(rise, 0.0)
    text = "The number of clusters falls towards the number of labels."
    return Claim(
        "clusters-fall", text, "section 4.2, Tables 3 and 4", outcome, told, "clusters after minus before", rise, 0.0
    )


def memorised(evidence: Evidence) -> Claim | None:
    by_stage = {one.stage == ORIGINAL: one for one in evidence.memorisation}
    if len(by_stage) < 2:
        return None
    sides = []
    for is_original in (True, False):
        one = by_stage[is_original]
        side = estimate((_leaning(curves) for curves in one.by_seed.values()), SHARE.of_change)
        if side is None:
            return None
        sides.append(side)
    before, after = sides
    outcomes = (below(before, 0.0), above(after, 0.0))
    outcome = outcomes[0] if outcomes[0] == outcomes[1] else OPEN if set(outcomes) == {HOLDS, OPEN} else PARTLY
    ends = [
        f"{name} subtrain {percent_of(curves['subtrain'][-1])}, subtest {percent_of(curves['subtest'][-1])}, "
        f"test {percent_of(curves['test'][-1])}"
        for name, curves in (("before:", by_stage[True].curves), ("after:", by_stage[False].curves))
    ]
    return Claim(
        "subtest-follows-subtrain",
        "Fine-tuning memorises: points that the probe has not seen (subtest) did as well as test points before, and "
        "do as well as seen ones (subtrain) after.",
        "first author's web log",
        outcome,
        "; ".join(ends),
        "mean distance of the curves subtest and test minus that of subtest and subtrain, after (share)",
        after,
        0.0,
    )


def _leaning(curves: Mapping[str, np.ndarray]) -> float | None:
    """How much nearer subtest is to subtrain than to test, mean over epochs; below 0 where test is nearer."""
    if not {"subtrain", "subtest", "test"} <= set(curves):
        return None
    from_test = np.abs(curves["subtest"] - curves["test"])
    from_subtrain = np.abs(curves["subtrain"] - curves["subtest"])
    leaning = (from_test - from_subtrain)[np.isfinite(from_test) & np.isfinite(from_subtrain)]
    return float(leaning.mean()) if len(leaning) else None
