"""Tasks of the embedded grammar: small, deterministic, with structure that is known because we planted it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tunescope.errors import DataError
from tunescope.tasks._draw import Draw
from tunescope.tasks._grammar import AnnotatedSentence, annotated_sentences
from tunescope.tasks._split import LabelledSentence, task_of_splits
from tunescope.tasks._task import Kind, Sentence, Task

N_TRAIN = 400
N_TEST = 100

_FIRST_SEED = 1_000_000
"""Toy sentences are drawn from seeds from here on, so that low seeds are left to pre-training text."""

SOURCE = "the embedded grammar of tunescope; MIT"

Targets = tuple[tuple[tuple[int, ...], str], ...]


@dataclass(frozen=True)
class ToyScheme:
    """How a toy task labels a sentence of the grammar."""

    kind: Kind
    description: str
    targets: Callable[[AnnotatedSentence], Targets]
    questions: float = 0.2
    """Share of questions among the sentences."""
    family: str | None = None
    """What tasks with like labels on the same words are called together."""
    coins: bool = False
    """Each sentence occurs twice, and the label `coin` is heads in one of the two and tails in the other."""


def _pos(sentence: AnnotatedSentence) -> Targets:
    return tuple(((i,), tag) for i, tag in enumerate(sentence.upos))


def _pos_merged(sentence: AnnotatedSentence) -> Targets:
    merged = {"NOUN": "NOUN+VERB", "VERB": "NOUN+VERB"}
    return tuple(((i,), merged.get(tag, tag)) for i, tag in enumerate(sentence.upos))


_CONTENT = frozenset(("NOUN", "PROPN", "VERB", "ADJ", "ADV", "NUM", "SYM", "INTJ"))


def _pos_coarse(sentence: AnnotatedSentence) -> Targets:
    def coarse(tag: str) -> str:
        return "punctuation" if tag == "PUNCT" else "content" if tag in _CONTENT else "function"

    return tuple(((i,), coarse(tag)) for i, tag in enumerate(sentence.upos))


def _dep(sentence: AnnotatedSentence) -> Targets:
    arcs = enumerate(zip(sentence.heads, sentence.relations, strict=True))
    return tuple(((head, i), relation) for i, (head, relation) in arcs if head >= 0)


def _role(sentence: AnnotatedSentence) -> Targets:
    return tuple(((i,), role) for i, role in enumerate(sentence.roles) if role)


def _function(sentence: AnnotatedSentence) -> Targets:
    return tuple(((i,), function) for i, function in enumerate(sentence.functions) if function)


def _question(sentence: AnnotatedSentence) -> Targets:
    return (((), sentence.question),) if sentence.question else ()


def _question_coarse(sentence: AnnotatedSentence) -> Targets:
    return (((), sentence.question.split(":")[0]),) if sentence.question else ()


_COIN_SENSES = {
    "person": "coin",
    "animal": "animal",
    "place": "place",
    "path": "place",
    "food": "food",
    "drink": "food",
    "thing": "thing",
    "tool": "thing",
    "wear": "thing",
    "event": "event",
}


def _coin(sentence: AnnotatedSentence) -> Targets:
    labelled = ((i, _COIN_SENSES.get(sense or "")) for i, sense in enumerate(sentence.senses))
    nouns = tuple(((i,), label) for i, label in labelled if label and sentence.upos[i] == "NOUN")
    return nouns if any(label == "coin" for _, label in nouns) else ()


SCHEMES: dict[str, ToyScheme] = {
    "toy-pos": ToyScheme("word", "universal part of speech of a word", _pos, family="parts-of-speech"),
    "toy-dep": ToyScheme("pair", "dependency relation of a word to its head", _dep),
    "toy-ps-role": ToyScheme("word", "semantic role of a preposition", _role, family="prepositions"),
    "toy-ps-fxn": ToyScheme("word", "semantic function of a preposition", _function, family="prepositions"),
    "toy-question": ToyScheme("sentence", "fine class of a question", _question, questions=1.0, family="questions"),
    "toy-question-coarse": ToyScheme(
        "sentence", "coarse class of a question", _question_coarse, questions=1.0, family="questions"
    ),
    "toy-pos-merged": ToyScheme(
        "word", "part of speech with noun and verb as one label: opposed to toy-pos on that pair", _pos_merged
    ),
    "toy-pos-coarse": ToyScheme("word", "content word, function word or punctuation", _pos_coarse),
    "toy-coin": ToyScheme(
        "word",
        "semantic class of a noun; every noun for a person occurs twice in the same sentence, once as heads "
        "and once as tails, so that these two labels cannot be told apart",
        _coin,
        coins=True,
    ),
}
"""The toy tasks by name."""


def _distinct(scheme: ToyScheme, seed: int) -> Iterator[AnnotatedSentence]:
    """Sentences that hold a target, each once."""
    seen: set[tuple[str, ...]] = set()
    for sentence in annotated_sentences(_FIRST_SEED + seed, scheme.questions):
        if sentence.words not in seen and scheme.targets(sentence):
            seen.add(sentence.words)
            yield sentence


def _labelled(scheme: ToyScheme, stream: Iterator[AnnotatedSentence], n: int) -> list[LabelledSentence]:
    return [
        LabelledSentence(Sentence(f"toy-{i + 1}", sentence.words), scheme.targets(sentence))
        for i, sentence in zip(range(n), stream, strict=False)
    ]


def _tossed(scheme: ToyScheme, stream: Iterator[AnnotatedSentence], n: int, coin: Draw) -> list[LabelledSentence]:
    """Each sentence twice: what one copy calls heads the other one calls tails."""
    out = []
    for i, sentence in zip(range(n // 2), stream, strict=False):
        sides = (("heads", "tails"), ("tails", "heads"))
        targets = [
            [(positions, side) for side in (coin.one(sides) if label == "coin" else (label, label))]
            for positions, label in scheme.targets(sentence)
        ]
        for copy in (0, 1):
            name = f"toy-{i + 1}{'ab'[copy]}"
            out.append(LabelledSentence(Sentence(name, sentence.words), tuple(target[copy] for target in targets)))
    return out


def toy_task(name: str, *, n_train: int = N_TRAIN, n_test: int = N_TEST, seed: int = 0) -> Task:
    """A task of the embedded grammar, the same for a seed on every machine.

    Parameters
    ----------
    name : str
        One of the toy tasks, such as `toy-pos`.
    n_train, n_test : int, optional
        Sentences of each split; every one holds a target, and no sentence of test is in train. In `toy-coin` each
        sentence counts twice, so both must be even.
    seed : int, optional
        Draws the sentences.

    Returns
    -------
    Task
        The task.

    Raises
    ------
    DataError
        The name is unknown, or the size impossible.

    Examples
    --------
    >>> toy_task("toy-dep", n_train=50, n_test=20, seed=3).train.text(1)
    'followed → girl'
    """
    scheme = SCHEMES.get(name)
    if scheme is None:
        raise DataError(f"unknown toy task {name!r}; there are {', '.join(SCHEMES)}")
    if min(n_train, n_test) < (2 if scheme.coins else 1) or (scheme.coins and (n_train % 2 or n_test % 2)):
        raise DataError(f"{name} cannot have {n_train} train and {n_test} test sentences")
    stream = _distinct(scheme, seed)
    if scheme.coins:
        coin = Draw(_FIRST_SEED + seed)
        parts = [_tossed(scheme, stream, n, coin) for n in (n_train, n_test)]
    else:
        parts = [_labelled(scheme, stream, n) for n in (n_train, n_test)]
    return task_of_splits(scheme.kind, *parts, name=name, description=scheme.description, source=SOURCE)
