"""The unit `chance`: what the hulls of a space would be if its labels were in random order."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.records import schema
from tunescope.studies._units.geometry import Shape
from tunescope.studies._units.keys import Setting
from tunescope.studies._units.space import Space
from tunescope.studies._units.work import Work

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tunescope.geometry import LabelChance
    from tunescope.storage import Unit, UnitWriter
    from tunescope.studies._units.bench import Bench

PERMUTATIONS = 20
"""Random orders of the labels, where a study says nothing else."""
CLUSTERED = 3
"""Of these, how many DirectProbe partitions: labels in random order need thousands of clusters."""
_NOTHING = {"null": float("nan"), "null_low": float("nan"), "null_high": float("nan")}


@dataclass(frozen=True)
class Chance(Work):
    """Distances, linearity and clusters under labels in random order, of train and of test.

    The order is drawn from the number of points alone, so that it is the same in all states and layers of a task, and
    what two spaces have in common by chance can be told from their units.
    """

    space: Space
    permutations: int = PERMUTATIONS

    kind = "chance"
    activity = "labels in random order"

    def inputs(self) -> dict[str, Any]:
        return {
            "space": self.space.inputs(),
            "permutations": Setting(self.permutations, PERMUTATIONS),
        }

    @property
    def title(self) -> str:
        return f"chance of {self.space.state.title} on {self.space.task}, layer {self.space.layer}"

    @property
    def needs(self) -> tuple[Work, ...]:
        return (self.space, Shape(self.space))

    def run(self, writer: UnitWriter, bench: Bench, folder: Path) -> None:
        import numpy as np

        from tunescope.geometry import label_chance

        place = {"layer": self.space.layer, "update": None}
        pairs: list[dict[str, Any]] = []
        gaps: list[dict[str, Any]] = []
        arrays: dict[str, Any] = {}
        labels: dict[str, str] = {}
        for split, points in zip(("train", "test"), self.space.points(bench.store), strict=True):
            with writer.timing(f"permutations of {split}"):
                found = label_chance(
                    points.X,
                    points.y,
                    n_permutations=self.permutations,
                    clusters=CLUSTERED if split == "train" else False,
                    progress=bench.watcher.part(f"labels of {split} in random order"),
                )
            pairs += _pair_rows(found, {**place, "split": split})
            gaps += _gap_rows(found, {**place, "split": split})
            if split == "train":
                n_clusters = int(Shape(self.space).result(bench.store).table("clusters")["n_clusters"].iloc[0])
                about = {**place, "epoch": None, "split": split, "n": len(points.y)}
                measured = _measure_rows(found, n_clusters, about)
            arrays[f"{split}-distances"] = found.observed.distances.astype(np.float32)
            arrays[f"{split}-permuted"] = found.distances.astype(np.float32)
            labels[f"{split}-labels"] = json.dumps([str(label) for label in found.labels], ensure_ascii=False)
        writer.arrays("permuted", arrays, labels)
        for name, table in (("pair_chance", pairs), ("gap_chance", gaps), ("measures", measured)):
            writer.table(name, table, schema(name, origin=False))


@dataclass(frozen=True)
class PermutedDistances:
    """Distances of one split, under its labels and under labels in random order."""

    labels: tuple[str, ...]
    observed: NDArray[np.float32]
    """(k, k)"""
    permuted: NDArray[np.float32]
    """(n_permutations, k, k)"""

    def vectors(self, labels: tuple[str, ...]) -> NDArray[np.float32]:
        """(1 + n_permutations, m) the pairs (i, j), i < j, of some of the labels, row by row; the observed first."""
        import numpy as np

        at = np.array([self.labels.index(label) for label in labels])
        i, j = np.triu_indices(len(at), 1)
        whole = np.concatenate([self.observed[None], self.permuted])
        return whole[:, at[i], at[j]]


def read_permuted(unit: Unit, split: str) -> PermutedDistances:
    """What a unit keeps of a split."""
    stored = unit.arrays("permuted")
    labels = tuple(json.loads(stored.metadata[f"{split}-labels"]))
    return PermutedDistances(labels, stored[f"{split}-distances"], stored[f"{split}-permuted"])


def null_of(draws: NDArray[np.float64]) -> dict[str, float]:
    """Median, 2.5 % and 97.5 % quantile of draws, those that are not a number left out."""
    import numpy as np

    there = draws[~np.isnan(draws)]
    if not len(there):
        return dict(_NOTHING)
    low, middle, high = np.quantile(there, (0.025, 0.5, 0.975), method="nearest" if np.isinf(there).any() else "linear")
    return {"null": float(middle), "null_low": float(low), "null_high": float(high)}


def _excess(value: float, null: float) -> float | None:
    """A distance over its null; nothing where chance gives no distance."""
    return value / null if null > 0 else None


def _pair_rows(found: LabelChance, columns: dict[str, Any]) -> list[dict[str, Any]]:
    labels, counts, rows = found.labels, found.observed.counts, []
    for i in range(len(labels)):
        for j in range(i + 1, len(labels)):
            null, value = null_of(found.distances[:, i, j]), float(found.observed.distances[i, j])
            rows.append(
                {
                    **columns,
                    "label_a": str(labels[i]),
                    "label_b": str(labels[j]),
                    "n_points": int(counts[i] + counts[j]),
                    "forced": bool(found.pairs.forced[i, j]),
                    "log_cover": float(found.pairs.log_probability[i, j]),
                    "distance": value,
                    **null,
                    "excess": _excess(value, null["null"]),
                }
            )
    return rows


def _gap_rows(found: LabelChance, columns: dict[str, Any]) -> list[dict[str, Any]]:
    permuted, observed = found.minimum(), found.observed.minimum()
    rows = []
    for index, label in enumerate(found.labels):
        null, value = null_of(permuted[:, index]), float(observed[index])
        about = {"label": str(label), "n_points": int(found.observed.counts[index]), "distance": value}
        rows.append({**columns, **about, **null, "excess": _excess(value, null["null"])})
    return rows


def _measure_rows(found: LabelChance, n_clusters: int, columns: dict[str, Any]) -> list[dict[str, Any]]:
    """What chance gives to the space as a whole, as rows of the table `measures`."""
    import numpy as np

    upper = np.triu_indices(len(found.labels), 1)
    observed, permuted = found.observed.distances[upper], found.distances[:, upper[0], upper[1]]
    excess, drawn = found.vector_excess(), found.permuted_excess()
    compared = np.isfinite(excess)
    assert found.n_clusters is not None
    values = [
        ("separable-pairs", (observed > 0).mean(), (permuted > 0).mean(axis=1)),
        ("clusters", n_clusters, found.n_clusters.astype(float)),
        ("minimum-distance", found.observed.minimum().mean(), found.minimum().mean(axis=1)),
    ]
    if compared.any():
        values.append(("excess-distance", np.median(excess[compared]), np.median(drawn[:, compared], axis=1)))
    rows = [{**columns, "measure": name, "value": float(value), **null_of(draws)} for name, value, draws in values]
    alone = [
        ("forced-pairs", found.pairs.share_forced),
        ("cover-probability", found.pairs.probability[upper].mean()),
    ]
    rows += [{**columns, "measure": name, "value": float(value)} for name, value in alone]
    return [
        {**row, "setting": f"{len(drawn)} permutations" if row["measure"] == "excess-distance" else ""} for row in rows
    ]
