"""A study folder without a study: points that drift apart layer by layer, measured and written as tables."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pandas as pd
from planted import Planted
from planted_points import write_points, write_projection
from planted_probes import probes
from planted_spaces import measure


def write_study(folder: Path, planted: Planted | None = None) -> Path:
    """Write a study folder as `tunescope run` leaves it; returns the folder."""
    planted = planted or Planted()
    rows: dict[str, list[dict]] = {}

    def add(table: str, **row: object) -> None:
        rows.setdefault(table, []).append(row)

    top = max(planted.layers)
    last = max(planted.updates)
    for task, labels in planted.tasks.items():
        for split, label in itertools.product(("train", "test"), labels):
            n = planted.per_label if split == "train" else planted.per_label // 4
            add("tasks", task=task, kind="word", split=split, label=label, n=n)
    for encoder, (task, tuned_on) in itertools.product(planted.encoders, planted.pairs):
        labels = planted.tasks[task]
        k = len(labels)
        rng = np.random.default_rng([len(encoder), *map(ord, task)])
        start = {layer: rng.normal(size=(k, planted.width)) * (1.2 + 0.5 * layer) for layer in planted.layers}
        own = 1.0 if task == tuned_on else -0.35
        for seed in planted.seeds:
            rng = np.random.default_rng([seed, k, *map(ord, task + tuned_on)])
            pull = rng.uniform(0.15, 1.0, size=k)
            pull[-1] = -0.1
            drift = rng.normal(size=(k, planted.width))
            origin = {
                "encoder": encoder,
                "task": task,
                "tuned_on": tuned_on,
                "seed": seed,
                "stage": "fine-tuned",
            }
            ways: dict[int, np.ndarray] = {}
            for layer in planted.layers:
                depth = (layer / top) ** 2.2 if top else 1.0
                means = []
                for update in planted.updates:
                    at = 1 - np.exp(-3.0 * update / last)
                    step = 1 + 1.6 * own * depth * at * pull[:, None]
                    noise = 0.02 * depth * rng.normal(size=drift.shape) * (update > 0)
                    means.append(start[layer] * step + 2.2 * depth * at * drift + noise)
                measure(add, origin, layer, labels, means, planted)
                ways[layer] = np.stack(means)
            if planted.projections:
                write_projection(folder, origin, labels, ways, planted)
            n_updates = range(1, last + 1)
            for update in n_updates:
                loss = 2.6 * np.exp(-update / 14) + 0.05 + 0.05 * rng.random()
                add(
                    "training",
                    **origin,
                    layer=-1,
                    update=update,
                    epoch=update / 25,
                    loss=loss,
                    learning_rate=3e-4 * min(1, update / 6) * (1 - update / (last + 1)),
                )
        probes(add, encoder, task, tuned_on, planted, labels, own)
    if planted.projections:
        write_points(folder, planted)
    if planted.tables is not None:
        rows = {name: part for name, part in rows.items() if name in planted.tables}
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    for name, part in rows.items():
        pd.DataFrame(part).drop_duplicates().to_parquet(folder / "tables" / f"{name}.parquet")
    settings = {
        "name": "synthetic",
        "settings": {
            "encoders": list(planted.encoders),
            "seeds": list(planted.seeds),
            "recipe": {"epochs": 3},
        },
        "versions": {"tunescope": "0.1.0", "torch": "2.13.0"},
    }
    (folder / "study.json").write_text(json.dumps(settings), encoding="utf-8")
    (folder / "study.yaml").write_text("name: synthetic\n", encoding="utf-8")
    return folder
