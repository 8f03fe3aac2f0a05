"""The long tables of a synthetic study: measures of which it is known what they are, and what chance gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from planted import Planted

#: Measures of one space by how their value follows from the share t of the way; `noise` is never more than chance.
ONE_SPACE = {
    "effective-rank": lambda layer, t: 20 - 2 * layer - 8 * t,
    "knn-accuracy": lambda layer, t: 0.5 + 0.05 * layer + 0.2 * t,
    "opposite": lambda layer, t: 5 - 2.5 * (0.05 * layer + 0.2 * t) - (0.05 * layer + 0.2 * t) ** 3,
    "noise": lambda layer, t: 0.5,
}


def write_measures(folder: Path, planted: Planted) -> None:
    """Add `measures` and `comparisons` to a study that was written with the same facts."""
    last = planted.updates[-1]
    rows: dict[str, list[dict]] = {"measures": [], "comparisons": []}
    for encoder in planted.encoders:
        for task, tuned_on in planted.pairs:
            for seed in planted.seeds:
                for layer in planted.layers:
                    for update in planted.updates:
                        origin = {"encoder": encoder, "task": task, "tuned_on": tuned_on, "seed": seed}
                        if update == 0:
                            origin |= {"tuned_on": "", "seed": -1}
                        origin["stage"] = "original" if update == 0 else "fine-tuned"
                        share = update / last * (1 + 0.1 * seed) * (1 + layer / 10)
                        at = {**origin, "layer": layer, "update": update, "setting": "", "n": 390}
                        for name, of in ONE_SPACE.items():
                            value = of(layer, share)
                            null = {"null": 0.5, "null_low": 0.4, "null_high": 0.6}
                            rows["measures"].append(
                                {**at, "split": "train", "measure": name, "value": value, "low": value - 0.01,
                                 "high": value + 0.01, **(null if name != "opposite" else {})}
                            )  # fmt: skip
                        if update:
                            rows["comparisons"].append(
                                {**at, "comparison": "to-start", "measure": "cka", "value": 1 - 0.5 * share,
                                 "null": 0.0, "null_low": -0.02, "null_high": 0.02}
                            )  # fmt: skip
    for name, part in rows.items():
        table = pd.DataFrame(part).drop_duplicates().reset_index(drop=True)
        for column in ("low", "high", "null", "null_low", "null_high", "n_labels"):
            if column not in table.columns:
                table[column] = np.nan
        table.to_parquet(folder / "tables" / f"{name}.parquet")
