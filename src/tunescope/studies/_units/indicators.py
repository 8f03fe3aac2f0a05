"""The unit `indicators`: what measures that train nothing say of a space, before anything is tuned."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.studies._units.space import Space
from tunescope.studies._units.work import Work

if TYPE_CHECKING:
    from tunescope.storage import UnitWriter
    from tunescope.studies._units.bench import Bench

INDICATORS = ("centroid-accuracy", "h-score", "knn-accuracy", "logme", "nc1", "nu", "silhouette")
"""Measures of `tunescope.geometry.measures()` that are asked."""


@dataclass(frozen=True)
class Indicators(Work):
    """Measures of the labelled points of train in one space."""

    space: Space

    kind = "indicators"
    activity = "indicators"

    def inputs(self) -> dict[str, Any]:
        return {"space": self.space.inputs(), "names": list(INDICATORS)}

    @property
    def title(self) -> str:
        return f"indicators of {self.space.title.removeprefix('vectors of ')}"

    @property
    def needs(self) -> tuple[Work, ...]:
        return (self.space,)

    def run(self, writer: UnitWriter, bench: Bench, folder: Path) -> None:
        from tunescope.geometry import measure, measures

        train, _ = self.space.points(bench.store)
        down = {info.name for info in measures() if info.direction == "down"}
        rows: dict[str, dict[str, Any]] = {}
        for one in measure(train.X, train.y, names=INDICATORS):
            score = -one.value if one.measure in down else one.value
            name = (
                f"{one.measure} ({one.setting})" if one.measure in rows else one.measure
            )  # the first is the usual one
            rows[name] = {"indicator": name, "value": one.value, "score": score}
        writer.table("indicators", list(rows.values()))
