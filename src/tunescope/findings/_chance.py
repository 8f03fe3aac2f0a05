"""What chance alone would give: pairs that are separable whatever their labels, and labels in random order."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tunescope.findings._runs import Run
from tunescope.findings._study import Study, groups, names, numbers
from tunescope.records import ORIGINAL, TO_START

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Forced:
    """Of the label pairs of a space, those that could not have been otherwise than separable."""

    layer: int
    width: int
    """Dimensions of the space."""
    n_pairs: int
    n_forced: int
    """Pairs with no more points than dimensions plus one: separable whatever their labels, in general position."""
    by_chance: float
    """Share of pairs that are separable under random labels: the mean of Cover's shares."""

    @property
    def told(self) -> str:
        """In a sentence."""
        share = 100 * self.by_chance
        pairs = "pair" if self.n_pairs == 1 else "pairs"
        return (
            f"{self.n_forced:,} of {self.n_pairs:,} label {pairs} could not have been otherwise: with at most "
            f"{self.width + 1:,} points at width {self.width:,} they are separable whatever their labels; "
            f"random labels would separate {share:.3g}\N{NO-BREAK SPACE}% of all pairs"
        )


def find_forced(study: Study, run: Run) -> dict[int, Forced]:
    """By layer, how many label pairs are forced, from the sizes of the labels and the width: no experiment is needed.

    Layers without a width, and spaces of which the sizes of labels are not known, are left out.
    """
    gaps, spaces = run.mine(study, "gaps"), run.mine(study, "spaces")
    if "n_points" not in gaps.columns or "width" not in spaces.columns:
        return {}
    widths = {int(layer): part["width"].max() for (layer,), part in groups(spaces, "layer")}
    found = {}
    for (layer,), part in groups(gaps, "layer"):
        width, sizes = widths.get(int(layer)), part.groupby("label")["n_points"].max()
        if width is None or not math.isfinite(width) or len(sizes) < 2 or sizes.isna().any():
            continue
        found[int(layer)] = forced_pairs(int(layer), int(width), [int(size) for size in sizes])
    return found


def forced_pairs(layer: int, width: int, sizes: list[int]) -> Forced:
    """How many of the pairs of labels of these sizes are forced at a width."""
    from tunescope.geometry import log_cover

    counted: dict[int, int] = {}
    for i, one in enumerate(sizes):
        for other in sizes[:i]:
            counted[one + other] = counted.get(one + other, 0) + 1
    total = sum(counted.values())
    n_forced = sum(times for n, times in counted.items() if n <= width + 1)
    by_chance = sum(times * math.exp(log_cover(n, width)) for n, times in counted.items()) / total
    return Forced(layer, width, total, n_forced, min(1.0, by_chance))


@dataclass(frozen=True)
class BesideChance:
    """The two ends of a run in one layer, beside labels in random order."""

    layer: int
    labels: tuple[str, ...]
    seeds: tuple[int, ...]
    distance: NDArray[np.float64]
    """(seeds, 2, labels) minimum distance of each label, before and after; nan where absent, as in all of these."""
    null: NDArray[np.float64]
    """(seeds, 2, labels) median of the same under labels in random order, and its 2.5 % and 97.5 % quantiles."""
    null_low: NDArray[np.float64]
    null_high: NDArray[np.float64]
    similarity: tuple[tuple[float, float, float, float], ...]
    """To the start, a seed each: value, and median, 2.5 % and 97.5 % quantile under labels in random order."""

    @property
    def excess(self) -> NDArray[np.float64]:
        """(seeds, 2, labels) each distance over its median by chance; nan where that is 0."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.null > 0, self.distance / self.null, np.nan)

    def band(self) -> NDArray[np.float64] | None:
        """(2, 3) before and after: low, median, high by chance, mean over labels and seeds; None without them."""
        whole = np.stack([self.null_low, self.null, self.null_high], axis=-1)
        here = np.isfinite(whole).all(axis=(1, 2, 3))
        return np.asarray(whole[here].mean(axis=(0, 2))) if here.any() else None


def find_chance(study: Study, run: Run) -> dict[int, BesideChance]:
    """What the experiment `chance` found of the training points of a fine-tuned run, by layer."""
    rows = run.mine(study, "gap_chance")
    if rows.empty or not run.is_tuned:
        return {}
    rows = rows[rows["split"] == "train"]
    found = {}
    for (layer,), part in groups(rows, "layer"):
        start = part[part["stage"] == ORIGINAL]
        tuned = part[part["stage"] != ORIGINAL]
        labels, seeds = names(part["label"]), numbers(tuned["seed"])
        if start.empty or not seeds:
            continue
        values = {name: np.full((len(seeds), 2, len(labels)), np.nan) for name in _COLUMNS}
        for index, seed in enumerate(seeds):
            for end, of_end in enumerate((start, tuned[tuned["seed"] == seed])):
                by_label = of_end.drop_duplicates("label").set_index("label").reindex(labels)
                for name in _COLUMNS:
                    values[name][index, end] = by_label[name].to_numpy(dtype=np.float64)
        found[int(layer)] = BesideChance(
            int(layer), labels, seeds, **values, similarity=_similarities(study, run, int(layer))
        )
    return found


_COLUMNS = ("distance", "null", "null_low", "null_high")


def _similarities(study: Study, run: Run, layer: int) -> tuple[tuple[float, float, float, float], ...]:
    rows = run.mine(study, "comparisons")
    rows = rows[
        (rows["measure"] == "spatial-similarity")
        & (rows["setting"] == "beside permuted labels")
        & (rows["comparison"] == TO_START)
        & (rows["layer"] == layer)
    ]
    if "null" not in rows.columns:
        return ()
    four = rows.sort_values("seed")[["value", "null", "null_low", "null_high"]].to_numpy(dtype=np.float64)
    return tuple((float(a), float(b), float(c), float(d)) for a, b, c, d in four[np.isfinite(four).all(axis=1)])
