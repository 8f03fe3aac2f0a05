"""The embedded grammar: a small generator of English sentences with all their annotation.

It is our own: a few hundred word forms, many of them ambiguous (noun or verb: `record`, `visit`, `plan`;
adjective or noun: `light`, `cold`; prepositions with several roles and functions), put together by templates
that know agreement and which nouns a verb takes, so that context decides what an ambiguous word is.
Everything follows from the seed, on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator

from tunescope.tasks._draw import Draw
from tunescope.tasks._grammar._clauses import statement
from tunescope.tasks._grammar._questions import question
from tunescope.tasks._grammar._tree import AnnotatedSentence, annotate
from tunescope.tasks._grammar._vocabulary import vocabulary

__all__ = ["AnnotatedSentence", "annotated_sentences", "generate_sentences", "vocabulary"]


def annotated_sentences(seed: int, questions: float = 0.2) -> Iterator[AnnotatedSentence]:
    """An endless stream of annotated sentences; `questions` is the share of questions among them."""
    draw = Draw(seed)
    while True:
        if draw.chance(questions):
            tree, kind = question(draw)
            yield annotate(tree, kind)
        else:
            yield annotate(statement(draw))


def generate_sentences(n: int, seed: int) -> list[tuple[str, ...]]:
    """Sentences of the embedded grammar.

    Parameters
    ----------
    n : int
        How many, 0 or more.
    seed : int
        Draws them.

    Returns
    -------
    list of tuple of str
        The words of each, in lowercase; a prefix of any longer list.

    Examples
    --------
    >>> len(generate_sentences(2, seed=0))
    2
    """
    stream = annotated_sentences(seed)
    return [next(stream).words for _ in range(n)]
