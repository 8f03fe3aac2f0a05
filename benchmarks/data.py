"""Points to measure with: real ones where the data and an encoder are at hand, made ones anywhere."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def fixtures() -> Path | None:
    """Folder of the published implementation's answers: ``fixtures`` beside the data folder, if it is there."""
    data = os.environ.get("TUNESCOPE_DATA_DIR")
    folder = Path(data).resolve().parent / "fixtures" if data else None
    return folder if folder is not None and folder.is_dir() else None


def fixture(name: str) -> dict[str, NDArray[Any]]:
    """Arrays X, y and, where known, clusters and clusters_published."""
    folder = fixtures()
    if folder is None:
        raise SystemExit("The fixtures are needed: set TUNESCOPE_DATA_DIR to the data folder that has them beside it.")
    with np.load(folder / f"{name}.npz", allow_pickle=False) as stored:
        return {key: stored[key] for key in stored.files}


def pos_vectors(encoder: str, layer: int | None = None) -> tuple[NDArray[np.float32], NDArray[Any]]:
    """Vectors and labels of the POS training words in one layer (the last unless given) of an encoder."""
    from tunescope import load_encoder, load_task

    task = load_task("pos")
    model = load_encoder(encoder)
    at = model.n_layers if layer is None else layer
    encoding = model.encode(task.train, task.kind, layers=(at,))
    return encoding.vectors[at], encoding.labels


def like_pos(n: int = 16853, d: int = 384, seed: int = 0) -> tuple[NDArray[np.float32], NDArray[Any]]:
    """Made points with the sizes of the 17 POS labels, all pairs separable, some of them barely."""
    shares = np.array([3260, 1938, 1989, 1729, 1669, 1331, 1253, 827, 808, 702, 500, 359, 345, 240, 40, 30, 1], float)
    sizes = np.maximum((shares / shares.sum() * n).astype(int), 1)
    sizes[0] += n - sizes.sum()
    generator = np.random.default_rng(seed)
    widths = np.exp(-np.linspace(0, 3, d))
    means = generator.normal(size=(len(sizes), d)) * widths * 2.5
    X = np.concatenate([m + generator.normal(size=(k, d)) * widths for m, k in zip(means, sizes, strict=True)])
    y = np.concatenate([np.full(k, f"L{i:02d}") for i, k in enumerate(sizes)])
    return X.astype(np.float32), y
