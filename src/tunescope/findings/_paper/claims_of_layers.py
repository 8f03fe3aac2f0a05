"""What the paper says of layers: which change, and which keep their layout (section 4.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from tunescope.findings._intervals import CORRELATION, estimate
from tunescope.findings._paper.claim import (
    FAILS,
    HOLDS,
    PARTLY,
    Claim,
    above,
    interval,
    number_of,
)
from tunescope.findings._paper.evidence import Evidence

SIMILARITY_BOUND = 0.5
"""The paper's lower bound of the similarity of a fine-tuned last layer to its start (section 4.4)."""
LOWER_LAYERS_BOUND = 0.9
"""What the lower half of the layers stays above; base's layers 2 and 4 stay above 0.98 in the paper (Figure 4)."""


def layout_stays(evidence: Evidence) -> Claim | None:
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


def lower_layers_stay(evidence: Evidence) -> Claim | None:
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
    found = estimate((value for value, _ in least.values()), CORRELATION)
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


def upper_layers_change(evidence: Evidence) -> Claim | None:
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
        estimate((_rank_correlation(ends) for ends in by_seed.values()), CORRELATION),
        -1.0,
    )


def upper_layers_move(evidence: Evidence) -> Claim | None:
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
        estimate((_rank_correlation(lengths) for lengths in by_seed.values()), CORRELATION),
        1.0,
    )


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
