"""What makes an encoder's vectors, in one number: weights, config, tokenizer, and a pooling of one's own."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import Any

from tunescope.encoders._model import is_pooler, without_adapters
from tunescope.encoders._pooling import Pooling


def fingerprint(model: Any, tokenizer: Any, pooling: Pooling) -> str:
    """sha256 (hex) of the weights, the config, the tokenizer, and the pooling where it is not the default one."""
    weights = weights_fingerprint(model, tokenizer)
    if pooling == Pooling():
        return weights
    return hashlib.sha256(f"{weights} {json.dumps(dataclasses.asdict(pooling), sort_keys=True)}".encode()).hexdigest()


def weights_fingerprint(model: Any, tokenizer: Any) -> str:
    """sha256 (hex) of the weights, the config and the tokenizer, whatever is made of them.

    The pooler's weights do not count, since no vector comes from them.
    """
    import torch

    model = without_adapters(model)
    digest = hashlib.sha256()
    digest.update(_config_text(model.config).encode())
    digest.update(_tokenizer_text(tokenizer).encode())
    for name, tensor in sorted(model.state_dict().items()):
        if is_pooler(name):
            continue
        values = tensor.detach().cpu().contiguous()
        digest.update(f"{name} {values.dtype} {tuple(values.shape)}".encode())
        digest.update(values.flatten().view(dtype=torch.uint8).numpy().data)
    return digest.hexdigest()


def _config_text(config: Any) -> str:
    volatile = {"_name_or_path", "transformers_version", "dtype", "torch_dtype", "architectures"}
    settings = {k: v for k, v in config.to_dict().items() if k not in volatile}
    return json.dumps(settings, sort_keys=True, default=str)


def _tokenizer_text(tokenizer: Any) -> str:
    if not getattr(tokenizer, "is_fast", False):
        return json.dumps(tokenizer.get_vocab(), sort_keys=True)
    settings = json.loads(tokenizer.backend_tokenizer.to_str())
    # Set by whoever called the tokenizer last; they are no part of what it is.
    settings.pop("truncation", None)
    settings.pop("padding", None)
    settings["special"] = {k: str(v) for k, v in tokenizer.special_tokens_map.items()}
    return json.dumps(settings, sort_keys=True)
