"""A planted shortcut: a word that gives a label away in train, and means nothing in test."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tunescope.errors import DataError
from tunescope.tasks._task import Split, Task


def plant_shortcut(
    task: Task,
    word: str,
    label: str | None,
    *,
    share: float = 1.0,
    test_share: float = 0.5,
    seed: int = 0,
) -> Task:
    """The task with a word at the end of sentences: in train of one label only, in test whatever the label.

    What learns the shortcut takes sentences of test that hold the word for ones of that label. It is the check of
    whatever claims to find such words.

    Parameters
    ----------
    task : Task
        Stays as it is.
    word : str
        What is put behind the last word of a sentence.
    label : str or None
        Sentences of train with a target of this label get the word; None: any sentence, as a twin that means nothing.
    share : float, default 1.0
        Of these sentences of train, how many, from 0 to 1; drawn at random.
    test_share : float, default 0.5
        Of all sentences of test, how many.
    seed : int, default 0
        Of what is drawn.

    Returns
    -------
    Task
        With a note that tells what was planted and how often.

    Raises
    ------
    DataError
        No sentence of train has the label, or a share is not from 0 to 1.

    Examples
    --------
    >>> from tunescope.tasks import load_task
    >>> task = plant_shortcut(load_task("toy-question-coarse"), "today", "NUM")
    >>> task.notes[0].startswith("planted: 'today'")
    True
    """
    if not (0 <= share <= 1 and 0 <= test_share <= 1):
        raise DataError(f"share and test_share are from 0 to 1; they are {share:g} and {test_share:g}")
    rng = np.random.default_rng(seed)
    of_train = {target.sentence for target in task.train.targets if label is None or target.label == label}
    if not of_train:
        raise DataError(f"no target of train has the label {label!r}; it has {', '.join(task.train.label_counts)}")
    train, n_train = _planted(task.train, word, sorted(of_train), share, rng)
    test, n_test = _planted(task.test, word, list(range(len(task.test.sentences))), test_share, rng)
    of = "of any label" if label is None else f"of {label!r}"
    note = f"planted: {word!r} ends {n_train:,} sentences {of} in train, and {n_test:,} of any label in test"
    return replace(task, train=train, test=test, notes=(note, *task.notes))


def _planted(split: Split, word: str, among: list[int], share: float, rng: np.random.Generator) -> tuple[Split, int]:
    chosen = set(rng.choice(among, round(share * len(among)), replace=False).tolist())
    sentences = tuple(
        replace(sentence, words=(*sentence.words, word)) if index in chosen else sentence
        for index, sentence in enumerate(split.sentences)
    )
    return replace(split, sentences=sentences), len(chosen)
