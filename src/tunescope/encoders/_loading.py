"""Load an encoder by short name, hub id or folder, and say clearly what is wrong when it cannot be."""

from __future__ import annotations

import contextlib
import socket
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tunescope.encoders._catalogue import encoder_infos, find_info
from tunescope.encoders._encoder import Encoder, resolve_device, silent_transformers
from tunescope.errors import EncoderError, closest, near

_TOKENIZER_FILES = (
    "tokenizer.json",
    "vocab.txt",
    "vocab.json",
    "spiece.model",
    "spm.model",
    "sentencepiece.bpe.model",
    "tokenizer.model",
)
_SAFE_WEIGHTS = ("model.safetensors", "model.safetensors.index.json")
_PICKLE_WEIGHTS = ("pytorch_model.bin", "pytorch_model.bin.index.json")


def load_encoder(
    name_or_path: str | Path,
    *,
    revision: str | None = None,
    device: str = "auto",
    trust_remote_code: bool = False,
    allow_pickle: bool = False,
    max_tokens: int | None = None,
) -> Encoder:
    """Load an encoder, in float32 and evaluation mode.

    Args:
        name_or_path: a short name (`tiny`, `mini`, `small`, `medium`, `base`: the paper's five; `embedded`:
            the one that the package carries), a Hugging Face hub id, or a folder in Hugging Face's format.
        revision: branch, tag or commit on the hub. The commit that it was is `Encoder.commit`.
        device: `auto` (cuda, mps or cpu, the first there is), or a torch device.
        trust_remote_code: run code that comes with the model. Only for sources that you trust.
        allow_pickle: also read weights that are stored as a pickle, if there are no safetensors.
        max_tokens: longest input in tokens; None takes the model's own limit.

    Raises:
        EncoderError: no such name, no such folder, a folder without config, tokeniser or weights, weights
            that lack tensors, pickle weights that were not allowed, a hub that cannot be reached, a device
            that is not there.
    """
    given = str(name_or_path)
    where = resolve_device(device)
    info = find_info(given)
    source = info.source if info is not None else given
    folder = Path(source).expanduser()
    local = folder.is_dir()
    if local:
        _check_folder(folder, given, allow_pickle)
        source = str(folder)
    else:
        _check_hub_id(source)
    name = info.name if info is not None else (folder.resolve().name if local else given)

    from transformers import AutoModel, AutoTokenizer

    options: dict[str, Any] = {"trust_remote_code": trust_remote_code}
    commit = None
    if not local:
        # What is in the cache loads without network, and what is not fails at once instead of after retries.
        options["local_files_only"] = not _hub_can_be_reached()
        with _plain_errors(given, options):
            commit = options["revision"] = _commit(source, revision, options["local_files_only"])
    with _plain_errors(given, options), silent_transformers():
        tokenizer = AutoTokenizer.from_pretrained(source, **options)
        model, report = AutoModel.from_pretrained(
            source, use_safetensors=None if allow_pickle else True, output_loading_info=True, **options
        )
    if len(tokenizer) <= len(tokenizer.all_special_ids):
        raise EncoderError(f"the tokeniser of {given!r} has no vocabulary: its vocabulary file is missing")
    _drop_pooler(model)
    missing = sorted(k for k in report["missing_keys"] if not _is_pooler(k))
    if missing:
        raise EncoderError(
            f"the weights of {given!r} lack {len(missing)} tensors of {type(model).__name__}, the first"
            f" {missing[0]!r}; its config and its weights do not belong together"
        )
    model.float().eval()  # storage may be in half precision
    return Encoder(
        model.to(where),
        tokenizer,
        name=name,
        max_tokens=max_tokens,
        revision=revision,
        commit=commit,
    )


def _check_folder(folder: Path, given: str, allow_pickle: bool) -> None:
    def there(names: tuple[str, ...]) -> bool:
        return any((folder / name).is_file() for name in names)

    if not there(("config.json",)):
        raise EncoderError(f"{given!r} is no encoder folder: {folder / 'config.json'} is missing")
    if not there(_TOKENIZER_FILES):
        raise EncoderError(
            f"{given!r} has no tokeniser: none of {', '.join(_TOKENIZER_FILES)} is in {folder}; save it there"
            " with tokenizer.save_pretrained(folder)"
        )
    if there(_SAFE_WEIGHTS):
        return
    if not there(_PICKLE_WEIGHTS):
        raise EncoderError(f"{given!r} has no weights: {folder / 'model.safetensors'} is missing")
    if not allow_pickle:
        raise EncoderError(_pickle_message(given))


def _pickle_message(given: str) -> str:
    return (
        f"the weights of {given!r} are stored as a pickle only, which can run code when it is read; convert"
        " them to safetensors (model.save_pretrained), or, if you trust where they come from, load with"
        " allow_pickle=True (tunescope run --allow-pickle)"
    )


def _check_hub_id(source: str) -> None:
    names = [info.name for info in encoder_infos()]
    looks_like_path = source.startswith(("/", ".", "~")) or source.count("/") > 1 or "\\" in source
    if looks_like_path:
        raise EncoderError(f"there is no folder {source!r}")
    if "/" not in source and closest(source, names):
        raise EncoderError(
            f"there is no encoder {source!r}; {near(source, names)} Short names are {', '.join(names)}; anything"
            " else is a hub id (owner/name) or a folder"
        )


def _hub_can_be_reached() -> bool:
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        return False
    if urllib.request.getproxies():
        return True  # a proxy may reach it where we cannot
    hub = urllib.parse.urlsplit(constants.ENDPOINT)
    try:
        with socket.create_connection((hub.hostname or "", hub.port or 443), timeout=5):
            return True
    except OSError:
        return False


def _commit(source: str, revision: str | None, local_files_only: bool) -> str:
    """The commit that a revision of a hub repository is: files are cached in a folder of that name."""
    from huggingface_hub import hf_hub_download

    config = hf_hub_download(source, "config.json", revision=revision, local_files_only=local_files_only)
    return Path(config).parent.name


@contextlib.contextmanager
def _plain_errors(given: str, options: dict[str, Any]) -> Iterator[None]:
    """Turn what transformers raises into one message."""
    from safetensors import SafetensorError

    try:
        yield
    except (OSError, ValueError, RuntimeError, KeyError, ImportError, SafetensorError) as error:
        text, local = str(error), "local_files_only" not in options
        if not local and "safetensors" in text and "found" in text:
            raise EncoderError(_pickle_message(given)) from error
        first = " ".join(text.split()).split(". ")[0][:300].rstrip(".")
        if local:
            raise EncoderError(f"the folder {given!r} cannot be loaded: {first}") from error
        if options["local_files_only"]:
            first = "it cannot be reached from here, and the cache does not hold all of it"
        names = ", ".join(info.name for info in encoder_infos())
        raise EncoderError(
            f"the encoder {given!r} cannot be had from the hub ({first}); without network give a folder, or"
            f" 'embedded', which the package carries. Short names are {names}"
        ) from error


def _drop_pooler(model: Any) -> None:
    """Leave BERT's pooler away: no vector here comes from it, and many checkpoints have none to load."""
    if getattr(model, "pooler", None) is not None:
        model.pooler = None


def _is_pooler(key: str) -> bool:
    return key.split(".")[0] == "pooler"
