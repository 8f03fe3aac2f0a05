from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tunescope.encoders import Encoder, TokenizedSplit
from tunescope.errors import EncoderError, RepresentationError
from tunescope.tasks import Sentence, Split, Target

Splits = dict[str, Split]


def windows_of_lengths(lengths: list[int]) -> TokenizedSplit:
    """Windows of these lengths, without anything to pool."""
    none = np.zeros(0, dtype=np.int64)
    return TokenizedSplit(
        windows=tuple(np.zeros(length, dtype=np.int64) for length in lengths),
        window_bounds=np.arange(len(lengths) + 1),
        entry_bounds=np.zeros(len(lengths) + 1, dtype=np.int64),
        entry_position=none,
        entry_unit=none,
        entry_weight=none.astype(np.float32),
        target_units=none.reshape(0, 1),
        target_sentence=none,
        n_units=0,
        n_split=0,
        n_unknown=0,
        pooling="mean of subwords",
        pad_id=0,
    )


def naive(encoder: Encoder, split: Split, kind: str) -> dict[int, np.ndarray]:
    """The definition, target by target: one sentence at a time, words found by their character spans."""
    model, tokenizer = encoder.model, encoder.tokenizer
    vectors: dict[int, list[np.ndarray]] = {layer: [] for layer in range(encoder.n_layers + 1)}
    for target in split.targets:
        words = split.sentences[target.sentence].words
        spans, start = [], 0
        for word in words:
            spans.append((max(start - 1, 0), start + len(word)))  # with the blank before it
            start += len(word) + 1
        encoded = tokenizer(" ".join(words), return_offsets_mapping=True, return_special_tokens_mask=True)
        ids = torch.tensor([encoded["input_ids"]])
        with torch.inference_mode():
            output = model(ids, attention_mask=torch.ones_like(ids), output_hidden_states=True)
        states = [*output.hidden_states[:-1], output.last_hidden_state]
        special = encoded["special_tokens_mask"]
        for layer, state in enumerate(states):
            hidden = state[0].numpy()
            if kind == "sentence":
                if encoder.left_to_right:
                    vectors[layer].append(hidden[-1])
                elif tokenizer.cls_token_id is not None:
                    vectors[layer].append(hidden[encoded["input_ids"].index(tokenizer.cls_token_id)])
                else:
                    vectors[layer].append(hidden[[not s for s in special]].mean(0))
                continue
            parts = []
            for position in target.positions:
                low, high = spans[position]
                inside = [
                    not s and min(b, high) > max(a, low)
                    for (a, b), s in zip(encoded["offset_mapping"], special, strict=True)
                ]
                assert any(inside)
                parts.append(hidden[inside].mean(0))
            vectors[layer].append(np.concatenate(parts))
    return {layer: np.stack(rows) for layer, rows in vectors.items()}


@pytest.mark.parametrize("kind", ["word", "pair", "sentence"])
def test_every_architecture_agrees_with_the_definition(
    architecture: tuple[str, Any, Any], splits: Splits, kind: str
) -> None:
    name, model, tokenizer = architecture
    encoder = Encoder(model, tokenizer, name=name)
    encoding = encoder.encode(splits[kind], kind)
    expected = naive(encoder, splits[kind], kind)
    assert encoding.layers == tuple(range(encoder.n_layers + 1))
    assert encoding.n_split == encoding.n_unknown == 0
    for layer in encoding.layers:
        X = encoding.vectors[layer]
        assert X.dtype == np.float32
        assert X.shape == (len(splits[kind]), encoder.width * (2 if kind == "pair" else 1))
        np.testing.assert_allclose(X, expected[layer], atol=2e-5)
    # Vectors that were all alike would agree with anything.
    assert np.ptp(encoding.vectors[encoder.n_layers], axis=0).max() > 1e-3


