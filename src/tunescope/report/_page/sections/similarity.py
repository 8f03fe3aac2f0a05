"""Spatial similarity: to the start, without each label, of training and test points."""

from __future__ import annotations

from typing import Any

import numpy as np

from tunescope.findings import (
    conventions,
    find_left_out,
    find_similarities,
    find_similarity_curves,
)
from tunescope.records import TRAIN_TEST
from tunescope.report._page._section import Section
from tunescope.report._page._view import RunView


class SimilaritySection(Section):
    """How much of the original layout is left, in which layer."""

    name = "similarity"
    title = "How much of the layout stays?"
    order = 80

    def of_run(self, view: RunView) -> dict[str, Any]:
        """By convention: curves, what each label does to them, and training beside test."""
        study, run = view.study, view.run
        entries: dict[str, Any] = {}
        for convention in conventions(study, run):
            curves = {
                layer: {
                    "updates": curve.updates,
                    "seeds": curve.seeds,
                    "pearson": curve.pearson,
                    "spearman": curve.spearman if np.isfinite(curve.spearman[:, 1:]).any() else None,
                    "low": curve.low,
                    "high": curve.high,
                }
                for layer, curve in find_similarity_curves(study, run, convention).items()
            }
            left_out = {}
            train_test = {}
            for layer in run.layers:
                without = find_left_out(study, run, layer, convention)
                if without:
                    left_out[layer] = {
                        "labels": [one.label for one in without],
                        "pearson": [one.pearson for one in without],
                    }
                sides = [find_similarities(study, run, layer, TRAIN_TEST, tuned, convention) for tuned in (False, True)]
                if any(sides):
                    train_test[layer] = [[vars(one) for one in side] for side in sides]
            if curves or train_test:
                entries[convention] = {"curves": curves, "leftOut": left_out, "trainTest": train_test}
        return entries
