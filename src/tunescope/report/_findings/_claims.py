"""What Zhou and Srikumar (2022) say of fine-tuning, asked of one run, with outcomes and numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from tunescope.report._findings._intervals import Estimate
from tunescope.report._findings._similarity import SimilarityCurve
from tunescope.report._findings._summary import Summary

HOLDS, FAILS, PARTLY, OPEN = "holds", "does not hold", "partly", "open"

#: The paper's lower bound of the similarity of a fine-tuned space to its start (section 4.4).
SIMILARITY_BOUND = 0.5


@dataclass(frozen=True)
class Claim:
    """One sentence of the paper, whether it holds here, and the numbers that say so."""

    text: str
    outcome: str
    """`holds`, `does not hold`, `partly`, or `open` where an interval over seeds includes both answers."""
    evidence: str


def check_claims(summary: Summary, curves: dict[int, SimilarityCurve]) -> tuple[Claim, ...]:
    """The claims that this run's measurements can speak to, in the order of the paper."""
    checks: tuple[Callable[[], Claim | None], ...] = (
        lambda: _accuracy_rises(summary),
        lambda: _train_and_test_diverge(summary),
        lambda: _fewer_clusters(summary),
        lambda: _gaps_rise(summary),
        lambda: _scaled_gaps_rise(summary),
        lambda: _layout_stays(summary),
        lambda: _upper_layers_change(curves),
    )
    return tuple(claim for check in checks if (claim := check()) is not None)


def _accuracy_rises(summary: Summary) -> Claim | None:
    before, after = summary.accuracy_before, summary.accuracy_after
    if before is None or after is None:
        return None
    evidence = f"{percent(before)} → {percent(after)} {interval(after, percent_of)}"
    return Claim("Fine-tuning raises the probe's accuracy.", _above(after, before.mean), evidence.strip())


def _train_and_test_diverge(summary: Summary) -> Claim | None:
    before, after = summary.train_test_before, summary.train_test_after
    if before is None or after is None:
        return None
    outcome = _above(after, before.mean)
    opposite = {HOLDS: FAILS, FAILS: HOLDS}.get(outcome, outcome)
    evidence = f"r = {before.mean:.2f} → {after.mean:.2f} {interval(after, number_of)}"
    return Claim("The similarity of training and test points falls.", opposite, evidence.strip())


def _fewer_clusters(summary: Summary) -> Claim | None:
    before, after, n = summary.clusters_before, summary.clusters_after, summary.n_labels
    if before is None or after is None or n is None:
        return None
    evidence = f"{before.mean:.4g} → {after.mean:.4g} clusters for {n} labels"
    text = "The number of clusters falls towards the number of labels."
    if before.mean <= n:
        return Claim(text, HOLDS if after.mean <= n else FAILS, f"{evidence} (it was linear before)")
    return Claim(text, HOLDS if after.mean < before.mean else FAILS, evidence)


def _gaps_rise(summary: Summary) -> Claim | None:
    risen, n = summary.gaps_risen, summary.gaps_compared
    if risen is None or not n:
        return None
    text = "Every label's distance to its nearest other label rises."
    return Claim(text, _share(risen.mean, n), f"{risen.mean:.3g} of {n} labels{_per_seed(risen)}")


def _scaled_gaps_rise(summary: Summary) -> Claim | None:
    risen, n = summary.scaled_gaps_risen, summary.gaps_compared
    if risen is None or not n:
        return None
    text = "… and it still rises when divided by the size of the space (not in the paper)."
    return Claim(text, _share(risen.mean, n), f"{risen.mean:.3g} of {n} labels{_per_seed(risen)}")


def _layout_stays(summary: Summary) -> Claim | None:
    found = summary.to_start
    if found is None:
        return None
    text = f"The last layer keeps its layout: similarity to the start stays above {SIMILARITY_BOUND:g}."
    spearman = summary.to_start_spearman
    evidence = f"r = {found.mean:.2f} {interval(found, number_of)}".strip()
    if spearman is not None:
        evidence += f"; by ranks {spearman.mean:.2f}"
    return Claim(text, _above(found, SIMILARITY_BOUND), evidence)


def _upper_layers_change(curves: dict[int, SimilarityCurve]) -> Claim | None:
    if len(curves) < 2:
        return None
    ends = {layer: _last_mean(curve) for layer, curve in curves.items()}
    known = [(layer, end) for layer, end in sorted(ends.items()) if end is not None]
    if len(known) < 2:
        return None
    falls = sum(b[1] <= a[1] for a, b in pairwise(known))
    outcome = HOLDS if falls == len(known) - 1 else PARTLY if known[-1][1] < known[0][1] else FAILS
    evidence = f"layer {known[0][0]}: r = {known[0][1]:.2f}, layer {known[-1][0]}: r = {known[-1][1]:.2f}"
    return Claim("The higher the layer, the more it changes.", outcome, evidence)


def _last_mean(curve: SimilarityCurve) -> float | None:
    values = [float(value) for value in curve.pearson[:, -1] if value == value]
    return sum(values) / len(values) if values else None


def _above(found: Estimate, limit: float) -> str:
    """Whether a mean is above a limit; open where its interval includes the limit."""
    if found.low is not None and found.high is not None and found.low <= limit <= found.high:
        return OPEN
    return HOLDS if found.mean > limit else FAILS


def _share(count: float, n: int) -> str:
    return HOLDS if count >= n else FAILS if count <= n / 2 else PARTLY


def _per_seed(found: Estimate) -> str:
    return f" (mean over {found.n} seeds)" if found.n > 1 else ""


def percent(value: Estimate) -> str:
    """Such as "90.8 %"."""
    return percent_of(value.mean)


def percent_of(value: float) -> str:
    """A share as a percentage with one decimal."""
    return f"{100 * value:.1f}\N{NO-BREAK SPACE}%"


def number_of(value: float) -> str:
    """A similarity with two decimals."""
    return f"{value:.2f}"


def interval(value: Estimate, form: Callable[[float], str]) -> str:
    """Such as "[90.1 %, 91.2 %]"; empty without an interval."""
    return f"[{form(value.low)}, {form(value.high)}]" if value.low is not None and value.high is not None else ""
