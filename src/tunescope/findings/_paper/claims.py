"""What Zhou and Srikumar (2022) say of fine-tuning, asked of one run, with outcomes and numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tunescope.findings._gaps import Gaps, find_gaps
from tunescope.findings._intervals import Estimate, estimate
from tunescope.findings._memorisation import Memorisation, find_memorisation
from tunescope.findings._movement import Movement, find_movement
from tunescope.findings._paper.claim import (
    FAILS,
    HOLDS,
    OPEN,
    PARTLY,
    Claim,
    above,
    below,
    interval,
    listed,
    number_of,
    per_seed,
    percent,
    percent_of,
    share,
)
from tunescope.findings._paper.setup import PaperSetup, paper_setup
from tunescope.findings._runs import Run
from tunescope.findings._similarity import (
    LeftOut,
    SimilarityCurve,
    conventions,
    find_left_out,
    find_similarity_curves,
)
from tunescope.findings._study import Study
from tunescope.findings._summary import Summary, summarise
from tunescope.records import ORIGINAL
from tunescope.tasks import task_infos

#: The paper's lower bound of the similarity of a fine-tuned last layer to its start (section 4.4).
SIMILARITY_BOUND = 0.5
#: What the lower half of the layers stays above; base's layers 2 and 4 stay above 0.98 in the paper (Figure 4).
LOWER_LAYERS_BOUND = 0.9

#: Families of tasks: those about the same words with like labels, which the paper's cross-task experiment calls
#: related, and those that give all of these words one label, which it calls opposed to them.
PREPOSITIONS, PARTS_OF_SPEECH = "prepositions", "parts-of-speech"


@dataclass(frozen=True)
class _Evidence:
    """Everything that the checks look at, of one run."""

    run: Run
    summary: Summary
    setup: PaperSetup
    curves: Mapping[int, SimilarityCurve]
    gaps: Gaps | None
    movement: Mapping[int, Mapping[int, Movement]]
    memorisation: Sequence[Memorisation]
    left_out: Sequence[LeftOut]


def check_claims(study: Study, run: Run, summary: Summary | None = None) -> tuple[Claim, ...]:
    """The claims that this run's measurements can speak to, in the order of the paper.

    A run that is probed on another task than it was fine-tuned on is asked what the paper says of such runs
    (section 4.3, Table 5), and only where the paper says which way it goes.
    """
    summary = summary or summarise(study, run)
    named = conventions(study, run)
    evidence = _Evidence(
        run,
        summary,
        paper_setup(study, run),
        find_similarity_curves(study, run, named[0]) if named else {},
        find_gaps(study, run).get(summary.layer),
        find_movement(study, run),
        [one for one in find_memorisation(study, run) if one.layer in (summary.layer, -1)],
        find_left_out(study, run, summary.layer, named[0]) if named else (),
    )
    own: tuple[Callable[[_Evidence], Claim | None], ...] = (
        _accuracy_rises,
        _train_and_test_diverge,
        _fewer_clusters,
        _gaps_rise,
        _scaled_gaps_rise,
        _layout_stays,
        _lower_layers_stay,
        _upper_layers_change,
        _upper_layers_move,
        _memorised,
    )
    across: tuple[Callable[[_Evidence], Claim | None], ...] = (_related_task_helps, _opposed_task_harms)
    checks = own if run.tuned_on in ("", run.task) else across
    return tuple(claim for check in checks if (claim := check(evidence)) is not None)


def _accuracy_rises(evidence: _Evidence) -> Claim | None:
    before, after = evidence.summary.accuracy_before, evidence.summary.accuracy_after
    if before is None or after is None:
        return None
    return Claim(
        "accuracy-rises",
        "Fine-tuning raises the probe's accuracy.",
        "section 4.1, Tables 2 and 7",
        above(after, before.mean),
        f"{percent(before)} → {percent(after)}{interval(after, percent_of)}",
        "accuracy after (share)",
        after,
        before.mean,
    )


def _train_and_test_diverge(evidence: _Evidence) -> Claim | None:
    before, after = evidence.summary.train_test_before, evidence.summary.train_test_after
    if before is None or after is None:
        return None
    return Claim(
        "train-test-similarity-falls",
        "The similarity of training and test points falls.",
        "section 4.1, Tables 2 and 7",
        below(after, before.mean),
        f"r = {before.mean:.2f} → {after.mean:.2f}{interval(after, number_of)}",
        "similarity after (r)",
        after,
        before.mean,
    )


def _fewer_clusters(evidence: _Evidence) -> Claim | None:
    summary = evidence.summary
    before, after, n = summary.clusters_before, summary.clusters_after, summary.n_labels
    if before is None or after is None or n is None:
        return None
    told = f"{before.mean:.4g} → {after.mean:.4g}{interval(after, '{:.4g}'.format)} clusters for {n} labels"
    if before.mean <= n:
        outcome = HOLDS if after.mean <= n else FAILS
        told += " (it was linear before)"
    else:
        outcome = below(after, before.mean)
    text = "The number of clusters falls towards the number of labels."
    return Claim(
        "clusters-fall", text, "section 4.2, Tables 3 and 4", outcome, told, "clusters after", after, before.mean
    )


def _gaps_rise(evidence: _Evidence) -> Claim | None:
    return _every_gap(
        evidence,
        evidence.summary.gaps_risen,
        False,
        "minimum-distances-rise",
        "Every label's distance to its nearest other label rises.",
        "section 4.3, Figures 2 and 6",
    )


def _scaled_gaps_rise(evidence: _Evidence) -> Claim | None:
    return _every_gap(
        evidence,
        evidence.summary.scaled_gaps_risen,
        True,
        "scaled-minimum-distances-rise",
        "Every label's distance rises even when divided by the size of the space (not in the paper).",
        "",
    )


def _every_gap(
    evidence: _Evidence, risen: Estimate | None, scaled: bool, name: str, text: str, source: str
) -> Claim | None:
    n = evidence.summary.gaps_compared
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


def _layout_stays(evidence: _Evidence) -> Claim | None:
    found, spearman = evidence.summary.to_start, evidence.summary.to_start_spearman
    if found is None:
        return None
    told = f"r = {number_of(found.mean)}{interval(found, number_of)}"
    if spearman is not None:
        told += f"; by ranks {number_of(spearman.mean)}"
    if evidence.left_out:
        # One label with a single example can decide it, so it never comes alone.
        told += f"; without {evidence.left_out[0].label} {number_of(evidence.left_out[0].pearson)}"
    return Claim(
        "last-layer-keeps-layout",
        f"The last layer keeps its layout: similarity to the start stays above {SIMILARITY_BOUND:g}.",
        "section 4.4, Figure 4",
        above(found, SIMILARITY_BOUND),
        told,
        "similarity to the start (r)",
        found,
        SIMILARITY_BOUND,
    )


def _lower_layers_stay(evidence: _Evidence) -> Claim | None:
    depth = evidence.setup.depth or evidence.run.last_layer
    lower = {layer: curve for layer, curve in evidence.curves.items() if 2 * layer <= depth}
    if not lower or len(evidence.curves) < 2:
        return None
    least: dict[int, tuple[float, int]] = {}
    for layer, curve in lower.items():
        for seed, values in zip(curve.seeds, curve.pearson, strict=True):
            known = values[np.isfinite(values)]
            if len(known):
                least[seed] = min(least.get(seed, (np.inf, layer)), (float(known.min()), layer))
    found = estimate(value for value, _ in least.values())
    if found is None:
        return None
    layers = sorted(lower)
    where = f"layers {layers[0]} to {layers[-1]}" if len(layers) > 1 else f"layer {layers[0]}"
    at = sorted({layer for _, layer in least.values()})
    in_layer = f", in layer {' or '.join(map(str, at))}" if len(layers) > 1 else ""
    return Claim(
        "lower-layers-keep-layout",
        f"Layers up to half the depth barely change: their similarity to the start stays above {LOWER_LAYERS_BOUND:g}.",
        "section 4.4, Figure 4",
        above(found, LOWER_LAYERS_BOUND),
        f"{where} of {depth}: least r = {found.mean:.2f}{interval(found, number_of)}{in_layer}",
        "least similarity to the start of any of these layers and updates (r)",
        found,
        LOWER_LAYERS_BOUND,
    )


def _upper_layers_change(evidence: _Evidence) -> Claim | None:
    by_seed: dict[int, list[tuple[int, float]]] = {}
    for layer, curve in sorted(evidence.curves.items()):
        for seed, end in zip(curve.seeds, curve.pearson[:, -1], strict=True):
            if np.isfinite(end):
                by_seed.setdefault(seed, []).append((layer, float(end)))
    known = _mean_by_layer(by_seed)
    if len(known) < 2:
        return None
    falls = sum(b[1] <= a[1] for a, b in pairwise(known))
    outcome = HOLDS if falls == len(known) - 1 else PARTLY if known[-1][1] < known[0][1] else FAILS
    return Claim(
        "upper-layers-change-more",
        "The higher the layer, the more it changes.",
        "section 4.4, Figure 4",
        outcome,
        f"layer {known[0][0]}: r = {known[0][1]:.2f}, layer {known[-1][0]}: r = {known[-1][1]:.2f}; "
        f"lower in {falls} of {len(known) - 1} steps up",
        "rank correlation of layer and similarity to the start",
        estimate(_rank_correlation(ends) for ends in by_seed.values()),
        -1.0,
    )


def _upper_layers_move(evidence: _Evidence) -> Claim | None:
    by_seed: dict[int, list[tuple[int, float]]] = {}
    for layer, of_layer in sorted(evidence.movement.items()):
        for seed, movement in of_layer.items():
            known_lengths = movement.lengths[np.isfinite(movement.lengths)]
            if len(known_lengths):
                by_seed.setdefault(seed, []).append((layer, float(known_lengths.mean())))
    known = _mean_by_layer(by_seed)
    if len(known) < 2:
        return None
    farthest = max(known, key=lambda one: one[1])
    # The paper's own lengths grow up to the layer before the last and fall a little there.
    grows = all(a[1] < b[1] for a, b in pairwise(known[:-1])) and known[-1][1] > known[0][1]
    outcome = HOLDS if grows else PARTLY if known[-1][1] > known[0][1] else FAILS
    told = f"mean length {known[0][1]:.3g} in layer {known[0][0]}, {known[-1][1]:.3g} in layer {known[-1][0]}"
    if farthest[0] not in (known[0][0], known[-1][0]):
        told += f"; farthest {farthest[1]:.3g} in layer {farthest[0]}"
    return Claim(
        "movement-grows-with-layer",
        "The higher the layer, the farther its labels move (the last may fall back a little).",
        "section 4.4, Figures 5 and 7 to 10",
        outcome,
        told,
        "rank correlation of layer and mean length of the movement",
        estimate(_rank_correlation(lengths) for lengths in by_seed.values()),
        1.0,
    )


def _memorised(evidence: _Evidence) -> Claim | None:
    by_stage = {one.stage == ORIGINAL: one for one in evidence.memorisation}
    if len(by_stage) < 2:
        return None
    sides = []
    for is_original in (True, False):
        one = by_stage[is_original]
        side = estimate(value for curves in one.by_seed.values() if (value := _leaning(curves)) is not None)
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


def _families(run: Run) -> tuple[str | None, str | None]:
    """The families of the task that is probed and of the one of the fine-tuning."""
    families = {info.name: info.family for info in task_infos()}
    return families.get(run.task), families.get(run.tuned_on)


def _related_task_helps(evidence: _Evidence) -> Claim | None:
    if _families(evidence.run) != (PREPOSITIONS, PREPOSITIONS):
        return None
    text = "Fine-tuning on a related task raises the minimum distances of most labels."
    return _across(evidence, "related-task-raises-distances", text, 1)


def _opposed_task_harms(evidence: _Evidence) -> Claim | None:
    if _families(evidence.run) != (PREPOSITIONS, PARTS_OF_SPEECH):
        return None
    text = "Fine-tuning on a task that does not tell the labels apart lowers their minimum distances."
    return _across(evidence, "opposed-task-lowers-distances", text, -1)


def _across(evidence: _Evidence, name: str, text: str, sign: int) -> Claim | None:
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
    before, after = evidence.summary.accuracy_before, evidence.summary.accuracy_after
    if before is not None and after is not None:
        told += f"; accuracy {percent(before)} → {percent(after)}"
    against = tuple(
        label for label, value in zip(gaps.labels, of_label, strict=True) if np.isfinite(value) and value * sign <= 0
    )
    quantity = "mean change of the minimum distances"
    return Claim(name, text, "section 4.3, Table 5", outcome, told, quantity, means, 0.0, against)


def _mean_by_layer(by_seed: Mapping[int, Sequence[tuple[int, float]]]) -> list[tuple[int, float]]:
    """(layer, mean over seeds), the lowest layer first."""
    of_layer: dict[int, list[float]] = {}
    for values in by_seed.values():
        for layer, value in values:
            of_layer.setdefault(layer, []).append(value)
    return [(layer, float(np.mean(values))) for layer, values in sorted(of_layer.items())]


def _rank_correlation(values: Sequence[tuple[int, float]]) -> float:
    """Spearman's correlation of layers and values; nan where it is not defined."""
    from scipy.stats import rankdata

    ranks = [rankdata(column) for column in zip(*values, strict=True)]
    if len(values) < 2 or np.ptp(ranks[1]) == 0:
        return float("nan")
    return float(np.corrcoef(ranks)[0, 1])
