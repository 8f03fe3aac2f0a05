"""CoNLL-U, CoNLL-U Plus and PARSEME's .cupt: one reader of treebanks."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from tunescope.errors import DataError
from tunescope.tasks._conllu import PREDICTED, ConlluKind, first_columns, read_conllu
from tunescope.tasks._reader import Reader, Reading, ReadOptions
from tunescope.tasks._task import Kind


class Conllu(Reader):
    """A word a line in ten columns (or those of its `# global.columns`), an empty line after a sentence."""

    name, suffixes, about, rank = "conllu", (".conllu", ".conllup", ".cupt"), "a treebank in CoNLL-U", 30

    def read(self, path: Path, options: ReadOptions) -> Reading:
        """Every word with its `pos` (the default) or `xpos`, or every pair of head and dependent (`dep`)."""
        kind = next((kind for kind in get_args(ConlluKind) if kind == (options.predicts or "pos")), None)
        if kind is None:
            expected = f"expected one of {', '.join(get_args(ConlluKind))}"
            raise DataError(f"{path}: what is predicted is {options.predicts!r}; {expected}")
        notes: list[str] = []
        labelled = read_conllu(path, kind, drop=options.without_label == "drop", notes=notes)
        understood = ("format: conllu", "encoding: utf-8", f"predicts: {kind}, the {PREDICTED[kind]}")
        point: Kind = "pair" if kind == "dep" else "word"
        return Reading(point, labelled, understood=understood, notes=tuple(notes), description=PREDICTED[kind])

    def recognises(self, path: Path, head: bytes) -> bool:
        """By ten columns, the first of them 1."""
        return first_columns(head) in (10, 11)
