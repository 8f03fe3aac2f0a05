"""Write an encoder as a Hugging Face folder, whole or not at all."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from tunescope.encoders._model import silent_transformers, without_adapters
from tunescope.encoders._pooling import Pooling
from tunescope.errors import EncoderError
from tunescope.storage import write_folder, write_json

POOLING_FILE = "pooling.json"
"""Beside the model where the pooling is not the default one; `load_encoder` reads it."""


def save(model: Any, tokenizer: Any, pooling: Pooling, folder: str | Path) -> None:
    """Write model (safetensors), config, tokenizer and pooling; an encoder that is already there is replaced.

    Layers that PEFT put into the model are merged into its weights, in a copy.

    Raises
    ------
    EncoderError
        `folder` is a file, or holds something that is not an encoder.
    StorageError
        The file system refuses; what was there is there still.
    """
    target = Path(folder)
    if target.exists() and not target.is_dir():
        raise EncoderError(f"cannot save an encoder to {target}: it is a file")
    if target.is_dir() and any(target.iterdir()) and not (target / "config.json").is_file():
        raise EncoderError(f"cannot save an encoder to {target}: the folder holds something else")
    plain = without_adapters(model)

    def write(whole: Path) -> None:
        with silent_transformers():
            plain.save_pretrained(whole)
            tokenizer.save_pretrained(whole)
        if pooling != Pooling():
            write_json(whole / POOLING_FILE, dataclasses.asdict(pooling))

    write_folder(target, write)
