"""The encoder that the package carries: small, loadable offline, and pre-trained in fact."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

import tunescope.encoders
from tunescope.encoders import Encoder, encoder_infos, load_encoder
from tunescope.tasks import load_task, vocabulary

FOLDER = Path(tunescope.encoders.__file__).parent / "embedded"


@pytest.fixture(scope="module")
def embedded() -> Encoder:
    return load_encoder("embedded", device="cpu")


def test_it_is_small_and_holds_no_pickle() -> None:
    files = {file.name: file.stat().st_size for file in FOLDER.iterdir()}
    assert set(files) >= {"config.json", "model.safetensors", "tokenizer.json", "README.md"}
    assert sum(files.values()) < 4_000_000
    assert not any(name.endswith((".bin", ".pt", ".pkl")) for name in files)


def test_it_is_what_the_catalogue_says(embedded: Encoder) -> None:
    (info,) = [info for info in encoder_infos() if info.name == "embedded"]
    assert embedded.name == "embedded"
    assert (embedded.n_layers, embedded.width) == (info.layers, info.width)
    assert embedded.model.config.num_attention_heads == info.heads
    parameters = sum(p.numel() for p in embedded.model.parameters())
    assert parameters / 1e6 == pytest.approx(info.parameters, abs=0.05)


def test_it_knows_every_word_of_the_grammar(embedded: Encoder) -> None:
    unknown = [word for word in vocabulary() if embedded.tokenizer.unk_token in embedded.tokenizer.tokenize(word)]
    assert unknown == []


def test_some_words_are_one_token_and_some_are_several(embedded: Encoder) -> None:
    several = np.mean([len(embedded.tokenizer.tokenize(word)) > 1 for word in vocabulary()])
    assert 0.05 < several < 0.95


def test_its_vectors_tell_more_than_those_of_random_weights(embedded: Encoder) -> None:
    from transformers import AutoModel

    task = load_task("toy-pos")
    torch.manual_seed(0)
    untrained = AutoModel.from_config(embedded.model.config).eval()

    def accuracy(encoder: Encoder) -> float:
        train, test = (
            encoder.encode(split, task.kind, layers=[-1]).representation(encoder.n_layers)
            for split in (task.train, task.test)
        )
        scaler = StandardScaler().fit(train.X)
        probe = LogisticRegression(C=0.3, max_iter=500).fit(scaler.transform(train.X), train.y)
        return float(probe.score(scaler.transform(test.X), test.y))

    pre_trained, random = accuracy(embedded), accuracy(Encoder(untrained, embedded.tokenizer, name="random"))
    assert 0.9 < pre_trained < 0.99
    assert pre_trained > random + 0.04
