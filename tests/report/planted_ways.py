"""Planted ways of fine-tuning, in the tables `ways` and `recipes` of a study."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

PLACES = {
    "full": (0.5, 0.95),
    "head": (1.0, 0.80),
    "norms": (0.9, 0.90),
    "beaten": (0.4, 0.85),
    "<b>odd</b>": (0.8, 0.91),
}
"""Likeness to the start, and accuracy, of each way: all but `beaten` are on the front."""


def write_ways(folder: Path, n_seeds: int = 3, task: str = "toy-role") -> Path:
    """Write the two tables; the way `head` never reaches the training accuracy."""
    ways, rows = [], []
    for recipe, (kept, accuracy) in PLACES.items():
        for seed in range(n_seeds):
            origin = {
                "encoder": "tiny",
                "task": task,
                "tuned_on": task,
                "seed": seed,
                "stage": "fine-tuned",
                "recipe": recipe,
            }
            reached = recipe != "head"
            ways.append(
                {
                    **origin,
                    "layer": 2,
                    "settings": "{}",
                    "trained": 100,
                    "total": 1000,
                    "updates": 40,
                    "seconds": 2.0,
                    "target": 0.9,
                    "reached": reached,
                    "reached_at": 20 if reached else None,
                }
            )
            step = 0.01 * (seed - (n_seeds - 1) / 2)
            for at in ("end", "equal") if reached else ("end",):
                about = {**origin, "at": at, "update": 40, "layer": 2, "setting": "", "n": 50}
                found = {("probe-accuracy", "test"): accuracy + step, ("clusters", "train"): 5.0}
                rows += [{**about, "measure": name, "split": split, "value": v} for (name, split), v in found.items()]
                like = {"measure": "to-start spatial-pearson", "setting": "all", "split": "train"}
                rows.append({**about, **like, "value": kept - abs(step)})
                rows.append(
                    {**about, "task": "other", "measure": "probe-accuracy", "split": "test", "value": 0.6 + step}
                )
    start = {
        "encoder": "tiny",
        "tuned_on": "",
        "seed": -1,
        "stage": "original",
        "recipe": "",
        "at": "start",
        "update": 0,
        "layer": 2,
        "setting": "",
        "n": 50,
        "measure": "probe-accuracy",
        "split": "test",
    }
    rows += [{**start, "task": task, "value": 0.7}, {**start, "task": "other", "value": 0.75}]
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    pd.DataFrame(ways).to_parquet(folder / "tables" / "ways.parquet")
    pd.DataFrame(rows).to_parquet(folder / "tables" / "recipes.parquet")
    return folder
