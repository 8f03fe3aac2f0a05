"""Load an encoder by short name, hub id or folder, and say clearly what is wrong when it cannot be."""

from __future__ import annotations

import contextlib
import socket
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tunescope.encoders._adapters import ADAPTER_CONFIG, base_of, merge_adapter
from tunescope.encoders._catalogue import encoder_infos, find_info
from tunescope.encoders._encoder import Encoder
from tunescope.encoders._folder import (
    INDEX,
    TOKENIZER_FILES,
    check_folder,
    check_index,
    pickle_message,
    without_foreign_code,
)
from tunescope.encoders._model import is_pooler, resolve_device, silent_transformers, without_pooler
from tunescope.encoders._pooling import Pooling, pooling_from
from tunescope.encoders._random import RANDOM, untrained
from tunescope.encoders._saving import POOLING_FILE
from tunescope.encoders._sentence_transformers import folder_pooling
from tunescope.errors import EncoderError, StorageError, closest, near
from tunescope.storage import read_json


def load_encoder(
    name_or_path: str | Path,
    *,
    revision: str | None = None,
    device: str = "auto",
    trust_remote_code: bool = False,
    allow_pickle: bool = False,
    max_tokens: int | None = None,
    pooling: str | None = None,
    expect: str | None = None,
    beside: str | Path | None = None,
) -> Encoder:
    """Load an encoder, in float32 and evaluation mode.

    Parameters
    ----------
    name_or_path : str or Path
        A short name (`tiny`, `mini`, `small`, `medium`, `base`: the paper's five; `embedded`: the one that the
        package carries), a Hugging Face hub id, a folder in Hugging Face's format, or the folder of a PEFT adapter,
        which is merged into its base (needs `peft`). Of T5 and its kin the encoder is loaded. With ``random:`` before
        it, a control: the same architecture with initial weights, always the same ones.
    revision : str or None
        Branch, tag or commit on the hub. The commit that it was is `Encoder.commit`.
    device : str, default "auto"
        `auto` (cuda, mps or cpu, the first there is), or a torch device.
    trust_remote_code : bool, default False
        Run code that comes with the model. Only for sources that you trust.
    allow_pickle : bool, default False
        Also read weights that are stored as a pickle, if there are no safetensors.
    max_tokens : int or None
        Longest input in tokens, special tokens included; None takes the model's own limit.
    pooling : str or None
        How vectors are made: of words `mean` (of their subwords), `first-subword`, `last-subword`; of sentences
        `cls`, `mean`, `last-token`, `first-token`, `weighted-mean`, `mean-sqrt-length`. None takes what fits: the
        mean for words; for sentences what the folder of sentence-transformers says (normalisation included), else
        the last token of a model that reads from left to right, else `[CLS]`, else the mean.
    expect : str or None
        The `Encoder.fingerprint` that it has to have.
    beside : str, Path or None
        An encoder, as `name_or_path`, that this one was trained from: gives its tokenizer to a folder that has none, as
        checkpoints often have, and is the base of an adapter.

    Returns
    -------
    Encoder
        Its weights are a copy in memory: what happens to the files afterwards does not matter.

    Raises
    ------
    EncoderError
        No such name, no such folder, a folder without config, tokenizer or weights, weights that lack tensors,
        pickle weights that were not allowed, weights that name files outside of their folder, a hub that cannot be
        reached, a device that is not there, an unknown pooling, another fingerprint than `expect`.

    Examples
    --------
    >>> load_encoder("embedded", device="cpu")
    Encoder('embedded', 2 layers, width 128, on cpu)
    """
    from tunescope.encoders._prefixed import with_prefix

    given = str(name_or_path)
    is_control = given.startswith(RANDOM)
    given = given.removeprefix(RANDOM)
    where = resolve_device(device)
    Pooling().choose(pooling)
    info = find_info(given)
    source = info.source if info is not None else given
    folder = Path(source).expanduser()
    local = folder.is_dir()
    if local and (folder / ADAPTER_CONFIG).is_file() and not (folder / "config.json").is_file():
        base = _Source(str(beside or base_of(folder, given)), None, trust_remote_code, allow_pickle)
        model, tokenizer, own = _read(base, base.given)
        model = merge_adapter(model, folder, given)
        commit = None
    else:
        place = _Source(str(folder) if local else source, revision, trust_remote_code, allow_pickle, beside)
        model, tokenizer, own = _read(place, given)
        if local and not is_control:
            model = with_prefix(model, folder)
        commit = place.commit
    name = info.name if info is not None else (folder.resolve().name if local else given)
    if is_control:
        name, model = RANDOM + name, untrained(model)
    encoder = Encoder(
        _in_memory(model).to(where),
        tokenizer,
        name=name,
        max_tokens=max_tokens,
        pooling=own.choose(pooling),
        revision=revision,
        commit=commit,
    )
    if expect is not None and (found := encoder.fingerprint) != expect:
        raise EncoderError(
            f"the encoder {given!r} has changed: its fingerprint is {found[:12]}… where {expect[:12]}… was expected;"
            " use the files that were there, or begin anew with those that are there now"
        )
    return encoder


