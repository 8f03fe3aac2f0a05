"""What a task is called by: units of finished studies are found by these, so they must not change."""

import os
from pathlib import Path

import pytest

from tunescope.tasks import Sentence, Split, Target, Task, load_task, task_from_conllu

TOY = {
    "toy-pos": "7892ba54b9d3f4c7b80a397e6dc333cc30c45cccc654fbebf20a78a251559a8c",
    "toy-dep": "fe954ab287edd79e5b8e2554bf479b6ad35e0b4bba92b43f7c881aef837d5f43",
    "toy-ps-role": "50b90ee07eb6b4772e60d56de5745dcabf37728ec36b2ee94b55bd8083ceda34",
    "toy-ps-fxn": "1101bfd41b949bef04af51cfad1eed904e8f111341c729c6966055dcb3aaf558",
    "toy-question": "ff2d414ae9203ec97e699f2c1a0fd4be5e8b920710fc582726e22b925916ca75",
    "toy-question-coarse": "259abdeef11c1ef9dab2457f40cdfb0984b26a8d37803665507b93b9e863a4a9",
    "toy-pos-merged": "015b73cb99e400bd116dafe4878a6523a6820292d87697782d9031666a95bcd1",
    "toy-pos-coarse": "dfbb7ef108ae0ce397d73c7a0a4d38fa54db4b8a604d4b9daf5d7d07c30de2ea",
    "toy-coin": "7c775d275837bb0e1835be56b2a58f4e7777c49250e4265df88f721a37df3222",
}
DOGS = {
    "pos": "29cfe021993a6df1adbe56e14a043f61819cd79fd87f004d14d779106b8ad1c7",
    "dep": "f1fb691aeb8d2294815bc302823308f88780670044d2bb46eb278da6014c766d",
}
REAL = {
    "pos": "d22bd3271e56697fc7cd0c19d146b6fcc3760edfad5a0db9086e4fc5d5045b0c",
    "dep": "479648d6a9704e64222d616f2de2a90b2597109ff63bb4bfc9cb179ab927c341",
    "ps-role-pastrie": "fa4b45afbfc6da5aca75a5721d5c07ebcc5c032331fa08eec2109bb50baa2724",
    "ps-fxn-pastrie": "53a739b0e4bf381da4483edef7ca91b7a90224da5b69fe753ae1fc7c8ffa7691",
}


@pytest.mark.parametrize(("name", "fingerprint"), TOY.items())
def test_toy_tasks_keep_their_fingerprints(name, fingerprint):
    assert load_task(name).fingerprint == fingerprint


@pytest.mark.parametrize(("kind", "fingerprint"), DOGS.items())
def test_a_treebank_keeps_its_fingerprint(tmp_path, kind, fingerprint):
    rows = [("1", "Dogs", "NOUN", "2", "nsubj"), ("2", "bark", "VERB", "0", "root")]
    lines = ["\t".join([i, form, form.lower(), upos, "_", "_", hd, rel, "_", "_"]) for i, form, upos, hd, rel in rows]
    (tmp_path / "dogs.conllu").write_text(("\n".join(lines) + "\n\n") * 5)
    assert task_from_conllu(tmp_path / "dogs.conllu", kind=kind).fingerprint == fingerprint


@pytest.mark.real_data
@pytest.mark.skipif("TUNESCOPE_DATA_DIR" not in os.environ, reason="TUNESCOPE_DATA_DIR is not set")
@pytest.mark.parametrize(("name", "fingerprint"), REAL.items())
def test_real_tasks_keep_their_fingerprints(name, fingerprint):
    assert load_task(name, data_dir=Path(os.environ["TUNESCOPE_DATA_DIR"])).fingerprint == fingerprint


def reviews(pair, words=("good", "film")):
    train = Split("train", (Sentence("1", words, pair),), (Target(0, (), "x"),))
    return Task("reviews", "sentence", train, train, "", "")


def test_a_second_text_counts_and_cannot_be_taken_for_words():
    seen = {
        reviews(pair, words).fingerprint
        for pair, words in [
            (None, ("good", "film")),
            (("film",), ("good",)),
            (("good", "film"), ("good", "film")),
            (("good film",), ("good", "film")),
            (None, ("good", "film", "film")),
        ]
    }
    assert len(seen) == 5
