"""A tiny random BERT that knows the words of a tiny task, with and without dropout."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tunescope.encoders import Encoder
from tunescope.tasks import Sentence, Split, Target, Task

NOUNS, VERBS = ("cat", "dog", "man", "fish"), ("sees", "eats", "hears")


_WIDTHS = {"hidden_size": 16, "intermediate_size": 32}
_SIZES = {"vocab_size": 16, "num_hidden_layers": 3, "num_attention_heads": 2, **_WIDTHS}
_GPT2 = {"vocab_size": 16, "n_embd": 16, "n_layer": 3, "n_head": 2, "n_positions": 24, "bos_token_id": 2}
_DISTILBERT = {"vocab_size": 16, "dim": 16, "n_layers": 3, "n_heads": 2, "hidden_dim": 32}
_T5 = {"vocab_size": 16, "d_model": 16, "d_kv": 8, "d_ff": 32, "num_layers": 3, "num_heads": 2}
_POSITIONS = {"max_position_embeddings": 24, "pad_token_id": 0}
_ENDS = {"bos_token_id": 2, "eos_token_id": 3, "pad_token_id": 0}
_DEBERTA = {"relative_attention": True, "pos_att_type": ["p2c", "c2p"], "type_vocab_size": 0, **_POSITIONS}
_MODERNBERT = {"cls_token_id": 2, "sep_token_id": 3, **_ENDS, "max_position_embeddings": 24}

ARCHITECTURES: dict[str, tuple[str, dict[str, Any]]] = {
    "bert": ("BertModel", {**_SIZES, **_POSITIONS}),
    "roberta": ("RobertaModel", {**_SIZES, **_POSITIONS, "pad_token_id": 1}),
    "distilbert": ("DistilBertModel", _DISTILBERT),
    "albert": ("AlbertModel", {**_SIZES, **_POSITIONS, "embedding_size": 8}),
    "mpnet": ("MPNetModel", {**_SIZES, **_POSITIONS, "pad_token_id": 1}),
    "deberta": ("DebertaModel", {**_SIZES, **_DEBERTA}),
    "deberta-v2": ("DebertaV2Model", {**_SIZES, **_DEBERTA, "share_att_key": True, "norm_rel_ebd": "layer_norm"}),
    "modernbert": ("ModernBertModel", {**_SIZES, **_MODERNBERT}),
    "t5": ("T5EncoderModel", _T5),
    "gpt2": ("GPT2Model", _GPT2),
    "llama": ("LlamaModel", {**_SIZES, **_ENDS, "max_position_embeddings": 24}),
}


def tiny(name: str, **changes: Any) -> Any:
    """A random model of an architecture, in evaluation mode, without a pooler."""
    import torch
    import transformers

    kind, sizes = ARCHITECTURES[name]
    model_class = getattr(transformers, kind)
    torch.manual_seed(0)
    model = model_class(model_class.config_class(**{**sizes, **changes}))
    if getattr(model, "pooler", None) is not None:
        model.pooler = None
    return model.eval()


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


def tokenizer() -> tuple[Any, int]:
    """A tokeniser that knows the words of the tiny tasks, and the size of its vocabulary."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertTokenizerFast

    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", *NOUNS, *VERBS]
    words = Tokenizer(models.WordPiece(vocab={piece: i for i, piece in enumerate(pieces)}, unk_token="[UNK]"))
    words.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    words.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return BertTokenizerFast(tokenizer_object=words), len(pieces)


@pytest.fixture(scope="session")
def make_encoder() -> Callable[..., Encoder]:
    """Makes an encoder around a tiny random BERT; keyword arguments change its config."""

    def make(**changes: Any) -> Encoder:
        import torch
        from transformers import BertConfig, BertModel

        words, n_pieces = tokenizer()
        sizes = {
            "hidden_size": 16,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "intermediate_size": 32,
            "max_position_embeddings": 16,
        }
        torch.manual_seed(0)
        model = BertModel(BertConfig(vocab_size=n_pieces, **{**sizes, **changes}), add_pooling_layer=False).eval()
        return Encoder(model, words, name="tiny-bert")

    return make


@pytest.fixture(scope="session")
def make_architecture() -> Callable[..., Encoder]:
    """Makes an encoder around a tiny random model of an architecture; keyword arguments change its config."""

    def make(name: str, **changes: Any) -> Encoder:
        return Encoder(tiny(name, **changes), tokenizer()[0], name=name)

    return make
