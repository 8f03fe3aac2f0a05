"""The pooling that a folder of sentence-transformers names for itself (modules.json, 1_Pooling, 2_Normalize).

Only its JSON is read; nothing that it names is imported.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tunescope.encoders._pooling import Pooling
from tunescope.errors import EncoderError, StorageError
from tunescope.storage import read_json

MODULES = "modules.json"
_MODES = {
    "cls": "first-token",  # theirs takes the first token, whatever it is
    "mean": "mean",
    "mean_sqrt_len_tokens": "mean-sqrt-length",
    "weightedmean": "weighted-mean",
    "lasttoken": "last-token",
}
"""Their name of a pooling, and ours."""
_MAXIMUM = "max"
_OLD_KEYS = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": _MAXIMUM,
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "pooling_mode_weightedmean_tokens": "weightedmean",
    "pooling_mode_lasttoken": "lasttoken",
}


def folder_pooling(read: Callable[[str], Path | None], name: str) -> Pooling | None:
    """How sentence-transformers makes a sentence's vector with this encoder.

    Parameters
    ----------
    read : callable
        Gives the path of a file of the encoder by its name there; None where it has no such file.
    name : str
        The encoder's name, for messages.

    Returns
    -------
    Pooling or None
        None where there is no modules.json. Where vectors pass through something that the layers of an encoder
        do not have (a further dense layer), `Pooling.unsupported` says so: words can be encoded all the same.

    Raises
    ------
    EncoderError
        A file that is not what it should be.
    """
    path = read(MODULES)
    if path is None:
        return None
    modules = _content(path, list)
    pooling, transformer = Pooling(sentence="mean"), False
    for module in modules:
        if not isinstance(module, dict) or not all(isinstance(module.get(key), str) for key in ("type", "path")):
            raise EncoderError(f"{path} is damaged: a module is an object with type and path, not {module!r}")
        kind, place = module["type"].rpartition(".")[2], module["path"]
        if kind == "Transformer":
            transformer = True
            reason = "" if not place else f"its transformer is in the folder {place!r}; give that folder"
            reason = reason or _not_text_as_it_is(read)
        elif kind == "Pooling":
            pooling, reason = _pooling(read, f"{place}/config.json" if place else "config.json", pooling)
        elif kind == "Normalize":
            pooling, reason = Pooling(sentence=pooling.sentence, normalize=True, unsupported=pooling.unsupported), ""
        elif kind == "Dropout":  # does nothing in evaluation
            reason = ""
        else:
            reason = f"its vectors pass through {kind}, which is no layer of the encoder"
        if reason and not pooling.unsupported:
            pooling = Pooling(sentence=pooling.sentence, normalize=pooling.normalize, unsupported=reason)
    if not transformer:
        pooling = Pooling(unsupported="its modules.json names no Transformer")
    return pooling


def _pooling(read: Callable[[str], Path | None], place: str, before: Pooling) -> tuple[Pooling, str]:
    path = read(place)
    if path is None:
        return before, f"its {place} is missing"
    config = _content(path, dict)
    modes: Any = config.get("pooling_mode", [mode for key, mode in _OLD_KEYS.items() if config.get(key)] or "mean")
    modes = [modes] if isinstance(modes, str) else list(modes)
    if len(modes) != 1:
        return before, f"its vectors are several poolings side by side ({', '.join(map(str, modes))})"
    if modes[0] == _MAXIMUM:
        return before, "its vectors are maxima over tokens, which are the vector of no weighted mean of them"
    if modes[0] not in _MODES:
        return before, f"its pooling {modes[0]!r} is unknown"
    return Pooling(sentence=_MODES[modes[0]], normalize=before.normalize, unsupported=before.unsupported), ""


def _not_text_as_it_is(read: Callable[[str], Path | None]) -> str:
    """Why the text that the model is given is not the sentence itself; empty where it is."""
    path = read("sentence_bert_config.json")
    if path is not None and _content(path, dict).get("do_lower_case"):
        return "its text is put into lower case before it is tokenized"
    path = read("config_sentence_transformers.json")
    if path is not None:
        config = _content(path, dict)
        prompt = config.get("default_prompt_name")
        if prompt is not None:
            return f"a prompt ({prompt!r}) is put before its text"
    return ""


def _content(path: Path, kind: type) -> Any:
    try:
        content = read_json(path)
    except StorageError as error:
        raise EncoderError(f"{path} is damaged: {error}") from error
    if not isinstance(content, kind):
        raise EncoderError(f"{path} is damaged: expected {'a list' if kind is list else 'an object'}")
    return content
