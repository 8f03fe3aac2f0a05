"""A tiny random BERT that knows the words of a tiny task, with and without dropout."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tunescope.encoders import Encoder
from tunescope.tasks import Sentence, Split, Target, Task

NOUNS, VERBS = ("cat", "dog", "man", "fish"), ("sees", "eats", "hears")


def _split(name: str, kind: str, n: int, seed: int) -> Split:
    rng = np.random.default_rng(seed)
    sentences, targets = [], []
    for i in range(n):
        words = ["the", rng.choice(NOUNS), rng.choice(VERBS), "the", rng.choice(NOUNS)]
        if rng.random() < 0.3:
            words = ["fish", *words[2:]]
        sentences.append(Sentence(str(i), tuple(map(str, words))))
        tags = ["DET" if w == "the" else "VERB" if w in VERBS else "NOUN" for w in words]
        if kind == "word":
            targets += [Target(i, (j,), tag) for j, tag in enumerate(tags)]
        elif kind == "pair":
            verb = tags.index("VERB")
            targets += [
                Target(i, (verb, j), "subj" if j < verb else "obj") for j, tag in enumerate(tags) if tag == "NOUN"
            ]
        else:
            targets.append(Target(i, (), "short" if len(words) < 5 else "long"))
    return Split(name, tuple(sentences), tuple(targets))


@pytest.fixture(scope="session")
def make_task() -> Callable[..., Task]:
    """Makes a task of a kind, with n training sentences."""

    def make(kind: str = "word", n: int = 40) -> Task:
        train, test = _split("train", kind, n, 0), _split("test", kind, 20, 1)
        return Task(f"tiny-{kind}", kind, train, test, "", "")  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def make_encoder() -> Callable[..., Encoder]:
    """Makes an encoder around a tiny random BERT; keyword arguments change its config."""

    def make(**changes: Any) -> Encoder:
        import torch
        from tokenizers import Tokenizer, models, pre_tokenizers, processors
        from transformers import BertConfig, BertModel, BertTokenizerFast

        pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", *NOUNS, *VERBS]
        vocabulary = {piece: i for i, piece in enumerate(pieces)}
        tokenizer = Tokenizer(models.WordPiece(vocab=vocabulary, unk_token="[UNK]"))
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        tokenizer.post_processor = processors.TemplateProcessing(
            single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
        )
        sizes = {
            "hidden_size": 16,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "intermediate_size": 32,
            "max_position_embeddings": 16,
        }
        torch.manual_seed(0)
        model = BertModel(BertConfig(vocab_size=len(pieces), **{**sizes, **changes}), add_pooling_layer=False).eval()
        return Encoder(model, BertTokenizerFast(tokenizer_object=tokenizer), name="tiny-bert")

    return make
