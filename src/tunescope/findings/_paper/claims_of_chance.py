"""Which of what the paper says stands beyond labels in random order (not in the paper)."""

from __future__ import annotations

import numpy as np

from tunescope.findings._intervals import CORRELATION, estimate
from tunescope.findings._paper.claim import Claim, above, interval, listed, number_of, per_seed, share
from tunescope.findings._paper.evidence import Evidence


def rises_beyond_chance(evidence: Evidence) -> Claim | None:
    """Whether each label's distance over that of labels in random order rises."""
    if evidence.chance is None:
        return None
    change = evidence.chance.excess[:, 1] - evidence.chance.excess[:, 0]
    known = np.asarray(np.isfinite(change).all(axis=0))
    n = int(known.sum())
    if not n:
        return None
    risen = estimate([float((of_seed[known] > 0).sum()) for of_seed in change])
    assert risen is not None
    before, after = (float(np.median(evidence.chance.excess[:, end][:, known])) for end in (0, 1))
    fell = tuple(
        label
        for label, is_known, of_label in zip(evidence.chance.labels, known, change.T, strict=True)
        if is_known and (of_label <= 0).any()
    )
    told = f"{risen.mean:.3g} of {n} labels{per_seed(risen)}; median {before:.3g} → {after:.3g} times chance"
    if fell:
        told += f"; not: {listed(fell)}"
    left = len(known) - n
    if left:
        told += f"; {left} left out, whose hulls meet by chance"
    return Claim(
        "minimum-distances-rise-beyond-chance",
        "Every label's distance rises beyond that of labels in random order (not in the paper).",
        "",
        share(risen.mean, n),
        told,
        "labels whose distance over its median by chance rose",
        risen,
        n,
        fell,
    )


def similarity_beyond_chance(evidence: Evidence) -> Claim | None:
    """Whether the layout that stays is more than what the sizes of labels alone would keep alike."""
    if evidence.chance is None or not evidence.chance.similarity:
        return None
    found = np.array(evidence.chance.similarity)
    value, beyond = estimate(found[:, 0], CORRELATION), estimate(found[:, 0] - found[:, 3])
    assert value is not None
    assert beyond is not None
    low, high = found[:, 2].mean(), found[:, 3].mean()
    return Claim(
        "layout-stays-beyond-chance",
        "The last layer keeps more of its layout than it would with labels in random order (not in the paper).",
        "",
        above(beyond, 0.0),
        f"r = {number_of(value.mean)}{interval(value, number_of)}; random labels: "
        f"{number_of(float(low))} to {number_of(float(high))}",
        "similarity to the start beyond the 97.5 % quantile of random labels",
        beyond,
        0.0,
    )
