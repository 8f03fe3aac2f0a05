"""What a kind of file with vectors is, and what every reader checks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from tunescope._shown import html_table
from tunescope.errors import DataError, RepresentationError

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


@dataclass(frozen=True, repr=False)
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

    def __repr__(self) -> str:
        return f"<LabelledVectors: {len(self.X)} points of width {self.X.shape[1]}, {len(set(self.y))} labels>"

    def _repr_html_(self) -> str:
        import numpy as np

        labels, counts = np.unique(self.y, return_counts=True)
        facts = [("points", len(self.y)), ("width", self.X.shape[1])]
        rows = zip(labels, counts, strict=True)
        return html_table(f"Vectors of {self.source}", ["label", "points"], rows, facts=facts, notes=self.notes)


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
