"""The answer of a study in one row per encoder and task: before fine-tuning and after."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tunescope.records import SPATIAL_PEARSON, TRAIN_TEST

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Estimate:
    """A mean over runs, or over seeds."""

    mean: float
    std: float | None
    """Standard deviation of the sample; None with a single value."""
    n: int


@dataclass(frozen=True)
class Side:
    """What was measured of a space; None (or empty) where nothing was."""

    accuracy: Estimate | None
    """Test accuracy of the classifier probe, from 0 to 1."""
    clusters: tuple[int, ...]
    """Clusters that DirectProbe finds, one number a seed."""
    linear: tuple[bool, ...]
    """Whether there is one cluster a label, one answer a seed."""
    similarity: Estimate | None
    """Pearson's r of the label distances of train and test; of linear spaces, for which it is defined."""
    distance: Estimate | None
    """Mean over the labels of the distance to the nearest other label, in the units of the space."""
    scaled: Estimate | None
    """The same divided by the scale of the space, so that a space that merely grows does not change it."""


@dataclass(frozen=True)
class SummaryRow:
    """What fine-tuning on one task did to the space of a task, in one layer."""

    encoder: str
    task: str
    tuned_on: str
    layer: int
    convention: str
    """Which label pairs count in the similarity."""
    before: Side
    after: Side | None
    """None when nothing was fine-tuned."""


def summarise(tables: Mapping[str, pd.DataFrame]) -> tuple[SummaryRow, ...]:
    """One row per encoder, task and task that was tuned on, for the highest layer that was measured."""
    import pandas as pd

    evidence = [tables[name] for name in ("clusters", "accuracy", "gaps") if name in tables]
    if not evidence:
        return ()
    origin = ["encoder", "task", "tuned_on", "layer"]
    spaces = pd.concat([table[origin] for table in evidence]).drop_duplicates()
    rows = []
    for (encoder, task), part in spaces.groupby(["encoder", "task"], sort=False):
        layer = int(part["layer"].max())
        tunings = [name for name in part["tuned_on"].unique() if name] or [""]
        for tuned_on in tunings:
            here = _Place(tables, str(encoder), str(task), layer)
            rows.append(
                SummaryRow(
                    encoder=str(encoder),
                    task=str(task),
                    tuned_on=str(tuned_on),
                    layer=layer,
                    convention=here.convention,
                    before=here.side("", str(tuned_on)),
                    after=here.side(str(tuned_on), str(tuned_on)) if tuned_on else None,
                )
            )
    return tuple(rows)


@dataclass(frozen=True)
class _Place:
    """The rows of one encoder, task and layer."""

    tables: Mapping[str, pd.DataFrame]
    encoder: str
    task: str
    layer: int

    def rows(self, table: str, tuned_on: str) -> pd.DataFrame | None:
        if table not in self.tables:
            return None
        rows = self.tables[table]
        here = (rows["encoder"] == self.encoder) & (rows["task"] == self.task) & (rows["layer"] == self.layer)
        return rows[here & (rows["tuned_on"] == tuned_on)]

    @property
    def convention(self) -> str:
        rows = self.tables.get("comparisons")
        found = [] if rows is None else sorted(rows.loc[rows["measure"] == SPATIAL_PEARSON, "setting"].unique())
        return str(found[0]) if found else "all"

    def side(self, tuned_on: str, dynamics_of: str) -> Side:
        clusters = self.rows("clusters", tuned_on)
        accuracy = self.rows("accuracy", tuned_on)
        similarity = self.rows("comparisons", tuned_on)
        linear: tuple[bool, ...] = ()
        counts: tuple[int, ...] = ()
        if clusters is not None:
            linear = tuple(bool(value) for value in clusters["linear"])
            counts = tuple(int(value) for value in clusters["n_clusters"])
        r = None
        if similarity is not None and clusters is not None:
            of_linear = similarity["seed"].isin(clusters.loc[clusters["linear"].astype(bool), "seed"])
            chosen = (
                (similarity["comparison"] == TRAIN_TEST)
                & (similarity["measure"] == SPATIAL_PEARSON)
                & (similarity["setting"] == self.convention)
            )
            r = _estimate(similarity.loc[of_linear & chosen, "value"])
        gaps = self._gaps(tuned_on, dynamics_of)
        return Side(
            accuracy=None if accuracy is None else _estimate(accuracy.loc[accuracy["split"] == "test", "accuracy"]),
            clusters=counts,
            linear=linear,
            similarity=r,
            distance=None if gaps is None else _estimate(gaps.groupby("seed")["distance"].mean()),
            scaled=None if gaps is None else _estimate(gaps.groupby("seed")["scaled"].mean()),
        )

    def _gaps(self, tuned_on: str, dynamics_of: str) -> pd.DataFrame | None:
        """Minimum distances at the end of the tuning, or, of the original encoder, at its start."""
        rows = self.rows("gaps", tuned_on)
        if rows is None:
            return None
        if tuned_on:
            return rows[rows["update"] == rows["update"].max()]
        if rows.empty:  # only the way was watched: the original encoder is its first snapshot
            rows = self.rows("gaps", dynamics_of)
            assert rows is not None
            rows = rows[rows["update"] == 0]
        return rows


def _estimate(values: pd.Series) -> Estimate | None:
    numbers = [float(value) for value in values if value == value]
    if not numbers:
        return None
    std = statistics.stdev(numbers) if len(numbers) > 1 else None
    return Estimate(statistics.fmean(numbers), std, len(numbers))
