"""What an encoder's files may say: checked before transformers reads them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from tunescope.errors import EncoderError, StorageError
from tunescope.storage import read_json

TOKENIZER_FILES = (
    "tokenizer.json",
    "vocab.txt",
    "vocab.json",
    "spiece.model",
    "spm.model",
    "sentencepiece.bpe.model",
    "tokenizer.model",
)
INDEX = "model.safetensors.index.json"
_SAFE_WEIGHTS = ("model.safetensors", INDEX)
_PICKLE_WEIGHTS = ("pytorch_model.bin", "pytorch_model.bin.index.json")
_OWN_ATTENTION = {"eager", "sdpa"}
"""The implementations of attention that come with PyTorch and transformers."""


def check_folder(folder: Path, given: str, *, allow_pickle: bool, has_tokenizer: bool = True) -> None:
    """See that a folder holds an encoder whose weights can be read safely.

    Raises
    ------
    EncoderError
        The config, the tokenizer or the weights are missing, or the weights are stored as a pickle.
    """

    def there(names: tuple[str, ...]) -> bool:
        return any((folder / name).is_file() for name in names)

    if not there(("config.json",)):
        raise EncoderError(f"{given!r} is no encoder folder: {folder / 'config.json'} is missing")
    if has_tokenizer and not there(TOKENIZER_FILES):
        raise EncoderError(
            f"{given!r} has no tokeniser: none of {', '.join(TOKENIZER_FILES)} is in {folder}; save it there"
            " with tokenizer.save_pretrained(folder)"
        )
    if there(_SAFE_WEIGHTS):
        if (folder / INDEX).is_file() and not (folder / _SAFE_WEIGHTS[0]).is_file():
            check_index(folder / INDEX, given)
        return
    if not there(_PICKLE_WEIGHTS):
        raise EncoderError(f"{given!r} has no weights: {folder / 'model.safetensors'} is missing")
    if not allow_pickle:
        raise EncoderError(pickle_message(given))


def check_index(path: Path, given: str) -> None:
    """See that the index of weights in several files names safetensors files of its own folder, and nothing else.

    Raises
    ------
    EncoderError
        It names a file outside of the folder, or one that is no safetensors file, or is no index.
    """
    try:
        content = read_json(path)
    except StorageError as error:
        raise EncoderError(f"the index of the weights of {given!r} is damaged: {error}") from error
    files = content.get("weight_map") if isinstance(content, dict) else None
    if not isinstance(files, dict) or not all(isinstance(file, str) for file in files.values()):
        raise EncoderError(f"the index of the weights of {given!r} is damaged: {path} has no weight_map of file names")
    for file in sorted(set(files.values())):
        if PurePosixPath(file).name != file or "\\" in file or ":" in file:
            raise EncoderError(
                f"the index of the weights of {given!r} names {file!r}, which is outside of its folder; it is not read"
            )
        if not file.endswith(".safetensors"):
            raise EncoderError(
                f"the index of the weights of {given!r} names {file!r}, which is no safetensors file; it is not read,"
                " since a pickle can run code"
            )


def pickle_message(given: str) -> str:
    """What to do about weights that exist as a pickle only."""
    return (
        f"the weights of {given!r} are stored as a pickle only, which can run code when it is read; convert"
        " them to safetensors (model.save_pretrained), or, if you trust where they come from, load with"
        " allow_pickle=True (tunescope run --allow-pickle)"
    )


def without_foreign_code(config: Any) -> Any:
    """The config without what makes transformers fetch code: attention or experts as a kernel of the hub, by name."""
    for part in _parts(config):
        if getattr(part, "_attn_implementation", None) not in {None, *_OWN_ATTENTION}:
            part._attn_implementation = None
        if getattr(part, "_experts_implementation", None) is not None:
            part._experts_implementation = None
    return config


def _parts(config: Any) -> Iterator[Any]:
    yield config
    for name in getattr(config, "sub_configs", {}):
        part = getattr(config, name, None)
        if part is not None:
            yield from _parts(part)
