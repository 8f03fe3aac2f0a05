"""What transformers' Trainer logs of a training, as rows of the table `training`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any


def training_rows(history: Iterable[Mapping[str, Any]]) -> list[dict[str, float]]:
    """Rows of the table `training`: those entries of a Trainer's log that have a loss.

    Parameters
    ----------
    history : iterable of mapping
        `state.log_history` of a Trainer, or `log_history` of a `trainer_state.json`.

    Returns
    -------
    list of dict
        update, epoch, loss, learning_rate; NaN where the log does not say.
    """
    rows = {
        int(entry["step"]): {
            "update": int(entry["step"]),
            "epoch": float(entry.get("epoch", math.nan)),
            "loss": float(entry["loss"]),
            "learning_rate": float(entry.get("learning_rate", math.nan)),
        }
        for entry in history
        if "loss" in entry and "step" in entry
    }
    return [rows[update] for update in sorted(rows)]
