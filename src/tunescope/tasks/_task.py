"""What a task is: sentences, the targets in them that carry labels, two splits, one task."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from tunescope._shown import axes_for, html_table
from tunescope.errors import DataError
from tunescope.tasks._lines import odd_character
from tunescope.tasks._said import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Kind = Literal["word", "pair", "sentence"]
"""What a point stands for."""

KIND_OF: dict[int, Kind] = {1: "word", 2: "pair", 0: "sentence"}
"""The kind of a target by how many positions it has: what the kinds are, said once."""

N_POSITIONS: dict[str, int] = {kind: n for n, kind in KIND_OF.items()}
"""How many positions a target of a kind has."""


@dataclass(frozen=True, repr=False)
class Sentence:
    """A sentence as its words; or two texts that are read together, such as premise and hypothesis.

    Parameters
    ----------
    id : str
        A name that the source gives it, or its place in the file.
    words : tuple of str
        Its words, at least one, none of them empty.
    pair : tuple of str, optional
        The words of a second text that is read together with the first (premise and hypothesis, question and
        passage); None for a sentence alone. Positions of targets are indices into `words` alone.

    Raises
    ------
    DataError
        It has no word, or a word is empty.

    Examples
    --------
    >>> Sentence("1", ("good", "film"))
    Sentence('1', 2 words: 'good film')
    >>> Sentence("1", ("a", "man", "sleeps"), pair=("he", "runs"))
    Sentence('1', 3 + 2 words: 'a man sleeps' | 'he runs')
    """

    id: str
    words: tuple[str, ...]
    pair: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        for words in (self.words,) if self.pair is None else (self.words, self.pair):
            if not words:
                raise DataError(f"sentence {self.id!r} has no word; give it at least one")
            if not all(isinstance(word, str) and word.strip() for word in words):
                raise DataError(f"sentence {self.id!r} has an empty word: {words!r}")
            odd = odd_character("".join(words))
            if odd:
                raise DataError(f"sentence {self.id!r} has {odd} in a word; a text holds no such thing")

    def __repr__(self) -> str:
        if self.pair is None:
            return f"Sentence({self.id!r}, {counted(len(self.words), 'word')}: {_shortened(self.words)})"
        counts = f"{len(self.words)} + {counted(len(self.pair), 'word')}"
        return f"Sentence({self.id!r}, {counts}: {_shortened(self.words)} | {_shortened(self.pair)})"

    @property
    def text(self) -> str:
        """Its words with blanks between them; two texts with a bar between them."""
        return " ".join(self.words) + ("" if self.pair is None else " | " + " ".join(self.pair))


_SHOWN = 60
"""Characters of a text that a `repr` shows."""


def _shortened(words: tuple[str, ...]) -> str:
    text = " ".join(words[:_SHOWN])
    return repr(text if len(text) <= _SHOWN and len(words) <= _SHOWN else text[: _SHOWN - 1] + "…")


@dataclass(frozen=True, repr=False)
class Target:
    """What carries a label: a word, a pair of words or a whole sentence."""

    sentence: int
    """Index into `Split.sentences`."""
    positions: tuple[int, ...]
    """Word: `(i,)`; pair: `(head, dependent)`; sentence: `()`. Indices into `Sentence.words`."""
    label: str
    """Text without blanks at its ends."""

    def __repr__(self) -> str:
        return f"Target(sentence={self.sentence}, positions={self.positions}, label={_shortened((self.label,))})"

    def __post_init__(self) -> None:
        if not isinstance(self.label, str) or not self.label.strip():
            raise DataError(f"a target of sentence {self.sentence} has the label {self.label!r}; it must be text")
        odd = odd_character(self.label, is_label=True) or ("blank ends" if self.label != self.label.strip() else None)
        if odd:
            raise DataError(f"a target of sentence {self.sentence} has the label {self.label!r}, which has {odd}")
        if len(self.positions) not in KIND_OF:
            raise DataError(
                f"a target of sentence {self.sentence} has the positions {self.positions}: "
                "expected none (sentence), one (word) or two (head and dependent)"
            )

    @property
    def kind(self) -> Kind:
        """`word`, `pair` or `sentence`, by how many positions it has."""
        return KIND_OF[len(self.positions)]


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


@dataclass(frozen=True, repr=False)
class Split:
    """The sentences and targets of `train` or `test`; its length is the number of targets.

    Parameters
    ----------
    name : str
        What the split is called, usually `train` or `test`.
    sentences : tuple of Sentence
        Its sentences.
    targets : tuple of Target
        What carries a label, all of one kind.

    Raises
    ------
    DataError
        A target points outside the sentences or outside its sentence's words, or is of another kind than the
        first one.

    Examples
    --------
    >>> split = Split("train", (Sentence("1", ("good", "film")),), (Target(0, (), "positive"),))
    >>> split
    Split('train', kind='sentence', 1 sentence, 1 target, 1 label)
    >>> split.kind
    'sentence'
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
                    f"of sentence {sentence.id!r}, which has {counted(len(sentence.words), 'word')}"
                )
            if target.kind != self.targets[0].kind:
                raise DataError(
                    f"target {i} of split {self.name!r} has the positions {target.positions}, which is a "
                    f"{target.kind}; the first target is a {self.targets[0].kind}: a split has one kind of target"
                )

    def __repr__(self) -> str:
        kind = f"kind={self.kind!r}, " if self.targets else ""
        sizes = (len(self.sentences), "sentence"), (len(self), "target"), (len(self.label_counts), "label")
        return f"Split({_shortened((self.name,))}, {kind}{', '.join(counted(n, what) for n, what in sizes)})"

    def _repr_html_(self) -> str:
        return html_table(f"Split {self.name}", ["label", "targets"], self.label_counts.items())

    @property
    def kind(self) -> Kind:
        """What its points stand for: `word`, `pair` or `sentence`.

        Raises
        ------
        DataError
            The split has no target, hence no kind.
        """
        if not self.targets:
            raise DataError(f"split {self.name!r} has no target, so nothing tells its kind")
        return self.targets[0].kind

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
        sentence = self.sentences[target.sentence]
        return " → ".join(sentence.words[i] for i in target.positions) if target.positions else sentence.text

    def context(self, target_index: int) -> str:
        """The sentence with the target's words in square brackets: `she will [record] a song`."""
        target = self.targets[target_index]
        sentence = self.sentences[target.sentence]
        marked = (f"[{word}]" if i in target.positions else word for i, word in enumerate(sentence.words))
        return replace(sentence, words=tuple(marked)).text

    def take(self, sentences: Sequence[int], name: str | None = None) -> Split:
        """The split of some sentences and their targets.

        Parameters
        ----------
        sentences : sequence of int
            Indices into `sentences`, each once, in the order that they get.
        name : str, optional
            What it is called; as this one by default.

        Returns
        -------
        Split
            Its targets are in the order of the sentences.

        Raises
        ------
        DataError
            An index stands there twice, or is not one.
        """
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


