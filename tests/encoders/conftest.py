"""Tiny random models of every architecture, with tokenisers that are made on the spot."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import pytest

from tunescope.tasks import Sentence, Split, Target

TEXTS = (
    "the old cat sat on a mat near the river",
    "a quick dog and two lazy cats run unbelievably fast in London",
    "who saw the running man with the telescope ?",
    "they unhappily walked to Paris in 1999 , didn't they ?",
    "rain",
    "she gave him the book that he wanted to read on the long train from the north to the warm south",
)


def word_split(texts: Sequence[str] = TEXTS, name: str = "train") -> Split:
    """Every word of every sentence, labelled by its length."""
    sentences = tuple(Sentence(str(i), tuple(text.split())) for i, text in enumerate(texts))
    targets = tuple(
        Target(i, (j,), f"length {min(len(word), 4)}")
        for i, sentence in enumerate(sentences)
        for j, word in enumerate(sentence.words)
    )
    return Split(name, sentences, targets)


def pair_split(texts: Sequence[str] = TEXTS) -> Split:
    """Each word with its right neighbour as head, and the last with the first."""
    sentences = tuple(Sentence(str(i), tuple(text.split())) for i, text in enumerate(texts))
    targets = tuple(
        Target(i, ((j + 1) % len(s.words), j), f"r{j % 3}")
        for i, s in enumerate(sentences)
        for j in range(len(s.words))
    )
    return Split("train", sentences, targets)


def sentence_split(texts: Sequence[str] = TEXTS) -> Split:
    sentences = tuple(Sentence(str(i), tuple(text.split())) for i, text in enumerate(texts))
    return Split("train", sentences, tuple(Target(i, (), f"c{i % 2}") for i in range(len(sentences))))


def wordpiece_tokenizer() -> Any:
    return copy.deepcopy(_wordpiece_tokenizer())


@cache  # the trainer breaks ties differently each time, and two models shall have the same vocabulary
def _wordpiece_tokenizer() -> Any:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import BertTokenizerFast

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator(
        TEXTS, trainers.WordPieceTrainer(vocab_size=120, special_tokens=special, show_progress=False)
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return BertTokenizerFast(tokenizer_object=tokenizer)


def byte_tokenizer(*, special_tokens: bool = True) -> Any:
    """Byte-level BPE as RoBERTa (with special tokens) and GPT-2 (without, and without padding) have it."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"] if special_tokens else ["<|endoftext|>"]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(
        TEXTS,
        trainers.BpeTrainer(vocab_size=320, special_tokens=special, initial_alphabet=alphabet, show_progress=False),
    )
    if not special_tokens:
        return PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|endoftext|>")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        cls_token="<s>",
        sep_token="</s>",
        eos_token="</s>",
        unk_token="<unk>",
        pad_token="<pad>",
        mask_token="<mask>",
    )


