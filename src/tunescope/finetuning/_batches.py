"""The training sentences: shuffled anew each epoch by seed and epoch alone, and made into batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset, Sampler

from tunescope.encoders import TokenizedSplit

PART_COST = 64
"""What a further part of a batch costs, in tokens: the overhead of a pass, as `batches_by_length` has it."""


class TrainingSentences(Dataset[int]):
    """The sentences of a split that hold targets, by number; `collate` makes a batch of some.

    Parameters
    ----------
    points : TokenizedSplit
        The tokenised split.
    label_of_target : array (n_targets,)
        Index of each target's label.
    """

    def __init__(self, points: TokenizedSplit, label_of_target: np.ndarray[Any, Any]) -> None:
        self.points = points
        lengths = points.lengths
        self._longest = np.maximum.reduceat(lengths, points.window_bounds[:-1]) if len(lengths) else lengths
        self._windows = np.diff(points.window_bounds)
        self.label_of_target = label_of_target
        self._by_sentence = np.argsort(points.target_sentence, kind="stable")
        self._bounds = np.searchsorted(points.target_sentence[self._by_sentence], np.arange(points.n_sentences + 1))

    def __len__(self) -> int:
        return self.points.n_sentences

    def __getitem__(self, index: int) -> int:
        return index

    def collate(self, sentences: list[int]) -> dict[str, Any]:
        """The arguments of `PointClassifier.forward` for these sentences, padded to the longest of them."""
        batch = self.points.batch(self.points.windows_of(np.asarray(sentences, dtype=np.int64)))
        targets = np.concatenate([self._by_sentence[self._bounds[s] : self._bounds[s + 1]] for s in sentences])
        # batch.units is sorted, so that a unit's place in it is its number within the batch.
        units = np.searchsorted(batch.units, self.points.target_units[targets])
        return {
            **batch.inputs(),
            "token": batch.token,
            "unit": batch.unit,
            "weight": batch.weight,
            "n_units": len(batch.units),
            "target_units": torch.from_numpy(units),
            "labels": torch.from_numpy(self.label_of_target[targets]),
        }

    def collate_parts(self, sentences: list[int]) -> dict[str, Any]:
        """The same sentences as parts of like length, each with its share of the batch's points and tokens."""
        chosen = np.asarray(sentences, dtype=np.int64)
        parts = [self.collate(chosen[part].tolist()) for part in self._parts_of(chosen)]
        n_targets = sum(len(part["labels"]) for part in parts)
        n_tokens = sum(int(part["attention_mask"].sum()) for part in parts)
        for part in parts:
            part["share"] = len(part["labels"]) / n_targets
            part["token_share"] = int(part["attention_mask"].sum()) / n_tokens
        return {"parts": parts}

    def _parts_of(self, sentences: np.ndarray[Any, Any]) -> list[np.ndarray[Any, Any]]:
        """Numbers of these sentences in parts of like length: the cut with the least padding and cost of parts."""
        order = np.argsort(self._longest[sentences], kind="stable")
        longest = self._longest[sentences][order]
        rows = np.concatenate([[0], np.cumsum(self._windows[sentences][order])])
        cost, cut = np.zeros(len(order) + 1), np.zeros(len(order) + 1, dtype=np.int64)
        for end in range(1, len(order) + 1):
            total = cost[:end] + (rows[end] - rows[:end]) * longest[end - 1] + PART_COST
            cut[end] = np.argmin(total)
            cost[end] = total[cut[end]]
        parts: list[np.ndarray[Any, Any]] = []
        end = len(order)
        while end > 0:
            parts.insert(0, order[cut[end] : end])
            end = int(cut[end])
        return parts


class EpochOrder(Sampler[int]):
    """A random order of n sentences that follows from seed and epoch, whatever was drawn before.

    So a training that goes on from a checkpoint meets the sentences as it would have without the break.
    """

    def __init__(self, n: int, seed: int) -> None:
        self.n, self.seed, self.epoch = n, seed, 0

    def __len__(self) -> int:
        return self.n

    def __iter__(self) -> Iterator[int]:
        return iter(np.random.default_rng([self.seed, self.epoch]).permutation(self.n).tolist())


class EpochLoader(DataLoader[int]):
    """Batches of sentences in the order of the epoch."""

    def __init__(self, sentences: TrainingSentences, batch_size: int, seed: int, *, parts: bool = False) -> None:
        self.order = EpochOrder(len(sentences), seed)
        super().__init__(
            sentences,
            batch_size=batch_size,
            sampler=self.order,
            collate_fn=sentences.collate_parts if parts else sentences.collate,
            generator=torch.Generator(),  # of its own, so that it draws none of the dropout's random numbers
        )

    def set_epoch(self, epoch: int) -> None:
        """Called by the Trainer at the start of each epoch."""
        self.order.epoch = epoch
