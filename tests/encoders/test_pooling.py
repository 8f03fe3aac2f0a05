"""The vector of a word and of a sentence, by choice and by default; and pairs of texts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tunescope.encoders import Encoder, Pooling, load_encoder
from tunescope.encoders._pooling import SENTENCE_POOLINGS, subword_shares, token_shares
from tunescope.errors import EncoderError
from tunescope.tasks import Sentence, Split, Target

from .zoo import FAMILIES, model_of

TEXTS = ("the unbelievably old cat sat", "rain", "they unhappily walked to Paris in 1999")


def states_of(model: Any, tokenizer: Any, text: str) -> tuple[np.ndarray, list[int | None]]:
    """(tokens, width) of the last layer, and the word of each token (None: special)."""
    encoded = tokenizer(text, return_tensors="pt")
    with torch.inference_mode():
        hidden = model(encoded["input_ids"]).last_hidden_state[0].numpy()
    return hidden, encoded.word_ids(0)


def test_words_by_mean_first_and_last_subword(bert: Callable[..., Any], make_split: Callable[..., Split]) -> None:
    model, tokenizer = bert()
    split = make_split(TEXTS)
    expected: dict[str, list[np.ndarray]] = {"mean": [], "first-subword": [], "last-subword": []}
    for text in TEXTS:
        hidden, words = states_of(model, tokenizer, text)
        for word in range(len(text.split())):
            own = hidden[[w == word for w in words]]
            for name, vector in (("mean", own.mean(0)), ("first-subword", own[0]), ("last-subword", own[-1])):
                expected[name].append(vector)
    for choice, vectors in expected.items():
        encoding = Encoder(model, tokenizer, name="bert", pooling=choice).encode(split)
        np.testing.assert_allclose(encoding.vectors[2], np.stack(vectors), atol=1e-5)
        assert encoding.representation(2).pooling == encoding.pooling
    assert not np.allclose(expected["first-subword"], expected["last-subword"], atol=1e-3)


def test_sentences_by_every_pooling(bert: Callable[..., Any], make_sentence_split: Callable[..., Split]) -> None:
    model, tokenizer = bert()
    split = make_sentence_split(TEXTS)
    for choice, said in SENTENCE_POOLINGS.items():
        rows = []
        for text in TEXTS:
            hidden, _ = states_of(model, tokenizer, text)
            n = np.arange(1, len(hidden) + 1)[:, None]
            rows.append(
                {
                    "cls": hidden[0],
                    "first-token": hidden[0],
                    "last-token": hidden[-1],
                    "mean": hidden.mean(0),
                    "weighted-mean": (hidden * n).sum(0) / n.sum(),
                    "mean-sqrt-length": hidden.sum(0) / np.sqrt(len(hidden)),
                }[choice]
            )
        encoding = Encoder(model, tokenizer, name="bert", pooling=choice).encode(split)
        np.testing.assert_allclose(encoding.vectors[2], np.stack(rows), atol=1e-5)
        assert encoding.pooling == said


@pytest.mark.parametrize(("family", "said"), [("bert", "[CLS]"), ("gpt2", "last token"), ("llama", "last token")])
def test_the_default_for_sentences_fits_the_model(
    family: str, said: str, make_tokenizers: Callable[[], dict[str, Any]]
) -> None:
    tokenizer = make_tokenizers()[FAMILIES[family][0]]
    encoder = Encoder(model_of(family, tokenizer), tokenizer, name=family)
    assert encoder.pooling_of("sentence") == said
    assert encoder.pooling_of("word") == "mean of subwords"


def test_t5_has_the_mean_by_default(make_tokenizers: Callable[[], dict[str, Any]]) -> None:
    from tokenizers import processors

    tokenizer = make_tokenizers()["unigram"]
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="$A [SEP]", special_tokens=[("[SEP]", 3)]
    )
    assert Encoder(model_of("t5", tokenizer), tokenizer, name="t5").pooling_of("sentence") == "mean of tokens"
    split = Split("train", (Sentence("0", ("a",)),), (Target(0, (), "x"),))
    chosen = Encoder(model_of("t5", tokenizer), tokenizer, name="t5", pooling="cls")
    with pytest.raises(EncoderError, match=r"no \[CLS\]"):
        chosen.encode(split)


@pytest.mark.parametrize("choice", SENTENCE_POOLINGS)
def test_the_shares_of_a_long_sentence_are_those_of_the_whole(bert: Callable[..., Any], choice: str) -> None:
    """In windows each token counts once, and a special one as the mean over the windows."""
    encoder = Encoder(*bert(), name="bert", pooling=choice)
    split = Split("train", (Sentence("0", ("cat",) * 300),), (Target(0, (), "x"),))
    points = encoder.tokenize(split)
    assert points.n_split == 1
    n = 302
    assert points.entry_weight.sum() == pytest.approx(token_shares(choice, n, 0).sum(), rel=1e-4)


def test_each_word_has_shares_of_one() -> None:
    word = np.array([0, 0, 1, 2, 2, 2])
    for how in ("mean", "first-subword", "last-subword"):
        np.testing.assert_allclose(np.bincount(word, weights=subword_shares(how, word)), 1)
    assert subword_shares("first-subword", word).tolist() == [1, 0, 1, 1, 0, 0]
    assert subword_shares("last-subword", word).tolist() == [0, 1, 1, 0, 0, 1]


def test_an_unknown_pooling_is_refused_with_what_there_is(bert: Callable[..., Any]) -> None:
    with pytest.raises(EncoderError, match="did you mean first-subword"):
        Encoder(*bert(), name="bert", pooling="first-subwords")


def test_a_choice_of_ones_own_is_part_of_the_fingerprint_and_is_saved(bert: Callable[..., Any], tmp_path: Path) -> None:
    model, tokenizer = bert()
    plain, chosen = (Encoder(model, tokenizer, name="a", pooling=p) for p in (None, "first-subword"))
    assert plain.fingerprint != chosen.fingerprint
    chosen.save(tmp_path / "chosen")
    loaded = load_encoder(tmp_path / "chosen", device="cpu")
    assert loaded.pooling == Pooling(word="first-subword")
    loaded.save(tmp_path / "again")
    assert load_encoder(tmp_path / "again", device="cpu").fingerprint == loaded.fingerprint
    assert chosen.copy().at_update(3).pooling_of("pair") == "first subword"
    (tmp_path / "chosen" / "pooling.json").write_text(json.dumps({"word": "median"}))
    with pytest.raises(EncoderError, match="unknown"):
        load_encoder(tmp_path / "chosen", device="cpu")


def paired(tokenizer: Any) -> Any:
    """The tokenizer with BERT's template for two texts."""
    from tokenizers import processors

    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
    )
    return tokenizer


