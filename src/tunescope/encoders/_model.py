"""The transformers model inside of an encoder: which part of it, its size, its limits, its hidden states."""

from __future__ import annotations

import contextlib
import copy
import inspect
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from tunescope.errors import EncoderError, TunescopeError

if TYPE_CHECKING:
    import torch

# What a tokenizer reports as its limit when nobody told it one is about 1e30.
_NO_LIMIT = 1_000_000


def inner_model(model: Any, name: str) -> Any:
    """The model that gives hidden states: below a task head, and inside of PEFT's wrapper; not copied.

    Raises
    ------
    EncoderError
        An encoder-decoder model, or an adapter that works on the input and not inside of the model.
    """
    if hasattr(model, "get_base_model") and hasattr(model, "peft_config"):
        if any(getattr(config, "is_prompt_learning", False) for config in model.peft_config.values()):
            raise EncoderError(
                f"{name!r} carries a PEFT adapter that puts learnt tokens before the text (prompt or prefix tuning);"
                " its vectors cannot be given to words. LoRA, IA3 and their kin can be read"
            )
        model = model.get_base_model()
    inner = getattr(model, "base_model", model)
    if getattr(inner.config, "is_encoder_decoder", False) and getattr(inner, "decoder", None) is not None:
        raise EncoderError(f"{name!r} is an encoder-decoder model; give its encoder alone (for T5: T5EncoderModel)")
    return inner


def size_of(model: Any, name: str) -> tuple[int, int]:
    """Number of layers, and width, as the model's config has them.

    Raises
    ------
    EncoderError
        The config does not say.
    """
    config = model.config.get_text_config()
    layers, width = getattr(config, "num_hidden_layers", None), getattr(config, "hidden_size", None)
    if not isinstance(layers, int) or not isinstance(width, int):
        raise EncoderError(
            f"the config of {name!r} ({type(model).__name__}) names no num_hidden_layers or no hidden_size, so it"
            " cannot be read layer by layer; give a transformer for text"
        )
    return layers, width


def token_limit(model: Any, tokenizer: Any) -> int:
    """The longest input, special tokens included, that both the model and its tokenizer allow."""
    limits = [_NO_LIMIT]
    said = getattr(tokenizer, "model_max_length", None)
    if said is not None and said < _NO_LIMIT:
        limits.append(int(said))
    positions = getattr(model.config.get_text_config(), "max_position_embeddings", None)
    if isinstance(positions, int) and positions > 0:
        limits.append(int(positions))
    for name, module in model.named_modules():
        if name.endswith("position_embeddings") and hasattr(module, "padding_idx"):
            # RoBERTa and its kin count positions from padding_idx + 1, and lose that many.
            lost = 0 if module.padding_idx is None else module.padding_idx + 1
            limits.append(len(module.weight) - lost)
    return min(limits) - getattr(model, "positions_taken", 0)


def n_token_ids(model: Any) -> int | None:
    """Rows of the model's table of token vectors; None where it has no such table."""
    try:
        table = model.get_input_embeddings()
    except (NotImplementedError, AttributeError):
        return None
    return getattr(table, "num_embeddings", None)


def n_token_types(model: Any) -> int:
    """How many token types the model tells apart; 0 where it takes none."""
    if "token_type_ids" not in inspect.signature(model.forward).parameters:
        return 0
    if any(name.endswith("seg_embed") for name, _ in model.named_parameters()):  # XLNet compares them only
        return _NO_LIMIT
    return int(getattr(model.config.get_text_config(), "type_vocab_size", 0) or 0)


def pad_id(tokenizer: Any, n_ids: int | None) -> int:
    """The id that fills rows up; padding is masked, so any will do where a tokenizer has none (GPT-2)."""
    for candidate in (tokenizer.pad_token_id, tokenizer.eos_token_id, tokenizer.unk_token_id):
        if candidate is not None and (n_ids is None or candidate < n_ids):
            return int(candidate)
    return 0