@pytest.mark.parametrize("kind", ["word", "pair", "sentence"])
def test_the_result_does_not_depend_on_the_batch(architecture: tuple[str, Any, Any], splits: Splits, kind: str) -> None:
    name, model, tokenizer = architecture
    encoder = Encoder(model, tokenizer, name=name)
    alone = encoder.encode(splits[kind], kind, batch_tokens=1)
    together = encoder.encode(splits[kind], kind, batch_tokens=100_000)
    for layer in alone.layers:
        np.testing.assert_allclose(alone.vectors[layer], together.vectors[layer], atol=2e-5)


@pytest.mark.parametrize("kind", ["word", "pair", "sentence"])
def test_a_split_knows_its_kind(bert: Callable[..., Any], splits: Splits, kind: str) -> None:
    encoder = Encoder(*bert(), name="bert")
    told, known = encoder.encode(splits[kind], kind), encoder.encode(splits[kind])
    np.testing.assert_array_equal(told.vectors[2], known.vectors[2])


def test_the_order_is_that_of_the_targets(bert: Callable[..., Any], make_split: Callable[..., Split]) -> None:
    encoder = Encoder(*bert(), name="bert")
    split = make_split()
    order = np.random.default_rng(0).permutation(len(split.targets))
    shuffled = Split("train", split.sentences, tuple(split.targets[i] for i in order))
    a, b = encoder.encode(split, "word"), encoder.encode(shuffled, "word")
    np.testing.assert_allclose(a.vectors[2][order], b.vectors[2], atol=1e-6)
    assert b.labels.tolist() == [split.targets[i].label for i in order]


def test_layers_are_chosen_by_number_or_from_the_end(bert: Callable[..., Any], splits: Splits) -> None:
    encoder = Encoder(*bert(), name="bert")
    everything = encoder.encode(splits["word"], "word")
    some = encoder.encode(splits["word"], "word", layers=[-1, 0])
    assert some.layers == (0, 2)
    np.testing.assert_array_equal(some.vectors[2], everything.vectors[2])
    with pytest.raises(EncoderError, match="no layer 3"):
        encoder.encode(splits["word"], "word", layers=[3])


def test_a_representation_says_where_it_comes_from(bert: Callable[..., Any], splits: Splits) -> None:
    encoder = Encoder(*bert(), name="bert", update=7)
    points = encoder.encode(splits["word"], "word", task="lengths").representation(1)
    assert (points.encoder, points.task, points.split, points.layer, points.update) == (
        "bert",
        "lengths",
        "train",
        1,
        7,
    )
    assert len(points) == len(points.X) == len(points.y) == len(splits["word"])
    with pytest.raises(KeyError, match="layer 9"):
        encoder.encode(splits["word"], "word").representation(9)


def test_a_long_sentence_is_read_in_windows(
    bert: Callable[..., Any], make_split: Callable[..., Split], make_sentence_split: Callable[..., Split]
) -> None:
    model, tokenizer = bert()
    encoder = Encoder(model, tokenizer, name="bert")
    assert encoder.max_tokens == 64
    long_text = "the cat sat on a mat and two dogs run in the river " * 8
    split = make_split([long_text, "the cat sat"])
    encoding = encoder.encode(split, "word")
    assert encoding.n_split == 1
    assert "1 sentence longer" in encoding.notes[0]
    assert len(encoding) == len(split)
    # The short sentence is read as if the long one were not there.
    alone = encoder.encode(make_split(["the cat sat"]), "word")
    np.testing.assert_allclose(encoding.vectors[2][-3:], alone.vectors[2], atol=1e-6)
    # The start of the long one is read in the context of the first window.
    window = encoder.tokenize(split, "word").windows[0]
    with torch.inference_mode():
        hidden = model(torch.tensor(window)[None]).last_hidden_state[0]
    np.testing.assert_allclose(encoding.vectors[2][0], hidden[1], atol=1e-5)
    sentences = encoder.encode(make_sentence_split([long_text, "the cat sat"]), "sentence")
    assert sentences.n_split == 1
    assert np.isfinite(sentences.vectors[2]).all()


