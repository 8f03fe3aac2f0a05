"""Read labelled vectors from a file of any known kind, and say how they were understood."""

from __future__ import annotations

from pathlib import Path

from tunescope._additions import discover
from tunescope.errors import DataError, RepresentationError, near
from tunescope.integrations._vectors.kinds import Ask, LabelledVectors, VectorFile, checked_labels, checked_vectors


def vector_files() -> dict[str, type[VectorFile]]:
    """Every known kind of file, by suffix."""
    discover("tunescope.integrations._vectors", "tunescope.vectors", "kind of file", DataError)
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


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:300]
