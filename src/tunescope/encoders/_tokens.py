"""From the sentences of a split to windows of token ids, and to which tokens make which target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tunescope.encoders._windows import cut_windows
from tunescope.errors import EncoderError
from tunescope.tasks import N_POSITIONS

if TYPE_CHECKING:
    import torch

    from tunescope.tasks import Split

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
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
    """(n_entries,) float32, its share; the shares of a unit add up to 1 over all its windows"""
    units: IntArray
    """(n_units,) the split-wide number of each unit of the batch"""

    def inputs(self) -> dict[str, torch.Tensor]:
        """What the model is called with."""
        return {"input_ids": self.input_ids, "attention_mask": self.attention_mask}

    @property
    def pooling(self) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, int]:
        """What `pool` takes after the hidden states."""
        return self.token, self.unit, self.weight, len(self.units)

    def to(self, device: torch.device) -> TokenBatch:
        """The same batch on `device`."""
        if device.type == "cpu":
            return self
        return TokenBatch(
            input_ids=self.input_ids.to(device),
            attention_mask=self.attention_mask.to(device),
            token=self.token.to(device),
            unit=self.unit.to(device),
            weight=self.weight.to(device),
            units=self.units,
        )


@dataclass(frozen=True, eq=False)
class TokenisedSplit:
    """The sentences of a split that hold targets, tokenised.

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
    n_unknown: int
    pooling: str
    pad_id: int

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
            notes.append(f"{self.n_split} sentences longer than the model's limit were split into windows")
        if self.n_unknown:
            notes.append(f"{self.n_unknown} words without a subword stand as the unknown token")
        return tuple(notes)

    def batch(self, windows: IntArray) -> TokenBatch:
        """The windows with these numbers as one padded batch."""
        import torch

        rows = [self.windows[w] for w in windows]
        length = max(len(row) for row in rows)
        ids = np.full((len(rows), length), self.pad_id, dtype=np.int64)
        mask = np.zeros((len(rows), length), dtype=np.int64)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = row
            mask[i, : len(row)] = 1
        starts, stops = self.entry_bounds[windows], self.entry_bounds[windows + 1]
        counts = stops - starts
        row_of_entry = np.repeat(np.arange(len(rows)), counts)
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        entry = np.repeat(starts, counts) + within
        units, unit = np.unique(self.entry_unit[entry], return_inverse=True)
        return TokenBatch(
            input_ids=torch.from_numpy(ids),
            attention_mask=torch.from_numpy(mask),
            token=torch.from_numpy(row_of_entry * length + self.entry_position[entry]),
            unit=torch.from_numpy(unit.astype(np.int64)),
            weight=torch.from_numpy(self.entry_weight[entry]),
            units=units,
        )

    def windows_of(self, sentences: IntArray) -> IntArray:
        """The numbers of the windows of these sentences."""
        first, last = self.window_bounds[sentences], self.window_bounds[sentences + 1]
        return np.concatenate([np.arange(a, b) for a, b in zip(first, last, strict=True)])

    def batches_by_length(self, budget: int) -> list[IntArray]:
        """Windows of like length together, longest first, at most `budget` padded tokens in a batch.

        Among all ways to cut the sorted lengths, the one with the least padding, where a further batch is
        worth a thirty-second of the budget in padding.
        """
        lengths = self.lengths
        order = np.argsort(-lengths, kind="stable")
        if not len(order):
            return []
        distinct, first = np.unique(-lengths[order], return_index=True)
        distinct, bounds = -distinct, np.append(first, len(order))
        cost, cut = np.zeros(len(bounds)), np.zeros(len(bounds), dtype=np.int64)
        for end in range(1, len(bounds)):  # the windows before bounds[end], cut at best
            padded = (bounds[end] - bounds[:end]) * distinct[:end]
            total = cost[:end] + padded + np.ceil(padded / budget) * (budget / 32)
            cut[end] = np.argmin(total)
            cost[end] = total[cut[end]]
        batches: list[IntArray] = []
        end = len(bounds) - 1
        while end > 0:
            group, longest = order[bounds[cut[end]] : bounds[end]], int(distinct[cut[end]])
            rows = max(1, budget // longest)
            batches[:0] = np.array_split(group, -(-len(group) // rows))
            end = int(cut[end])
        return batches


def tokenise(split: Split, kind: str | None, tokenizer: Any, *, limit: int, pad_id: int, name: str) -> TokenisedSplit:
    """Tokenise the sentences of `split` that hold targets.

    The words of a sentence are joined by single blanks and tokenised as one text, which is how the model met
    text when it was pre-trained; tokens are given back to words by their character offsets.

    Args:
        split: sentences and targets.
        kind: `word`, `pair` or `sentence`; None: the split's own.
        tokenizer: a fast Hugging Face tokeniser.
        limit: the largest number of tokens of a window, special tokens included.
        pad_id: token id that fills rows up.
        name: the encoder's name, for error messages.

    Raises:
        EncoderError: an unknown kind, a target outside of its sentence, a tokeniser without offsets or (when
            it is needed) without an unknown token.
    """
    if kind is None:
        kind = split.kind
    if kind not in N_POSITIONS:
        raise EncoderError(f"unknown kind of target {kind!r}; there are {', '.join(N_POSITIONS)}")
    if not getattr(tokenizer, "is_fast", False):
        raise EncoderError(
            f"the tokeniser of {name!r} ({type(tokenizer).__name__}) is a slow one, which cannot tell the"
            " word of a subword; use an encoder with a fast tokeniser (tokenizer.json)"
        )
    for number, target in enumerate(split.targets):
        words = split.sentences[target.sentence].words
        if len(target.positions) != N_POSITIONS[kind] or any(not 0 <= p < len(words) for p in target.positions):
            raise EncoderError(
                f"target {number} of split {split.name!r} has positions {target.positions}, which is"
                f" not a {kind} of sentence {split.sentences[target.sentence].id!r} with {len(words)} words"
            )

    used = sorted({target.sentence for target in split.targets})
    local = {sentence: i for i, sentence in enumerate(used)}
    needed: list[list[int]] = [[] for _ in used]
    for target in split.targets:
        needed[local[target.sentence]].extend(target.positions)
    sentences = [split.sentences[s].words for s in used]

    builder = _Builder(tokenizer, kind, limit, name)
    for (ids, word), words, positions in zip(_subwords(sentences, tokenizer), sentences, needed, strict=True):
        builder.add(ids, word, words, np.unique(np.asarray(positions, dtype=np.int64)))
    return builder.finish(
        target_sentence=np.array([local[t.sentence] for t in split.targets], dtype=np.int64),
        positions=[t.positions for t in split.targets],
        pad_id=pad_id,
    )


def _subwords(sentences: Sequence[Sequence[str]], tokenizer: Any) -> list[tuple[IntArray, IntArray]]:
    """For each sentence the token ids and the word of each token (-1: a special token)."""
    if not sentences:
        return []
    # Words of the data that look like special tokens ("[SEP]") are text here, hence split_special_tokens.
    encodings = tokenizer(
        [" ".join(words) for words in sentences],
        add_special_tokens=True,
        padding=False,
        truncation=False,
        return_attention_mask=False,
        return_token_type_ids=False,
        split_special_tokens=True,
        verbose=False,
    ).encodings
    result = []
    for words, encoding in zip(sentences, encodings, strict=True):
        # The blank before a word counts as the word's own: byte-level tokens begin with it.
        lengths = np.array([len(w) + (i > 0) for i, w in enumerate(words)], dtype=np.int64)
        word_of_char = np.repeat(np.arange(len(words)), lengths)
        ids = np.array(encoding.ids, dtype=np.int64)
        offsets = np.array(encoding.offsets, dtype=np.int64).reshape(-1, 2)
        special = np.array([s is None for s in encoding.sequence_ids], dtype=bool)
        if len(word_of_char):
            last_char = np.clip(np.maximum(offsets[:, 1] - 1, offsets[:, 0]), 0, len(word_of_char) - 1)
            word = np.where(special, -1, word_of_char[last_char])
        else:
            word = np.where(special, -1, 0)
        result.append((ids, word))
    return result


class _Builder:
    """Gathers windows, entries and units sentence by sentence."""

    def __init__(self, tokenizer: Any, kind: str, limit: int, name: str) -> None:
        self.tokenizer, self.kind, self.name = tokenizer, kind, name
        self.windows: list[IntArray] = []
        self.window_bounds = [0]
        self.entries: list[tuple[IntArray, IntArray, npt.NDArray[np.float32]]] = []
        self.unit_of_word: list[IntArray] = []
        self.n_units = self.n_split = self.n_unknown = 0
        (ids, word), *_ = _subwords([("a",)], tokenizer)
        text = np.flatnonzero(word >= 0)
        self.prefix = ids[: text[0]] if text.size else ids
        self.suffix = ids[text[-1] + 1 :] if text.size else ids[:0]
        self.room = limit - len(self.prefix) - len(self.suffix)
        if self.room < 1:
            raise EncoderError(f"{name!r} takes {limit} tokens, which leaves no room beside the special ones")
        self.cls = self._position_of_cls()
        sentence_pooling = "mean of tokens" if self.cls is None else "[CLS]"
        self.pooling = sentence_pooling if kind == "sentence" else "mean of subwords"

    def _position_of_cls(self) -> int | None:
        """Where a window has its [CLS]: from the front (0, 1, …), from the back (-1, …), or None."""
        cls = getattr(self.tokenizer, "cls_token_id", None)
        front, back = np.flatnonzero(self.prefix == cls), np.flatnonzero(self.suffix == cls)
        if cls is None or not (front.size or back.size):
            return None
        return int(front[0]) if front.size else int(back[0]) - len(self.suffix)

    def _with_unknown(self, ids: IntArray, word: IntArray, words: Sequence[str]) -> tuple[IntArray, IntArray]:
        """Put the unknown token where a word has no subword, and count it."""
        missing = np.flatnonzero(np.bincount(word, minlength=max(1, len(words))) == 0)
        if not missing.size:
            return ids, word
        unknown = getattr(self.tokenizer, "unk_token_id", None)
        if unknown is None:
            which = words[missing[0]] if len(words) else "an empty sentence"
            raise EncoderError(
                f"the tokeniser of {self.name!r} gives no subword for {which!r} and has no unknown token to"
                " stand for it; remove the word from the data"
            )
        self.n_unknown += len(missing)
        where = np.searchsorted(word, missing)
        return np.insert(ids, where, unknown), np.insert(word, where, missing)

    def add(self, ids: IntArray, word: IntArray, words: Sequence[str], needed: IntArray) -> None:
        """Add one sentence."""
        text = word >= 0
        inner, word = self._with_unknown(ids[text], word[text], words)
        windows = cut_windows(word, self.room)
        self.n_split += len(windows) > 1
        n_prefix, cls = len(self.prefix), self.cls
        if self.kind == "sentence":
            needed = np.zeros(1, dtype=np.int64)
        unit_of_word = np.full(max(1, len(words)), -1)
        unit_of_word[needed] = self.n_units + np.arange(len(needed))
        unit_of_token, share = unit_of_word[word], 1.0 / np.bincount(word)[word]
        for start, stop, own_start, own_stop in windows:
            self.windows.append(np.concatenate([self.prefix, inner[start:stop], self.suffix]))
            if self.kind != "sentence":
                own = own_start + np.flatnonzero(unit_of_token[own_start:own_stop] >= 0)
                position, unit, weight = own - start + n_prefix, unit_of_token[own], share[own]
            elif cls is not None:
                position = np.array([cls if cls >= 0 else len(self.windows[-1]) + cls])
                unit, weight = np.array([self.n_units]), np.array([1.0 / len(windows)])
            else:
                position = np.arange(own_start, own_stop) - start + n_prefix
                unit = np.full(len(position), self.n_units)
                weight = np.full(len(position), 1.0 / len(inner))
            self.entries.append((position, unit, weight.astype(np.float32)))
        self.unit_of_word.append(unit_of_word)
        self.n_units += len(needed)
        self.window_bounds.append(len(self.windows))

    def finish(self, *, target_sentence: IntArray, positions: Sequence[tuple[int, ...]], pad_id: int) -> TokenisedSplit:
        """All that was added, as flat arrays."""
        empty = np.zeros(0, dtype=np.int64)
        columns = 2 if self.kind == "pair" else 1
        first_word = np.cumsum([0, *(len(units) for units in self.unit_of_word)], dtype=np.int64)
        # The unit of a sentence is kept with its first word.
        word = np.array([position or (0,) for position in positions], dtype=np.int64).reshape(-1, columns)
        target_units = np.concatenate([empty, *self.unit_of_word])[first_word[target_sentence][:, None] + word]
        entries = [np.concatenate([empty, *(entry[i] for entry in self.entries)]) for i in range(3)]
        return TokenisedSplit(
            windows=tuple(self.windows),
            window_bounds=np.array(self.window_bounds, dtype=np.int64),
            entry_bounds=np.cumsum([0, *(len(e[0]) for e in self.entries)], dtype=np.int64),
            entry_position=entries[0].astype(np.int64),
            entry_unit=entries[1].astype(np.int64),
            entry_weight=entries[2].astype(np.float32),
            target_units=target_units,
            target_sentence=target_sentence,
            n_units=self.n_units,
            n_split=self.n_split,
            n_unknown=self.n_unknown,
            pooling=self.pooling,
            pad_id=pad_id,
        )