@dataclass
class _Source:
    """Where an encoder's files are: a folder, or a repository of the hub."""

    given: str
    revision: str | None
    trust_remote_code: bool
    allow_pickle: bool
    beside: str | Path | None = None
    """An encoder that gives the tokenizer, where there is none."""
    commit: str | None = None

    def __post_init__(self) -> None:
        info = find_info(self.given)
        self.source = info.source if info is not None else self.given
        folder = Path(self.source).expanduser()
        self.local = folder.is_dir()
        self.tokenizer = self.source
        self.options: dict[str, Any] = {"trust_remote_code": self.trust_remote_code}
        if self.local:
            self.tokenizer = self._tokenizer_of(folder)
            own = self.tokenizer == str(folder)
            check_folder(folder, self.given, allow_pickle=self.allow_pickle, has_tokenizer=own)
            self.source = str(folder)
            return
        _check_hub_id(self.source)
        # What is in the cache loads without network, and what is not fails at once instead of after retries.
        self.options["local_files_only"] = not _hub_can_be_reached()
        with _plain_errors(self.given, self.options):
            self.commit = self.options["revision"] = _commit(
                self.source, self.revision, self.options["local_files_only"]
            )

    def _tokenizer_of(self, folder: Path) -> str:
        """Where the tokenizer is: in the folder, or in the one beside it."""
        if self.beside is None or any((folder / name).is_file() for name in TOKENIZER_FILES):
            return str(folder)
        info = find_info(str(self.beside))
        return str(Path(info.source if info is not None else self.beside).expanduser())

    def file(self, name: str) -> Path | None:
        """The path of one of its files; None where it has none of that name."""
        if self.local:
            path = Path(self.source, name)
            return path if path.is_file() else None
        from transformers.utils import cached_file

        options = {key: value for key, value in self.options.items() if key != "trust_remote_code"}
        found = cached_file(
            self.source,
            name,
            **options,
            _raise_exceptions_for_missing_entries=False,
            _raise_exceptions_for_connection_errors=False,
            _raise_exceptions_for_gated_repo=False,
        )
        return None if found is None else Path(found)


def _read(place: _Source, given: str) -> tuple[Any, Any, Pooling]:
    """Model, tokenizer, and the pooling that is stored with them."""
    from transformers import AutoConfig, AutoTokenizer

    with _plain_errors(given, place.options), silent_transformers():
        if not place.local and (index := place.file(INDEX)) is not None:
            check_index(index, given)
        config = without_foreign_code(AutoConfig.from_pretrained(place.source, **place.options))
        tokenizer = AutoTokenizer.from_pretrained(place.tokenizer, **place.options)
        model, report = _model_class(config).from_pretrained(
            place.source,
            config=config,
            use_safetensors=None if place.allow_pickle else True,
            output_loading_info=True,
            **place.options,
        )
    if len(tokenizer) <= len(tokenizer.all_special_ids):
        raise EncoderError(f"the tokeniser of {given!r} has no vocabulary: its vocabulary file is missing")
    without_pooler(model)
    missing = sorted(k for k in report["missing_keys"] if not is_pooler(k))
    if missing:
        raise EncoderError(
            f"the weights of {given!r} lack {len(missing)} tensors of {type(model).__name__}, the first"
            f" {missing[0]!r}; its config and its weights do not belong together"
        )
    return model, tokenizer, _stored_pooling(place.file, given)


def _model_class(config: Any) -> Any:
    """The class that loads the encoder: of T5 and its kin the encoder alone."""
    from transformers import AutoModel, AutoModelForTextEncoding
    from transformers.models.auto.modeling_auto import MODEL_FOR_TEXT_ENCODING_MAPPING

    alone = any(name.endswith("EncoderModel") for name in config.architectures or ())
    if (config.is_encoder_decoder or alone) and type(config) in MODEL_FOR_TEXT_ENCODING_MAPPING:
        return AutoModelForTextEncoding
    return AutoModel


def _in_memory(model: Any) -> Any:
    """The model in float32 and evaluation mode, with weights of its own.

    What transformers gives may be a view of the file, which would follow the file when it changes.
    """
    import torch

    copies: dict[int, torch.Tensor] = {}
    for tensor in [*model.parameters(), *model.buffers()]:
        if tensor.data_ptr() not in copies:
            copies[tensor.data_ptr()] = tensor.data.clone()
        tensor.data = copies[tensor.data_ptr()]
    return model.float().eval()  # storage may be in half precision


def _stored_pooling(read: Callable[[str], Path | None], given: str) -> Pooling:
    path = read(POOLING_FILE)
    if path is None:
        return folder_pooling(read, given) or Pooling()
    try:
        return pooling_from(read_json(path))
    except (StorageError, TypeError) as error:
        raise EncoderError(f"{path} is damaged: {error}") from error


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
    try:
        yield
    except EncoderError:
        raise
    except Exception as error:  # transformers and what it calls raise errors of many kinds
        text, local = str(error), "local_files_only" not in options
        if not local and "safetensors" in text and "found" in text:
            raise EncoderError(pickle_message(given)) from error
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
