"""Tiny random models of many families of transformers, each with a tokenizer of the kind that it has in the wild."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

SIZES = {
    "hidden_size": 16,
    "d_model": 16,
    "n_embd": 16,
    "dim": 16,
    "emb_dim": 16,
    "num_hidden_layers": 2,
    "n_layers": 2,
    "n_layer": 2,
    "num_layers": 2,
    "num_attention_heads": 2,
    "n_heads": 2,
    "n_head": 2,
    "num_heads": 2,
    "num_key_value_heads": 2,
    "intermediate_size": 32,
    "hidden_dim": 32,
    "d_ff": 32,
    "d_inner": 32,
    "ffn_dim": 32,
    "d_kv": 8,
    "head_dim": 8,
    "max_position_embeddings": 128,
    "n_positions": 128,
    "n_ctx": 128,
    "embedding_size": 16,
    "num_experts": 2,
    "num_local_experts": 2,
    "num_experts_per_tok": 1,
}
"""What configs call their sizes; each config gets those that it knows."""

WORDPIECE, BYTES, UNIGRAM, PLAIN = "wordpiece", "bytes", "unigram", "plain bytes"

FAMILIES: dict[str, tuple[str, dict[str, Any]]] = {
    # read in both directions
    "albert": (UNIGRAM, {}),
    "bert": (WORDPIECE, {}),
    "bert-generation": (UNIGRAM, {}),
    "big_bird": (UNIGRAM, {}),
    "camembert": (UNIGRAM, {}),
    "convbert": (WORDPIECE, {}),
    "data2vec-text": (BYTES, {}),
    "deberta": (BYTES, {}),
    "deberta-v2": (UNIGRAM, {}),
    "distilbert": (WORDPIECE, {}),
    "electra": (WORDPIECE, {}),
    "ernie": (WORDPIECE, {}),
    "esm": (WORDPIECE, {}),
    "eurobert": (BYTES, {}),
    "flaubert": (BYTES, {}),
    "fnet": (UNIGRAM, {}),
    "ibert": (BYTES, {}),
    "layoutlm": (WORDPIECE, {"max_2d_position_embeddings": 64}),
    "lilt": (BYTES, {"hidden_size": 24, "channel_shrink_ratio": 1, "max_2d_position_embeddings": 64}),
    "longformer": (BYTES, {"attention_window": 8}),
    "luke": (BYTES, {"entity_vocab_size": 10}),
    "megatron-bert": (WORDPIECE, {}),
    "mobilebert": (WORDPIECE, {"embedding_size": 8, "intra_bottleneck_size": 8, "true_hidden_size": 8}),
    "modernbert": (BYTES, {"local_attention": 8}),
    "mpnet": (WORDPIECE, {}),
    "mra": (BYTES, {}),
    "nomic_bert": (WORDPIECE, {}),
    "nystromformer": (WORDPIECE, {}),
    "rembert": (UNIGRAM, {"input_embedding_size": 16}),
    "roberta": (BYTES, {}),
    "roberta-prelayernorm": (BYTES, {}),
    "roc_bert": (WORDPIECE, {"pronunciation_vocab_size": 10, "shape_vocab_size": 10}),
    "roformer": (WORDPIECE, {}),
    "squeezebert": (WORDPIECE, {"q_groups": 2, "k_groups": 2, "v_groups": 2, "output_groups": 2}),
    "t5": (UNIGRAM, {}),
    "mt5": (UNIGRAM, {}),
    "umt5": (UNIGRAM, {}),
    "xlm": (BYTES, {}),
    "xlm-roberta": (UNIGRAM, {}),
    "xlm-roberta-xl": (UNIGRAM, {}),
    "xlnet": (UNIGRAM, {}),
    "yoso": (UNIGRAM, {}),
    # read from left to right
    "biogpt": (PLAIN, {}),
    "bloom": (PLAIN, {}),
    "codegen": (PLAIN, {"num_attention_heads": 4, "n_head": 4, "rotary_dim": 4}),
    "cohere": (PLAIN, {}),
    "ctrl": (PLAIN, {"dff": 32}),
    "falcon": (PLAIN, {}),
    "gemma": (UNIGRAM, {}),
    "gemma2": (UNIGRAM, {}),
    "gemma3_text": (UNIGRAM, {}),
    "gpt2": (PLAIN, {}),
    "gpt_bigcode": (PLAIN, {}),
    "gpt_neo": (PLAIN, {"attention_types": [[["global", "local"], 1]]}),
    "gpt_neox": (PLAIN, {}),
    "gptj": (PLAIN, {"rotary_dim": 4}),
    "granite": (PLAIN, {}),
    "lfm2": (PLAIN, {}),
    "llama": (UNIGRAM, {}),
    "mamba": (PLAIN, {}),
    "mistral": (UNIGRAM, {}),
    "mixtral": (UNIGRAM, {}),
    "mpt": (PLAIN, {}),
    "olmo2": (PLAIN, {}),
    "openai-gpt": (BYTES, {}),
    "opt": (BYTES, {"word_embed_proj_dim": 8}),
    "phi": (PLAIN, {}),
    "phi3": (UNIGRAM, {}),
    "qwen2": (PLAIN, {}),
    "qwen3": (PLAIN, {}),
    "rwkv": (PLAIN, {}),
    "smollm3": (PLAIN, {}),
    "stablelm": (PLAIN, {}),
    "starcoder2": (PLAIN, {}),
    "xglm": (UNIGRAM, {}),
}
"""Family → kind of tokenizer, and what its config needs beside the sizes."""

READ_PADDING = {"convbert", "fnet", "mobilebert", "nystromformer", "yoso"}
"""Families that are known to look at padding, whatever the mask says (MobileBERT: at the vector of the next id)."""

REFUSED = {"canine": "hidden states", "funnel": "hidden states", "reformer": "positions"}
"""Families that have no vector for each token in each layer, and a part of the reason that is given."""


def config_of(family: str, n_ids: int, **changes: Any) -> Any:
    """A tiny config of a family."""
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING

    cls = CONFIG_MAPPING[family]
    known = {*cls.__init__.__annotations__, *getattr(cls, "__annotations__", {}), *getattr(cls, "attribute_map", {})}
    known |= set(getattr(cls, "__dataclass_fields__", {}))
    sizes = {key: value for key, value in SIZES.items() if key in known}
    special = {"pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2}
    return cls(**{"vocab_size": n_ids, **sizes, **special, **changes}, architectures=[])


def model_of(family: str, tokenizer: Any) -> Any:
    """A tiny random model of a family; of T5 and its kin the encoder."""
    import torch
    import transformers

    makers: dict[str, Callable[[Any], Any]] = {
        "t5": transformers.T5EncoderModel,
        "mt5": transformers.MT5EncoderModel,
        "umt5": transformers.UMT5EncoderModel,
    }
    changes = FAMILIES[family][1] if family in FAMILIES else {}
    config = config_of(family, len(tokenizer), **changes)
    torch.manual_seed(0)
    model = makers.get(family, transformers.AutoModel.from_config)(config).eval()
    with torch.no_grad():  # what was drawn narrow is made wide, so that no agreement comes from vectors all alike
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.mul_(4)
    return model
