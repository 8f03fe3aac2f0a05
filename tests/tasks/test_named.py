import os
import subprocess
import sys

import pytest

from tunescope.errors import DataError
from tunescope.tasks import find_conflicts, load_task, task_infos

DATA = os.environ.get("TUNESCOPE_DATA_DIR")
needs_data = [
    pytest.mark.real_data,
    pytest.mark.skipif(not DATA, reason="TUNESCOPE_DATA_DIR is not set: the real data files are not there"),
]


def real(*args):
    return pytest.param(*args, marks=needs_data)


def test_infos_are_complete():
    infos = task_infos()
    assert len({info.name for info in infos}) == len(infos)
    names = {info.name for info in infos}
    assert {
        "pos",
        "dep",
        "ps-role",
        "ps-fxn",
        "ps-role-pastrie",
        "ps-fxn-pastrie",
        "trec-50",
        "trec-6",
    } <= names
    assert all(info.description and info.source for info in infos)
    assert {info.kind for info in infos} == {"word", "pair", "sentence"}
    assert all(info.description.count("stand-in") == info.name.endswith("-pastrie") for info in infos)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("poss", "did you mean pos"),
        ("trec50", "did you mean trec-50"),
        ("PS-role", "ps-role"),
        ("qqqq", "known are dep,"),
    ],
)
def test_an_unknown_task_names_near_ones(name, hint):
    with pytest.raises(DataError, match=f"unknown task {name!r}; .*{hint}"):
        load_task(name)


@pytest.mark.parametrize("fraction", [0.1, 0.25])
def test_a_fraction_keeps_that_share_of_the_sentences(fraction):
    whole, part = load_task("toy-pos", seed=1), load_task("toy-pos", seed=1, fraction=fraction)
    for split in ("train", "test"):
        sentences, all_sentences = (getattr(task, split).sentences for task in (part, whole))
        assert len(sentences) == round(fraction * len(all_sentences))
        order = [all_sentences.index(sentence) for sentence in sentences]
        assert order == sorted(order)
    assert part.notes[0].startswith(f"a sub-sample, fraction {fraction:g}")
    assert part.fingerprint == load_task("toy-pos", seed=1, fraction=fraction).fingerprint


def test_the_whole_is_the_fraction_of_one():
    assert load_task("toy-dep", fraction=1).fingerprint == load_task("toy-dep").fingerprint


@pytest.mark.parametrize("fraction", [0, -1, 1.5, float("nan")])
def test_an_impossible_fraction_fails(fraction):
    with pytest.raises(DataError, match="fraction is"):
        load_task("toy-pos", fraction=fraction)


