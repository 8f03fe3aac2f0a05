"""Windows of token ids, and which of their tokens make which target."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import torch

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False, repr=False)
class TokenBatch:
    """Some windows, padded to one length, with what pools their hidden states into units."""

    input_ids: torch.Tensor
    """(n_windows, length) int64"""
    attention_mask: torch.Tensor
    """(n_windows, length) int64"""
    token: torch.Tensor
    """(n_entries,) position in the flattened (n_windows · length) tokens"""
    unit: torch.Tensor
    """(n_entries,) 0 … n_units - 1, the unit to which the token contributes"""
    weight: torch.Tensor
    """(n_entries,) float32, its share; the shares of a unit are spread over all its windows"""
    units: IntArray
    """(n_units,) the split-wide number of each unit of the batch"""
    token_type_ids: torch.Tensor | None = None
    """(n_windows, length) int64, which text of a pair a token is of; None where the model is not told"""

    def __repr__(self) -> str:
        rows, length = self.input_ids.shape
        return f"TokenBatch({rows} windows of {length} tokens, {len(self.units)} units)"

    def inputs(self) -> dict[str, torch.Tensor]:
        """What the model is called with."""
        inputs = {"input_ids": self.input_ids, "attention_mask": self.attention_mask}
        return inputs if self.token_type_ids is None else {**inputs, "token_type_ids": self.token_type_ids}

    @property
    def pooling(self) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, int]:
        """What `pool` takes after the hidden states."""
        return self.token, self.unit, self.weight, len(self.units)

    def to(self, device: torch.device) -> TokenBatch:
        """The same batch on `device`."""
        if device.type == "cpu":
            return self
        return replace(
            self,
            input_ids=self.input_ids.to(device),
            attention_mask=self.attention_mask.to(device),
            token=self.token.to(device),
            unit=self.unit.to(device),
            weight=self.weight.to(device),
            token_type_ids=None if self.token_type_ids is None else self.token_type_ids.to(device),
        )


@dataclass(frozen=True, eq=False, repr=False)
class TokenizedSplit:
    """The sentences of a split that hold targets, tokenized.

    A *unit* is what a vector is pooled for: a word that a target points at, or a sentence. A target is one
    unit (word, sentence) or two (pair). A sentence is one window, or several when it is too long for one.
    """

    windows: tuple[IntArray, ...]
    """token ids of each window, special tokens included"""
    window_bounds: IntArray
    """(n_sentences + 1,) sentence s has the windows window_bounds[s] … window_bounds[s + 1] - 1"""
    entry_bounds: IntArray
    """(n_windows + 1,) window w has the entries entry_bounds[w] … entry_bounds[w + 1] - 1"""
    entry_position: IntArray
    """(n_entries,) position of the token in its window"""
    entry_unit: IntArray
    """(n_entries,) unit to which it contributes"""
    entry_weight: npt.NDArray[np.float32]
    """(n_entries,) its share"""
    target_units: IntArray
    """(n_targets, 1 or 2)"""
    target_sentence: IntArray
    """(n_targets,) index into the sentences here, not into the split's"""
    n_units: int
    n_split: int
    """Sentences that were longer than the model's limit and were split into overlapping windows."""
    n_unknown: int
    """Words for which the tokenizer gave no subword, so that its unknown token stands for them."""
    pooling: str
    """How a unit's vector is made, in words."""
    pad_id: int
    n_all_unknown: int = 0
    """Words of which the tokenizer knows no part: each of their subwords is its unknown token."""
    types: tuple[IntArray, ...] | None = None
    """token type ids of each window; None where the model is not told"""
    reads_padding: bool = False
    """Whether the model reads padding, so that it has to be given windows of one length at a time."""
    normalize: bool = False
    """Whether the vectors of units are divided by their length."""

    def __repr__(self) -> str:
        return f"TokenizedSplit({len(self.target_units)} targets, {len(self.windows)} windows, {self.pooling})"

    @property
    def n_sentences(self) -> int:
        """Sentences that hold at least one target."""
        return len(self.window_bounds) - 1

    @property
    def lengths(self) -> IntArray:
        """(n_windows,) tokens of each window."""
        return np.fromiter((len(w) for w in self.windows), dtype=np.int64, count=len(self.windows))

    @property
    def notes(self) -> tuple[str, ...]:
        """What was done to sentences and words that do not fit, in words, with the counts."""
        notes = []
        if self.n_split:
            many = ("sentence", "was") if self.n_split == 1 else ("sentences", "were")
            notes.append(f"{self.n_split} {many[0]} longer than the model's limit {many[1]} split into windows")
        if self.n_unknown:
            stand = "word without a subword stands" if self.n_unknown == 1 else "words without a subword stand"
            notes.append(f"{self.n_unknown} {stand} as the unknown token")
        if self.n_all_unknown:
            are = "word is" if self.n_all_unknown == 1 else "words are"
            notes.append(f"{self.n_all_unknown} {are} unknown to the tokenizer as a whole")
        return tuple(notes)

    def batch(self, windows: IntArray) -> TokenBatch:
        """The windows with these numbers as one padded batch.

        Parameters
        ----------
        windows : (n,) int64
            Numbers of windows. Where the model reads padding, windows of different lengths have to be read apart
            (`apart_by_length`).
        """
        import torch

        rows = [self.windows[w] for w in windows]
        lengths = np.array([len(row) for row in rows], dtype=np.int64)
        length = int(lengths.max())
        counts = self.entry_bounds[windows + 1] - self.entry_bounds[windows]
        row_of_entry = np.repeat(np.arange(len(rows)), counts)
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        entry = np.repeat(self.entry_bounds[windows], counts) + within
        units, unit = np.unique(self.entry_unit[entry], return_inverse=True)
        types = None if self.types is None else [self.types[w] for w in windows]
        return TokenBatch(
            input_ids=torch.from_numpy(_filled_up(rows, length, self.pad_id)),
            attention_mask=torch.from_numpy((np.arange(length) < lengths[:, None]).astype(np.int64)),
            token=torch.from_numpy(row_of_entry * length + self.entry_position[entry]),
            unit=torch.from_numpy(unit.astype(np.int64)),
            weight=torch.from_numpy(self.entry_weight[entry]),
            units=units,
            token_type_ids=None if types is None else torch.from_numpy(_filled_up(types, length, 0)),
        )

    def windows_of(self, sentences: IntArray) -> IntArray:
        """The numbers of the windows of these sentences."""
        first, last = self.window_bounds[sentences], self.window_bounds[sentences + 1]
        return np.concatenate([np.arange(a, b) for a, b in zip(first, last, strict=True)])

    def batches_by_length(self, budget: int) -> list[IntArray]:
        """Windows of like length together, longest first, at most `budget` padded tokens in a batch.

        Among all ways to cut the sorted lengths, the one with the least padding, where a further batch is
        worth a thirty-second of the budget in padding. Where the model reads padding, there is none: every
        batch has one length.

        Parameters
        ----------
        budget : int
            Largest number of tokens in a batch, padding included; one window is a batch in any case.

        Returns
        -------
        list of (n,) int64
            Numbers of windows; each window is in one batch.
        """
        lengths = self.lengths
        order = np.argsort(-lengths, kind="stable")
        if not len(order):
            return []
        distinct, first = np.unique(-lengths[order], return_index=True)
        distinct, bounds = -distinct, np.append(first, len(order))
        cut = np.arange(-1, len(bounds) - 1) if self.reads_padding else _least_padding(distinct, bounds, budget)
        batches: list[IntArray] = []
        end = len(bounds) - 1
        while end > 0:
            group, longest = order[bounds[cut[end]] : bounds[end]], int(distinct[cut[end]])
            rows = max(1, budget // longest)
            batches[:0] = np.array_split(group, -(-len(group) // rows))
            end = int(cut[end])
        return batches


def _filled_up(rows: list[IntArray], length: int, filler: int) -> IntArray:
    filled = np.full((len(rows), length), filler, dtype=np.int64)
    for i, row in enumerate(rows):
        filled[i, : len(row)] = row
    return filled


def _least_padding(distinct: IntArray, bounds: IntArray, budget: int) -> IntArray:
    """Where the last group begins when the windows before bounds[end] are cut at best, for every end."""
    cost, cut = np.zeros(len(bounds)), np.zeros(len(bounds), dtype=np.int64)
    for end in range(1, len(bounds)):
        padded = (bounds[end] - bounds[:end]) * distinct[:end]
        total = cost[:end] + padded + np.ceil(padded / budget) * (budget / 32)
        cut[end] = np.argmin(total)
        cost[end] = total[cut[end]]
    return cut


TokenisedSplit = TokenizedSplit
"""The same under its older name."""