def test_two_texts_are_read_in_the_template_for_two(bert: Callable[..., Any]) -> None:
    model, tokenizer = bert()
    paired(tokenizer)
    sentences = (
        Sentence("0", ("the", "cat", "sat"), pair=("a", "dog", "ran")),
        Sentence("1", ("rain",)),
        Sentence("2", ("the", "old", "cat"), pair=("rain",)),
    )
    split = Split("train", sentences, tuple(Target(i, (), "x") for i in range(3)))
    encoder = Encoder(model, tokenizer, name="bert")
    vectors = encoder.encode(split).vectors[2]
    for sentence, vector in zip(sentences, vectors, strict=True):
        texts = [" ".join(sentence.words)] + ([] if sentence.pair is None else [" ".join(sentence.pair)])
        encoded = tokenizer(*texts, return_tensors="pt")
        with torch.inference_mode():
            expected = model(**encoded).last_hidden_state[0, 0].numpy()
            blind = model(encoded["input_ids"]).last_hidden_state[0, 0].numpy()
        np.testing.assert_allclose(vector, expected, atol=1e-5)
        assert (sentence.pair is None) == np.allclose(blind, expected, atol=1e-4), "token types tell the texts apart"


@pytest.mark.parametrize(("n_first", "n_second"), [(20, 300), (300, 20), (200, 300)])
def test_two_long_texts_are_read_in_windows_and_counted(bert: Callable[..., Any], n_first: int, n_second: int) -> None:
    model, tokenizer = bert()
    paired(tokenizer)
    sentence = Sentence("0", ("cat",) * n_first, pair=("the",) * n_second)
    split = Split("train", (sentence,), (Target(0, (), "x"),))
    encoder = Encoder(model, tokenizer, name="bert", pooling="mean")
    points = encoder.tokenize(split)
    assert points.n_split == 1
    assert points.lengths.max() <= encoder.max_tokens
    assert points.entry_weight.sum() == pytest.approx(1, rel=1e-4)
    cat, the = (tokenizer(word, add_special_tokens=False)["input_ids"] for word in ("cat", "the"))
    counted = np.zeros(len(tokenizer))
    for w, window in enumerate(points.windows):
        entries = slice(points.entry_bounds[w], points.entry_bounds[w + 1])
        np.add.at(counted, window[points.entry_position[entries]], points.entry_weight[entries])
    n = n_first * len(cat) + n_second * len(the) + 3
    assert counted[cat].sum() == pytest.approx(n_first * len(cat) / n, rel=1e-4)
    assert counted[the].sum() == pytest.approx(n_second * len(the) / n, rel=1e-4)
    assert np.isfinite(encoder.encode(split).vectors[2]).all()


def test_a_pair_of_texts_is_trained_on(bert: Callable[..., Any]) -> None:
    from tunescope.finetuning import Recipe, fine_tune
    from tunescope.tasks import Task

    model, tokenizer = bert()
    paired(tokenizer)
    sentences = tuple(Sentence(str(i), ("the", "cat"), pair=("rain",) if i % 2 else ("dog",)) for i in range(8))
    split = Split("train", sentences, tuple(Target(i, (), f"l{i % 2}") for i in range(8)))
    task = Task("pairs", "sentence", split, split, "", "")
    tuned = fine_tune(Encoder(model, tokenizer, name="bert"), task, Recipe(epochs=1, batch_size=4), seed=0)
    assert len(tuned.log) == 2


def test_words_of_which_no_part_is_known_are_counted(bert: Callable[..., Any]) -> None:
    split = Split("train", (Sentence("0", ("the", "日本", "cat")),), (Target(0, (0,), "x"),))
    encoding = Encoder(*bert(), name="bert").encode(split)
    assert encoding.n_all_unknown == 1
    assert encoding.notes == ("1 word is unknown to the tokenizer as a whole",)
