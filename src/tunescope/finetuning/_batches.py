"""The training sentences: shuffled anew each epoch by seed and epoch alone, and made into batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset, Sampler

from tunescope.encoders import TokenizedSplit


class TrainingSentences(Dataset[int]):
    """The sentences of a split that hold targets, by number; `collate` makes a batch of some.

    Args:
        points: the tokenised split.
        label_of_target: (n_targets,) index of each target's label.
    """

    def __init__(self, points: TokenizedSplit, label_of_target: np.ndarray[Any, Any]) -> None:
        self.points = points
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

    def __init__(self, sentences: TrainingSentences, batch_size: int, seed: int) -> None:
        self.order = EpochOrder(len(sentences), seed)
        super().__init__(
            sentences,
            batch_size=batch_size,
            sampler=self.order,
            collate_fn=sentences.collate,
            generator=torch.Generator(),  # of its own, so that it draws none of the dropout's random numbers
        )

    def set_epoch(self, epoch: int) -> None:
        """Called by the Trainer at the start of each epoch."""
        self.order.epoch = epoch
