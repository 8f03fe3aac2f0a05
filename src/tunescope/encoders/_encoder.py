"""The encoder: a model with its tokeniser, and what it makes of a split."""

from __future__ import annotations

import contextlib
import copy
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tunescope.encoders._encoding import Encoding
from tunescope.encoders._tokens import TokenisedSplit, tokenise
from tunescope.errors import EncoderError, RepresentationError

if TYPE_CHECKING:
    import torch

    from tunescope.tasks import Split

# Padded tokens of a batch. On a CPU more does not help and costs cache; on a GPU less leaves it idle.
BATCH_TOKENS = {"cpu": 2048, "mps": 8192, "cuda": 32768}

# What a tokeniser reports as its limit when nobody told it one is about 1e30.
_NO_LIMIT = 1_000_000


class Encoder:
    """A Hugging Face encoder and its tokeniser.

    Args:
        model: a transformers model. Of a model with a task head the encoder below the head is used; it is not
            copied, so an encoder around a model that is being trained always shows its present state.
        tokenizer: its fast tokeniser.
        name: how results name it.
        device: where to move it (`auto`, `cpu`, `cuda`, `cuda:1`, `mps`); None leaves it where it is.
        max_tokens: longest input in tokens, special tokens included; None takes the model's own limit.
        revision: the revision that was asked for, if it came from a hub.
        commit: the commit that this revision was, if it came from a hub.
        update: number of updates of fine-tuning that it has seen; None for a model as it was loaded.

    Raises:
        EncoderError: no usable tokeniser, an encoder-decoder model, or a device that is not there.
    """

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        *,
        name: str,
        device: str | None = None,
        max_tokens: int | None = None,
        revision: str | None = None,
        commit: str | None = None,
        update: int | None = None,
    ) -> None:
        if tokenizer is None:
            raise EncoderError(f"encoder {name!r} has no tokeniser")
        self.model: Any = getattr(model, "base_model", model)
        self.tokenizer = tokenizer
        self.name = name
        self.revision = revision
        self.commit = commit
        self.update = update
        config = self.model.config
        if getattr(config, "is_encoder_decoder", False):
            raise EncoderError(f"{name!r} is an encoder-decoder model; give its encoder alone (for T5: T5EncoderModel)")
        self.n_layers: int = int(config.num_hidden_layers)
        self.width: int = int(config.hidden_size)
        limit = _token_limit(self.model, tokenizer)
        self.max_tokens: int = limit if max_tokens is None else min(max_tokens, limit)
        if device is not None:
            self.to(device)

    def __repr__(self) -> str:
        return f"Encoder({self.name!r}, {self.n_layers} layers, width {self.width}, on {self.device})"

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return next(self.model.parameters()).device

    def to(self, device: str) -> Encoder:
        """Move the weights to `device` (`auto`: cuda, mps or cpu, the first there is) and return self."""
        self.model.to(resolve_device(device))
        return self

    def copy(self) -> Encoder:
        """An encoder with weights of its own, equal to these."""
        return self._with(copy.deepcopy(self.model), self.update)

    def at_update(self, update: int | None) -> Encoder:
        """The same model (not copied), named as it is after this many updates of fine-tuning."""
        return self._with(self.model, update)

    def _with(self, model: Any, update: int | None) -> Encoder:
        return Encoder(
            model,
            self.tokenizer,
            name=self.name,
            max_tokens=self.max_tokens,
            revision=self.revision,
            commit=self.commit,
            update=update,
        )

    @property
    def fingerprint(self) -> str:
        """sha256 (hex) of the weights, the config and the tokeniser; reads all weights each time it is asked.

        Equal for an encoder and its copy, and for an encoder that was saved and loaded.
        """
        digest = hashlib.sha256()
        digest.update(_config_text(self.model.config).encode())
        digest.update(_tokenizer_text(self.tokenizer).encode())
        for name, tensor in sorted(self.model.state_dict().items()):
            values = tensor.detach().cpu().contiguous()
            digest.update(f"{name} {values.dtype} {tuple(values.shape)}".encode())
            digest.update(values.flatten().view(dtype=_bytes_dtype()).numpy().data)
        return digest.hexdigest()

    def tokenise(self, split: Split, kind: str | None = None) -> TokenisedSplit:
        """The sentences of `split` that hold targets as windows of token ids, each within `max_tokens`.

        Raises:
            EncoderError: an unknown kind, or a tokeniser that cannot be used.
        """
        return tokenise(
            split,
            kind,
            self.tokenizer,
            limit=self.max_tokens,
            pad_id=_pad_id(self.tokenizer),
            name=self.name,
        )

    def encode(
        self,
        split: Split,
        kind: str | None = None,
        *,
        layers: Iterable[int] | None = None,
        batch_tokens: int | None = None,
        task: str = "",
        progress: Callable[[int, int], None] | None = None,
    ) -> Encoding:
        """One vector per target in every layer, by one forward pass over the sentences that hold targets.

        A word's vector is the mean of its subwords' vectors; a pair's is that of its head followed by that of
        its dependent; a sentence's is that of `[CLS]`, or the mean over its tokens where the tokeniser has no
        `[CLS]` (Zhou and Srikumar, ACL 2022, section 3). A sentence longer than `max_tokens` is read in
        overlapping windows and counted: each token's vector comes from one window, and the `[CLS]` of such a
        sentence is the mean of its windows' `[CLS]`. The result does not depend on the batches, save for the
        rounding of float32.

        Args:
            split: sentences and targets.
            kind: `word`, `pair` or `sentence`; None: the split's own.
            layers: which layers to keep, 0 (embedding layer) … n_layers; negative counts from the end, as in
                a list. None keeps all.
            batch_tokens: largest number of tokens in a batch, padding included (but a batch holds at least
                one sentence). None chooses by device.
            task: name of the task, for the representations.
            progress: called after each batch with (windows done, windows in all).

        Returns:
            An Encoding with float32 vectors (n_targets, width), twice the width for pairs.

        Raises:
            EncoderError: an unknown kind or layer, or a tokeniser that cannot be used.
            RepresentationError: a vector holds NaN or infinity; names the first such layer and the count.
        """
        import torch

        from tunescope.encoders._linear import quick_linear_layers
        from tunescope.encoders._pooling import hidden_states, pool

        wanted = self._layers(layers)
        points = self.tokenise(split, kind)
        device = self.device
        if batch_tokens is None:
            batch_tokens = BATCH_TOKENS.get(device.type, BATCH_TOKENS["cuda"])
        units: dict[int, npt.NDArray[np.float32]] = {}
        done = 0
        with evaluating(self.model), torch.inference_mode(), quick_linear_layers(device):
            for windows in points.batches_by_length(max(1, batch_tokens)):
                batch = points.batch(windows).to(device)
                states = hidden_states(self.model, batch.inputs(), self.n_layers)
                pooled = [pool(states[layer], *batch.pooling).float() for layer in wanted]
                if device.type != "cpu" and len({p.shape for p in pooled}) == 1:
                    pooled = list(torch.stack(pooled).cpu())  # one transfer instead of one per layer
                for layer, vectors in zip(wanted, pooled, strict=True):
                    if layer not in units:
                        units[layer] = np.zeros((points.n_units, vectors.shape[1]), dtype=np.float32)
                    # Added, not set: a word that is longer than the model's limit comes in several windows.
                    units[layer][batch.units] += vectors.cpu().numpy()
                done += len(windows)
                if progress is not None:
                    progress(done, len(points.windows))
        vectors_of = {}
        for layer in wanted:
            pooled_units = units.get(layer)
            if pooled_units is None:
                pooled_units = np.zeros((0, self.width), dtype=np.float32)
            vectors_of[layer] = _to_targets(pooled_units, points)
            self._check_finite(vectors_of[layer], layer, split.name)
        return Encoding(
            layers=wanted,
            vectors=vectors_of,
            labels=np.asarray(split.labels),
            n_split=points.n_split,
            n_unknown=points.n_unknown,
            pooling=points.pooling,
            encoder=self.name,
            task=task,
            split=split.name,
            update=self.update,
            notes=points.notes,
        )

    def _layers(self, layers: Iterable[int] | None) -> tuple[int, ...]:
        if layers is None:
            return tuple(range(self.n_layers + 1))
        asked = list(layers)
        for layer in asked:
            if not -self.n_layers - 1 <= layer <= self.n_layers:
                raise EncoderError(f"{self.name!r} has no layer {layer}; it has 0 (embedding layer) … {self.n_layers}")
        return tuple(sorted({layer % (self.n_layers + 1) for layer in asked}))

    def _check_finite(self, vectors: npt.NDArray[np.float32], layer: int, split: str) -> None:
        finite = np.isfinite(vectors)
        if not finite.all():
            bad = int((~finite.all(axis=1)).sum())
            raise RepresentationError(
                f"layer {layer} of {self.name!r} gives NaN or infinity for {bad} of {len(vectors)} targets of"
                f" split {split!r}; the weights are damaged or training has diverged"
            )

    def save(self, folder: str | Path) -> None:
        """Write model (safetensors), config and tokeniser as a Hugging Face folder, whole or not at all.

        An encoder that is already in `folder` is replaced.

        Raises:
            EncoderError: `folder` is a file, or holds something that is not an encoder.
        """
        target = Path(folder)
        if target.exists() and not target.is_dir():
            raise EncoderError(f"cannot save an encoder to {target}: it is a file")
        if target.is_dir() and any(target.iterdir()) and not (target / "config.json").is_file():
            raise EncoderError(f"cannot save an encoder to {target}: the folder holds something else")
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as temporary:
            whole = Path(temporary) / "encoder"
            whole.mkdir()
            with silent_transformers():
                self.model.save_pretrained(whole)
                self.tokenizer.save_pretrained(whole)
            for file in whole.iterdir():
                file.chmod(whole.stat().st_mode & 0o666)  # transformers may leave weights for the owner alone
            if target.exists():
                target.rename(Path(temporary) / "replaced")
            whole.rename(target)
            shutil.rmtree(Path(temporary) / "replaced", ignore_errors=True)


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

    Raises:
        EncoderError: the name means nothing to torch, or the device is not there.
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


