"""What a reader of a format is, and how the one for a file is found."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Literal

from tunescope._additions import discover
from tunescope.errors import DataError, TunescopeError
from tunescope.tasks import _readers
from tunescope.tasks._split import LabelledSentence
from tunescope.tasks._task import Kind

GROUP = "tunescope.readers"
"""The entry points by which other packages add readers."""

_HEAD = 4096
"""Bytes of a file that a reader is shown to recognise its format."""


@dataclass(frozen=True)
class ReadOptions:
    """What a person says of a file; everything that is not said is found out, and told.

    Parameters
    ----------
    format : str, optional
        Name of the reader, where the file's name does not tell.
    columns : dict, optional
        Which column is what: `text`, `pair` (the second text), `words`, `positions`, `label`, `tags`, each with the
        column's name; or with its number from 1, for a table without a head line.
    predicts : str, optional
        What of a treebank, a preposition file or a token-tag file is predicted.
    missing : tuple of str, optional
        Fields of a CSV or TSV file that say that a label is missing; by default empty ones and, where they are not
        quoted, pandas' list (`NA`, `nan`, `null`, `None`, …).
    without_label : {'refuse', 'drop'}, optional
        What becomes of a row without a label: `refuse` (an error) or `drop` (left out and counted).
    without_text : {'refuse', 'drop'}, optional
        The same of a row of a table without a text.
    delimiter, quotes, encoding : str, optional
        Of a CSV or TSV file: the character between fields; `csv` or `none`; the name of an encoding.
    """

    format: str | None = None
    columns: Mapping[str, str | int] = field(default_factory=dict)
    predicts: str | None = None
    missing: tuple[str, ...] | None = None
    without_label: Literal["refuse", "drop"] = "refuse"
    without_text: Literal["refuse", "drop"] = "refuse"
    delimiter: str | None = None
    quotes: Literal["csv", "none"] | None = None
    encoding: str | None = None


@dataclass(frozen=True)
class Reading:
    """What a reader makes of a file."""

    kind: Kind
    train: list[LabelledSentence]
    """All sentences of the file, or those of its own train split."""
    test: list[LabelledSentence] | None = None
    """The sentences of its own test split; None for a file without splits."""
    understood: tuple[str, ...] = ()
    """What was found out of the file, a line each: `delimiter: comma`."""
    notes: tuple[str, ...] = ()
    """What was left out and why, counted."""
    description: str = "labels of a table"
    """What is predicted."""


class Reader(ABC):
    """A format of labelled sentences: to add one is to subclass this.

    The subclass stands in a file of `tunescope/tasks/_readers`, or in another package that names its module by an
    entry point of the group `tunescope.readers`.

    Examples
    --------
    >>> from tunescope.tasks import LabelledSentence, Reader, Reading, Sentence
    >>> class Shouts(Reader):
    ...     name, suffixes, about = "shouts", (".shouts",), "a text a line; those in capitals are shouts"
    ...     def read(self, path, options):
    ...         lines = path.read_text(encoding="utf-8").splitlines()
    ...         labelled = [
    ...             LabelledSentence(Sentence(f"line {n}", tuple(line.split())), (((), str(line.isupper())),))
    ...             for n, line in enumerate(lines, start=1)
    ...         ]
    ...         return Reading("sentence", labelled, understood=(f"format: {self.name}",))
    >>> Reader.known["shouts"] is Shouts
    True
    >>> del Reader.known["shouts"]
    """

    name: ClassVar[str]
    """What the format is called in settings."""
    suffixes: ClassVar[tuple[str, ...]]
    """Endings of file names, in small letters, with the dot."""
    about: ClassVar[str]
    """What a file of the format looks like, in a line."""
    rank: ClassVar[int] = 50
    """Formats with a lower rank are tried first where the name does not tell."""

    known: ClassVar[dict[str, type[Reader]]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        Reader.known[cls.name] = cls

    @abstractmethod
    def read(self, path: Path, options: ReadOptions) -> Reading:
        """The labelled sentences of a file; raises `DataError` that names file and line for anything else."""

    def recognises(self, path: Path, head: bytes) -> bool:
        """Whether a file whose name says nothing is of this format, by its first bytes (none for a folder)."""
        return False


def readers() -> dict[str, type[Reader]]:
    """All formats that can be read, by their names.

    Raises
    ------
    DataError
        Another package's entry point cannot be loaded.
    """
    discover(_readers.__name__, GROUP, "reader", DataError)
    return dict(sorted(Reader.known.items(), key=lambda item: (item[1].rank, item[0])))


def file_suffixes() -> tuple[str, ...]:
    """The endings of names that some reader takes, sorted."""
    return tuple(sorted({suffix for reader in readers().values() for suffix in reader.suffixes}))


def reader_for(path: Path, options: ReadOptions) -> Reader:
    """The reader of a file: the one that is named, or by the ending of its name, or by how it begins.

    Raises
    ------
    DataError
        The name is unknown, the file is not there, or no reader knows it.
    """
    known = readers()
    if options.format is not None:
        if options.format not in known:
            raise DataError(f"there is no format {options.format!r}; there are {', '.join(known)}")
        return known[options.format]()
    for reader in known.values():
        if path.suffix.lower() in reader.suffixes and not path.is_dir():
            return reader()
    try:
        head = b""
        if path.is_file():
            with path.open("rb") as file:
                head = file.read(_HEAD)
        elif not path.exists() and ":" not in str(path):
            raise DataError(f"{path}: there is no such file")
    except (OSError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{path} cannot be read: {error}") from error
    for reader in known.values():
        if reader().recognises(path, head):
            return reader()
    formats = "; ".join(f"{reader.name} ({', '.join(reader.suffixes) or reader.about})" for reader in known.values())
    raise DataError(f"{path} is in no format that can be read. There are {formats}; name one (`format`)")


def read_file(path: str | Path, options: ReadOptions = ReadOptions()) -> Reading:
    """The labelled sentences of a file, in whatever format.

    Whatever goes wrong in a parser, ours or somebody else's, ends in a `DataError` that names the file.

    Raises
    ------
    DataError
        The file is not there, is in no known format, or breaks its format.
    """
    path = Path(path)
    reader = reader_for(path, options)
    try:
        return reader.read(path, options)
    except TunescopeError:
        raise
    except (MemoryError, RecursionError) as error:
        raise DataError(f"{path} is nested too deeply or too large to be read as {reader.name}") from error
    except Exception as error:
        said = " ".join(str(error).split())[:300] or type(error).__name__
        raise DataError(f"{path} cannot be read as {reader.name}: {said}") from error
