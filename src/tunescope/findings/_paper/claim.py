"""One sentence of the paper with its outcome, and the rules by which numbers decide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tunescope.findings._intervals import Estimate

HOLDS, FAILS, PARTLY, OPEN = "holds", "does not hold", "partly", "open"


@dataclass(frozen=True)
class Claim:
    """One sentence of the paper, whether it holds here, and the numbers that say so."""

    name: str
    """Stable, such as `accuracy-rises`: for programs, and to find the same claim in every run."""
    text: str
    source: str
    """Where the paper says it; empty for what it does not say."""
    outcome: str
    """`holds`, `does not hold`, `partly`, or `open` where the interval of `value` (or the span of its runs, where
    they are fewer than five) includes both answers."""
    evidence: str
    quantity: str
    """What `value` is, with its unit."""
    value: Estimate | None
    """The number that decides, over seeds (over initialisations for one seed's accuracy)."""
    bound: float | None
    """What the number is held against."""
    labels: tuple[str, ...] = ()
    """The labels that speak against it."""


def above(found: Estimate, limit: float) -> str:
    """Whether a mean is above a limit; open where its interval, or the span of few runs, includes the limit."""
    if found.includes(limit) and not found.low == found.high == limit:
        return OPEN
    return HOLDS if found.mean > limit else FAILS


def below(found: Estimate, limit: float) -> str:
    """Whether a mean is below a limit; open where its interval includes the limit."""
    outcome = above(found, limit)
    if found.mean == limit and outcome == FAILS:
        return FAILS
    return {HOLDS: FAILS, FAILS: HOLDS}.get(outcome, outcome)


def share(count: float, n: int) -> str:
    """Whether something is so of all: holds for all of `n`, fails for half of them or fewer."""
    return HOLDS if count >= n else FAILS if count <= n / 2 else PARTLY


def per_seed(found: Estimate) -> str:
    """Such as " (mean over 3 seeds)"; empty for one seed."""
    return f" (mean over {found.n} seeds)" if found.n > 1 else ""


def percent(value: Estimate) -> str:
    """Such as "90.8 %"."""
    return percent_of(value.mean)


def percent_of(value: float) -> str:
    """A share as a percentage with one decimal."""
    return f"{100 * value:.1f}\N{NO-BREAK SPACE}%"


def signed_points(value: float) -> str:
    """A change of a share in percentage points with its sign."""
    return f"{100 * value:+.1f}\N{NO-BREAK SPACE}points".replace("-", "−")


def number_of(value: float) -> str:
    """A similarity with two decimals."""
    return f"{value:.2f}".replace("-", "−")


def interval(value: Estimate, form: Callable[[float], str]) -> str:
    """Such as " [90.1 %, 91.2 %]", or " (90.1 % to 91.2 %)" of few runs, with a space before it; empty of one run."""
    if value.low is None or value.high is None:
        return ""
    ends = (form(value.low), form(value.high))
    if ends[0] == ends[1] and not value.is_interval:
        return ""
    return " [{}, {}]".format(*ends) if value.is_interval else " ({} to {})".format(*ends)


def listed(names: tuple[str, ...], most: int = 6) -> str:
    """Names with commas between them, at most so many."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
