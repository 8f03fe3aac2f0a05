"""Read labelled vectors from a file of any known kind, and say how they were understood."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from tunescope._additions import from_other_packages, modules_of
from tunescope.errors import DataError, RepresentationError, near

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_BYTES = 1 << 36
"""Vectors that take more memory than this (64 GiB) are refused."""


@dataclass(frozen=True)
class Ask:
    """What the caller says of a file; None is found out."""

    x: str | None = None
    """Name of the array of vectors."""
    y: str | None = None
    """Name of the array of labels."""
    vector: str | None = None
    """Column that holds whole vectors, or columns that are their dimensions, with commas between them."""
    label_column: str | None = None
    """Column of the labels."""
    labels: Path | None = None
    """A file of its own for the labels."""


@dataclass(frozen=True)
class LabelledVectors:
    """Vectors and their labels, as they were understood."""

    X: NDArray[np.floating]
    """(n, d), float32 or float64."""
    y: NDArray[np.str_]
    """(n,) labels as text."""
    source: Path
    """The file, or folder, that they were read from."""
    notes: tuple[str, ...] = ()
    """How the file was understood, and what of it was left out."""
    X_test: NDArray[np.floating] | None = None
    """(m, d) vectors of test, where the source has them."""
    y_test: NDArray[np.str_] | None = None
    """(m,) labels of test."""
    text: tuple[str, ...] = field(default=(), repr=False)
    """What each point is, in words, where the source says so."""


class VectorFile(ABC):
    """A kind of file with vectors; a subclass with `suffixes` is known from then on.

    Examples
    --------
    >>> class Lines(VectorFile):
    ...     suffixes = (".vec",)
    ...     about = "one vector a line, its label first"
    ...
    ...     def read(self, path, ask):
    ...         rows = [line.split() for line in path.read_text().splitlines()]
    ...         return [[float(x) for x in row[1:]] for row in rows], [row[0] for row in rows], []
    """

    suffixes: ClassVar[tuple[str, ...]]
    """Ends of the names of such files, in small letters."""
    about: ClassVar[str]
    """What such a file holds, in a few words."""
    _known: ClassVar[dict[str, type[VectorFile]]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for suffix in cls.__dict__.get("suffixes", ()):
            VectorFile._known[suffix] = cls

    @abstractmethod
    def read(self, path: Path, ask: Ask) -> tuple[Any, Any, list[str]]:
        """Read a file.

        Parameters
        ----------
        path : Path
            The file; it is there.
        ask : Ask
            What the caller says of it.

        Returns
        -------
        tuple of array-like, array-like or None, and list of str
            Vectors (n, d), labels (n,) (None where the file has none), and notes.

        Raises
        ------
        DataError
            The file is damaged, or not as it should be.
        """


def vector_files() -> dict[str, type[VectorFile]]:
    """Every known kind of file, by suffix."""
    modules_of("tunescope.integrations._vectors")
    for _ in from_other_packages("tunescope.vectors", "kind of file", DataError):
        pass
    return dict(sorted(VectorFile._known.items()))


def read_vectors(
    path: str | Path,
    *,
    labels: str | Path | None = None,
    x: str | None = None,
    y: str | None = None,
    vector: str | None = None,
    label_column: str | None = None,
) -> LabelledVectors:
    """Read labelled vectors from a file.

    Parameters
    ----------
    path : str or Path
        A NumPy archive or array, a safetensors file, a table (CSV, TSV, Parquet), or the folder or ``config.ini``
        of the published DirectProbe.
    labels : str or Path, optional
        A file of the labels alone, in the order of the vectors: text with one a line, ``.npy``, or a table.
    x, y : str, optional
        Names of the arrays of vectors and of labels; ``X`` and ``y`` by default, or the only ones that fit.
    vector : str, optional
        The column of a table that holds whole vectors, or several columns with commas between them; found out by
        default.
    label_column : str, optional
        The column of a table that holds the labels; ``label`` by default, or the only column of text.

    Returns
    -------
    LabelledVectors
        With notes that say what was found out and what was left out.

    Raises
    ------
    DataError
        The file is missing, of another kind, damaged, too large, or lacks vectors or labels; a point has no label.
    RepresentationError
        A vector holds NaN or infinity, or what is read is no vector.
    """
    path = Path(path)
    ask = Ask(x, y, vector, label_column, Path(labels) if labels is not None else None)
    if path.is_dir() or path.name.lower() == "config.ini":
        from tunescope.integrations._vectors.directprobe import read_published

        return read_published(path)
    reader = _reader(path)
    try:
        X, found, notes = reader.read(path, ask)
        if ask.labels is not None:
            from tunescope.integrations._vectors.labels import read_labels

            if found is not None:
                notes.append(f"labels are those of {ask.labels}, not those of {path.name}")
            found = read_labels(ask.labels, ask.label_column)
    except (DataError, RepresentationError):
        raise
    except MemoryError as error:
        raise DataError(f"{path}: does not fit into memory") from error
    except Exception as error:  # whatever a parser of somebody else's raises is about this file
        raise DataError(f"{path}: cannot be read: {_first_line(error)}") from error
    if found is None:
        raise DataError(f"{path}: has no labels; name a file of them with --labels")
    values = checked_vectors(X, path)
    texts = checked_labels(found, path, notes)
    if len(values) != len(texts):
        raise RepresentationError(f"{path}: {len(values)} vectors, but {len(texts)} labels; there must be one a vector")
    return LabelledVectors(values, texts, path, tuple(notes))


def _reader(path: Path) -> VectorFile:
    known = vector_files()
    suffix = path.suffix.lower()
    if not path.exists():
        there = [other.name for other in path.parent.iterdir()] if path.parent.is_dir() else []
        alike = near(path.name, there) if there else ""
        hint = f"; {alike}" if alike.startswith("did") else ""
        raise DataError(f"{path}: there is no such file{hint}")
    if not path.is_file():
        raise DataError(f"{path}: is no regular file")
    if suffix not in known:
        raise DataError(f"{path}: vectors are read from {', '.join(known)} files, or a published DirectProbe's folder")
    return known[suffix]()


def checked_vectors(X: Any, path: Path) -> NDArray[np.floating]:
    """(n, d) float32 or float64, all finite.

    Raises
    ------
    RepresentationError
        It is something else; says what and where.
    """
    import numpy as np

    X = np.asarray(X)
    if X.dtype.kind not in "fiu":
        what = {"b": "true and false", "c": "complex numbers", "O": "Python objects", "M": "dates", "m": "durations"}
        raise RepresentationError(f"{path}: the vectors hold {what.get(X.dtype.kind, 'text')}, not real numbers")
    if X.ndim != 2:
        raise RepresentationError(f"{path}: the vectors have the shape {X.shape}; it must be (n, d)")
    if 0 in X.shape:
        raise RepresentationError(f"{path}: holds no vector (shape {X.shape})")
    if X.dtype == np.float16:
        X = X.astype(np.float32)
    elif X.dtype not in (np.float32, np.float64):
        X = X.astype(np.float64)
    bad = ~np.isfinite(X).all(axis=1)
    if bad.any():
        raise RepresentationError(
            f"{path}: {int(bad.sum())} of {len(X)} vectors hold NaN or infinity, the first is number "
            f"{int(bad.argmax())} (counted from 0; an empty cell counts as NaN); remove or repair them"
        )
    return np.ascontiguousarray(X, X.dtype.newbyteorder("="))


def checked_labels(labels: Any, path: Path, notes: list[str]) -> NDArray[np.str_]:
    """(n,) labels as text without blanks at their ends, none of them missing; what was changed goes into `notes`.

    Raises
    ------
    DataError
        A point has no label, or the labels are no names of classes.
    """
    import numpy as np

    from tunescope.geometry import check_labels

    if isinstance(labels, np.ndarray) and labels.ndim == 2 and 1 in labels.shape:
        labels = labels.reshape(-1)
    try:
        values = check_labels(labels, name="labels")
    except RepresentationError as error:
        raise DataError(f"{path}: {error}") from error
    texts = [str(int(value)) if values.dtype.kind == "f" else str(value) for value in values]
    stripped = [text.strip() for text in texts]
    n_changed = sum(a != b for a, b in zip(texts, stripped, strict=True))
    if n_changed:
        notes.append(f"blanks at the ends of {n_changed} labels do not count")
    for row, text in enumerate(stripped):
        if any(ord(char) < 32 or 0xD800 <= ord(char) < 0xE000 for char in text):
            raise DataError(f"{path}: the label at row {row} (counted from 0) holds a control character: {text!r}")
    return np.asarray(stripped, dtype=np.str_)


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:300]