def test_the_room_imports_nothing_heavy():
    code = (
        "import sys, tunescope.tasks as t; t.load_task('toy-pos'); "
        "heavy = ('torch', 'transformers', 'matplotlib', 'plotly', 'pandas', 'pooch'); "
        "print([m for m in heavy if m in sys.modules])"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "[]"


@pytest.mark.parametrize(
    ("name", "train", "test", "n_labels"),
    [
        real("pos", (800, None), (200, None), 17),
        real("dep", (800, None), (200, None), 46),
        real("ps-role-pastrie", (1080, 2454), (249, 457), 52),
        real("ps-fxn-pastrie", (1080, 2454), (249, 457), 42),
        real("ps-role", (1857, 4282), (249, 457), 46),
        real("ps-fxn", (1857, 4282), (249, 457), 40),
        real("trec-50", (5452, 5452), (500, 500), 50),
        real("trec-6", (5452, 5452), (500, 500), 6),
    ],
)
def test_sizes_of_the_real_data(name, train, test, n_labels):
    task = load_task(name)
    assert len(task.labels) == n_labels
    for split, (n_sentences, n_targets) in ((task.train, train), (task.test, test)):
        assert len(split.sentences) == n_sentences
        assert n_targets in (None, len(split))


@pytest.mark.parametrize("seed", [real(0), real(1)])
def test_pud_whole(seed):
    pos, dep = load_task("pos", seed=seed), load_task("dep", seed=seed)
    assert len(pos.train) + len(pos.test) == 21_176
    # One arc a word but for the root of each sentence.
    assert len(dep.train) + len(dep.test) == 21_176 - 1_000
    assert "root" not in dep.labels
    assert pos.train.label_counts.get("INTJ", 0) + pos.test.label_counts.get("INTJ", 0) == 1
    assert pos.train.sentences == dep.train.sentences


@pytest.mark.parametrize("path", [real("en_pud-ud-test.conllu")])
def test_the_conllu_library_reads_pud_the_same(path):
    import conllu

    from tunescope.tasks._conllu import read_conllu

    ours = read_conllu(f"{DATA}/{path}", "dep")
    with open(f"{DATA}/{path}", encoding="utf-8") as file:
        for item, parsed in zip(ours, conllu.parse_incr(file), strict=True):
            words = [word for word in parsed if isinstance(word["id"], int)]
            assert item.sentence.words == tuple(word["form"] for word in words)
            arcs = [((w["head"] - 1, w["id"] - 1), w["deprel"]) for w in words if w["head"]]
            assert item.targets == tuple(arcs)


@pytest.mark.parametrize(
    ("file", "n"),
    [
        real("pastrie.conllulex", 2021),
        real("streusle.ud_dev.conllulex", 433),
        real("streusle.ud_test.conllulex", 457),
    ],
)
@pytest.mark.parametrize("supersense", ["role", "function"])
def test_targets_of_each_preposition_file(file, n, supersense):
    from tunescope.tasks._conllulex import read_conllulex

    sentences, _ = read_conllulex([f"{DATA}/{file}"], supersense)
    assert sum(len(sentence.targets) for sentence in sentences) == n


@pytest.mark.parametrize("name", [real("paper")])
def test_the_study_of_the_paper_finds_its_five_tasks(name):
    from tunescope.studies import find_task, load_study

    study = load_study(name)
    found = {choice.name: find_task(choice, study) for choice in study.tasks}
    assert set(found) == {"pos", "dep", "ps-role", "ps-fxn", "trec-50"}
    assert {name: len(task.train.label_counts) for name, task in found.items() if "ps" in name} == {
        "ps-role": 46,
        "ps-fxn": 40,
    }


@pytest.mark.parametrize("name", [real("ps-role"), real("ps-fxn")])
def test_prepositions_have_the_labels_of_the_paper(name):
    # Zhou and Srikumar 2022, section 3: 46 roles, 40 functions; every label of test is in train.
    task = load_task(name)
    assert len(task.train.label_counts) == {"ps-role": 46, "ps-fxn": 40}[name]
    assert set(task.test.label_counts) <= set(task.train.label_counts)
    assert not any("not in train" in note for note in task.notes)


@pytest.mark.parametrize("name", [real("ps-role-pastrie"), real("ps-fxn-pastrie")])
def test_the_stand_in_says_that_its_parts_name_labels_differently(name):
    first = load_task(name).notes[0]
    assert "two versions" in first
    pastrie, streusle = first.split("only STREUSLE")
    assert "Ancillary" in pastrie
    assert "Accompanier" in streusle


@pytest.mark.parametrize("name", [real("trec-50")])
def test_the_elephant_has_two_classes(name):
    task = load_task(name)
    (conflict,) = find_conflicts(task.train)
    assert conflict.text == "What is the chromosome number of an elephant ?"
    assert conflict.labels == ("NUM:count", "NUM:other")
    assert any("chromosome number of an elephant" in note for note in task.notes)


@pytest.mark.parametrize("name", [real("trec-6"), real("pos"), real("dep")])
def test_no_conflict_elsewhere(name):
    assert find_conflicts(load_task(name).train) == ()