def test_the_cls_of_a_split_sentence_is_the_mean_of_its_windows(
    bert: Callable[..., Any], make_sentence_split: Callable[..., Split]
) -> None:
    model, tokenizer = bert()
    encoder = Encoder(model, tokenizer, name="bert")
    split = make_sentence_split(["the cat sat on a mat and two dogs run in the river " * 8])
    windows = encoder.tokenize(split, "sentence").windows
    assert len(windows) > 1
    with torch.inference_mode():
        each = [model(torch.tensor(w)[None]).last_hidden_state[0, 0].numpy() for w in windows]
    vector = encoder.encode(split, "sentence").vectors[2][0]
    np.testing.assert_allclose(vector, np.mean(each, axis=0), atol=1e-5)


def test_the_limit_is_what_the_model_can_read(architecture: tuple[str, Any, Any]) -> None:
    name, model, tokenizer = architecture
    encoder = Encoder(model, tokenizer, name=name)
    words = tuple(["cat"] * 300)
    split = Split("train", (Sentence("0", words),), tuple(Target(0, (i,), "x") for i in range(300)))
    points = encoder.tokenize(split, "word")
    assert points.lengths.max() > encoder.max_tokens - 8  # full windows, so that the limit is met
    encoding = encoder.encode(split, "word")
    assert np.isfinite(encoding.vectors[encoder.n_layers]).all()


def test_a_word_longer_than_the_limit_has_the_mean_of_all_its_subwords(bert: Callable[..., Any]) -> None:
    encoder = Encoder(*bert(), name="bert")
    split = Split("train", (Sentence("0", ("x1" * 40, "cat")),), (Target(0, (0,), "a"), Target(0, (1,), "b")))
    points = encoder.tokenize(split, "word")
    weight = np.bincount(points.entry_unit, weights=points.entry_weight)
    np.testing.assert_allclose(weight, 1, rtol=1e-5)
    assert np.isfinite(encoder.encode(split, "word").vectors[2]).all()


def test_a_word_without_a_subword_stands_as_unknown_and_is_counted(bert: Callable[..., Any]) -> None:
    model, tokenizer = bert()
    encoder = Encoder(model, tokenizer, name="bert")
    invisible = "\u200b\u200d"
    split = Split("train", (Sentence("0", ("the", invisible, "cat")),), tuple(Target(0, (i,), "x") for i in range(3)))
    encoding = encoder.encode(split, "word")
    assert encoding.n_unknown == 1
    assert "1 word without a subword" in encoding.notes[0]
    ids = [2, *tokenizer("the", add_special_tokens=False)["input_ids"], tokenizer.unk_token_id]
    assert encoder.tokenize(split, "word").windows[0][: len(ids)].tolist() == ids
    assert np.isfinite(encoding.vectors[2]).all()


def test_without_an_unknown_token_such_a_word_is_refused(
    bert: Callable[..., Any],
) -> None:
    model, tokenizer = bert()
    tokenizer.unk_token = None
    split = Split("train", (Sentence("0", ("the", "\u200b")),), (Target(0, (1,), "x"),))
    with pytest.raises(EncoderError, match="no unknown token"):
        Encoder(model, tokenizer, name="bert").encode(split, "word")


def test_words_that_look_like_special_tokens_are_text(bert: Callable[..., Any]) -> None:
    model, tokenizer = bert()
    split = Split("train", (Sentence("0", ("the", "[SEP]", "cat")),), (Target(0, (2,), "x"),))
    (window,) = Encoder(model, tokenizer, name="bert").tokenize(split, "word").windows
    assert window.tolist().count(tokenizer.sep_token_id) == 1


