"""A sample of a task, label by label: what is looked at where all of it would take too long."""

from __future__ import annotations

from dataclasses import replace

from tunescope.errors import DataError
from tunescope.tasks._draw import Draw
from tunescope.tasks._said import counted
from tunescope.tasks._task import Split, Target, Task

_LEAST = 10
"""So many points of each label and split are taken, where there are so many, however rare the label is."""


def sample_by_label(task: Task, n: int, seed: int = 0) -> Task:
    """A fixed sample of a task: of each split, half of `n` points, each label with its share.

    Of a rare label ten points are taken where there are so many, so that a split may have somewhat more than its half.
    Sentences are gone through in an order that the seed gives, and their targets are taken as long as the share of
    their label is not full: of a word task a few sentences hold the sample.

    Parameters
    ----------
    task : Task
        What is sampled.
    n : int
        Points of train and test together, at least 2.
    seed : int, default 0
        Gives the order of the sentences; the same on every machine.

    Returns
    -------
    Task
        With the same name, and a note of how much of it was taken; the task itself where nothing is left out.

    Raises
    ------
    DataError
        `n` is below 2.

    Examples
    --------
    >>> from tunescope.tasks import load_task
    >>> sample_by_label(load_task("toy-pos"), 400)
    Task('toy-pos', kind='word', train: 64 sentences, 252 targets; test: 59 sentences, 239 targets; 16 labels)
    """
    if n < 2:
        raise DataError(f"a sample needs at least 2 points, of train and test; {n} were asked for")
    train, test = (_sampled(split, n // 2, seed) for split in (task.train, task.test))
    if train is task.train and test is task.test:
        return task
    note = (
        f"a sample by label (seed {seed}): {len(train):,} of {counted(len(task.train), 'target')} of train, "
        f"{len(test):,} of {counted(len(task.test), 'target')} of test"
    )
    return replace(task, train=train, test=test, notes=(*task.notes, note))


def _sampled(split: Split, n: int, seed: int) -> Split:
    if len(split) <= n:
        return split
    room = {
        label: max(min(count, _LEAST), round(n * count / len(split))) for label, count in split.label_counts.items()
    }
    of_sentence: dict[int, list[int]] = {}
    for place, target in enumerate(split.targets):
        of_sentence.setdefault(target.sentence, []).append(place)
    taken: list[int] = []
    for sentence in Draw(seed).shuffled(range(len(split.sentences))):
        for place in of_sentence.get(sentence, ()):
            label = split.targets[place].label
            if room[label]:
                room[label] -= 1
                taken.append(place)
    taken.sort()
    sentences = sorted({split.targets[place].sentence for place in taken})
    number = {old: new for new, old in enumerate(sentences)}
    targets = (split.targets[place] for place in taken)
    return Split(
        split.name,
        tuple(split.sentences[old] for old in sentences),
        tuple(Target(number[one.sentence], one.positions, one.label) for one in targets),
    )
