"""The unit `geometry`: the shape of a space, train and test."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.records import CONVENTIONS, TRAIN_TEST, schema
from tunescope.studies._points.facts import write_shape_points
from tunescope.studies._units.rows import (
    block_rows,
    comparison_rows,
    gap_rows,
    pair_rows,
    space_row,
)
from tunescope.studies._units.space import Space
from tunescope.studies._units.work import Work

if TYPE_CHECKING:
    from tunescope.geometry import DirectProbe
    from tunescope.storage import UnitWriter
    from tunescope.studies._units.bench import Bench


@dataclass(frozen=True)
class Shape(Work):
    """DirectProbe on the points of train, label distances of train and of test, and how alike the two are."""

    space: Space

    kind = "geometry"
    activity = "the rest of geometry"

    def inputs(self) -> dict[str, Any]:
        return {"space": self.space.inputs()}

    @property
    def title(self) -> str:
        return f"geometry of {self.space.state.title} on {self.space.task}, layer {self.space.layer}"

    @property
    def needs(self) -> tuple[Work, ...]:
        return (self.space,)

    def run(self, writer: UnitWriter, bench: Bench, folder: Path) -> None:
        from time import perf_counter

        import pandas as pd

        from tunescope.geometry import DirectProbe, label_distances

        train, test = self.space.points(bench.store)
        place = {"layer": self.space.layer}
        tell = bench.watcher.part
        start = perf_counter()
        with writer.timing("DirectProbe"):
            probe = DirectProbe(progress=tell("clusters")).fit(train.X, train.y)
        seconds = perf_counter() - start
        with writer.timing("label distances"):
            of_train = label_distances(train.X, train.y, progress=tell("label pairs of train"))
            of_test = label_distances(test.X, test.y, progress=tell("label pairs of test"))
        with writer.timing("intra-accuracy"):
            intra_accuracy = float(probe.score(test.X, test.y))
        rows: dict[str, list[dict[str, Any]]] = {
            "clusters": [
                {
                    **place,
                    "n_points": len(train.y),
                    "n_labels": len(probe.classes_),
                    "n_clusters": int(probe.n_clusters_),
                    "linear": bool(probe.is_linear_),
                    "undecided": int(probe.n_undecided_),
                    "conflicts": len(probe.conflicts_),
                    "intra_accuracy": intra_accuracy,
                    "seconds": seconds,
                }
            ],
            "cluster_sizes": _size_rows(probe, place),
            "blocks": block_rows(probe, train.X, bench.tasks[self.space.task].train.context, place),
            "gaps": gap_rows(of_train, place),
            "spaces": [space_row(of_train, train.X.shape[1], place)],
            "comparisons": [],
            "leave_one_out": [],
        }
        for convention in CONVENTIONS:
            compared, left_out = comparison_rows(
                of_train, of_test, convention, {**place, "comparison": TRAIN_TEST}, nonlinear="undefined"
            )
            rows["comparisons"] += compared
            rows["leave_one_out"] += left_out
        with writer.timing("points for the explorer"):
            write_shape_points(writer, probe.labels_, of_train, train, test)
        pairs = [
            pair_rows(distances, {**place, "split": split, "update": None})
            for split, distances in (("train", of_train), ("test", of_test))
        ]
        writer.table("pairs", pd.concat(pairs), schema("pairs", origin=False))
        for name, table in rows.items():
            writer.table(name, table, schema(name, origin=False))


def _size_rows(probe: DirectProbe, place: dict[str, Any]) -> list[dict[str, Any]]:
    import numpy as np

    sizes = np.bincount(probe.labels_, minlength=probe.n_clusters_)
    return [
        {**place, "cluster": cluster, "label": str(label), "n_points": int(size)}
        for cluster, (label, size) in enumerate(zip(probe.cluster_classes_, sizes, strict=True))
    ]
