"""Every measure that a study has, over layers and updates, with what chance gives."""

from __future__ import annotations

from typing import Any

import numpy as np

from tunescope.findings import Measured, find_measures, measure_agreement, measure_words
from tunescope.records import COMPARISONS, SPATIAL_PEARSON, SPATIAL_SPEARMAN
from tunescope.report._page._section import Section
from tunescope.report._page._view import RunView, StudyView

#: Measures that have a section of their own; where a study has no others, this one is absent.
ELSEWHERE = (SPATIAL_PEARSON, SPATIAL_SPEARMAN)


class MeasuresSection(Section):
    """Choose a measure: its values by layer and update, before and after, beside those of chance."""

    name = "measures"
    title = "What do other measures say?"
    order = 85

    def of_run(self, view: RunView) -> list[dict[str, Any]] | None:
        """One entry a measure, setting and pair or split of spaces."""
        found = find_measures(view.study, view.run)
        if all(one.measure in ELSEWHERE for one in found):
            return None
        return [self._entry(view, one) for one in found]

    def of_study(self, view: StudyView) -> dict[str, Any] | None:
        """How far measures agree in what they say of fine-tuning, over runs, seeds and layers."""
        found = measure_agreement(view.study, [one.run for one in view.runs])
        if all(measure in ELSEWHERE for measure, *_ in found.keys) or not np.isfinite(found.correlation).any():
            return None
        names = [measure_name(*key) for key in found.keys]
        return {"names": names, "correlation": found.correlation, "n": found.n}

    @staticmethod
    def _entry(view: RunView, one: Measured) -> dict[str, Any]:
        shown = set(view.detail.layers(one.layers))
        rows = [index for index, layer in enumerate(one.layers) if layer in shown]
        at = view.detail.kept(one.updates)
        words = measure_words(one.measure)

        def mean(name: str) -> np.ndarray | None:
            values = one.mean(name)[np.ix_(rows, at)]
            return values if np.isfinite(values).any() else None

        # One seed has the interval of its measure; several have their own spread.
        seeds = one.value[:, rows][:, :, at]
        several = len(one.seeds) > 1
        return {
            "name": measure_name(*one.key),
            "group": one.comparison or one.split,
            "isComparison": one.comparison in COMPARISONS,
            "towards": words.towards,
            "direction": words.direction,
            "source": words.source,
            "layers": [one.layers[index] for index in rows],
            "updates": [one.updates[index] for index in at],
            "seeds": one.seeds,
            "n": one.n,
            "value": one.mean()[np.ix_(rows, at)],
            "low": _least(seeds) if several else mean("low"),
            "high": -_least(-seeds) if several else mean("high"),
            "null": mean("null"),
            "nullLow": mean("null_low"),
            "nullHigh": mean("null_high"),
            "isChance": one.is_chance[np.ix_(rows, at)],
        }


def measure_name(measure: str, setting: str, comparison: str, split: str) -> str:
    """Such as "Linear CKA (unbiased), to-start", or "Effective rank, test"."""
    return ", ".join(part for part in (measure_words(measure).title, setting, comparison, split) if part)


def _least(values: np.ndarray) -> np.ndarray:
    """The least over the first axis, nan where there is none."""
    filled = np.where(np.isfinite(values), values, np.inf).min(axis=0)
    return np.where(np.isfinite(filled), filled, np.nan)
