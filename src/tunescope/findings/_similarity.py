"""Spatial similarity: of every layer to its start, of training to test points (Figure 4, Tables 2 and 7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tunescope.findings._runs import Run
from tunescope.findings._study import Study, groups, numbers
from tunescope.records import ALL, ORIGINAL, SPATIAL_PEARSON, SPATIAL_SPEARMAN, TO_START

if TYPE_CHECKING:
    import pandas as pd

CONVENTION = ALL
"""The convention that is shown first: every label pair counts."""


@dataclass(frozen=True)
class Similarity:
    """One comparison of two spaces with its interval."""

    seed: int
    update: int | None
    pearson: float
    spearman: float | None
    low: float | None
    high: float | None
    n_pairs: int | None
    n_labels: int | None


@dataclass(frozen=True)
class SimilarityCurve:
    """Similarity to the start of one layer over updates, one line a seed."""

    layer: int
    updates: tuple[int, ...]
    seeds: tuple[int, ...]
    pearson: np.ndarray
    """(seeds, updates) float64; nan where absent."""
    spearman: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True)
class LeftOut:
    """Similarity at the end without one label, mean over seeds."""

    label: str
    pearson: float


def conventions(study: Study, run: Run) -> tuple[str, ...]:
    """The conventions that a run's similarities were computed by, the house's own first."""
    rows = run.mine(study, "comparisons")
    names = sorted({str(name) for name in rows.loc[rows["measure"] == SPATIAL_PEARSON, "setting"].dropna()})
    return tuple(sorted(names, key=lambda name: name != CONVENTION)) or (CONVENTION,)


def _similarities(study: Study, run: Run, comparison: str, convention: str) -> pd.DataFrame:
    """A row a comparison: Pearson's r as `pearson` with its interval, Spearman's rho as `spearman` beside it."""
    rows = run.mine(study, "comparisons")
    rows = rows[(rows["comparison"] == comparison) & (rows["setting"] == convention)]
    pearson = rows[rows["measure"] == SPATIAL_PEARSON].rename(columns={"value": "pearson"})
    spearman = rows[rows["measure"] == SPATIAL_SPEARMAN].rename(columns={"value": "spearman"})
    key = ["tuned_on", "seed", "stage", "layer", "update"]
    return pearson.merge(spearman[[*key, "spearman"]], on=key, how="left")


def find_similarity_curves(study: Study, run: Run, convention: str = CONVENTION) -> dict[int, SimilarityCurve]:
    """Similarity to the start over updates, by layer. At update 0 a space is compared with itself: 1.

    A layer of which no later update can be compared (two labels have but one distance) is left out.
    """
    rows = _similarities(study, run, TO_START, convention)
    rows = rows[(rows["tuned_on"] != "") & rows["update"].notna()]
    found: dict[int, SimilarityCurve] = {}
    for (layer,), part in groups(rows, "layer"):
        updates = tuple(sorted({0, *numbers(part["update"])}))
        seeds = numbers(part["seed"])
        at = (
            np.searchsorted(seeds, part["seed"].to_numpy(dtype=np.int64)),
            np.searchsorted(updates, part["update"].to_numpy(dtype=np.int64)),
        )
        values = {}
        for name in ("pearson", "spearman", "low", "high"):
            values[name] = np.full((len(seeds), len(updates)), np.nan)
            values[name][:, 0] = 1.0
            if name in part.columns:
                values[name][at] = part[name].to_numpy(dtype=np.float64)
        if np.isfinite(values["pearson"][:, 1:]).any():
            found[int(layer)] = SimilarityCurve(int(layer), updates, seeds, **values)
    return found


def find_similarities(
    study: Study, run: Run, layer: int, comparison: str, tuned: bool, convention: str = CONVENTION
) -> tuple[Similarity, ...]:
    """The comparisons of one kind in one layer, by seed: at the end, or (not `tuned`) at the start."""
    rows = _similarities(study, run, comparison, convention)
    rows = rows[rows["layer"] == layer]
    if tuned:
        rows = rows[(rows["tuned_on"] != "") & (rows["stage"] != ORIGINAL)]
        if rows["update"].notna().any():
            rows = rows[(rows["update"] == rows.groupby("seed")["update"].transform("max"))]
            rows = rows[rows["update"] > 0]
    else:
        originals = rows[(rows["stage"] == ORIGINAL) | (rows["tuned_on"] == "")]
        rows = rows[rows["update"] == 0] if originals.empty else originals
    found = []
    for row in rows.sort_values("seed").to_dict("records"):
        if row["pearson"] == row["pearson"] and row["pearson"] is not None:
            found.append(
                Similarity(
                    int(row["seed"]),
                    None if _number(row.get("update")) is None else int(row["update"]),
                    float(row["pearson"]),
                    _number(row.get("spearman")),
                    _number(row.get("low")),
                    _number(row.get("high")),
                    None if _number(row.get("n")) is None else int(row["n"]),
                    None if _number(row.get("n_labels")) is None else int(row["n_labels"]),
                )
            )
    return tuple(found)


def find_left_out(study: Study, run: Run, layer: int, convention: str = CONVENTION) -> tuple[LeftOut, ...]:
    """Similarity to the start at the end without each label, the most decisive label first."""
    rows = run.mine(study, "leave_one_out")
    rows = rows[(rows["comparison"] == TO_START) & (rows["layer"] == layer) & (rows["tuned_on"] != "")]
    if "convention" in rows.columns:
        rows = rows[rows["convention"] == convention]
    if "update" in rows.columns and rows["update"].notna().any():
        rows = rows[rows["update"] == rows["update"].max()]
    means = rows.groupby("label")["pearson"].mean().dropna()
    whole = [one.pearson for one in find_similarities(study, run, layer, TO_START, True, convention)]
    middle = float(np.mean(whole)) if whole else float(means.mean()) if len(means) else 0.0
    left_out = [LeftOut(str(label), float(value)) for label, value in means.items()]
    return tuple(sorted(left_out, key=lambda one: (-abs(one.pearson - middle), one.label)))


def _number(value: object) -> float | None:
    """A finite float, or None."""
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return number if np.isfinite(number) else None
