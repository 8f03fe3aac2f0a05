"""The encoder: a model with its tokenizer, and what it makes of a split."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tunescope.encoders import _fingerprint, _saving
from tunescope.encoders._encoding import Encoding
from tunescope.encoders._model import (
    inner_model,
    n_token_ids,
    n_token_types,
    pad_id,
    resolve_device,
    size_of,
    token_limit,
)
from tunescope.encoders._passes import to_targets, unit_vectors
from tunescope.encoders._pooling import Pooling, described, normalized
from tunescope.encoders._tokenize import Reader, check_tokenizer, has_cls, kind_of, tokenize
from tunescope.encoders._tokens import TokenizedSplit
from tunescope.encoders._trial import Trial, try_out
from tunescope.errors import EncoderError, RepresentationError

if TYPE_CHECKING:
    import torch

    from tunescope.encoders._head import Head
    from tunescope.tasks import Split


class Encoder:
    """A Hugging Face encoder and its tokenizer.

    Parameters
    ----------
    model : transformers model
        Of a model with a task head, or in PEFT's wrapper, the encoder inside is used; it is not copied, so an
        encoder around a model that is being trained always shows its present state.
    tokenizer : transformers fast tokenizer
    name : str
        How results name it.
    device : str or None
        Where to move it (`auto`, `cpu`, `cuda`, `cuda:1`, `mps`); None leaves it where it is.
    max_tokens : int or None
        Longest input in tokens, special tokens included; None takes the model's own limit.
    pooling : str, Pooling or None
        How vectors are made; see `load_encoder`.
    revision, commit : str or None
        The revision that was asked for and the commit that it was, if it came from a hub.
    update : int or None
        Number of updates of fine-tuning that it has seen; None for a model as it was loaded.

    Raises
    ------
    EncoderError
        No usable tokenizer, an encoder-decoder model, a config without layers, a device that is not there, an
        unknown pooling.
    """

    def __init__(
        self,
        model: Any,
        tokenizer: Any,
        *,
        name: str,
        device: str | None = None,
        max_tokens: int | None = None,
        pooling: str | Pooling | None = None,
        revision: str | None = None,
        commit: str | None = None,
        update: int | None = None,
    ) -> None:
        if tokenizer is None:
            raise EncoderError(f"encoder {name!r} has no tokeniser")
        self.model: Any = inner_model(model, name)
        self.tokenizer = tokenizer
        self.name = name
        self.revision = revision
        self.commit = commit
        self.update = update
        self.pooling = pooling if isinstance(pooling, Pooling) else Pooling().choose(pooling)
        self.n_layers, self._config_width = size_of(self.model, name)
        limit = token_limit(self.model, tokenizer)
        self.max_tokens: int = limit if max_tokens is None else min(max_tokens, limit)
        self.head: Head | None = None
        """The head that it is trained with, where it is a state of a fine-tuning of ours."""
        self._tried: list[Trial] = []  # what trying the model showed, once for all its states
        if device is not None:
            self.to(device)

    def __repr__(self) -> str:
        return f"Encoder({self.name!r}, {self.n_layers} layers, width {self._config_width}, on {self.device})"

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
        return self.around(copy.deepcopy(self.model), self.update)

    def at_update(self, update: int | None) -> Encoder:
        """The same model (not copied), named as it is after this many updates of fine-tuning."""
        return self.around(self.model, update)

    def around(self, model: Any, update: int | None) -> Encoder:
        """An encoder around another model that takes the same tokens, named and pooled like this one."""
        other = Encoder(
            model,
            self.tokenizer,
            name=self.name,
            max_tokens=self.max_tokens,
            pooling=self.pooling,
            revision=self.revision,
            commit=self.commit,
            update=update,
        )
        other._tried = self._tried
        return other

    @property
    def _trial(self) -> Trial:
        if not self._tried:
            found = try_out(
                self.model,
                self.n_layers,
                special=self.tokenizer.all_special_ids,
                n_ids=min(len(self.tokenizer), n_token_ids(self.model) or len(self.tokenizer)),
                pad_id=pad_id(self.tokenizer, n_token_ids(self.model)),
                room=self.max_tokens,
            )
            self._tried.append(found)
        return self._tried[0]

    @property
    def width(self) -> int:
        """Numbers in a token's vector of the last layer."""
        return self._trial.widths[-1]

    @property
    def widths(self) -> tuple[int, ...]:
        """Numbers in a token's vector of each layer, the embedding layer first; the last one may be another."""
        return self._trial.widths

    @property
    def reads_padding(self) -> bool:
        """Whether a text has other vectors beside a longer one, though padding is masked (FNet).

        It is found out by trying, once. Such a model gets batches of texts of one length, without padding.
        """
        return self._trial.reads_padding

    @property
    def left_to_right(self) -> bool:
        """Whether a token's vector depends on nothing behind it, as in a language model that generates."""
        return self._trial.left_to_right

    @property
    def fingerprint(self) -> str:
        """sha256 (hex) of the weights, the config, the tokenizer, and the pooling where it is not the default one.

        It reads all weights each time it is asked. Equal for an encoder and its copy, and for an encoder that was
        saved and loaded.
        """
        return _fingerprint.fingerprint(self.model, self.tokenizer, self.pooling)

    @property
    def weights_fingerprint(self) -> str:
        """The same without the pooling: equal for encoders that differ only in what they make of hidden states."""
        return _fingerprint.weights_fingerprint(self.model, self.tokenizer)

    def way_of(self, kind: str) -> dict[str, Any] | None:
        """What vectors depend on beside the weights, where it is not what version 0.1.0 did; as JSON.

        That version took the mean of a word's subwords, `[CLS]` of a sentence or else the mean of its tokens, as they
        were, and filled batches up whether or not a model reads padding.

        Parameters
        ----------
        kind : str
            `word`, `pair` or `sentence`.

        Returns
        -------
        dict or None
            None where that is what this encoder does as well.
        """
        way: dict[str, Any] = {}
        if kind != "sentence":
            if self.pooling.word != Pooling().word:
                way["pooling"] = self.pooling.word
        elif self.pooling.unsupported:
            way["unsupported"] = self.pooling.unsupported
        else:
            if self._how(kind) != ("cls" if has_cls(self.tokenizer) else "mean"):
                way["pooling"] = self._how(kind)
            if self.pooling.normalize:
                way["normalize"] = True
        if self.reads_padding:
            way["padding"] = False
        return way or None

    def pooling_of(self, kind: str) -> str:
        """How the vectors of a kind of target are made, in words: `mean of subwords`, `[CLS]`, `last token`, …

        Parameters
        ----------
        kind : str
            `word`, `pair` or `sentence`.

        Raises
        ------
        EncoderError
            The encoder's folder says something of sentences that cannot be done.
        """
        return described(kind, self._how(kind), normalize=kind == "sentence" and self.pooling.normalize)

    def _how(self, kind: str) -> str:
        if kind != "sentence":
            return self.pooling.word
        if self.pooling.unsupported:
            raise EncoderError(
                f"sentences cannot be encoded as the folder of {self.name!r} says: {self.pooling.unsupported}; choose a"
                " pooling yourself, such as load_encoder(…, pooling='mean')"
            )
        if self.pooling.sentence is not None:
            return self.pooling.sentence
        if self.left_to_right:
            return "last-token"
        return "cls" if has_cls(self.tokenizer) else "mean"

    def tokenize(self, split: Split, kind: str | None = None) -> TokenizedSplit:
        """The sentences of `split` that hold targets as windows of token ids, each within `max_tokens`.

        Parameters
        ----------
        split : Split
            Sentences and targets. Sentences with a second text (`Sentence.pair`) are read with it, in the
            tokenizer's own template for two.
        kind : str or None
            `word`, `pair` or `sentence`; None takes the split's own.

        Returns
        -------
        TokenizedSplit
            Windows of int64 ids, and which of their tokens make the vector of which target.

        Raises
        ------
        EncoderError
            An unknown kind, or a tokenizer that cannot be used.
        """
        kind = kind_of(split, kind)
        check_tokenizer(self.tokenizer, self.name)
        n_ids = n_token_ids(self.model)
        reader = Reader(
            tokenizer=self.tokenizer,
            name=self.name,
            limit=self.max_tokens,
            pad_id=pad_id(self.tokenizer, n_ids),
            n_ids=n_ids,
            n_types=n_token_types(self.model),
            reads_padding=self.reads_padding,
        )
        normalize = kind == "sentence" and self.pooling.normalize
        return tokenize(split, kind, self._how(kind), reader, normalize=normalize)

    tokenise = tokenize
    """The same under its older name."""

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
        its dependent; a sentence's is that of `[CLS]` (Zhou and Srikumar, ACL 2022, section 3); for other models
        and by choice others, see `load_encoder`. A sentence longer than `max_tokens` is read in
        overlapping windows and counted: each token's vector comes from one window, and that of a special token
        is the mean over the windows. The result does not depend on the batches, save for the
        rounding of float32.

        Parameters
        ----------
        split : Split
            Sentences and targets.
        kind : str or None
            `word`, `pair` or `sentence`; None takes the split's own.
        layers : iterable of int or None
            Which layers to keep, 0 (embedding layer) … n_layers; negative counts from the end, as in a list. None
            keeps all.
        batch_tokens : int or None
            Largest number of tokens in a batch, padding included (but a batch holds at least one sentence). None
            chooses by device.
        task : str
            Name of the task, for the representations.
        progress : callable or None
            Called after each batch with (windows done, windows in all).

        Returns
        -------
        Encoding
            With float32 vectors (n_targets, width), twice the width for pairs.

        Raises
        ------
        EncoderError
            An unknown kind or layer, a tokenizer that cannot be used, or a model that cannot be read layer by layer.
        RepresentationError
            A vector holds NaN or infinity; names the first such layer and the count.
        """
        wanted = self._layers(layers)
        points = self.tokenize(split, kind)
        units = unit_vectors(self.model, points, wanted, self.widths, batch_tokens, progress)
        vectors = {}
        for layer in wanted:
            vectors[layer] = to_targets(normalized(units[layer]) if points.normalize else units[layer], points)
            self._check_finite(vectors[layer], layer, split.name)
        return Encoding(
            layers=wanted,
            vectors=vectors,
            labels=np.asarray(split.labels),
            n_split=points.n_split,
            n_unknown=points.n_unknown,
            n_all_unknown=points.n_all_unknown,
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
        """Write model (safetensors), config, tokenizer and pooling as a Hugging Face folder, whole or not at all.

        An encoder that is already in `folder` is replaced. Layers that PEFT put into the model are merged into its
        weights, in a copy.

        Raises
        ------
        EncoderError
            `folder` is a file, or holds something that is not an encoder.
        StorageError
            The file system refuses.
        """
        _saving.save(self.model, self.tokenizer, self.pooling, folder)
