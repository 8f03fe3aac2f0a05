"""The points of a synthetic study, as `DIR/explorer` holds them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from planted import Planted

from tunescope import records


def points_of(labels: tuple[str, ...], planted: Planted) -> list[tuple[str, int, str]]:
    """(split, index, label) of every point of a task, in the order of the files."""
    return [
        (split, index, labels[index % len(labels)])
        for split, n in (("train", planted.per_label), ("test", planted.per_label // 4))
        for index in range(n * len(labels))
    ]


def write_points(folder: Path, planted: Planted) -> None:
    """DIR/explorer/points.parquet: every point with its sentence."""
    words = ["the", "bright", "river", "quickly", "walks", "of", "seven", "houses", "<b>green</b>", "."]
    rows = []
    for task, labels in planted.tasks.items():
        for number, (split, index, label) in enumerate(points_of(labels, planted)):
            turn = number // 4 % len(words)
            sentence = [*words[turn:], *words[:turn], f"w{number // 4}"]
            rows.append(
                {"task": task, "split": split, "index": index, "label": label, "words": sentence,
                 "positions": [number % len(sentence)]}
            )  # fmt: skip
    records.write_points(folder, rows)


def write_projection(
    folder: Path, origin: dict, labels: tuple[str, ...], ways: dict[int, np.ndarray], planted: Planted
) -> None:
    """DIR/explorer/projection-….safetensors: all updates of a layer in axes that they share."""
    points = points_of(labels, planted)
    label = np.array([labels.index(name) for _, _, name in points])
    rng = np.random.default_rng(len(points))
    around = rng.normal(size=(len(points), planted.width)) * 0.45
    n_updates, n_layers, n = len(planted.updates), len(ways), len(points)
    steps = np.zeros((n_updates, n_layers, n, 3), dtype=np.int16)
    scale, variance = np.zeros(n_layers, dtype=np.float32), np.zeros((n_layers, 3), dtype=np.float32)
    clusters = np.full((n_updates, n_layers, n), -1, dtype=np.int16)
    margins = np.full((2, 1, len(labels), n), -32768, dtype=np.int16)
    margin_scale = np.ones((2, 1), dtype=np.float32)
    for place, way in enumerate(ways.values()):
        X = way[:, label] + around
        flat = X.reshape(-1, planted.width)
        centre = flat.mean(0)
        _, values, axes = np.linalg.svd(flat - centre, full_matrices=False)
        seen = (X - centre) @ axes[:3].T
        scale[place] = np.abs(seen).max() / 32767
        variance[place] = values[:3] ** 2 / (values**2).sum()
        steps[:, place] = np.round(seen / scale[place])
    for end, update in enumerate((0, n_updates - 1)):
        clusters[update, -1] = label + (len(labels) * (np.arange(n) % 7 == 0) if update == 0 else 0)
        way = ways[planted.layers[-1]][update]
        X = way[label] + around
        apart = np.zeros((len(labels), n))
        for other in range(len(labels)):
            normal = way[label] - way[other]
            length = np.linalg.norm(normal, axis=1)
            middle = (way[label] + way[other]) / 2
            apart[other] = np.sum((X - middle) * normal, axis=1) / np.where(length > 0, length, np.nan)
        margin_scale[end, 0] = np.nanmax(np.abs(apart)) / 32767
        margins[end, 0] = np.where(np.isfinite(apart), np.round(apart / margin_scale[end, 0]), -32768)
    (folder / "explorer").mkdir(parents=True, exist_ok=True)
    name = f"projection-{origin['encoder']}-{origin['task']}-{origin['tuned_on']}-{origin['seed']}"
    ends = [planted.updates[0], planted.updates[-1]]
    records.write_projection(
        folder / "explorer" / f"{name}.safetensors",
        records.Projection(
            encoder=origin["encoder"],
            task=origin["task"],
            tuned_on=origin["tuned_on"],
            seed=origin["seed"],
            updates=tuple(planted.updates),
            layers=tuple(ways),
            steps=steps,
            scale=scale,
            variance=variance,
            clusters=clusters,
            margins=records.Margins((ends[0], ends[1]), (planted.layers[-1],), margins, margin_scale),
            labels=tuple(labels),
        ),
    )