def hidden_states(model: Any, inputs: dict[str, torch.Tensor], n_layers: int) -> tuple[torch.Tensor, ...]:
    """Every layer's hidden states by one forward pass.

    The last one is the model's own last hidden state, which for architectures with a final normalisation
    differs from what the last layer hands out.

    Parameters
    ----------
    model : transformers model
    inputs : dict of str to (rows, length) int64
        What it is called with; of these, what its forward takes.
    n_layers : int
        Layers of the model, the embedding layer not counted.

    Returns
    -------
    tuple of n_layers + 1 tensors (rows, length, width)

    Raises
    ------
    EncoderError
        The model cannot be called so, or gives no vector for each token in each layer; the message says which.
    """
    what = type(model).__name__
    takes = inspect.signature(model.forward).parameters
    free = any(parameter.kind is parameter.VAR_KEYWORD for parameter in takes.values())
    given: dict[str, Any] = {key: value for key, value in inputs.items() if free or key in takes}
    if "use_cache" in takes:
        given["use_cache"] = False  # for the next token, and there is none
    with calling(what):
        output = model(**given, output_hidden_states=True, return_dict=True)
    last = getattr(output, "last_hidden_state", None)
    if last is None or getattr(output, "hidden_states", None) is None:
        raise EncoderError(f"{what} gives no hidden states of its layers; give an encoder that transformers can load")
    states = tuple(output.hidden_states)
    if len(states) != n_layers + 1:
        raise EncoderError(
            f"{what} gave {len(states)} hidden states where {n_layers + 1} were expected (embedding layer and"
            f" {n_layers} layers)"
        )
    states = (*states[:-1], last)
    for layer, state in enumerate(states):
        if state.shape[:2] != inputs["input_ids"].shape:
            raise EncoderError(
                f"layer {layer} of {what} has vectors for {state.shape[1]} positions where the text has"
                f" {inputs['input_ids'].shape[1]} tokens, so none of them belongs to a word; this architecture"
                " cannot be read layer by layer"
            )
    return states


def apart_by_length(
    read: Callable[[dict[str, torch.Tensor]], tuple[torch.Tensor, ...]], inputs: dict[str, torch.Tensor]
) -> tuple[torch.Tensor, ...]:
    """Read the rows of a padded batch apart by their length, so that a model that reads padding meets none.

    Parameters
    ----------
    read : callable
        Takes inputs and gives tensors (rows, length, width), such as the hidden states of some layers.
    inputs : dict of str to (rows, length) int64
        Padded behind; `attention_mask` says where.

    Returns
    -------
    tuple of tensors (rows, length, width)
        Zero where a row is filled up; gradients pass through.
    """
    import torch

    lengths = inputs["attention_mask"].sum(1)
    full = inputs["attention_mask"].shape[1]
    groups = [torch.nonzero(lengths == length).flatten() for length in torch.unique(lengths)]
    parts = []
    for rows in groups:
        length = int(lengths[rows[0]])
        part = read({key: value[rows, :length] for key, value in inputs.items()})
        parts.append([torch.nn.functional.pad(state, (0, 0, 0, full - length)) for state in part])
    back = torch.argsort(torch.cat(groups))
    return tuple(torch.cat(layer)[back] for layer in zip(*parts, strict=True))


@contextlib.contextmanager
def calling(what: str) -> Iterator[None]:
    """Turn whatever a model raises when it is called into one message."""
    import torch

    try:
        yield
    except TunescopeError:
        raise
    except torch.OutOfMemoryError as error:
        raise EncoderError(f"no memory left for a batch of {what}; give fewer tokens a batch (batch_tokens)") from error
    except Exception as error:
        reason = (str(error).strip().splitlines() or [""])[0][:300]
        raise EncoderError(
            f"{what} cannot be called with the ids of a text alone: {type(error).__name__}: {reason}"
        ) from error


def without_pooler(model: Any) -> None:
    """Leave the pooler away, in place: no vector here comes from it, and many checkpoints have none to load.

    Where it was stands a module without weights, since some architectures (LayoutLM) call it in any case.
    """
    import torch

    if getattr(model, "pooler", None) is not None:
        model.pooler = torch.nn.Identity()


def is_pooler(key: str) -> bool:
    """Whether a tensor of this name belongs to the pooler."""
    return key.split(".")[0] == "pooler"


def without_adapters(model: Any) -> Any:
    """The model itself; or where PEFT put layers into it, a copy in which they are merged into its weights."""
    if not any(_is_adapted(module) for module in model.modules()):
        return model
    merged = copy.deepcopy(model)
    for name, module in [(name, module) for name, module in merged.named_modules() if _is_adapted(module)]:
        module.merge()
        parent, _, last = name.rpartition(".")
        setattr(merged.get_submodule(parent) if parent else merged, last, module.get_base_layer())
    # peft leaves notes that transformers' save_pretrained would act upon
    merged._hf_peft_config_loaded = False
    return merged


def _is_adapted(module: Any) -> bool:
    return hasattr(module, "base_layer") and hasattr(module, "merge") and hasattr(module, "get_base_layer")


@contextlib.contextmanager
def silent_transformers() -> Iterator[None]:
    """Neither progress bars nor reports from transformers: what matters of them is checked by the caller."""
    from transformers.utils import logging

    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


@contextlib.contextmanager
def evaluating(model: Any) -> Iterator[None]:
    """Evaluation mode inside, and each submodule's own mode again after."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode


def resolve_device(device: str) -> torch.device:
    """The torch device of this name; `auto` is the first there is of cuda, mps, cpu.

    Raises
    ------
    EncoderError
        The name means nothing to torch, or the device is not there.
    """
    import torch

    if device == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        resolved = torch.device(device)
        torch.empty(0, device=resolved)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        reason = str(error).strip().splitlines()[0]
        raise EncoderError(f"device {device!r} cannot be used here: {reason}") from error
    return resolved
