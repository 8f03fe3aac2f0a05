"""Clusters of DirectProbe before and after, and what blocks linearity (Tables 3 and 4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from tunescope.findings._runs import Run
from tunescope.findings._study import Study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Space:
    """How DirectProbe partitions one space."""

    stage: str
    seed: int
    layer: int
    n_points: int | None
    n_labels: int
    n_clusters: int
    linear: bool
    undecided: int
    conflicts: int
    intra_accuracy: float | None


@dataclass(frozen=True)
class Block:
    """What stands in the way of linearity: kind `conflict` (coincident points), `overlap` or `undecided`."""

    stage: str
    seed: int
    layer: int
    kind: str
    label_a: str
    label_b: str
    n_points: int
    """Points that show it: coincident ones, or a few of both labels with a common weighted mean."""
    lines: tuple[str, ...]
    """Some of these points in words, their targets in square brackets."""


@dataclass(frozen=True)
class Clusters:
    """All partitions of a run, with the sizes of their clusters and what blocks them."""

    spaces: tuple[Space, ...]
    sizes: dict[tuple[str, int, int], dict[str, list[int]]] = field(default_factory=dict)
    """By (stage, seed, layer): for each label the sizes of its clusters, largest first."""
    blocks: tuple[Block, ...] = ()

    def of(self, stage: str, layer: int) -> tuple[Space, ...]:
        """The partitions of one stage and layer, one a seed."""
        return tuple(space for space in self.spaces if space.stage == stage and space.layer == layer)


def find_clusters(study: Study, run: Run) -> Clusters:
    """What DirectProbe found in the spaces of a run, before (stage `original`) and after (`fine-tuned`)."""
    spaces = []
    for row in _ends(run.mine(study, "clusters")).to_dict("records"):
        spaces.append(
            Space(
                row["stage"],
                int(row["seed"]),
                int(row["layer"]),
                _whole(row.get("n_points")),
                int(row["n_labels"]),
                int(row["n_clusters"]),
                bool(row["linear"]),
                _whole(row.get("undecided")) or 0,
                _whole(row.get("conflicts")) or 0,
                _fraction(row.get("intra_accuracy")),
            )
        )
    sizes: dict[tuple[str, int, int], dict[str, list[int]]] = {}
    for row in _ends(run.mine(study, "cluster_sizes")).to_dict("records"):
        of_label = sizes.setdefault((row["stage"], int(row["seed"]), int(row["layer"])), {})
        of_label.setdefault(row["label"], []).append(int(row["n_points"]))
    for of_space in sizes.values():
        for points in of_space.values():
            points.sort(reverse=True)
    blocks = [
        Block(
            row["stage"],
            int(row["seed"]),
            int(row["layer"]),
            str(row["kind"]),
            row["label_a"],
            row["label_b"],
            _whole(row.get("n_points")) or 0,
            _lines(row.get("text")),
        )
        for row in _ends(run.mine(study, "blocks")).to_dict("records")
    ]
    blocks.sort(key=lambda block: (block.kind != "conflict", -block.n_points, block.label_a, block.label_b))
    return Clusters(tuple(spaces), sizes, tuple(blocks))


def _ends(rows: pd.DataFrame) -> pd.DataFrame:
    """Without what was found on the way: only the original encoder and the last update of each seed."""
    if "update" not in rows.columns or not rows["update"].notna().any():
        return rows
    tuned = rows["tuned_on"] != ""
    last = rows[tuned].groupby(["seed", "layer"])["update"].transform("max").reindex(rows.index)
    return rows[~tuned | rows["update"].isna() | (rows["update"] == last)]


def _lines(text: object) -> tuple[str, ...]:
    """The points of a block in words, which are stored with ` | ` between them."""
    return tuple(line for line in text.split(" | ") if line) if isinstance(text, str) else ()


def _whole(value: object) -> int | None:
    number = _fraction(value)
    return None if number is None else int(number)


def _fraction(value: object) -> float | None:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return number if np.isfinite(number) else None
