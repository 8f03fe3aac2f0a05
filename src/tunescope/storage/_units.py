"""One unit of work on disk: what it was made from, its tables, arrays and folders."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.errors import StorageError
from tunescope.storage._arrays import ArrayFile, write_safetensors
from tunescope.storage._checksums import damaged_files, is_whole
from tunescope.storage._tables import Rows, arrow_table, read_arrow, write_parquet

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

UNIT_FILE = "unit.json"
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")


def checked_name(name: str) -> str:
    """`name`, when it can name a file or folder on every system.

    Raises
    ------
    StorageError
        It could escape its folder or is not plain.
    """
    if not _NAME.fullmatch(name):
        raise StorageError(f"{name!r} cannot name a result: letters, digits, '.', '_' and '-' only")
    return name


@dataclass(frozen=True)
class Unit:
    """A result that is there, whole."""

    kind: str
    """What was computed, such as `finetune`."""
    key: str
    """Follows from the inputs: equal inputs, equal key."""
    path: Path
    """The unit's folder."""
    inputs: dict[str, Any] = field(repr=False)
    """All that the result depends on, as JSON."""
    info: dict[str, Any] = field(repr=False)
    """How it was made: `versions`, `platform`, `seconds`, `timings`, `notes`, `finished`, `files` (bytes of each),
    `sha256` (of each)."""

    @property
    def seconds(self) -> float:
        """Wall-clock seconds that the unit took."""
        return float(self.info["seconds"])

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of the result must know."""
        return tuple(self.info["notes"])

    def damaged_files(self) -> list[str]:
        """The files that are not as they were written, by their path in the unit; each is read once a process."""
        return damaged_files(self.path, self.info["files"], self.info.get("sha256", {}))

    def _whole(self, name: str) -> Path:
        """The path of a file of the unit, held against its checksum when it is read first.

        Raises
        ------
        StorageError
            Its content is not what was written.
        """
        path = self.path / name
        expected = self.info.get("sha256", {}).get(name)
        if expected is not None and path.is_file() and not is_whole(path, expected):
            raise StorageError(f"{path}: is damaged (its content is not what was written); run the study again")
        return path

    def has_table(self, name: str) -> bool:
        """Whether the unit wrote a table of this name."""
        return (self.path / f"{name}.parquet").is_file()

    def table(self, name: str) -> pd.DataFrame:
        """A table of the unit.

        Raises
        ------
        StorageError
            The unit has no such table, or it cannot be read.
        """
        return self.arrow(name).to_pandas()

    def arrow(self, name: str) -> pa.Table:
        """A table of the unit, as Arrow, with its schema.

        Raises
        ------
        StorageError
            The unit has no such table, or it cannot be read.
        """
        return read_arrow(self._whole(f"{checked_name(name)}.parquet"))

    def arrays(self, name: str) -> ArrayFile:
        """Arrays of the unit, memory-mapped when they are asked for.

        Raises
        ------
        StorageError
            The unit has no such arrays, or they cannot be read.
        """
        return ArrayFile(self._whole(f"{checked_name(name)}.safetensors"))

    def folder(self, name: str) -> Path:
        """A folder of the unit, such as a saved encoder.

        Raises
        ------
        StorageError
            The unit has no such folder.
        """
        path = self.path / checked_name(name)
        if not path.is_dir():
            raise StorageError(f"{path}: there is no such folder")
        return path


class UnitWriter:
    """Writes the parts of a unit into a folder that nobody sees until the unit is whole."""

    discarded: bool = False
    """True, after the end, when another process had written the same unit first; its result counts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started = time.perf_counter()
        self._notes: list[str] = []
        self._timings: dict[str, float] = {}

    def table(self, name: str, rows: Rows, schema: pa.Schema | None = None) -> None:
        """Write a table; with a schema an empty one keeps its columns.

        Raises
        ------
        StorageError
            The rows do not fit the schema.
        """
        write_parquet(self._free(f"{name}.parquet"), arrow_table(rows, schema))

    def arrays(self, name: str, arrays: Mapping[str, Any], metadata: Mapping[str, str] | None = None) -> None:
        """Write named arrays of numbers, with free text beside them.

        Raises
        ------
        StorageError
            An array holds something else than numbers or truth values.
        """
        write_safetensors(self._free(f"{name}.safetensors"), arrays, metadata)

    def folder(self, name: str) -> Path:
        """A new folder in the unit, to be filled before the end."""
        path = self._free(name)
        path.mkdir()
        return path

    def note(self, text: str) -> None:
        """Keep a remark that a reader of the result must know; the same remark is kept once."""
        if text not in self._notes:
            self._notes.append(text)

    @contextmanager
    def timing(self, part: str) -> Iterator[None]:
        """Add the wall-clock seconds of a block to a named part of the unit's time; those of blocks inside it not."""
        start = time.perf_counter()
        before = sum(self._timings.values())
        try:
            yield
        finally:
            inside = sum(self._timings.values()) - before
            self._timings[part] = self._timings.get(part, 0.0) + time.perf_counter() - start - inside

    def info(self) -> dict[str, Any]:
        """What the writer knows of its own work, as it goes into unit.json."""
        return {
            "seconds": round(time.perf_counter() - self._started, 3),
            "timings": {part: round(seconds, 3) for part, seconds in self._timings.items()},
            "notes": self._notes,
        }

    def _free(self, name: str) -> Path:
        path = self._folder / checked_name(name)
        if path.exists() or name == UNIT_FILE:
            raise StorageError(f"{name}: this part of the unit is written already")
        return path
