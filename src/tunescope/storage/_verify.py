"""Whether everything in a study's folder is as it was written."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from tunescope.errors import StorageError
from tunescope.storage._checksums import damaged_files
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
    if not (root / "units").is_dir() and not (root / "study.json").is_file():
        raise StorageError(f"{root}: holds no study (neither units/ nor study.json); give the folder of a study")
    store = ResultStore(root)
    damaged, n_units, without = [], 0, 0
    for kind, key, files in store.verify():
        n_units += 1
        damaged += [f"units/{kind}/{key}/{name}" for name in files]
        unit = store.peek(kind, key)
        without += unit is not None and "sha256" not in unit.info
    sizes, checksums = _written(root)
    damaged += damaged_files(root, sizes, checksums)
    return Verified(n_units, len(sizes), tuple(damaged), without)


def _written(root: Path) -> tuple[dict[str, int], dict[str, str]]:
    """Size and checksum of the tables and files of the explorer, as study.json has them."""
    path = root / "study.json"
    if not path.is_file():
        return {}, {}
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        sizes, checksums = record.get("written", {}), record.get("written_sha256", {})
        return {str(name): int(size) for name, size in sizes.items()}, dict(checksums)
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise StorageError(f"{path}: cannot be read: {error}; run the study again, which writes it anew") from error
