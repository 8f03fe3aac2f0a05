"""The errors that a person meets: one clear message that says what is wrong, where, and what to do."""

from __future__ import annotations


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


class RepresentationError(TunescopeError, ValueError):
    """Vectors are not usable: NaN, infinite, or of the wrong shape."""
