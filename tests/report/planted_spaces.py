"""Rows of distances, similarity and movement that follow from where the labels of a synthetic study lie."""

from __future__ import annotations

import itertools

import numpy as np


def measure(add, origin, layer, labels, means, planted) -> None:
    """Rows of everything that follows from the labels' means at each update of one layer and seed."""
    radius = 0.9
    original = {**origin, "tuned_on": "", "seed": -1, "stage": "original"}
    first = vector(means[0], radius)
    flat = np.concatenate(means)
    axes = np.linalg.svd(flat - flat.mean(0), full_matrices=False)[2][:2]
    for number, (update, mean) in enumerate(zip(planted.updates, means, strict=True)):
        here = original if update == 0 else origin
        distance = between(mean, radius)
        scale = float(np.sqrt(np.mean(np.sum((mean - mean.mean(0)) ** 2, axis=1)) + radius**2))
        add(
            "spaces",
            **here,
            layer=layer,
            update=update,
            epoch=update / 25,
            scale=scale,
            n_points=planted.per_label * len(labels),
            width=planted.width,
        )
        for index, label in enumerate(labels):
            others = np.where(np.arange(len(labels)) == index, np.inf, distance[index])
            add(
                "gaps",
                **here,
                layer=layer,
                update=update,
                epoch=update / 25,
                label=label,
                n_points=planted.per_label,
                distance=float(others.min()),
                scaled=float(others.min() / scale),
                nearest=labels[int(others.argmin())],
            )
            x, y = axes @ (mean[index] - flat.mean(0))
            add("paths", **origin, layer=layer, update=update, label=label, x=float(x), y=float(y))
        if number in (0, len(means) - 1):
            for a, b in itertools.combinations(range(len(labels)), 2):
                d = distance[a, b]
                add(
                    "pairs",
                    **here,
                    layer=layer,
                    split="train",
                    update=update,
                    label_a=labels[a],
                    label_b=labels[b],
                    lower=d * 0.9995,
                    upper=d,
                    verdict="separable" if d > 0 else "meet",
                )
        if update:
            now = vector(mean, radius)
            similar(add, here, layer, update, "to-start", first, now, labels)
    for here, update, mean in ((original, 0, means[0]), (origin, planted.updates[-1], means[-1])):
        now = vector(mean, radius)
        noise = np.random.default_rng(len(labels)).normal(size=now.shape) * (0.2 + 0.6 * (update > 0))
        similar(add, here, layer, update, "train-test", now, now + noise, labels)
    moved = means[-1] - means[0]
    axes = np.linalg.svd(moved - moved.mean(0), full_matrices=False)[2][:2]
    for index, label in enumerate(labels):
        dx, dy = axes @ moved[index]
        length = float(np.linalg.norm(moved[index]))
        add("movement", **origin, layer=layer, label=label, dx=float(dx), dy=float(dy), length=length)


def between(mean: np.ndarray, radius: float) -> np.ndarray:
    """(k, k) distances between balls of one radius around the means."""
    apart = np.linalg.norm(mean[:, None] - mean[None], axis=-1)
    return np.maximum(apart - 2 * radius, 0.0)


def vector(mean: np.ndarray, radius: float) -> np.ndarray:
    """The distances of all pairs, one after the other."""
    return between(mean, radius)[np.triu_indices(len(mean), 1)]


def similar(add, origin, layer, update, comparison, a, b, labels) -> None:
    """Rows of one comparison, with what each label that is left out does to it."""
    r = float(np.corrcoef(a, b)[0, 1])
    z, half = np.arctanh(min(r, 0.999999)), 1.96 / np.sqrt(max(len(a) - 3, 1))
    common = {"layer": layer, "update": update, "comparison": comparison, "convention": "all"}
    add(
        "similarity",
        **origin,
        **common,
        pearson=r,
        spearman=r * 0.97,
        low=float(np.tanh(z - half)),
        high=float(np.tanh(z + half)),
        n_pairs=len(a),
        n_labels=len(labels),
    )
    i, j = np.triu_indices(len(labels), 1)
    for index, label in enumerate(labels):
        rest = (i != index) & (j != index)
        without = float(np.corrcoef(a[rest], b[rest])[0, 1])
        add("leave_one_out", **origin, **common, label=label, pearson=without)
