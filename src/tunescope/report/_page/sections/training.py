"""The loss of the fine-tuning."""

from __future__ import annotations

from typing import Any

import numpy as np

from tunescope.report._page._section import Section
from tunescope.report._page._view import RunView, kept

#: A line of more points than a screen has columns is drawn no better.
MOST_POINTS = 240


class TrainingSection(Section):
    """The loss on the way, one line a seed."""

    name = "training"
    title = "How did training go?"
    order = 130

    def of_run(self, view: RunView) -> dict[int, Any]:
        """Updates and losses by seed."""
        rows = view.study.table("training")
        rows = rows[(rows["encoder"] == view.run.encoder) & (rows["tuned_on"] == view.run.tuned_on)]
        rows = rows.drop_duplicates(["seed", "update"]).dropna(subset=["update", "loss"])
        entries = {}
        for seed in sorted(set(rows["seed"])):
            of_seed = rows[rows["seed"] == seed].sort_values("update")
            at = kept(list(of_seed["update"]), MOST_POINTS)
            entries[int(seed)] = {
                "updates": of_seed["update"].to_numpy(dtype=np.int64)[at],
                "loss": of_seed["loss"].to_numpy(dtype=np.float64)[at],
            }
        return entries
