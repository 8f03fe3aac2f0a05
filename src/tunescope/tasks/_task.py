"""What a task is: sentences, the targets in them that carry labels, two splits, one task."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from tunescope.errors import DataError

Kind = Literal["word", "pair", "sentence"]
"""What a point stands for."""

N_POSITIONS: dict[str, int] = {"word": 1, "pair": 2, "sentence": 0}
"""How many positions a target of a kind has."""


@dataclass(frozen=True)
class Sentence:
    """A sentence as its words.

    Raises `DataError` when it has no word or a word is empty.
    """

    id: str
    """A name that the source gives it, or its place in the file."""
    words: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.words:
            raise DataError(f"sentence {self.id!r} has no word; give it at least one")
        if not all(isinstance(word, str) and word.strip() for word in self.words):
            raise DataError(f"sentence {self.id!r} has an empty word: {self.words!r}")


@dataclass(frozen=True)
class Target:
    """What carries a label: a word, a pair of words or a whole sentence."""

    sentence: int
    """Index into `Split.sentences`."""
    positions: tuple[int, ...]
    """Word: `(i,)`; pair: `(head, dependent)`; sentence: `()`. Indices into `Sentence.words`."""
    label: str

    def __post_init__(self) -> None:
        if not isinstance(self.label, str) or not self.label.strip():
            raise DataError(f"a target of sentence {self.sentence} has the label {self.label!r}; it must be text")
        if len(self.positions) not in N_POSITIONS.values():
            raise DataError(
                f"a target of sentence {self.sentence} has the positions {self.positions}: "
                "expected none (sentence), one (word) or two (head and dependent)"
            )


@dataclass(frozen=True)
class SplitSummary:
    """The size of a split."""

    name: str
    n_sentences: int
    n_words: int
    """Words in all its sentences, with or without a target."""
    n_targets: int
    n_labels: int
    counts: dict[str, int]
    """Targets per label, in the order of the labels."""


@dataclass(frozen=True)
class Split:
    """The sentences and targets of `train` or `test`; its length is the number of targets.

    Raises `DataError` when a target points outside the sentences or outside its sentence's words.
    """

    name: str
    sentences: tuple[Sentence, ...]
    targets: tuple[Target, ...]

    def __post_init__(self) -> None:
        for i, target in enumerate(self.targets):
            if not 0 <= target.sentence < len(self.sentences):
                raise DataError(
                    f"target {i} of split {self.name!r} names sentence {target.sentence}, "
                    f"but there are {len(self.sentences)}"
                )
            sentence = self.sentences[target.sentence]
            if any(not 0 <= position < len(sentence.words) for position in target.positions):
                raise DataError(
                    f"target {i} of split {self.name!r} names the words {target.positions} "
                    f"of sentence {sentence.id!r}, which has {len(sentence.words)}"
                )

    def __len__(self) -> int:
        return len(self.targets)

    @cached_property
    def labels(self) -> npt.NDArray[np.str_]:
        """The label of every target, shape (n,), in their order; read-only."""
        labels = np.array([target.label for target in self.targets], dtype=np.str_)
        labels.flags.writeable = False
        return labels

    @cached_property
    def label_counts(self) -> dict[str, int]:
        """Targets per label, in the order of the labels."""
        return dict(sorted(Counter(target.label for target in self.targets).items()))

    def text(self, target_index: int) -> str:
        """The target in words: the word, `head → dependent`, or the sentence."""
        target = self.targets[target_index]
        words = self.sentences[target.sentence].words
        return " → ".join(words[i] for i in target.positions) if target.positions else " ".join(words)

    def context(self, target_index: int) -> str:
        """The sentence with the target's words in square brackets: `she will [record] a song`."""
        target = self.targets[target_index]
        words = self.sentences[target.sentence].words
        return " ".join(f"[{word}]" if i in target.positions else word for i, word in enumerate(words))

    def take(self, sentences: Sequence[int], name: str | None = None) -> Split:
        """The split of these sentences (indices, in this order) and their targets."""
        order = {old: new for new, old in enumerate(sentences)}
        if len(order) != len(sentences):
            raise DataError("a sentence can be taken only once")
        if any(not 0 <= old < len(self.sentences) for old in order):
            raise DataError(f"split {self.name!r} has {len(self.sentences)} sentences; taken were {sentences!r}")
        kept = [(order[t.sentence], i, t) for i, t in enumerate(self.targets) if t.sentence in order]
        return Split(
            name=self.name if name is None else name,
            sentences=tuple(self.sentences[i] for i in sentences),
            targets=tuple(Target(new, target.positions, target.label) for new, _, target in sorted(kept, key=_first2)),
        )

    def summary(self) -> SplitSummary:
        """Its sizes, labels and counts."""
        return SplitSummary(
            name=self.name,
            n_sentences=len(self.sentences),
            n_words=sum(len(sentence.words) for sentence in self.sentences),
            n_targets=len(self.targets),
            n_labels=len(self.label_counts),
            counts=dict(self.label_counts),
        )


def _first2(item: tuple[int, int, Target]) -> tuple[int, int]:
    return item[0], item[1]


@dataclass(frozen=True)
class Task:
    """A labelled task: what is predicted, and the sentences and targets to learn and to test it.

    Raises `DataError` when a split is empty or a target does not fit the kind.
    """

    name: str
    kind: Kind
    train: Split
    test: Split
    description: str
    source: str
    """Citation and licence."""
    notes: tuple[str, ...] = ()
    """What was left out or is odd, counted and named."""

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise DataError(f"task {self.name!r} has the kind {self.kind!r}; expected one of {get_args(Kind)}")
        expected = N_POSITIONS[self.kind]
        for split in (self.train, self.test):
            if not split.targets:
                raise DataError(f"split {split.name!r} of task {self.name!r} has no target")
            for i, target in enumerate(split.targets):
                if len(target.positions) != expected:
                    raise DataError(
                        f"target {i} of split {split.name!r} of task {self.name!r} has the positions "
                        f"{target.positions}; a {self.kind} task has {expected} a target"
                    )

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """All labels of train and test, sorted."""
        return tuple(sorted({*self.train.label_counts, *self.test.label_counts}))

    @cached_property
    def fingerprint(self) -> str:
        """Sha256 (hex) of the kind and of every sentence and target of both splits, in their order.

        Name, description, source and notes do not count.
        """
        digest = hashlib.sha256(json.dumps(["task", 1, self.kind]).encode())
        for split in (self.train, self.test):
            rows: list[Any] = [split.name, len(split.sentences), len(split.targets)]
            rows += [[sentence.id, *sentence.words] for sentence in split.sentences]
            rows += [[target.sentence, *target.positions, target.label] for target in split.targets]
            for row in rows:
                digest.update(json.dumps(row).encode() + b"\n")
        return digest.hexdigest()
