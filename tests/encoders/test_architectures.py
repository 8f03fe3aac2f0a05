"""Many families of models by the definition taken literally: each sentence alone, the mean of a word's subwords."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
import transformers

from tunescope.encoders import Encoder
from tunescope.errors import EncoderError
from tunescope.tasks import Split

from .zoo import BYTES, FAMILIES, READ_PADDING, REFUSED, UNIGRAM, WORDPIECE, model_of

AGREES = 2e-5
"""Largest difference, as a share of the size of the vectors."""


@pytest.fixture(scope="module")
def tokenizers(make_tokenizers: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    return make_tokenizers()


def literally(model: Any, tokenizer: Any, split: Split) -> list[np.ndarray]:
    """For each layer (n_targets, width): a sentence at a time, words found by their characters."""
    rows: list[list[np.ndarray]] = []
    for sentence_number, sentence in enumerate(split.sentences):
        text = " ".join(sentence.words)
        encoded = tokenizer(text, return_offsets_mapping=True, return_special_tokens_mask=True)
        ids = torch.tensor([encoded["input_ids"]])
        with torch.inference_mode():
            output = model(ids, attention_mask=torch.ones_like(ids), output_hidden_states=True)
        states = [*output.hidden_states[:-1], output.last_hidden_state]
        start = 0
        for j, word in enumerate(sentence.words):
            low, high = max(start - 1, 0), start + len(word)  # with the blank before it
            start = high + 1
            assert split.targets[len(rows)].sentence == sentence_number
            assert split.targets[len(rows)].positions == (j,)
            own = [
                not special and min(b, high) > max(a, low)
                for (a, b), special in zip(encoded["offset_mapping"], encoded["special_tokens_mask"], strict=True)
            ]
            rows.append([state[0][torch.tensor(own)].float().mean(0).numpy() for state in states])
    return [np.stack(layer) for layer in zip(*rows, strict=True)]


def largest_difference(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.abs(a - b).max() / np.abs(b).max())


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_agrees_with_the_definition(family: str, tokenizers: dict[str, Any], splits: dict[str, Split]) -> None:
    tokenizer = tokenizers[FAMILIES[family][0]]
    model = model_of(family, tokenizer)
    encoder = Encoder(model, tokenizer, name=family)
    encoding = encoder.encode(splits["word"])
    expected = literally(model, tokenizer, splits["word"])
    assert encoder.reads_padding == (family in READ_PADDING)
    assert len(expected) == len(encoding.layers) == encoder.n_layers + 1
    for layer in encoding.layers:
        assert encoding.vectors[layer].shape[1] == encoder.widths[layer]
        assert largest_difference(encoding.vectors[layer], expected[layer]) <= AGREES
    assert np.ptp(encoding.vectors[encoder.n_layers], axis=0).max() > 1e-3, "vectors all alike agree with anything"


def test_left_to_right_is_found_out(tokenizers: dict[str, Any]) -> None:
    for family, expected in {"bert": False, "t5": False, "xlnet": False, "gpt2": True, "llama": True}.items():
        tokenizer = tokenizers[FAMILIES[family][0]]
        assert Encoder(model_of(family, tokenizer), tokenizer, name=family).left_to_right is expected


@pytest.mark.parametrize(("family", "reason"), REFUSED.items())
def test_what_cannot_be_read_layer_by_layer_is_refused_with_the_reason(
    family: str, reason: str, tokenizers: dict[str, Any], splits: dict[str, Split]
) -> None:
    tokenizer = tokenizers[WORDPIECE]
    configs = {
        "canine": transformers.CanineConfig(hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
                                            intermediate_size=16, num_hash_buckets=50),
        "funnel": transformers.FunnelConfig(vocab_size=len(tokenizer), block_sizes=[1, 1], d_model=16, n_head=2,
                                            d_head=8, d_inner=16, num_decoder_layers=1, architectures=[]),
        "reformer": transformers.ReformerConfig(vocab_size=len(tokenizer), hidden_size=16, num_attention_heads=2,
                                                axial_pos_embds=False, attention_head_size=8, feed_forward_size=16,
                                                attn_layers=["lsh", "lsh"], lsh_attn_chunk_length=4),
    }  # fmt: skip
    torch.manual_seed(0)
    model = transformers.AutoModel.from_config(configs[family]).eval()
    with pytest.raises(EncoderError, match=reason):
        Encoder(model, tokenizer, name=family).encode(splits["word"])


def test_a_model_that_reads_padding_gets_batches_of_one_length(
    tokenizers: dict[str, Any], splits: dict[str, Split]
) -> None:
    tokenizer = tokenizers[UNIGRAM]
    points = Encoder(model_of("fnet", tokenizer), tokenizer, name="fnet").tokenize(splits["word"])
    batches = points.batches_by_length(10_000)
    assert all(len(set(points.lengths[batch])) == 1 for batch in batches)
    assert sorted(np.concatenate(batches)) == list(range(len(points.windows)))


def test_a_model_that_reads_padding_is_trained_without(tokenizers: dict[str, Any], splits: dict[str, Split]) -> None:
    """The loss of a batch of many lengths is that of its sentences each alone; so are the gradients."""
    from tunescope.finetuning._batches import TrainingSentences
    from tunescope.finetuning._classifier import PointClassifier

    tokenizer = tokenizers[UNIGRAM]
    encoder = Encoder(model_of("fnet", tokenizer), tokenizer, name="fnet")
    points = encoder.tokenize(splits["word"])
    labels = np.arange(len(splits["word"])) % 3
    sentences = TrainingSentences(points, labels)
    torch.manual_seed(0)
    classifier = PointClassifier(encoder.model, encoder.width, 3, reads_padding=points.reads_padding).eval()
    together = classifier(**sentences.collate(list(range(len(sentences)))))
    alone = [classifier(**sentences.collate([i])) for i in range(len(sentences))]
    torch.testing.assert_close(together["logits"], torch.cat([one["logits"] for one in alone]), rtol=1e-4, atol=1e-5)
    weight = encoder.model.embeddings.word_embeddings.weight
    (expected,) = torch.autograd.grad(sum(one["logits"].sum() for one in alone), weight)
    (found,) = torch.autograd.grad(together["logits"].sum(), weight)
    torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("family", ["bert", "gpt2", "t5"])
def test_the_side_of_padding_does_not_matter(family: str, tokenizers: dict[str, Any], splits: dict[str, Split]) -> None:
    import copy

    left = copy.deepcopy(tokenizers[FAMILIES[family][0]])
    left.padding_side = "left"
    model = model_of(family, left)
    right = Encoder(model, tokenizers[FAMILIES[family][0]], name=family)
    for kind in ("word", "sentence"):
        a, b = Encoder(model, left, name=family).encode(splits[kind]), right.encode(splits[kind])
        np.testing.assert_array_equal(a.vectors[a.layers[-1]], b.vectors[b.layers[-1]])


def test_a_model_in_bfloat16_gives_float32(tokenizers: dict[str, Any], splits: dict[str, Split]) -> None:
    tokenizer = tokenizers[BYTES]
    model = model_of("roberta", tokenizer).to(torch.bfloat16)
    encoding = Encoder(model, tokenizer, name="half").encode(splits["word"])
    assert {vectors.dtype for vectors in encoding.vectors.values()} == {np.dtype(np.float32)}
    expected = literally(model, tokenizer, splits["word"])
    assert largest_difference(encoding.vectors[2], expected[2]) < 0.05  # bfloat16 has eight bits
    assert next(model.parameters()).dtype == torch.bfloat16


def test_token_ids_beyond_the_embedding_are_told(tokenizers: dict[str, Any], splits: dict[str, Split]) -> None:
    tokenizer = tokenizers[WORDPIECE]
    small = transformers.BertModel(
        transformers.BertConfig(vocab_size=50, hidden_size=16, num_hidden_layers=1, num_attention_heads=2)
    )
    with pytest.raises(EncoderError, match="vectors for 50 ids only"):
        Encoder(small, tokenizer, name="small").encode(splits["word"])


def test_a_model_that_cannot_be_called_gives_one_error(tokenizers: dict[str, Any], splits: dict[str, Split]) -> None:
    from .zoo import config_of

    tokenizer = tokenizers[UNIGRAM]
    model = transformers.AutoModel.from_config(config_of("xmod", len(tokenizer))).eval()
    with pytest.raises(EncoderError, match=r"XmodModel cannot be called .* Input language"):
        Encoder(model, tokenizer, name="xmod").encode(splits["word"])
