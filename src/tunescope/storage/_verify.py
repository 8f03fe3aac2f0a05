"""Whether everything in a study's folder is as it was written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tunescope.errors import StorageError
from tunescope.storage._generation import LAID_OUT, damaged_written
from tunescope.storage._store import ResultStore


@dataclass(frozen=True, repr=False)
class Verified:
    """What was compared in a study's folder."""

    n_units: int
    """Units of work."""
    n_written: int
    """Tables and files of the explorer that study.json names."""
    damaged: tuple[str, ...]
    """Paths below the folder of files that are missing, of another size, or of other content."""
    without_checksum: int
    """Units of version 0.1.0, which recorded sizes only."""

    def __repr__(self) -> str:
        without = f"{self.without_checksum} without checksum"
        return f"<Verified: {self.n_units} units, {len(self.damaged)} damaged, {without}>"


def verify_study(folder: str | Path) -> Verified:
    """Hold every file of a study against its record, changing nothing.

    Parameters
    ----------
    folder : str or Path
        The folder of a study.

    Returns
    -------
    Verified
        What was compared and what is damaged.

    Raises
    ------
    StorageError
        The folder holds no study.
    """
    root = Path(folder)
    if not (root / "units").is_dir() and not any((place / "study.json").is_file() for place in (root, root / LAID_OUT)):
        raise StorageError(f"{root}: holds no study (neither units/ nor study.json); give the folder of a study")
    store = ResultStore(root)
    damaged, n_units, without = [], 0, 0
    for kind, key, files in store.verify():
        n_units += 1
        damaged += [f"units/{kind}/{key}/{name}" for name in files]
        unit = store.peek(kind, key)
        without += unit is not None and "sha256" not in unit.info
    n_written, of_generation = damaged_written(root)
    return Verified(n_units, n_written, (*damaged, *of_generation), without)
