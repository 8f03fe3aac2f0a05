"""A task from the columns of a Trainer's own data sets: texts, words, or what a tokenizer has made of them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tunescope.errors import DataError, near
from tunescope.integrations._trainer.tokens import Decoder

if TYPE_CHECKING:
    from tunescope.tasks import LabelledSentence, Task

_INPUTS = ("text", "tokens", "input_ids")
_LABELS = ("label", "labels")
_IGNORED = -100
"""What transformers' losses leave out."""
_DRAWN = 10
"""Rows that are read for each point of the sample, at most: labels are counted among these."""


def task_of_columns(
    columns: Mapping[str, str], train: Any, evaluation: Any, model: Any, tokenizer: Any, sample: int
) -> Task:
    """A task of the labelled rows of a Trainer's data sets.

    Parameters
    ----------
    columns : mapping
        One of `text`, `tokens`, `input_ids`, and one of `label`, `labels`, each with the name of a column; with `text`
        also `pair`, a second text.
    train, evaluation : data set
        Rows by number, each a mapping; of several evaluation sets by name the first is taken.
    model : transformers model
        Its config names labels that are numbers.
    tokenizer : tokenizer
        Gives words to rows that are tokenised already.
    sample : int
        Points that will be looked at: of more than ten times as many rows evenly spaced ones are read.

    Returns
    -------
    Task
        Named `trainer-data`; its notes count what was left out.

    Raises
    ------
    DataError
        Columns are unknown or missing, a data set cannot be read row by row, or nothing in it has a label.
    """
    from tunescope.tasks import task_of_splits

    asked = _Columns.of(columns)
    if isinstance(evaluation, Mapping):
        evaluation = next(iter(evaluation.values()), None)
    if train is None or evaluation is None:
        lacking = "train_dataset" if train is None else "eval_dataset"
        raise DataError(f"the Trainer has no {lacking}, so its columns give no task; give one, or a Task")
    of_train, notes = _labelled("train", train, asked, model, tokenizer, sample)
    of_test, more = _labelled("test", evaluation, asked, model, tokenizer, sample)
    is_words = any(positions for one in of_train for positions, _ in one.targets)
    return task_of_splits(
        "word" if is_words else "sentence",
        of_train,
        of_test,
        name="trainer-data",
        description=f"{asked.label} of the Trainer's own data",
        source="the Trainer's train_dataset and eval_dataset",
        notes=(*notes, *more),
    )


@dataclass(frozen=True)
class _Columns:
    kind: str
    """`text`, `tokens` or `input_ids`."""
    inputs: str
    label: str
    pair: str | None

    @classmethod
    def of(cls, columns: Mapping[str, str]) -> _Columns:
        known = (*_INPUTS, *_LABELS, "pair")
        for name in columns:
            if name not in known:
                raise DataError(f"columns: unknown part {name!r}; {near(str(name), known)}")
        kinds = [name for name in _INPUTS if name in columns]
        labels = [name for name in _LABELS if name in columns]
        if len(kinds) != 1 or len(labels) != 1:
            raise DataError(
                'columns name the text and the label, such as {"text": "question", "label": "coarse"}: one of '
                f"{', '.join(_INPUTS)}, and label; there are {dict(columns)}"
            )
        if "pair" in columns and kinds != ["text"]:
            raise DataError("columns: `pair` is a second text beside `text`")
        return cls(kinds[0], columns[kinds[0]], columns[labels[0]], columns.get("pair"))