def test_words_keep_the_blank_before_them_as_in_pre_training(
    make_byte_tokenizer: Callable[..., Any], make_split: Callable[..., Split]
) -> None:
    from transformers import GPT2Config, GPT2Model

    tokenizer = make_byte_tokenizer(special_tokens=False)
    model = GPT2Model(GPT2Config(vocab_size=len(tokenizer), n_embd=8, n_layer=1, n_head=1, n_positions=64))
    text = "a quick dog and two lazy cats"
    (window,) = Encoder(model, tokenizer, name="gpt2").tokenize(make_split([text]), "word").windows
    assert tokenizer.decode(window) == text


def test_only_sentences_with_a_target_are_read(bert: Callable[..., Any]) -> None:
    encoder = Encoder(*bert(), name="bert")
    sentences = tuple(Sentence(str(i), ("the", "cat")) for i in range(5))
    split = Split("train", sentences, (Target(3, (1,), "x"), Target(1, (0,), "y")))
    told: list[tuple[int, int]] = []
    encoding = encoder.encode(split, "word", progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (2, 2)
    assert encoding.labels.tolist() == ["x", "y"]


def test_a_split_without_targets_gives_no_points(bert: Callable[..., Any]) -> None:
    split = Split("train", (Sentence("0", ("the",)),), ())
    encoding = Encoder(*bert(), name="bert").encode(split, "pair")
    assert encoding.vectors[2].shape == (0, 32)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_vectors_that_are_not_numbers_are_refused(bert: Callable[..., Any], splits: Splits, value: float) -> None:
    model, tokenizer = bert()
    with torch.no_grad():
        model.encoder.layer[1].output.dense.bias[0] = value
    with pytest.raises(RepresentationError, match=r"layer 2 .* for 64 of 64 targets"):
        Encoder(model, tokenizer, name="bert").encode(splits["word"], "word")


def test_targets_that_are_not_of_the_kind_are_refused(bert: Callable[..., Any], splits: Splits) -> None:
    encoder = Encoder(*bert(), name="bert")
    with pytest.raises(EncoderError, match="not a pair"):
        encoder.encode(splits["word"], "pair")
    with pytest.raises(EncoderError, match="unknown kind"):
        encoder.encode(splits["word"], "words")


def test_the_training_mode_is_left_as_it_was(bert: Callable[..., Any], splits: Splits) -> None:
    model, tokenizer = bert(hidden_dropout_prob=0.5)
    encoder = Encoder(model, tokenizer, name="bert")
    model.train()
    model.embeddings.eval()
    first = encoder.encode(splits["word"], "word").vectors[2]
    assert model.training
    assert not model.embeddings.training
    np.testing.assert_array_equal(first, encoder.encode(splits["word"], "word").vectors[2])


def test_of_a_model_with_a_head_the_encoder_is_used(bert: Callable[..., Any], splits: Splits) -> None:
    from transformers import BertForTokenClassification

    model, tokenizer = bert()
    with_head = BertForTokenClassification(model.config).eval()
    with_head.bert.load_state_dict(model.state_dict(), strict=False)
    a = Encoder(model, tokenizer, name="bert").encode(splits["word"], "word")
    b = Encoder(with_head, tokenizer, name="bert").encode(splits["word"], "word")
    np.testing.assert_allclose(a.vectors[2], b.vectors[2], atol=1e-6)


@settings(max_examples=50)
@given(st.lists(st.integers(3, 64), min_size=1, max_size=60), st.integers(1, 600))
def test_batches_hold_every_window_once_within_the_budget(lengths: list[int], budget: int) -> None:
    points = windows_of_lengths(lengths)
    batches = points.batches_by_length(budget)
    assert sorted(np.concatenate(batches).tolist()) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) == 1 or len(batch) * points.lengths[batch].max() <= budget
    tops = [points.lengths[batch].max() for batch in batches]
    assert tops == sorted(tops, reverse=True)


def test_little_is_padded() -> None:
    lengths = np.random.default_rng(0).poisson(22, 400).tolist()
    points = windows_of_lengths(lengths)
    padded = sum(len(b) * int(points.lengths[b].max()) for b in points.batches_by_length(2048))
    assert padded < 1.08 * sum(lengths)
