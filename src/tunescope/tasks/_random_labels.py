"""A control: a task whose labels are in random order, so that only memorising can learn it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tunescope.tasks._task import Split, Task

RANDOM_LABELS = "random-labels:"
"""What stands before the name of a task whose labels shall be in random order."""


def with_random_labels(task: Task, seed: int = 0) -> Task:
    """The task with the labels of each split in random order: the same points, as many of each label.

    Nothing about the text tells its labels any more. What fine-tuning on it does to a space is what memorising alone
    does.

    Parameters
    ----------
    task : Task
        Stays as it is.
    seed : int, default 0
        Of the orders, one a split.

    Returns
    -------
    Task
        Called ``random-labels:`` and the name.

    Examples
    --------
    >>> from tunescope.tasks import load_task
    >>> task = load_task("toy-pos")
    >>> control = with_random_labels(task)
    >>> control.name, control.train.label_counts == task.train.label_counts
    ('random-labels:toy-pos', True)
    """
    train, test = (
        _shuffled(split, np.random.default_rng([seed, index])) for index, split in enumerate((task.train, task.test))
    )
    note = f"the labels of each split are in random order (seed {seed})"
    return replace(task, name=RANDOM_LABELS + task.name, train=train, test=test, notes=(note, *task.notes))


def _shuffled(split: Split, rng: np.random.Generator) -> Split:
    order = rng.permutation(len(split.targets))
    targets = tuple(
        replace(target, label=split.targets[other].label) for target, other in zip(split.targets, order, strict=True)
    )
    return replace(split, targets=targets)
