"""How the hidden states of tokens become the vector of a word or of a sentence; the same in extraction and training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tunescope.errors import EncoderError, near

if TYPE_CHECKING:
    import torch

WORD_POOLINGS: Mapping[str, str] = {
    "mean": "mean of subwords",
    "first-subword": "first subword",
    "last-subword": "last subword",
}
"""The ways to a word's vector, each with how results name it."""
SENTENCE_POOLINGS: Mapping[str, str] = {
    "cls": "[CLS]",
    "mean": "mean of tokens",
    "last-token": "last token",
    "first-token": "first token",
    "weighted-mean": "mean of tokens weighted by position",
    "mean-sqrt-length": "sum of tokens over the root of their number",
}
"""The ways to a sentence's vector, each with how results name it."""


@dataclass(frozen=True)
class Pooling:
    """How an encoder makes the vectors of words and of sentences.

    Parameters
    ----------
    word : str
        A key of `WORD_POOLINGS`; the mean of the subwords is the paper's.
    sentence : str or None
        A key of `SENTENCE_POOLINGS`; None stands for what fits the model: the last token where it reads from
        left to right, else `[CLS]` where its tokenizer puts one, else the mean.
    normalize : bool
        Whether a sentence's vector is divided by its length, in every layer alike.
    unsupported : str
        Why a sentence's vector cannot be made as the encoder's folder says; empty where it can.
    """

    word: str = "mean"
    sentence: str | None = None
    normalize: bool = False
    unsupported: str = ""

    def choose(self, choice: str | None) -> Pooling:
        """This pooling with what a person chose by one name.

        Parameters
        ----------
        choice : str or None
            A key of `WORD_POOLINGS`, of `SENTENCE_POOLINGS`, or of both; None changes nothing. A choice for
            sentences takes the place of all that a folder says of them, normalisation included.

        Raises
        ------
        EncoderError
            There is no such pooling.
        """
        if choice is None:
            return self
        if choice not in WORD_POOLINGS and choice not in SENTENCE_POOLINGS:
            known = {**WORD_POOLINGS, **SENTENCE_POOLINGS}
            raise EncoderError(f"unknown pooling {choice!r}; {near(str(choice), known)}")
        chosen = replace(self, word=choice) if choice in WORD_POOLINGS else self
        if choice in SENTENCE_POOLINGS:
            chosen = replace(chosen, sentence=choice, normalize=False, unsupported="")
        return chosen


def described(kind: str, how: str, *, normalize: bool) -> str:
    """How results name the pooling `how` of a kind of target."""
    if kind != "sentence":
        return WORD_POOLINGS[how]
    return SENTENCE_POOLINGS[how] + (", divided by its length" if normalize else "")


def token_shares(how: str, n: int, cls: int | None) -> npt.NDArray[np.float64]:
    """With what share each of the n tokens of a sentence, special ones included, goes into its vector.

    Parameters
    ----------
    how : str
        A key of `SENTENCE_POOLINGS`.
    n : int
        Tokens of the sentence.
    cls : int or None
        Where its `[CLS]` is.

    Returns
    -------
    (n,) float64
    """
    if how == "mean":
        return np.full(n, 1 / n)
    if how == "mean-sqrt-length":
        return np.full(n, 1 / np.sqrt(n))
    if how == "weighted-mean":
        return np.arange(1, n + 1) / (n * (n + 1) / 2)
    place = {"last-token": n - 1, "first-token": 0, "cls": cls}[how]
    return np.asarray(np.arange(n) == place, dtype=np.float64)


def subword_shares(how: str, word: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """With what share each subword goes into its word's vector.

    Parameters
    ----------
    how : str
        A key of `WORD_POOLINGS`.
    word : (n,) int64
        The word of each subword, not decreasing.

    Returns
    -------
    (n,) float64
        The shares of a word add up to 1.
    """
    if how == "mean":
        return np.asarray(1.0 / np.bincount(word)[word], dtype=np.float64)
    edge = np.ones(len(word))
    changes = np.diff(word) != 0
    edge[1 if how == "first-subword" else 0 : len(word) if how == "first-subword" else -1] = changes
    return edge


def pool(
    hidden: torch.Tensor, token: torch.Tensor, unit: torch.Tensor, weight: torch.Tensor, n_units: int
) -> torch.Tensor:
    """The weighted sum of each unit's tokens.

    Parameters
    ----------
    hidden : (rows, length, width)
        Hidden states.
    token : (n_entries,) int64
        Position in the flattened (rows · length) tokens.
    unit : (n_entries,) int64
        The unit that the token contributes to.
    weight : (n_entries,) float
        With what share.
    n_units : int
        Number of units.

    Returns
    -------
    (n_units, width)
        Of the type of `hidden`.
    """
    tokens = hidden.flatten(0, 1).index_select(0, token)
    vectors = hidden.new_zeros(n_units, hidden.shape[-1])
    return vectors.index_add(0, unit, tokens * weight.to(hidden.dtype)[:, None])


def normalized(vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Each of (n, width) vectors divided by its length; a vector of zeros stays."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)


def pooling_from(stored: Mapping[str, Any]) -> Pooling:
    """A pooling as it was stored with an encoder.

    Raises
    ------
    EncoderError
        It names what there is not.
    """
    known = {key: stored[key] for key in Pooling.__dataclass_fields__ if key in stored}
    pooling = Pooling(**known)
    if pooling.word not in WORD_POOLINGS or pooling.sentence not in {None, *SENTENCE_POOLINGS}:
        raise EncoderError(f"the pooling that is stored with the encoder is unknown: {dict(stored)!r}")
    return pooling
