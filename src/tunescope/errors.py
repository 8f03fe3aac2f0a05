"""The errors that a person meets: one clear message that says what is wrong, where, and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class TunescopeError(Exception):
    """Base of every error that tunescope raises on purpose; the command line prints it and exits with 2."""


class DataError(TunescopeError, ValueError):
    """A data file is missing, damaged or not in its format; the message names the file and the line."""


class EncoderError(TunescopeError, ValueError):
    """An encoder cannot be loaded or cannot represent the given input."""


class StudyError(TunescopeError, ValueError):
    """A study is not valid; the message names the file and the field or line."""


class StorageError(TunescopeError, OSError):
    """A result cannot be read or written."""


class UnitsFailed(TunescopeError, RuntimeError):
    """Some units of work of a study failed; the others are done and kept. The command line exits with 1."""


class RepresentationError(TunescopeError, ValueError):
    """Vectors are not usable: NaN, infinite, or of the wrong shape."""


class ReportError(TunescopeError, ValueError):
    """A part of the report page is not one: a section without a name, or a script that no page can hold."""


_ALIKE = 0.6
"""How alike two names have to be (`difflib`'s ratio, 0 to 1) for one to be taken for a slip of the other."""


def closest(name: str, known: Iterable[str], n: int = 3) -> list[str]:
    """The names that `name` may be a slip of.

    Parameters
    ----------
    name : str
        What was given.
    known : iterable of str
        What there is.
    n : int, default 3
        How many are given at most.

    Returns
    -------
    list of str
        The likest first; empty where none is alike. Capitals do not count.
    """
    by_lower = {each.lower(): each for each in sorted(known, reverse=True)}
    return [by_lower[each] for each in difflib.get_close_matches(name.lower(), by_lower, n=n, cutoff=_ALIKE)]


def near(name: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown name: what it may have meant, or else what there is.

    Parameters
    ----------
    name : str
        What was given.
    known : iterable of str
        What there is.

    Returns
    -------
    str
        Without a capital at its beginning.

    Examples
    --------
    >>> near("pso", ["pos", "dep"])
    'did you mean pos?'
    >>> near("sentiment", ["pos", "dep"])
    'known are dep, pos'
    """
    known = sorted(known)
    alike = closest(name, known)
    return f"did you mean {' or '.join(alike)}?" if alike else f"known are {', '.join(known)}"
