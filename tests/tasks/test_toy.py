import pytest

from tunescope.errors import DataError
from tunescope.tasks import find_conflicts, generate_sentences, load_task, task_infos, toy_task

TOYS = [info.name for info in task_infos() if info.name.startswith("toy-")]


@pytest.mark.parametrize("name", TOYS)
def test_toy_tasks_have_the_size_and_kind_they_say(name):
    task = load_task(name)
    info = next(info for info in task_infos() if info.name == name)
    assert task.kind == info.kind
    assert info.files == ()
    assert len(task.train.sentences) == 400
    assert len(task.test.sentences) == 100
    assert {t.sentence for t in task.train.targets} == set(range(400))
    assert set(task.test.label_counts) <= set(task.train.label_counts)


@pytest.mark.parametrize("name", TOYS)
def test_toy_tasks_follow_their_seed(name):
    assert toy_task(name, n_train=20, n_test=10, seed=5).fingerprint == (
        toy_task(name, n_train=20, n_test=10, seed=5).fingerprint
    )
    assert toy_task(name, seed=5).fingerprint != toy_task(name, seed=6).fingerprint


@pytest.mark.parametrize("name", [name for name in TOYS if name != "toy-coin"])
def test_sentences_are_distinct_and_test_is_not_in_train(name):
    task = load_task(name)
    words = [sentence.words for split in (task.train, task.test) for sentence in split.sentences]
    assert len(set(words)) == len(words)
    assert not find_conflicts(task.train)


def test_toy_sentences_are_not_those_of_pre_training():
    seen = set(generate_sentences(2000, seed=0))
    task = load_task("toy-pos")
    shared = sum(sentence.words in seen for sentence in task.train.sentences)
    assert shared < 20  # the short ones, by chance


def test_toy_pos_is_of_the_size_that_a_demo_wants():
    assert 2500 <= len(load_task("toy-pos").train) <= 3500
    assert len(load_task("toy-pos").labels) == 16


def test_the_tasks_of_one_seed_share_their_sentences():
    pos, dep = load_task("toy-pos", seed=2), load_task("toy-dep", seed=2)
    assert pos.train.sentences == dep.train.sentences


def test_merging_joins_noun_and_verb_and_leaves_the_rest():
    pos, merged = load_task("toy-pos"), load_task("toy-pos-merged")
    assert merged.train.sentences == pos.train.sentences
    for a, b in zip(pos.train.targets, merged.train.targets, strict=True):
        assert b.label == ("NOUN+VERB" if a.label in ("NOUN", "VERB") else a.label)
    assert set(merged.labels) == set(pos.labels) - {"NOUN", "VERB"} | {"NOUN+VERB"}


def test_coarse_labels_are_functions_of_the_fine_ones():
    for fine, coarse in (("toy-pos", "toy-pos-coarse"), ("toy-question", "toy-question-coarse")):
        tasks = load_task(fine).train, load_task(coarse).train
        pairs = set(zip(tasks[0].labels.tolist(), tasks[1].labels.tolist(), strict=True))
        assert len(pairs) == len(tasks[0].label_counts) > len(tasks[1].label_counts)


@pytest.mark.parametrize("split", ["train", "test"])
def test_the_coin_cannot_be_guessed(split):
    targets = getattr(load_task("toy-coin"), split)
    conflicts = find_conflicts(targets)
    assert all(conflict.labels == ("heads", "tails") for conflict in conflicts)
    assert targets.label_counts["heads"] == targets.label_counts["tails"] == len(conflicts)


@pytest.mark.parametrize(
    ("name", "sizes"), [("toy-pos", (0, 5)), ("toy-coin", (3, 2)), ("toy-coin", (2, 1)), ("toy-pos", (1, -1))]
)
def test_impossible_sizes_fail(name, sizes):
    with pytest.raises(DataError, match="cannot have"):
        toy_task(name, n_train=sizes[0], n_test=sizes[1])


def test_an_unknown_toy_fails():
    with pytest.raises(DataError, match="there are toy-pos, toy-dep"):
        toy_task("toy-story")
