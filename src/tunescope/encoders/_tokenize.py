"""From the sentences of a split to windows of token ids, and to which tokens make which target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, cast, get_args

import numpy as np
import numpy.typing as npt

from tunescope.encoders._pooling import described, subword_shares, token_shares
from tunescope.encoders._tokens import IntArray, TokenizedSplit
from tunescope.encoders._windows import Window, cut_windows
from tunescope.errors import EncoderError
from tunescope.tasks import N_POSITIONS, Kind

if TYPE_CHECKING:
    from tunescope.tasks import Split


@dataclass(frozen=True)
class Reader:
    """How a model reads text: its tokenizer, and what the model takes."""

    tokenizer: Any
    """A fast Hugging Face tokenizer."""
    name: str
    """The encoder's name, for messages."""
    limit: int
    """The largest number of tokens of a window, special tokens included."""
    pad_id: int
    """Token id that fills rows up."""
    n_ids: int | None
    """Rows of the model's table of token vectors; None where it is not known."""
    n_types: int
    """How many token types the model tells apart; 0 where it is told none."""
    reads_padding: bool = False


class Text(NamedTuple):
    """The subwords of a text, without special tokens."""

    ids: IntArray
    """(n,)"""
    word: IntArray
    """(n,) the word of each, not decreasing"""


class Template(NamedTuple):
    """The special tokens around one text (`middle` is empty) or two, and the token type of each part."""

    prefix: IntArray
    middle: IntArray
    suffix: IntArray
    types: tuple[IntArray, IntArray, IntArray, IntArray, IntArray]
    """Of prefix, first text (1,), middle, second text (1,), suffix."""

    @property
    def size(self) -> int:
        """Special tokens in all."""
        return len(self.prefix) + len(self.middle) + len(self.suffix)


def tokenize(split: Split, kind: Kind, how: str, reader: Reader, *, normalize: bool = False) -> TokenizedSplit:
    """Tokenize the sentences of `split` that hold targets.

    The words of a sentence are joined by single blanks and tokenized as one text, which is how the model met
    text when it was pre-trained; tokens are given back to words by their character offsets.

    Parameters
    ----------
    split : Split
        Sentences and targets.
    kind : str
        `word`, `pair` or `sentence`.
    how : str
        The pooling: of words, or of sentences (`SENTENCE_POOLINGS`).
    reader : Reader
        Tokenizer and limits.
    normalize : bool, default False
        Whether the vectors of units are divided by their length.

    Raises
    ------
    EncoderError
        An unknown kind, a target outside of its sentence, a tokenizer without offsets or (when it is needed)
        without an unknown token, a token that the model has no vector for, `cls` without a `[CLS]`.
    """
    _check_targets(split, kind)
    used = sorted({target.sentence for target in split.targets})
    local = {sentence: i for i, sentence in enumerate(used)}
    needed: list[list[int]] = [[] for _ in used]
    for target in split.targets:
        needed[local[target.sentence]].extend(target.positions)
    firsts = [split.sentences[s].words for s in used]
    seconds = [getattr(split.sentences[s], "pair", None) for s in used]

    builder = _Builder(reader, kind, how, pairs=any(second is not None for second in seconds))
    texts = _subwords(firsts, seconds, reader.tokenizer)
    for parts, first, second, positions in zip(texts, firsts, seconds, needed, strict=True):
        words = (first,) if second is None else (first, second)
        known = [builder.with_unknown(text, each) for text, each in zip(parts, words, strict=True)]
        builder.add(known, len(first), np.unique(np.asarray(positions, dtype=np.int64)))
    return builder.finish(
        target_sentence=np.array([local[t.sentence] for t in split.targets], dtype=np.int64),
        positions=[t.positions for t in split.targets],
        normalize=normalize,
    )


def kind_of(split: Split, kind: str | None) -> Kind:
    """The kind of target that was asked for, or else the split's own.

    Raises
    ------
    EncoderError
        There is no such kind.
    """
    if kind is None:
        return split.kind
    for known in get_args(Kind):
        if kind == known:
            return cast("Kind", known)
    raise EncoderError(f"unknown kind of target {kind!r}; there are {', '.join(N_POSITIONS)}")


