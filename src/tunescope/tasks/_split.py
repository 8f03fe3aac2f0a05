"""From labelled sentences to splits: how a split and a sub-sample are drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tunescope.errors import DataError
from tunescope.tasks._draw import Draw
from tunescope.tasks._notes import observations
from tunescope.tasks._said import counted
from tunescope.tasks._task import Kind, Sentence, Split, Target, Task

T = TypeVar("T")


@dataclass(frozen=True)
class LabelledSentence:
    """A sentence with its targets, as a reader yields it.

    Parameters
    ----------
    sentence : Sentence
        The sentence.
    targets : tuple of (tuple of int, str)
        Positions and label of each target; all targets of a task have as many positions.
    """

    sentence: Sentence
    targets: tuple[tuple[tuple[int, ...], str], ...]


def build_split(name: str, labelled: Iterable[LabelledSentence]) -> tuple[Split, tuple[str, ...]]:
    """A split of the sentences that hold a target, and a note that counts those that hold none."""
    sentences: list[Sentence] = []
    targets: list[Target] = []
    empty = 0
    for item in labelled:
        if not item.targets:
            empty += 1
            continue
        targets += [Target(len(sentences), positions, label) for positions, label in item.targets]
        sentences.append(item.sentence)
    notes = (f"left out of {name}: {counted(empty, 'sentence')} without a target",) if empty else ()
    return Split(name, tuple(sentences), tuple(targets)), notes


def task_of_splits(
    kind: Kind,
    train: Iterable[LabelledSentence],
    test: Iterable[LabelledSentence],
    *,
    name: str = "",
    description: str = "",
    source: str = "",
    notes: tuple[str, ...] = (),
) -> Task:
    """A task of two splits as readers yield them, with notes on what was left out and what is odd.

    Raises
    ------
    DataError
        A split holds no target, or targets of another kind.
    """
    train_split, train_notes = build_split("train", train)
    test_split, test_notes = build_split("test", test)
    return Task(
        name=name,
        kind=kind,
        train=train_split,
        test=test_split,
        description=description,
        source=source,
        notes=(*notes, *train_notes, *test_notes, *observations(train_split, test_split)),
    )


def draw_split(items: Sequence[T], test_share: float, seed: int) -> tuple[list[T], list[T]]:
    """Cut a sequence in two, train and test, by a seed; both keep the order of the sequence.

    The indices are shuffled (Fisher and Yates, from `random.Random(seed).random()`, which is the same on
    every version of Python); the first `n - n_test` of them are train; `n_test` is `n * test_share`
    rounded, halves up.

    Raises
    ------
    DataError
        One side would be empty.
    """
    if not 0 < test_share < 1:
        raise DataError(f"the share of the test split is {test_share}; expected a number between 0 and 1")
    n_test = int(len(items) * test_share + 0.5)
    if not 0 < n_test < len(items):
        size = counted(len(items), "sentence")
        raise DataError(f"{size} cannot be cut into train and test with a test share of {test_share}; give a test file")
    order = Draw(seed).shuffled(range(len(items)))
    train = sorted(order[: len(items) - n_test])
    test = sorted(order[len(items) - n_test :])
    return [items[i] for i in train], [items[i] for i in test]


def subsample(split: Split, fraction: float, seed: int) -> Split:
    """A seeded sub-sample of the sentences, in their order: `round(n * fraction)` of them, at least one."""
    if not 0 < fraction <= 1:
        raise DataError(f"fraction is {fraction}; expected a number above 0 and at most 1")
    if fraction == 1:
        return split
    n = max(1, int(len(split.sentences) * fraction + 0.5))
    return split.take(sorted(Draw(seed).shuffled(range(len(split.sentences)))[:n]))