@dataclass(frozen=True, repr=False)
class Task:
    """A labelled task: what is predicted, and the sentences and targets to learn and to test it.

    Parameters
    ----------
    name : str
        What the task is called in tables and figures.
    kind : {'word', 'pair', 'sentence'}
        What its points stand for: `word`, `pair` or `sentence`.
    train, test : Split
        The splits, each with at least one target of that kind.
    description : str
        What is predicted, in words.
    source : str
        Citation and licence.
    notes : tuple of str, optional
        What was left out or is odd, counted and named.
    understood : tuple of str, optional
        How its file was read, a line each (`delimiter: comma`); empty for a named task.

    Raises
    ------
    DataError
        A split is empty, or its targets are of another kind.

    Examples
    --------
    >>> from tunescope.tasks import load_task
    >>> load_task("toy-pos")
    Task('toy-pos', kind='word', train: 400 sentences, 3,315 targets; test: 100 sentences, 818 targets; 16 labels)
    """

    name: str
    kind: Kind
    train: Split
    test: Split
    description: str
    source: str
    notes: tuple[str, ...] = ()
    understood: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise DataError(f"task {self.name!r} has the kind {self.kind!r}; expected one of {get_args(Kind)}")
        for split in (self.train, self.test):
            if not split.targets:
                raise DataError(f"split {split.name!r} of task {self.name!r} has no target")
            if split.kind != self.kind:
                target = split.targets[0]
                raise DataError(
                    f"target 0 of split {split.name!r} of task {self.name!r} has the positions "
                    f"{target.positions}; a {self.kind} task has {N_POSITIONS[self.kind]} a target"
                )

    def __repr__(self) -> str:
        splits = "; ".join(
            f"{split.name}: {counted(len(split.sentences), 'sentence')}, {counted(len(split), 'target')}"
            for split in (self.train, self.test)
        )
        return f"Task({_shortened((self.name,))}, kind={self.kind!r}, {splits}; {counted(len(self.labels), 'label')})"

    def _repr_html_(self) -> str:
        rows = [[one, self.train.label_counts.get(one, 0), self.test.label_counts.get(one, 0)] for one in self.labels]
        facts = [("kind", self.kind), ("source", self.source)]
        notes = (self.description, *self.notes)
        return html_table(self.name, ["label", "train", "test"], rows, facts=facts, notes=notes)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw how many targets each label has, in train and in test.

        Parameters
        ----------
        ax : matplotlib axes, optional
            Where to draw; on a new figure by default.

        Returns
        -------
        matplotlib axes
        """
        ax, places = axes_for(ax), np.arange(len(self.labels))
        for split, shift in ((self.train, -0.2), (self.test, 0.2)):
            counts = [split.label_counts.get(label, 0) for label in self.labels]
            ax.barh(places + shift, counts, height=0.4, label=split.name)
        ax.set_yticks(range(len(self.labels)), self.labels)
        ax.set_xlabel("targets")
        ax.legend()
        return ax

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
            rows += [
                [sentence.id, *sentence.words, *([] if sentence.pair is None else [list(sentence.pair)])]
                for sentence in split.sentences
            ]
            rows += [[target.sentence, *target.positions, target.label] for target in split.targets]
            for row in rows:
                digest.update(json.dumps(row).encode() + b"\n")
        return digest.hexdigest()