def _labelled(
    name: str, rows: Any, asked: _Columns, model: Any, tokenizer: Any, sample: int
) -> tuple[list[LabelledSentence], list[str]]:
    """The labelled rows of a data set, and what was left out of it."""
    named = _label_names(rows, asked.label, model)
    read = _reader(asked, tokenizer, named)
    found: list[LabelledSentence] = []
    left_out: dict[str, int] = {}
    places = _places(rows, name, sample)
    for place in places:
        row = rows[place]
        for column in filter(None, (asked.inputs, asked.label, asked.pair)):
            if not isinstance(row, Mapping) or column not in row:
                there = list(row) if isinstance(row, Mapping) else type(row).__name__
                raise DataError(f"row {place} of the {name} data has no column {column!r}; there are {there}")
        one = read(str(place), row)
        if isinstance(one, str):
            left_out[one] = left_out.get(one, 0) + 1
        else:
            found.append(one)
    notes = [f"{name}: {count:,} of {len(places):,} rows left out: {why}" for why, count in left_out.items()]
    if 2 * sum(left_out.values()) > len(places):
        raise DataError("; ".join(notes) + ". Give the words or texts (columns `tokens` or `text`), or a Task")
    if len(places) < len(rows):
        notes.append(f"{name}: {len(places):,} of {len(rows):,} rows were read, evenly spaced")
    return found, notes


def _places(rows: Any, name: str, sample: int) -> Sequence[int]:
    try:
        n = len(rows)
    except TypeError:
        raise DataError(f"the {name} data are a stream, whose rows cannot be gone through twice; give a Task") from None
    most = _DRAWN * sample
    return range(n) if n <= most else [place * n // most for place in range(most)]


def _reader(
    asked: _Columns, tokenizer: Any, named: Callable[[Any], str | None]
) -> Callable[[str, Mapping[str, Any]], LabelledSentence | str]:
    """Reads a row: what it holds, or why it is left out."""
    from tunescope.tasks import LabelledSentence, Sentence

    decoder = Decoder(tokenizer) if asked.kind == "input_ids" else None

    def read(place: str, row: Mapping[str, Any]) -> LabelledSentence | str:
        label = _plain(row[asked.label])
        pair = None
        if decoder is not None:
            ids = _plain(row[asked.inputs])
            if isinstance(label, list):
                aligned = decoder.words_with_labels(ids, label)
                if aligned is None:
                    return "their words cannot be told from their tokens"
                words, label = aligned
            else:
                texts = decoder.texts(ids, row.get("token_type_ids"))
                if texts is None:
                    return "their text cannot be told from their tokens"
                words, pair = texts
        elif asked.kind == "tokens":
            words = tuple(str(word) for word in row[asked.inputs])
        else:
            words = tuple(str(row[asked.inputs]).split())
            pair = tuple(str(row[asked.pair]).split()) if asked.pair else None
        if not words or not all(word.strip() for word in words) or pair == ():
            return "without a text"
        if isinstance(label, list):
            if len(label) != len(words):
                return "another number of labels than of words"
            targets: tuple[tuple[tuple[int, ...], str], ...]
            marked = [(i, named(one)) for i, one in enumerate(label) if one != _IGNORED]
            targets = tuple(((i,), one) for i, one in marked if one is not None)
        else:
            one = None if label == _IGNORED else named(label)
            targets = () if one is None else (((), one),)
        return LabelledSentence(Sentence(place, words, pair), targets) if targets else "without a label"

    return read


def _label_names(rows: Any, column: str, model: Any) -> Callable[[Any], str | None]:
    """Names labels: by the data set's own names, else by those of the model's config, else as they are."""
    feature = getattr(rows, "features", None)
    feature = feature.get(column) if isinstance(feature, Mapping) else None
    feature = getattr(feature, "feature", feature)
    names = getattr(feature, "names", None)
    if names is None:
        given = dict(getattr(model.config, "id2label", None) or {})
        names = given if any(str(name) != f"LABEL_{key}" for key, name in given.items()) else {}

    def name(label: Any) -> str | None:
        if label is None:
            return None
        if isinstance(label, int) and not isinstance(label, bool):
            with contextlib.suppress(KeyError, IndexError):
                label = names[label]
        return str(label).strip() or None

    return name


def _plain(value: Any) -> Any:
    """Arrays and tensors as lists and numbers."""
    value = value.tolist() if hasattr(value, "tolist") else value
    return list(value) if isinstance(value, Iterable) and not isinstance(value, (str, Mapping)) else value