def check_tokenizer(tokenizer: Any, name: str) -> None:
    """See that a tokenizer can tell where in the text a token came from.

    Raises
    ------
    EncoderError
        It is a slow one.
    """
    if not getattr(tokenizer, "is_fast", False):
        raise EncoderError(
            f"the tokeniser of {name!r} ({type(tokenizer).__name__}) is a slow one, which cannot tell the word of a"
            " subword; use an encoder with a fast tokeniser (tokenizer.json)"
        )


def has_cls(tokenizer: Any) -> bool:
    """Whether a tokenizer puts a [CLS] around a text."""
    template = _template(tokenizer, pair=False)
    return getattr(tokenizer, "cls_token_id", None) in {*template.prefix.tolist(), *template.suffix.tolist()}


def _check_targets(split: Split, kind: Kind) -> None:
    for number, target in enumerate(split.targets):
        words = split.sentences[target.sentence].words
        if len(target.positions) != N_POSITIONS[kind] or any(not 0 <= p < len(words) for p in target.positions):
            raise EncoderError(
                f"target {number} of split {split.name!r} has positions {target.positions}, which is"
                f" not a {kind} of sentence {split.sentences[target.sentence].id!r} with {len(words)} words"
            )


def _called(tokenizer: Any, texts: list[str], second: list[str] | None) -> Any:
    # Words of the data that look like special tokens ("[SEP]") are text here, hence split_special_tokens.
    return tokenizer(
        texts,
        second,
        add_special_tokens=True,
        padding=False,
        truncation=False,
        return_attention_mask=False,
        return_token_type_ids=False,
        split_special_tokens=True,
        verbose=False,
    ).encodings


def _subwords(
    firsts: Sequence[Sequence[str]], seconds: Sequence[Sequence[str] | None], tokenizer: Any
) -> list[list[Text]]:
    """For each sentence the subwords of its text, or of its two texts."""
    result: list[list[Text]] = [[] for _ in firsts]
    alone = [i for i, second in enumerate(seconds) if second is None]
    both = [i for i, second in enumerate(seconds) if second is not None]
    for group, paired in ((alone, False), (both, True)):
        if not group:
            continue
        texts = [" ".join(firsts[i]) for i in group]
        second = [" ".join(seconds[i] or ()) for i in group] if paired else None
        for i, encoding in zip(group, _called(tokenizer, texts, second), strict=True):
            ids = np.array(encoding.ids, dtype=np.int64)
            offsets = np.array(encoding.offsets, dtype=np.int64).reshape(-1, 2)
            of_text = np.array([-1 if s is None else s for s in encoding.sequence_ids], dtype=np.int64)
            for number, words in enumerate((firsts[i], seconds[i]) if paired else (firsts[i],)):
                here = of_text == number
                result[i].append(Text(ids[here], _words_of(offsets[here], words or ())))
    return result


def _words_of(offsets: IntArray, words: Sequence[str]) -> IntArray:
    """(n,) the word of each subword, by its (first, last + 1) character in the words joined by blanks."""
    # The blank before a word counts as the word's own: byte-level tokens begin with it.
    lengths = np.array([len(w) + (i > 0) for i, w in enumerate(words)], dtype=np.int64)
    word_of_char = np.repeat(np.arange(len(words)), lengths)
    if not len(word_of_char):
        return np.zeros(len(offsets), dtype=np.int64)
    last = np.clip(np.maximum(offsets[:, 1] - 1, offsets[:, 0]), 0, len(word_of_char) - 1)
    return np.asarray(word_of_char[last], dtype=np.int64)


def _template(tokenizer: Any, *, pair: bool) -> Template:
    """What the tokenizer puts around one text or two."""
    (encoding,) = _called(tokenizer, ["a"], ["a"] if pair else None)
    ids, types = np.array(encoding.ids, dtype=np.int64), np.array(encoding.type_ids, dtype=np.int64)
    text = np.array([-1 if s is None else s for s in encoding.sequence_ids], dtype=np.int64)
    first, second = np.flatnonzero(text == 0), np.flatnonzero(text == 1)
    if not first.size or (pair and not second.size):  # nothing to tell the parts by: all before the text
        none, zero = ids[:0], np.zeros(1, dtype=np.int64)
        return Template(ids[text < 0], none, none, (types[text < 0], zero, none, zero, none))
    before, between, after = slice(0, first[0]), slice(0, 0), slice((second if pair else first)[-1] + 1, None)
    if pair:
        between = slice(first[-1] + 1, second[0])
    of_first, of_second = types[first[:1]], types[(second if pair else first)[:1]]
    of_parts = (types[before], of_first, types[between], of_second, types[after])
    return Template(ids[before], ids[between], ids[after], of_parts)


