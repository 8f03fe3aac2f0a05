"""Inputs that carry several labels: no representation can tell them apart."""

from __future__ import annotations

from dataclasses import dataclass

from tunescope.tasks._task import Split


@dataclass(frozen=True)
class Conflict:
    """One input that occurs in a split with different labels."""

    text: str
    """The sentence, with the target's words in square brackets."""
    labels: tuple[str, ...]
    """Its labels, sorted."""
    targets: tuple[int, ...]
    """Indices of the targets that are this input, in their order."""


def input_key(split: Split, target_index: int) -> tuple[str, str, tuple[int, ...]]:
    """What an encoder is given for a target: the words of both texts, without regard to case, and the positions."""
    target = split.targets[target_index]
    sentence = split.sentences[target.sentence]
    words, pair = ("\0".join(text).lower() for text in (sentence.words, sentence.pair or ()))  # no word holds a NUL
    return words, pair, target.positions


def find_conflicts(split: Split) -> tuple[Conflict, ...]:
    """The inputs of a split that occur with different labels, in the order of their first target.

    Two inputs are the same when all words of the sentence agree but for case (the encoders that are usual
    here lowercase their input) and the positions are equal.

    Parameters
    ----------
    split : Split
        Sentences and targets.

    Returns
    -------
    tuple of Conflict
        Empty where no input has two labels.

    Examples
    --------
    >>> from tunescope.tasks import toy_task
    >>> find_conflicts(toy_task("toy-coin", n_train=50, n_test=20).train)[0].labels
    ('heads', 'tails')
    """
    groups: dict[tuple[str, str, tuple[int, ...]], list[int]] = {}
    for i in range(len(split)):
        groups.setdefault(input_key(split, i), []).append(i)
    found = []
    for indices in groups.values():
        labels = {split.targets[i].label for i in indices}
        if len(labels) > 1:
            found.append(Conflict(split.context(indices[0]), tuple(sorted(labels)), tuple(indices)))
    return tuple(found)
