"""Folders of PEFT adapters: the base encoder is loaded, and the adapter is merged into its weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tunescope.errors import EncoderError, StorageError
from tunescope.storage import read_json

ADAPTER_CONFIG = "adapter_config.json"
_WEIGHTS = "adapter_model.safetensors"
_PREFIX = "base_model.model."


def base_of(folder: Path, given: str) -> str:
    """The name or folder of the encoder that an adapter was trained on.

    Raises
    ------
    EncoderError
        The adapter does not name it.
    """
    try:
        config = read_json(folder / ADAPTER_CONFIG)
    except StorageError as error:
        raise EncoderError(f"the adapter {given!r} cannot be read: {error}") from error
    base = config.get("base_model_name_or_path") if isinstance(config, dict) else None
    if not isinstance(base, str) or not base:
        raise EncoderError(
            f"{given!r} is a PEFT adapter that does not name the model it belongs to (base_model_name_or_path in"
            f" {folder / ADAPTER_CONFIG}); write it there"
        )
    beside = folder / base
    return str(beside) if not Path(base).exists() and beside.is_dir() else base


def merge_adapter(model: Any, folder: Path, given: str) -> Any:
    """The model with the adapter of `folder` merged into its weights.

    An adapter over a model with a task head holds the head's name before each of the encoder's; it is taken off.

    Parameters
    ----------
    model : transformers model
        The encoder without a task head; changed in place.
    folder : Path
        The adapter's folder.
    given : str
        How it was given, for messages.

    Raises
    ------
    EncoderError
        `peft` is not installed, the adapter is none that can be merged (prompt or prefix tuning), its weights are
        a pickle, or they do not fit.
    """
    try:
        import peft
    except ImportError as error:
        raise EncoderError(
            f"{given!r} is a PEFT adapter, and peft is not installed: pip install peft; or merge the adapter into"
            " its base (model.merge_and_unload().save_pretrained(folder)) and give that folder"
        ) from error
    from safetensors.torch import load_file

    if not (folder / _WEIGHTS).is_file():
        raise EncoderError(
            f"the adapter {given!r} has no {_WEIGHTS}; save it with PEFT's save_pretrained (a pickle is not read)"
        )
    try:
        config = peft.PeftConfig.from_pretrained(str(folder))
        if getattr(config, "is_prompt_learning", False):
            raise EncoderError(
                f"the adapter {given!r} puts learnt tokens before the text ({config.peft_type}); its vectors cannot be"
                " given to words. LoRA, IA3 and their kin can be read"
            )
        config.task_type = None
        config.modules_to_save = None  # they are of the head
        adapted: Any = peft.get_peft_model(model, config)
        stored = load_file(str(folder / _WEIGHTS))
        inner = f"{_PREFIX}{type(model).base_model_prefix}."
        parts = {name.split(".")[0] for name, _ in model.named_children()}
        renamed = {
            key if key.removeprefix(_PREFIX).split(".")[0] in parts else _PREFIX + key.removeprefix(inner): tensor
            for key, tensor in stored.items()
        }
        mine = {key: tensor for key, tensor in renamed.items() if key.removeprefix(_PREFIX).split(".")[0] in parts}
        wanted = set(peft.get_peft_model_state_dict(adapted))
        lacking = sorted(wanted - set(mine))
        if lacking or not mine:
            raise EncoderError(
                f"the adapter {given!r} does not fit its base: it has no {lacking[0] if lacking else 'weights'}"
            )
        peft.set_peft_model_state_dict(adapted, {key: mine[key] for key in wanted})
        merged = adapted.merge_and_unload()
    except EncoderError:
        raise
    except Exception as error:
        reason = " ".join(str(error).split())[:300]
        raise EncoderError(f"the adapter {given!r} cannot be put on its base: {reason}") from error
    merged._hf_peft_config_loaded = False
    return merged
