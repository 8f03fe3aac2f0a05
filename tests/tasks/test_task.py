import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunescope.errors import DataError
from tunescope.tasks import Sentence, Split, Target, Task, find_conflicts

SENTENCES = (
    Sentence("a", ("she", "will", "record", "a", "song")),
    Sentence("b", ("a", "record", "broke")),
)


def split(*targets: Target, name: str = "train") -> Split:
    return Split(name, SENTENCES, targets)


def task(train: Split, test: Split, kind="word") -> Task:
    return Task("t", kind, train, test, "what it predicts", "where it is from")


WORDS = split(Target(0, (2,), "VERB"), Target(1, (1,), "NOUN"), Target(0, (4,), "NOUN"))


def test_labels_follow_the_targets_and_counts_follow_the_labels():
    assert WORDS.labels.tolist() == ["VERB", "NOUN", "NOUN"]
    assert list(WORDS.label_counts.items()) == [("NOUN", 2), ("VERB", 1)]
    assert len(WORDS) == 3


def test_labels_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        WORDS.labels[0] = "NOUN"


def test_an_empty_split_has_labels_of_the_same_type():
    empty = split()
    assert empty.labels.shape == (0,)
    assert np.issubdtype(empty.labels.dtype, np.str_)


def test_text_and_context_of_each_kind():
    assert WORDS.text(0) == "record"
    assert WORDS.context(0) == "she will [record] a song"
    pair = split(Target(0, (2, 4), "obj"))
    assert pair.text(0) == "record → song"
    assert pair.context(0) == "she will [record] a [song]"
    sentence = split(Target(1, (), "accident"))
    assert sentence.text(0) == sentence.context(0) == "a record broke"


def test_summary_counts_sentences_words_targets_and_labels():
    summary = WORDS.summary()
    assert (summary.n_sentences, summary.n_words, summary.n_targets, summary.n_labels) == (2, 8, 3, 2)
    assert summary.counts == {"NOUN": 2, "VERB": 1}


def test_taking_sentences_renumbers_their_targets():
    taken = WORDS.take([1, 0], name="other")
    assert [s.id for s in taken.sentences] == ["b", "a"]
    assert [(t.sentence, t.positions, t.label) for t in taken.targets] == [
        (0, (1,), "NOUN"),
        (1, (2,), "VERB"),
        (1, (4,), "NOUN"),
    ]
    assert WORDS.take([0]).labels.tolist() == ["VERB", "NOUN"]


@given(st.permutations(range(6)), st.integers(1, 6))
def test_taking_keeps_each_target_with_its_words(order, n):
    sentences = tuple(Sentence(str(i), (f"w{i}", "x")) for i in range(6))
    whole = Split("train", sentences, tuple(Target(i, (0,), f"w{i}") for i in (5, 1, 1, 3, 0)))
    taken = whole.take(order[:n])
    assert all(taken.text(i) == target.label for i, target in enumerate(taken.targets))
    assert len(taken) == sum(t.sentence in order[:n] for t in whole.targets)


@pytest.mark.parametrize("sentences", [[0, 0], [2], [-1]])
def test_taking_what_is_not_there_fails(sentences):
    with pytest.raises(DataError):
        WORDS.take(sentences)


@pytest.mark.parametrize(
    "target", [Target(2, (0,), "X"), Target(-1, (0,), "X"), Target(1, (3,), "X"), Target(1, (0, -1), "X")]
)
def test_a_target_must_lie_inside_its_sentence(target):
    with pytest.raises(DataError, match="target 0 of split 'train'"):
        split(target)


@pytest.mark.parametrize("label", ["", " ", None, 3])
def test_a_label_must_be_text(label):
    with pytest.raises(DataError, match="label"):
        Target(0, (0,), label)


def test_a_target_has_no_third_position():
    with pytest.raises(DataError, match=r"\(0, 1, 2\)"):
        Target(0, (0, 1, 2), "X")


@pytest.mark.parametrize("words", [(), ("",), ("a", " ")])
def test_a_sentence_has_words(words):
    with pytest.raises(DataError, match="word"):
        Sentence("s", words)


def test_positions_must_fit_the_kind():
    pair = split(Target(0, (2, 4), "obj"))
    with pytest.raises(DataError, match="a word task has 1"):
        task(WORDS, pair)
    with pytest.raises(DataError, match="expected one of"):
        task(WORDS, WORDS, kind="document")


def test_a_task_needs_targets_in_both_splits():
    with pytest.raises(DataError, match="has no target"):
        task(WORDS, split(name="test"))


def test_task_labels_are_those_of_both_splits():
    test = split(Target(0, (3,), "DET"), name="test")
    assert task(WORDS, test).labels == ("DET", "NOUN", "VERB")


def test_fingerprint_sees_content_and_order_and_not_the_name():
    first = task(WORDS, WORDS)
    assert first.fingerprint == dataclasses.replace(first, name="u", notes=("n",)).fingerprint
    others = [
        split(*WORDS.targets[::-1]),
        split(Target(0, (3,), "VERB"), *WORDS.targets[1:]),
        split(Target(0, (2,), "NOUN"), *WORDS.targets[1:]),
        Split(
            "train",
            SENTENCES[::-1],
            (Target(1, (2,), "VERB"), Target(0, (1,), "NOUN"), Target(1, (4,), "NOUN")),
        ),
        Split("train", (SENTENCES[0], Sentence("b", ("a", "record", "fell"))), WORDS.targets),
    ]
    prints = {task(other, WORDS).fingerprint for other in others}
    assert len(prints) == len(others)
    assert first.fingerprint not in prints


def test_fingerprint_is_pinned():
    # Stored results are keyed by it: a change here makes every stored result unknown.
    assert task(WORDS, WORDS).fingerprint.startswith("a56c056fc1d8c709")


def test_conflicts_are_the_same_input_with_different_labels():
    sentences = tuple(Sentence(str(i), words) for i, words in enumerate([("A", "b"), ("a", "b"), ("a", "c")]))
    conflicting = Split(
        "train",
        sentences,
        (
            Target(0, (0,), "X"),
            Target(1, (0,), "Y"),
            Target(0, (1,), "X"),
            Target(1, (1,), "X"),
            Target(2, (0,), "Z"),
        ),
    )
    (conflict,) = find_conflicts(conflicting)
    assert conflict.labels == ("X", "Y")
    assert conflict.targets == (0, 1)
    assert conflict.text == "[A] b"
