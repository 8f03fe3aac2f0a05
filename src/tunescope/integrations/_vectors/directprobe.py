"""The folder of the published DirectProbe: `config.ini` and the text files that it names."""

from __future__ import annotations

import configparser
from pathlib import Path
from typing import TYPE_CHECKING

from tunescope.errors import DataError
from tunescope.integrations._vectors.kinds import LabelledVectors, checked_labels, checked_vectors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CONFIG = "config.ini"


def read_published(path: Path) -> LabelledVectors:
    """Vectors, labels and words of train and test, as the published code finds them.

    Parameters
    ----------
    path : Path
        A ``config.ini``, or the folder that it lies in. Its paths are relative to that folder.

    Returns
    -------
    LabelledVectors
        Training points, and those of test where the configuration names them.

    Raises
    ------
    DataError
        A file is missing or damaged, or the files do not fit each other; names file and line.
    """
    file = path / CONFIG if path.is_dir() else path
    if not file.is_file():
        raise DataError(
            f"{path}: is a folder without {CONFIG}; give a file of vectors, or a published DirectProbe's folder"
        )
    settings = configparser.ConfigParser(interpolation=configparser.ExtendedInterpolation())
    try:
        settings.read_string(file.read_text(encoding="utf-8"), source=str(file))
        data = dict(settings.items("data"))
    except (configparser.Error, UnicodeDecodeError, OSError) as error:
        raise DataError(f"{file}: {str(error).splitlines()[0]}") from error
    root = file.parent
    missing = [name for name in ("entities_path", "embeddings_path") if name not in data]
    if missing:
        raise DataError(f"{file}: [data] does not say {missing[0]}")
    notes: list[str] = []
    text, labels = _entities(root / data["entities_path"])
    X = _embeddings(root / data["embeddings_path"], len(labels), root / data["entities_path"])
    y = checked_labels(labels, root / data["entities_path"], notes)
    if "label_set_path" in data:
        _check_label_set(root / data["label_set_path"], y, root / data["entities_path"], notes)
    X_test = y_test = None
    if "test_entities_path" in data and "test_embeddings_path" in data:
        _, of_test = _entities(root / data["test_entities_path"])
        X_test = _embeddings(root / data["test_embeddings_path"], len(of_test), root / data["test_entities_path"])
        y_test = checked_labels(of_test, root / data["test_entities_path"], notes)
        if X_test.shape[1] != X.shape[1]:
            raise DataError(f"{file}: vectors of train have {X.shape[1]} numbers, those of test {X_test.shape[1]}")
    return LabelledVectors(X, y, path, tuple(notes), X_test, y_test, tuple(text))


def _lines(path: Path) -> list[str]:
    if not path.is_file():
        raise DataError(f"{path}: there is no such file, though {CONFIG} names it")
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: is not UTF-8 (byte {error.start})") from error
    while lines and not lines[-1].strip():
        lines.pop()
    if not lines:
        raise DataError(f"{path}: is empty")
    return lines


def _entities(path: Path) -> tuple[list[str], list[str]]:
    """Text and label of each point."""
    pairs = [line.strip("\r\n").split("\t") for line in _lines(path)]
    for number, cells in enumerate(pairs, 1):
        if len(cells) != 2 or not cells[1].strip():
            raise DataError(f"{path}, line {number}: expected text, a tab and a label, found {cells!r:.80}")
    return [cells[0] for cells in pairs], [cells[1] for cells in pairs]


def _embeddings(path: Path, n: int, entities: Path) -> NDArray[np.floating]:
    import numpy as np

    rows: list[NDArray[np.float64]] = []
    for number, line in enumerate(_lines(path), 1):
        try:
            rows.append(np.array(line.split(), dtype=np.float64))
        except ValueError as error:
            raise DataError(f"{path}, line {number}: is not a list of numbers: {error}") from error
        if len(rows[-1]) != len(rows[0]) or not len(rows[-1]):
            raise DataError(f"{path}, line {number}: has {len(rows[-1])} numbers; line 1 has {len(rows[0])}")
    if len(rows) != n:
        raise DataError(f"{path}: has {len(rows)} vectors, but {entities} has {n} points")
    return checked_vectors(np.stack(rows), path)


def _check_label_set(path: Path, y: NDArray[np.str_], entities: Path, notes: list[str]) -> None:
    known = {line.strip() for line in _lines(path)}
    beyond = sorted(set(y.tolist()) - known)
    if beyond:
        raise DataError(f"{entities}: the label {beyond[0]!r} is not in {path}")
    absent = sorted(known - set(y.tolist()))
    if absent:
        notes.append(f"labels of {path.name} without a training point: {', '.join(absent)}")