def unigram_tokenizer() -> Any:
    """SentencePiece's unigram model, as ALBERT and DeBERTa-v2 have it."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    special = ["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.train_from_iterator(
        TEXTS,
        trainers.UnigramTrainer(vocab_size=90, special_tokens=special, unk_token="<unk>", show_progress=False),
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        cls_token="[CLS]",
        sep_token="[SEP]",
        unk_token="<unk>",
        pad_token="<pad>",
        mask_token="[MASK]",
    )


def _model(config: Any) -> Any:
    import torch
    from transformers import AutoModel

    torch.manual_seed(0)
    return AutoModel.from_config(config).eval()


def _bert(**changes: Any) -> Any:
    from transformers import BertConfig

    tokenizer = wordpiece_tokenizer()
    sizes = {
        "hidden_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "max_position_embeddings": 64,
    }
    return _model(BertConfig(vocab_size=len(tokenizer), **{**sizes, **changes})), tokenizer


def _roberta() -> Any:
    from transformers import RobertaConfig

    tokenizer = byte_tokenizer()
    return _model(
        RobertaConfig(
            vocab_size=len(tokenizer),
            hidden_size=16,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=32,
            max_position_embeddings=66,
            pad_token_id=1,
            bos_token_id=0,
            eos_token_id=2,
            type_vocab_size=1,
        )
    ), tokenizer


def _distilbert() -> Any:
    from transformers import DistilBertConfig

    tokenizer = wordpiece_tokenizer()
    return _model(
        DistilBertConfig(
            vocab_size=len(tokenizer),
            dim=16,
            n_layers=2,
            n_heads=2,
            hidden_dim=32,
            max_position_embeddings=64,
        )
    ), tokenizer


def _electra() -> Any:
    from transformers import ElectraConfig

    tokenizer = wordpiece_tokenizer()
    return _model(
        ElectraConfig(
            vocab_size=len(tokenizer),
            embedding_size=8,
            hidden_size=16,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=32,
            max_position_embeddings=64,
        )
    ), tokenizer


def _albert() -> Any:
    from transformers import AlbertConfig

    tokenizer = unigram_tokenizer()
    return _model(
        AlbertConfig(
            vocab_size=len(tokenizer),
            embedding_size=8,
            hidden_size=16,
            num_hidden_layers=3,
            num_attention_heads=2,
            intermediate_size=32,
            max_position_embeddings=64,
        )
    ), tokenizer


def _deberta() -> Any:
    from transformers import DebertaV2Config

    tokenizer = unigram_tokenizer()
    return _model(
        DebertaV2Config(
            vocab_size=len(tokenizer),
            hidden_size=16,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=32,
            max_position_embeddings=64,
            relative_attention=True,
            position_buckets=8,
            pos_att_type=["p2c", "c2p"],
            position_biased_input=False,
            norm_rel_ebd="layer_norm",
            share_att_key=True,
        )
    ), tokenizer


def _modernbert() -> Any:
    from transformers import ModernBertConfig

    tokenizer = byte_tokenizer()
    return _model(
        ModernBertConfig(
            vocab_size=len(tokenizer),
            hidden_size=16,
            num_hidden_layers=3,
            num_attention_heads=2,
            intermediate_size=32,
            max_position_embeddings=64,
            local_attention=8,
            pad_token_id=1,
            bos_token_id=0,
            eos_token_id=2,
            cls_token_id=0,
            sep_token_id=2,
        )
    ), tokenizer


def _mpnet() -> Any:
    from transformers import MPNetConfig

    tokenizer = byte_tokenizer()
    return _model(
        MPNetConfig(
            vocab_size=len(tokenizer),
            hidden_size=16,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=32,
            max_position_embeddings=66,
        )
    ), tokenizer


def _gpt2() -> Any:
    from transformers import GPT2Config

    tokenizer = byte_tokenizer(special_tokens=False)
    return _model(
        GPT2Config(
            vocab_size=len(tokenizer),
            n_embd=16,
            n_layer=2,
            n_head=2,
            n_positions=64,
            bos_token_id=0,
            eos_token_id=0,
        )
    ), tokenizer


ARCHITECTURES: dict[str, Callable[[], Any]] = {
    "bert": _bert,
    "roberta": _roberta,
    "distilbert": _distilbert,
    "electra": _electra,
    "albert": _albert,
    "deberta-v2": _deberta,
    "modernbert": _modernbert,
    "mpnet": _mpnet,
    "gpt2": _gpt2,
}


@pytest.fixture(params=list(ARCHITECTURES))
def architecture(request: pytest.FixtureRequest) -> tuple[str, Any, Any]:
    """Name, model and tokeniser of each architecture in turn."""
    model, tokenizer = ARCHITECTURES[request.param]()
    return request.param, model, tokenizer


@pytest.fixture(scope="session")
def bert() -> Callable[..., Any]:
    """Makes a tiny BERT and its tokeniser; keyword arguments change its config."""
    return _bert


@pytest.fixture(scope="session")
def splits() -> dict[str, Split]:
    """The same sentences as words, pairs and sentences."""
    return {"word": word_split(), "pair": pair_split(), "sentence": sentence_split()}


@pytest.fixture(scope="session")
def make_split() -> Callable[..., Split]:
    """Makes a split of words of given texts."""
    return word_split


@pytest.fixture(scope="session")
def make_sentence_split() -> Callable[..., Split]:
    """Makes a split of sentences of given texts."""
    return sentence_split


@pytest.fixture(scope="session")
def make_byte_tokenizer() -> Callable[..., Any]:
    return byte_tokenizer


@pytest.fixture(scope="session")
def make_tokenizers() -> Callable[[], dict[str, Any]]:
    """Makes a tokenizer of each kind: WordPiece, byte-level BPE with and without special tokens, and Unigram."""
    return lambda: {
        "wordpiece": wordpiece_tokenizer(),
        "bytes": byte_tokenizer(),
        "plain bytes": byte_tokenizer(special_tokens=False),
        "unigram": unigram_tokenizer(),
    }
