"""`.conllulex`: prepositions with their semantic role and function."""

from __future__ import annotations

from pathlib import Path

from tunescope.errors import DataError
from tunescope.tasks._conllu import first_columns
from tunescope.tasks._conllulex import read_conllulex
from tunescope.tasks._reader import Reader, Reading, ReadOptions


class Conllulex(Reader):
    """The 19 columns of STREUSLE: CoNLL-U, then lexical categories and supersenses."""

    name, suffixes, about, rank = "conllulex", (".conllulex",), "prepositions in the format of STREUSLE", 40

    def read(self, path: Path, options: ReadOptions) -> Reading:
        """Every single-token preposition with its `role` (the default) or `function`."""
        predicts = options.predicts or "role"
        if predicts not in ("role", "function"):
            raise DataError(f"{path}: what is predicted is {predicts!r}; expected role or function")
        labelled, notes = read_conllulex([path], "role" if predicts == "role" else "function")
        what = f"semantic {predicts} of a single-token preposition"
        understood = ("format: conllulex", "encoding: utf-8", f"predicts: {predicts}, the {what}")
        return Reading("word", labelled, understood=understood, notes=notes, description=what)

    def recognises(self, path: Path, head: bytes) -> bool:
        """By 19 columns, the first of them 1."""
        return first_columns(head) == 19