class _Builder:
    """Gathers windows, entries and units sentence by sentence."""

    def __init__(self, reader: Reader, kind: Kind, how: str, *, pairs: bool) -> None:
        self.reader, self.kind, self.how = reader, kind, how
        self.windows: list[IntArray] = []
        self.types: list[IntArray] = []
        self.window_bounds = [0]
        self.entries: list[tuple[IntArray, IntArray, npt.NDArray[np.float32]]] = []
        self.unit_of_word: list[IntArray] = []
        self.n_units = self.n_split = self.n_unknown = self.n_all_unknown = 0
        self.templates = [_template(reader.tokenizer, pair=pair) for pair in ((False, True) if pairs else (False,))]
        for template in self.templates:
            if reader.limit - template.size < 1 + (template is not self.templates[0]):
                raise EncoderError(
                    f"{reader.name!r} takes {reader.limit} tokens, which leaves no room beside the special ones"
                )
        if kind == "sentence" and how == "cls" and self._cls(self.templates[0], 0) is None:
            raise EncoderError(
                f"the tokeniser of {reader.name!r} puts no [CLS] before a sentence; choose pooling='mean'"
            )

    def _cls(self, template: Template, n_text: int) -> int | None:
        """Where a sentence with so many subwords has its [CLS]."""
        cls = getattr(self.reader.tokenizer, "cls_token_id", None)
        if cls is None:
            return None
        front, back = np.flatnonzero(template.prefix == cls), np.flatnonzero(template.suffix == cls)
        if front.size:
            return int(front[0])
        return len(template.prefix) + n_text + len(template.middle) + int(back[0]) if back.size else None

    def with_unknown(self, text: Text, words: Sequence[str]) -> Text:
        """Put the unknown token where a word has no subword; count such words, and those that are all unknown."""
        unknown = getattr(self.reader.tokenizer, "unk_token_id", None)
        ids, word = text
        count = np.bincount(word, minlength=len(words))
        if unknown is not None:
            same = np.bincount(word, weights=ids == unknown, minlength=len(words))
            self.n_all_unknown += int(((count > 0) & (same == count)).sum())
        missing = np.flatnonzero(count == 0)
        if not missing.size:
            return text
        if unknown is None:
            raise EncoderError(
                f"the tokeniser of {self.reader.name!r} gives no subword for {words[missing[0]]!r} and has no unknown"
                " token to stand for it; remove the word from the data"
            )
        self.n_unknown += len(missing)
        where = np.searchsorted(word, missing)
        return Text(np.insert(ids, where, unknown), np.insert(word, where, missing))

    def add(self, texts: Sequence[Text], n_words: int, needed: IntArray) -> None:
        """Add one sentence: its text or its two texts, and which words of the first are needed."""
        template = self.templates[len(texts) - 1]
        windows = _windows(texts, self.reader.limit - template.size)
        self.n_split += len(windows) > 1
        if self.kind == "sentence":
            needed = np.zeros(1, dtype=np.int64)
        unit_of_word = np.full(max(1, n_words), -1)
        unit_of_word[needed] = self.n_units + np.arange(len(needed))
        # Where each part of the whole sentence begins, counted in tokens.
        begin_second = len(template.prefix) + len(texts[0].ids) + len(template.middle)
        n_text = sum(len(text.ids) for text in texts)
        if self.kind == "sentence":
            share = token_shares(self.how, n_text + template.size, self._cls(template, n_text))
        else:
            share = subword_shares(self.how, texts[0].word)
        for first, second in windows:
            parts = [template.prefix, texts[0].ids[first.start : first.stop], template.middle]
            parts += [texts[1].ids[second.start : second.stop] if second else template.middle[:0], template.suffix]
            self.windows.append(np.concatenate(parts))
            starts = np.cumsum([0, *(len(part) for part in parts)])
            of_types = zip(template.types, parts, strict=True)
            self.types.append(np.concatenate([np.broadcast_to(t, len(p)) for t, p in of_types]).astype(np.int64))
            own = np.arange(first.own_start, first.own_stop)
            position = own - first.start + len(template.prefix)
            if self.kind == "sentence":
                place = len(template.prefix) + own
                weight = share[place]
                if second:
                    own = np.arange(second.own_start, second.own_stop)
                    position = np.concatenate([position, own - second.start + starts[3]])
                    weight = np.concatenate([weight, share[begin_second + own]])
                at_end = n_text + template.size - len(template.suffix)
                for part, begin in ((0, 0), (2, begin_second - len(template.middle)), (4, at_end)):
                    special = np.arange(len(parts[part]))
                    position = np.concatenate([position, starts[part] + special])
                    weight = np.concatenate([weight, share[begin + special] / len(windows)])
                unit = np.full(len(position), self.n_units)
            else:
                unit, weight = unit_of_word[texts[0].word[own]], share[own]
            kept = (unit >= 0) & (weight > 0)
            self.entries.append((position[kept], unit[kept], weight[kept].astype(np.float32)))
        self.unit_of_word.append(unit_of_word)
        self.n_units += len(needed)
        self.window_bounds.append(len(self.windows))

    def finish(
        self, *, target_sentence: IntArray, positions: Sequence[tuple[int, ...]], normalize: bool
    ) -> TokenizedSplit:
        """All that was added, as flat arrays."""
        empty = np.zeros(0, dtype=np.int64)
        columns = 2 if self.kind == "pair" else 1
        first_word = np.cumsum([0, *(len(units) for units in self.unit_of_word)], dtype=np.int64)
        # The unit of a sentence is kept with its first word.
        word = np.array([position or (0,) for position in positions], dtype=np.int64).reshape(-1, columns)
        target_units = np.concatenate([empty, *self.unit_of_word])[first_word[target_sentence][:, None] + word]
        entries = [np.concatenate([empty, *(entry[i] for entry in self.entries)]) for i in range(3)]
        self._check_ids()
        return TokenizedSplit(
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
            n_all_unknown=self.n_all_unknown,
            pooling=described(self.kind, self.how, normalize=normalize),
            pad_id=self.reader.pad_id,
            types=self._told_types(),
            reads_padding=self.reader.reads_padding,
            normalize=normalize,
        )

    def _told_types(self) -> tuple[IntArray, ...] | None:
        """The token types, where they say something that the model can take in."""
        highest = max((int(types.max(initial=0)) for types in self.types), default=0)
        return tuple(self.types) if 0 < highest < self.reader.n_types else None

    def _check_ids(self) -> None:
        if self.reader.n_ids is None or not self.windows:
            return
        highest = max(int(window.max()) for window in self.windows)
        if highest >= self.reader.n_ids:
            token = self.reader.tokenizer.convert_ids_to_tokens(highest)
            raise EncoderError(
                f"the tokeniser of {self.reader.name!r} gives the token {token!r} the id {highest}, and the model has"
                f" vectors for {self.reader.n_ids} ids only; tokeniser and model do not belong together, or the model"
                " lacks resize_token_embeddings after tokens were added"
            )


def _windows(texts: Sequence[Text], room: int) -> list[tuple[Window, Window | None]]:
    """The windows of one text, or of two that share the room."""
    if len(texts) == 1:
        return [(window, None) for window in cut_windows(texts[0].word, room)]
    sizes = [len(text.ids) for text in texts]
    if sum(sizes) <= room:
        rooms = sizes
    else:  # the shorter one is kept whole as long as it takes no more than half
        short = min(min(sizes), room // 2)
        rooms = [short, room - short] if sizes[0] <= sizes[1] else [room - short, short]
    first, second = (cut_windows(text.word, max(1, size)) for text, size in zip(texts, rooms, strict=True))
    return [(_at(first, i), _at(second, i)) for i in range(max(len(first), len(second)))]


def _at(windows: list[Window], i: int) -> Window:
    """The i-th window; after the last one that one again, which then owns nothing further."""
    if i < len(windows):
        return windows[i]
    last = windows[-1]
    return Window(last.start, last.stop, last.own_stop, last.own_stop)
