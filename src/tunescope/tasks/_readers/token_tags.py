"""Token-tag files: a word and its tag a line, an empty line between sentences (Tjong Kim Sang and De Meulder 2003)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tunescope.errors import DataError
from tunescope.tasks._clean import label_text
from tunescope.tasks._lines import decode, line_error, read_bytes, split_lines
from tunescope.tasks._reader import Reader, Reading, ReadOptions
from tunescope.tasks._said import counted
from tunescope.tasks._split import LabelledSentence
from tunescope.tasks._task import Kind, Sentence

_PREDICTS = {
    "tag": "tag of a word",
    "type": "type of the span that a word is in, O outside of all",
    "span": "type of a span of words, as the pair of its first and its last word",
}
_PREFIX = re.compile(r"([BIESLU])-(.+)")
_DOCSTART = "-DOCSTART-"

Targets = tuple[tuple[tuple[int, ...], str], ...]


@dataclass(frozen=True)
class _Token:
    line: int
    word: str
    tag: str


class TokenTags(Reader):
    """Columns between blanks or tabs: the word first, the tag last (or in the column that is told)."""

    name, about, rank = "token-tags", "a word and its tag a line, an empty line between sentences", 60
    suffixes = (".conll", ".bio", ".iob", ".iob2", ".bioes")

    def read(self, path: Path, options: ReadOptions) -> Reading:
        """The sentences: every word with its `tag` (the default) or `type`, or every `span`."""
        predicts = options.predicts or "tag"
        if predicts not in _PREDICTS:
            raise DataError(f"{path}: what is predicted is {predicts!r}; expected one of {', '.join(_PREDICTS)}")
        text, encoding = decode(read_bytes(path), path, options.encoding)
        lines = split_lines(text)
        tabs = any("\t" in line for line in lines[:1000])
        counts: Counter[str] = Counter()
        sentences = list(_sentences(path, lines, tabs, options, counts))
        if not sentences:
            raise DataError(f"{path} holds no sentence; expected a word and its tag a line")
        tags = [[token.tag for token in sentence] for sentence in sentences]
        make = {"tag": _tags, "type": _types, "span": _spans}[predicts]
        labelled = [
            LabelledSentence(Sentence(f"line {tokens[0].line}", tuple(token.word for token in tokens)), make(of))
            for tokens, of in zip(sentences, tags, strict=True)
        ]
        columns = "tabs" if tabs else "blanks"
        understood = (
            f"format: {self.name}, columns between {columns}",
            f"encoding: {encoding}",
            f"scheme of the tags: {_scheme(tags)}",
            f"predicts: {predicts}, the {_PREDICTS[predicts]}",
        )
        notes = tuple(f"left out: {counted(n, what)}" for what, n in sorted(counts.items()))
        kind: Kind = "pair" if predicts == "span" else "word"
        return Reading(kind, labelled, understood=understood, notes=notes, description=_PREDICTS[predicts])

    def recognises(self, path: Path, head: bytes) -> bool:
        """By lines of as many columns, the last of which is a tag with a prefix, or O."""
        lines = head.decode("utf-8", "ignore").splitlines()[:-1]
        rows = [line.split() for line in lines if line.strip() and not line.startswith((_DOCSTART, "# "))]
        widths = {len(row) for row in rows}
        return len(widths) == 1 and min(widths) >= 2 and all(re.fullmatch(r"O|[BIESLU]-\S+", row[-1]) for row in rows)


def _sentences(
    path: Path, lines: Sequence[str], tabs: bool, options: ReadOptions, counts: Counter[str]
) -> Iterator[list[_Token]]:
    width, first = 0, 0
    at = _tag_column(path, options)
    tokens: list[_Token] = []
    for number, line in enumerate([*lines, ""], start=1):
        if not line.strip():
            if tokens:
                yield tokens
            tokens = []
            continue
        fields = line.split("\t") if tabs else line.split(" ")
        fields = [field.strip() for field in fields if tabs or field]
        if fields[0] == _DOCSTART:
            counts["line with -DOCSTART-"] += 1
            continue
        if not tokens and line.startswith("# ") and len(fields) != (width or 2):
            counts["comment"] += 1
            continue
        if width == 0:
            width, first = len(fields), number
        if len(fields) != width or width < 2:
            expected = "a word and a tag at least" if width < 2 else f"{width}, as in line {first}"
            raise line_error(path, number, counted(len(fields), "column"), expected)
        if at is not None and not 1 < at <= width:
            raise DataError(f"{path}: the tag is column {at}; expected a number from 2 to {width}")
        tokens.append(_token(path, number, fields[0], fields[-1 if at is None else at - 1], options, counts))


def _tag_column(path: Path, options: ReadOptions) -> int | None:
    told = options.columns.get("tags", options.columns.get("label"))
    if told is None:
        return None
    if not str(told).isdigit():
        raise DataError(f"{path}: the column of the tags is {told!r}; this format has no names: give its number from 1")
    return int(told)


def _token(path: Path, number: int, word: str, tag: str, options: ReadOptions, counts: Counter[str]) -> _Token:
    if not word:
        raise line_error(path, number, "no word", "a word in the first column")
    if tag in ("", "_", "-X-") or tag in (options.missing or ()):
        if options.without_label != "drop":
            expected = "a tag for every word; or `without_label: drop`, which leaves out words without"
            raise line_error(path, number, f"the word {word!r} has no tag ({tag or 'empty'})", expected)
        counts["word without a tag"] += 1
        return _Token(number, word, "")
    try:
        return _Token(number, word, label_text(tag))
    except ValueError as error:
        raise line_error(path, number, str(error), "a tag") from None


def _tags(tags: Sequence[str]) -> Targets:
    return tuple(((i,), tag) for i, tag in enumerate(tags) if tag)


def _types(tags: Sequence[str]) -> Targets:
    return tuple(((i,), _parts(tag)[1]) for i, tag in enumerate(tags) if tag)


def _spans(tags: Sequence[str]) -> Targets:
    """The spans: one begins where its prefix says so, or where the type is another than that of the word before."""
    spans: list[tuple[int, int, str]] = []
    before = ("O", "O")
    for i, tag in enumerate(tags):
        prefix, kind = _parts(tag or "O")
        goes_on = prefix in "IEL" and before[1] == kind and before[0] not in ("O", "E", "L", "S", "U")
        if prefix != "O":
            if goes_on:
                spans[-1] = (spans[-1][0], i, kind)
            else:
                spans.append((i, i, kind))
        before = (prefix, kind)
    return tuple(((first, last), kind) for first, last, kind in spans)


def _parts(tag: str) -> tuple[str, str]:
    """Prefix and type of a tag; a tag without a prefix is a span's that goes on as long as the tag is the same."""
    match = _PREFIX.fullmatch(tag)
    return (match[1], match[2]) if match else ("O", "O") if tag == "O" else ("I", tag)


def _scheme(tags: Sequence[Sequence[str]]) -> str:
    prefixes = {match[1] for of in tags for tag in of if (match := _PREFIX.fullmatch(tag))}
    if not prefixes:
        return "tags of words"
    if prefixes & set("ESLU"):
        return "BIOES" if prefixes & set("ES") else "BILOU"
    begins_inside = any(
        _parts(tag)[0] == "I" and (i == 0 or _parts(of[i - 1] or "O")[1] != _parts(tag)[1])
        for of in tags
        for i, tag in enumerate(of)
        if tag
    )
    return "IOB1 (a span begins with B- only after another of its type)" if begins_inside else "BIO"
