"""The store of a study: units of work by kind and key."""

from __future__ import annotations

import errno
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from tunescope.errors import StorageError
from tunescope.storage._atomic import TEMPORARY_SUFFIX, FolderLock, json_text, sync_folder, sync_tree, write_json
from tunescope.storage._checksums import checksum
from tunescope.storage._units import UNIT_FILE, Unit, UnitWriter, checked_name
from tunescope.storage._versions import platform_name, versions

DAMAGED_SUFFIX = ".damaged"
"""A name that ends so was a unit until one of its files was found damaged."""

_STALE_SECONDS = 24 * 3600
"""Where the file system has no locks, an unfinished folder is given up when nothing changed for a day."""


@dataclass(frozen=True)
class Damaged:
    """A unit that was found damaged."""

    kind: str
    key: str
    path: Path
    """Where it was."""
    files: tuple[str, ...]
    """Its damaged files, by their path in the unit."""
    away: Path | None
    """Where it was put; None where the folder cannot be written."""

    def __str__(self) -> str:
        where = f"set aside as {self.away.name}" if self.away is not None else "left where it is (read-only)"
        return f"{self.path}: damaged ({', '.join(self.files)}); {where}, its result does not count"


class ResultStore:
    """Results of a study below `root`, one folder a unit: `root/units/<kind>/<key>/`.

    A unit appears whole, by one rename, or not at all. Opening a store removes what writers that died have
    left behind; what a living process is writing is left alone. Nothing is made before something is written.

    Parameters
    ----------
    root : Path or str
        The study's folder; made when something is written.

    Raises
    ------
    StorageError
        `root` is a file or cannot be read.
    """

    n_cleaned: int
    """Unfinished folders of dead writers that were removed on opening."""
    damaged: list[Damaged]
    """Units that were found damaged since the store was opened, and set aside."""

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root)
        self.damaged = []
        try:
            if self.root.exists() and not self.root.is_dir():
                raise NotADirectoryError(errno.ENOTDIR, "it is a file")
            self.n_cleaned = sum(_remove_if_stale(path) for path in self._unfinished())
        except OSError as error:
            raise StorageError(f"{self.root}: cannot hold results: {error.strerror or error}") from error

    def __repr__(self) -> str:
        return f"<ResultStore: {str(self.root)[-150:]!r}>"

    def unit(self, kind: str, key: str) -> Unit | None:
        """The unit of this kind and key, or None when it is not there whole.

        Its files are held against their checksums when they are read first in a process. A unit with a damaged file
        is set aside (renamed, so that nobody takes it for a result) and told in `damaged`.
        """
        path = self._path(kind, key)
        unit = _read_unit(path)
        if unit is not None and not unit.damaged_files():
            return unit
        if path.is_dir():
            self.set_aside(kind, key)
        return None

    def peek(self, kind: str, key: str) -> Unit | None:
        """The record of a unit, whatever its files are like; None without a readable record."""
        return _read_unit(self._path(kind, key), whole=False)

    def set_aside(self, kind: str, key: str) -> None:
        """Rename a unit that is not whole; where the folder cannot be written it stays, and counts as absent."""
        path = self._path(kind, key)
        unit = _read_unit(path, whole=False)
        files = unit.damaged_files() if unit is not None else [UNIT_FILE]
        away: Path | None = path.with_name(f".{path.name}.{secrets.token_hex(4)}{DAMAGED_SUFFIX}")
        try:
            assert away is not None
            os.rename(path, away)
        except FileNotFoundError:
            return
        except OSError:
            away = None
        if all(there.path != path or away is not None for there in self.damaged):
            self.damaged.append(Damaged(kind, key, path, tuple(files), away))

    def verify(self) -> Iterator[tuple[str, str, list[str]]]:
        """Hold every file of every unit against its record, changing nothing.

        Yields
        ------
        tuple of str, str and list of str
            Kind and key of a unit, and its damaged files (empty for a whole one).
        """
        for path in sorted((self.root / "units").glob("*/[!.]*")):
            unit = _read_unit(path, whole=False)
            yield path.parent.name, path.name, [UNIT_FILE] if unit is None else unit.damaged_files()

    def units(self, kind: str | None = None) -> list[Unit]:
        """All whole units, of one kind or of every kind, in a stable order."""
        found = (_read_unit(path) for path in sorted((self.root / "units").glob(f"{kind or '*'}/[!.]*")))
        return [unit for unit in found if unit is not None]

    @contextmanager
    def writing(self, kind: str, key: str, inputs: Mapping[str, Any]) -> Iterator[UnitWriter]:
        """Write a unit: it appears whole at the end of the block, and not at all when the block raises.

        When another process has written the same unit meanwhile, its result stays and this one is discarded
        (`writer.discarded`): equal inputs give equal results.

        Raises
        ------
        StorageError
            The inputs are not JSON, or the file system refuses.
        """
        final = self._path(kind, key)
        inputs_json = json.loads(json_text(final / UNIT_FILE, dict(inputs)))
        try:
            temporary, lock = _new_folder(final)
        except OSError as error:
            raise StorageError(f"{final}: cannot be written: {error.strerror or error}") from error
        writer = UnitWriter(temporary)
        try:
            yield writer
            sizes = _sizes(temporary)
            record = {
                "kind": kind,
                "key": key,
                "inputs": inputs_json,
                "versions": versions(),
                "platform": platform_name(),
                "finished": datetime.now(timezone.utc).isoformat(timespec="seconds"),
                "files": sizes,
                "sha256": {name: checksum(temporary / name) for name in sizes},
                **writer.info(),
            }
            (temporary / UNIT_FILE).write_text(json_text(final / UNIT_FILE, record), encoding="utf-8")
            sync_tree(temporary)
            writer.discarded = not _appear(temporary, final)
        except OSError as error:
            if isinstance(error, StorageError) or not _of_this_folder(error, temporary):
                raise
            raise StorageError(f"{final}: cannot be written: {error.strerror or error}") from error
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
            lock.release()

    @contextmanager
    def working(self, kind: str, key: str) -> Iterator[Path]:
        """A folder for what a long unit writes on its way, found again when the unit is begun again.

        It is removed when the block ends well and kept when it raises. One process at a time works in it;
        another that comes meanwhile gets a folder of its own, which is not kept.
        """
        folder = self.root / "work" / checked_name(kind) / checked_name(key)
        lock, state = _locked_folder(folder)
        if state == "taken":
            folder = folder.with_name(f".{key}.{secrets.token_hex(6)}{TEMPORARY_SUFFIX}")
            lock, _ = _locked_folder(folder)
        finished = False
        try:
            yield folder
            finished = True
        finally:
            if finished or state == "taken":
                shutil.rmtree(folder, ignore_errors=True)
            lock.release()

    def remove(self, kind: str, key: str) -> None:
        """Remove a unit, at once and whole; nothing happens when it is not there."""
        _set_aside(self._path(kind, key))

    def drop_folder(self, kind: str, key: str, name: str) -> None:
        """Remove a folder of a unit, which stays whole without it; nothing happens when it is not there.

        Parameters
        ----------
        kind, key : str
            The unit.
        name : str
            The folder, such as a saved encoder. The unit's record says that it was dropped.

        Raises
        ------
        StorageError
            The file system refuses.
        """
        path = self._path(kind, key)
        folder = path / checked_name(name)
        try:
            record = json.loads((path / UNIT_FILE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return
        files = {file: about for file, about in record["files"].items() if not file.startswith(f"{name}/")}
        if files != record["files"]:
            # The record first: cut off between the two, the unit is whole and the folder is an orphan.
            dropped = sorted({*record.get("dropped", ()), name})
            sums = {file: told for file, told in record.get("sha256", {}).items() if file in files}
            write_json(path / UNIT_FILE, {**record, "files": files, "sha256": sums, "dropped": dropped})
        try:
            if folder.is_dir():
                shutil.rmtree(folder)
        except OSError as error:
            raise StorageError(f"{folder}: cannot be removed: {error.strerror or error}") from error

    def _path(self, kind: str, key: str) -> Path:
        return self.root / "units" / checked_name(kind) / checked_name(key)

    def _unfinished(self) -> list[Path]:
        """Folders that have not become a result, and single files of writers that were cut off."""
        places = ("units/*", "work/*", "tables", ".")
        return [path for place in places for path in self.root.glob(f"{place}/.*{TEMPORARY_SUFFIX}")]


def set_aside_units(root: Path) -> list[str]:
    """The units, by kind and key, that were damaged and set aside and have not been done again."""
    found = set()
    for path in (root / "units").glob(f"*/.*{DAMAGED_SUFFIX}"):
        key = path.name[1:].removesuffix(DAMAGED_SUFFIX).rpartition(".")[0]
        if not (path.parent / key).is_dir():
            found.add(f"{path.parent.name}/{key}")
    return sorted(found)


def _new_folder(final: Path) -> tuple[Path, FolderLock]:
    """A fresh temporary folder beside `final`, locked."""
    while True:
        temporary = final.with_name(f".{final.name}.{secrets.token_hex(6)}{TEMPORARY_SUFFIX}")
        lock, state = _locked_folder(temporary)
        if state != "taken":
            return temporary, lock


def _locked_folder(folder: Path) -> tuple[FolderLock, str]:
    """Make `folder` and take its lock; again when a cleaning process removed it in between."""
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FolderLock(folder)
        try:
            return lock, lock.acquire()
        except FileNotFoundError:
            continue


def _appear(temporary: Path, final: Path) -> bool:
    """Rename the whole unit to its place; False when another process was first."""
    while True:
        try:
            os.rename(temporary, final)
        except OSError as error:
            if error.errno not in (errno.EEXIST, errno.ENOTEMPTY, errno.EACCES) or not final.is_dir():
                raise
            there = _read_unit(final)
            if there is not None and not there.damaged_files():
                return False
            _set_aside(final)
            continue
        (final / FolderLock.NAME).unlink(missing_ok=True)
        sync_folder(final.parent)
        return True


def _set_aside(broken: Path) -> None:
    """Remove a folder in a unit's place that is no whole unit (damaged since); at once, by a rename."""
    away = broken.with_name(f".{broken.name}.{secrets.token_hex(6)}{TEMPORARY_SUFFIX}")
    try:
        os.rename(broken, away)
    except FileNotFoundError:
        return
    shutil.rmtree(away, ignore_errors=True)


def _read_unit(path: Path, *, whole: bool = True) -> Unit | None:
    """The unit in a folder, or None: no record, an unreadable one, or (`whole`) a file missing or of another size."""
    try:
        record = json.loads((path / UNIT_FILE).read_text(encoding="utf-8"))
        there = not whole or all((path / name).stat().st_size == size for name, size in record["files"].items())
        kind, key, inputs = record.pop("kind"), record.pop("key"), record.pop("inputs")
        if (kind, key) != (path.parent.name, path.name):
            return None
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return None
    return Unit(kind, key, path, inputs, record) if there else None


def _sizes(folder: Path) -> dict[str, int]:
    """The size in bytes of every file of a unit, by its path in the unit."""
    return {
        path.relative_to(folder).as_posix(): path.stat().st_size
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != FolderLock.NAME
    }


def _remove_if_stale(path: Path) -> bool:
    """Remove what a dead writer left; False when a living one may still be at it."""
    if not path.is_dir():
        stale = _age(path) > _STALE_SECONDS
        if stale:
            path.unlink(missing_ok=True)
        return stale
    lock = FolderLock(path)
    try:
        state = lock.acquire()
    except FileNotFoundError:
        return False
    if state == "taken" or (state == "unsupported" and _age(path) < _STALE_SECONDS):
        return False
    shutil.rmtree(path, ignore_errors=True)
    lock.release()
    return True


def _age(path: Path) -> float:
    """Seconds since anything at `path` was changed."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _of_this_folder(error: OSError, folder: Path) -> bool:
    """Whether an OSError concerns the unit's own folder, or the disk as a whole."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
        return True
    return error.filename is not None and str(error.filename).startswith(str(folder))