def _to_targets(units: npt.NDArray[np.float32], points: TokenisedSplit) -> npt.NDArray[np.float32]:
    """(n_units, d) to (n_targets, d), or (n_targets, 2d) for pairs."""
    chosen = points.target_units
    if not len(chosen):
        return np.zeros((0, units.shape[1] * chosen.shape[1]), dtype=np.float32)
    return np.ascontiguousarray(units[chosen].reshape(len(chosen), -1))


def _pad_id(tokenizer: Any) -> int:
    """The id that fills rows up; padding is masked, so any will do where a tokeniser has none (GPT-2)."""
    for candidate in (tokenizer.pad_token_id, tokenizer.eos_token_id, tokenizer.unk_token_id):
        if candidate is not None:
            return int(candidate)
    return 0


def _token_limit(model: Any, tokenizer: Any) -> int:
    """The longest input, special tokens included, that both the model and its tokeniser allow."""
    limits = [_NO_LIMIT]
    said = getattr(tokenizer, "model_max_length", None)
    if said is not None and said < _NO_LIMIT:
        limits.append(int(said))
    positions = getattr(model.config, "max_position_embeddings", None)
    if positions is not None and positions > 0:
        limits.append(int(positions))
    for name, module in model.named_modules():
        if name.endswith("position_embeddings") and hasattr(module, "num_embeddings"):
            # RoBERTa and its kin count positions from padding_idx + 1, and lose that many.
            lost = 0 if module.padding_idx is None else module.padding_idx + 1
            limits.append(int(module.num_embeddings) - lost)
    return min(limits)


def _config_text(config: Any) -> str:
    volatile = {"_name_or_path", "transformers_version", "dtype", "torch_dtype", "architectures"}
    settings = {k: v for k, v in config.to_dict().items() if k not in volatile}
    return json.dumps(settings, sort_keys=True, default=str)


def _tokenizer_text(tokenizer: Any) -> str:
    if not getattr(tokenizer, "is_fast", False):
        return json.dumps(tokenizer.get_vocab(), sort_keys=True)
    settings = json.loads(tokenizer.backend_tokenizer.to_str())
    # Set by whoever called the tokeniser last; they are no part of what it is.
    settings.pop("truncation", None)
    settings.pop("padding", None)
    settings["special"] = {k: str(v) for k, v in tokenizer.special_tokens_map.items()}
    return json.dumps(settings, sort_keys=True)


def _bytes_dtype() -> torch.dtype:
    import torch

    return torch.uint8
