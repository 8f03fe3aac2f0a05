"""Whether the hulls of each pair of labels meet, in threads: what DirectProbe begins with."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

from tunescope.geometry._hulls.certificates import HullDistance
from tunescope.geometry._hulls.hulls import decide
from tunescope.geometry._solver.coordinates import IntArray, Spaces
from tunescope.geometry._solver.search import Contact
from tunescope.geometry._solver.threads import in_threads


def label_verdicts(
    spaces: Spaces,
    rows: list[IntArray],
    tolerance: float,
    n_jobs: int | None,
    progress: Callable[[int, int], None] | None,
) -> dict[tuple[int, int], tuple[HullDistance, Contact]]:
    """Whether the hulls of each pair of labels meet."""
    pairs = sorted(combinations(range(len(rows)), 2), key=lambda p: -len(rows[p[0]]) - len(rows[p[1]]))
    found = {}
    results = in_threads(lambda p: (p, decide(spaces, rows[p[0]], rows[p[1]], tolerance)), pairs, n_jobs)
    for done, (pair, answer) in enumerate(results, start=1):
        found[pair] = answer
        if progress is not None:
            progress(done, len(pairs))
    return found
