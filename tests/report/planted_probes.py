"""Rows of the probes of a synthetic study: accuracy, clusters, what blocks linearity, memorisation."""

from __future__ import annotations

import itertools

import numpy as np


def probes(add, encoder, task, tuned_on, planted, labels, own) -> None:
    """Rows of the probes of one encoder and task."""
    top = max(planted.layers)
    k = len(labels)
    stages = [("original", "", -1), *(("fine-tuned", tuned_on, seed) for seed in planted.seeds)]
    for stage, tuned, seed in stages:
        origin = {
            "encoder": encoder,
            "task": task,
            "tuned_on": tuned,
            "seed": seed,
            "stage": stage,
            "layer": top,
        }
        rng = np.random.default_rng([k, seed + 2, len(tuned)])
        base = 0.88 if stage == "original" else 0.88 + 0.08 * own
        for split, init in itertools.product(("train", "test"), range(5)):
            add(
                "accuracy",
                **origin,
                probe="classifier",
                split=split,
                init=init,
                accuracy=float(base + (0.02 if split == "train" else 0) + 0.004 * rng.normal()),
                hidden1=256,
                hidden2=256,
                alpha=1e-4,
                n=planted.per_label * k,
            )
        extra = 0 if stage != "original" else 14
        add(
            "clusters",
            **origin,
            n_points=planted.per_label * k,
            n_labels=k,
            n_clusters=k + extra,
            linear=not extra,
            undecided=0,
            conflicts=1 if extra else 0,
            intra_accuracy=base - 0.03,
            seconds=1.5,
        )
        cluster = 0
        for index, label in enumerate(labels):
            parts = [planted.per_label] if not extra or index > 4 else [planted.per_label - 6, 3, 2, 1]
            for size in parts:
                add("cluster_sizes", **origin, cluster=cluster, label=label, n_points=size)
                cluster += 1
        if extra:
            for a, b, n in ((labels[0], labels[1], 4), (labels[1], labels[3], 2)):
                add(
                    "blocks",
                    **origin,
                    kind="overlap",
                    label_a=a,
                    label_b=b,
                    n_points=n,
                    points="3 17 21",
                    text="she walks [to] the cold river | the bright [green] house",
                )
            add(
                "blocks",
                **origin,
                kind="conflict",
                label_a=labels[0],
                label_b=labels[2],
                n_points=2,
                points="5 9",
                text="seven [green] the house .",
            )
        for epoch in range(0, 41):
            rise = 1 - np.exp(-epoch / 8)
            follows = "test" if stage == "original" else "subtrain"
            for split, end in (("subtrain", 0.995), ("test", base)):
                add(
                    "memorisation",
                    **origin,
                    split=split,
                    probe_epoch=epoch,
                    accuracy=0.2 + (end - 0.2) * rise,
                )
            end = base + 0.005 if follows == "test" else 0.985
            add(
                "memorisation",
                **origin,
                split="subtest",
                probe_epoch=epoch,
                accuracy=0.2 + (end - 0.2) * rise,
            )
