"""The unit `alike`: how alike the spaces of the same points are after fine-tuning on different tasks."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.studies._units.space import Space
from tunescope.studies._units.work import Work

if TYPE_CHECKING:
    from tunescope.storage import UnitWriter
    from tunescope.studies._units.bench import Bench

MEASURES = ("rsa-cosine", "cka")
"""How alike two spaces are; the tree is of the first."""
N_DRAWS = 20
"""Draws of the null of each."""
MOST_POINTS = 1_000
"""Points of test that are compared; of more, so many at random."""


@dataclass(frozen=True)
class Alike(Work):
    """Representational similarity of every two of several spaces of the same points, and the tree that it makes."""

    spaces: tuple[Space, ...]
    """Of one task and layer; the first is that of the encoder as it was loaded."""

    kind = "alike"
    activity = "similarity of tasks"

    def inputs(self) -> dict[str, Any]:
        return {"spaces": [space.inputs() for space in self.spaces]}

    @property
    def title(self) -> str:
        return f"similarity of {len(self.spaces)} states of {self.spaces[0].title.removeprefix('vectors of ')}"

    @property
    def needs(self) -> tuple[Work, ...]:
        return self.spaces

    @property
    def names(self) -> tuple[str, ...]:
        """The task of each space's fine-tuning; empty for none."""
        return tuple(str(space.origin["tuned_on"]) for space in self.spaces)

    def run(self, writer: UnitWriter, bench: Bench, folder: Path) -> None:
        import numpy as np

        from tunescope.geometry import compare_spaces

        clouds = [space.points(bench.store)[1].X for space in self.spaces]
        n = len(clouds[0])
        if n > MOST_POINTS:
            chosen = np.sort(np.random.default_rng(0).choice(n, MOST_POINTS, replace=False))
            clouds = [cloud[chosen] for cloud in clouds]
            writer.note(f"{MOST_POINTS:,} of {n:,} points of test were compared")
        rows, distance = [], np.zeros((len(clouds), len(clouds)))
        for a, b in combinations(range(len(clouds)), 2):
            for measure in MEASURES:
                found = compare_spaces(clouds[a], clouds[b], measure, n_draws=N_DRAWS)
                numbers = {name: getattr(found, name) for name in ("value", "null", "null_low", "null_high")}
                rows.append({"first": self.names[a], "second": self.names[b], "measure": measure, **numbers})
                if measure == MEASURES[0]:
                    distance[a, b] = distance[b, a] = 1.0 - found.value
        writer.table("alike", rows)
        writer.table("tree", merges(distance, [name or "(original)" for name in self.names]))


def merges(distance: Any, names: list[str]) -> list[dict[str, Any]]:
    """The steps of Ward's tree: which two groups are joined, at what height.

    Parameters
    ----------
    distance : ndarray of float64
        (m, m) symmetric.
    names : list of str
        Of the m leaves.

    Returns
    -------
    list of dict
        `step` from 1, `first`, `second` (names of the leaves of a group, with `+` between), `height`.
    """
    from scipy.cluster.hierarchy import ward
    from scipy.spatial.distance import squareform

    if len(names) < 2:
        return []
    groups, rows = list(names), []
    for step, (a, b, height, _) in enumerate(ward(squareform(distance, checks=False)), start=1):
        first, second = groups[int(a)], groups[int(b)]
        groups.append(f"{first}+{second}")
        rows.append({"step": step, "first": first, "second": second, "height": float(height)})
    return rows
