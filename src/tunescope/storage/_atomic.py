"""Files and folders that appear whole or not at all: a temporary sibling, fsync, rename."""

from __future__ import annotations

import inspect
import json
import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from tunescope.errors import StorageError

TEMPORARY_SUFFIX = ".writing"
"""A name that ends so is not a result: it is being written, or its writer died."""


def temporary_sibling(path: Path) -> Path:
    """A free name beside `path`: on the same file system, hidden, and never taken for a result."""
    return path.with_name(f".{path.name}.{secrets.token_hex(6)}{TEMPORARY_SUFFIX}")


def write_atomically(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a temporary sibling of `path`, then rename it to `path`, replacing what was there.

    Raises
    ------
    StorageError
        The file system refuses (no space, no permission, ...); `path` is as it was before.
    """
    temporary = temporary_sibling(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(temporary)
        # whoever may read the folder may read its files: some libraries write files that only their owner can read
        os.chmod(temporary, path.parent.stat().st_mode & 0o666)
        sync_file(temporary)
        os.replace(temporary, path)
        sync_folder(path.parent)
    except OSError as error:
        raise StorageError(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)


def write_folder(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill an empty folder beside `path`, then put it in the place of `path`.

    Parameters
    ----------
    path : Path
        A folder; what is there is replaced as a whole.
    write : callable
        Called with the empty folder.

    Raises
    ------
    StorageError
        The file system refuses; `path` is as it was before. Whatever `write` raises passes through.
    """
    temporary, replaced = temporary_sibling(path), temporary_sibling(path)
    try:
        temporary.mkdir(parents=True)
        write(temporary)
        for file in temporary.rglob("*"):
            if file.is_file():  # as in write_atomically
                os.chmod(file, temporary.stat().st_mode & 0o666)
        sync_tree(temporary)
        if path.exists():
            os.replace(path, replaced)
        try:
            os.replace(temporary, path)
        except OSError:
            if replaced.exists():
                os.replace(replaced, path)
            raise
        sync_folder(path.parent)
    except OSError as error:
        if isinstance(error, StorageError):
            raise
        raise StorageError(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.rmtree(replaced, ignore_errors=True)


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 text file, whole or not at all.

    Raises
    ------
    StorageError
        The file system refuses.
    """
    write_atomically(path, lambda temporary: _write_bytes(temporary, text.encode()))


def write_json(path: Path, content: Any) -> None:
    """Write `content` as indented JSON, whole or not at all; NaN and infinity are refused, they are not JSON.

    Raises
    ------
    StorageError
        The file system refuses, or `content` is not JSON.
    """
    write_text(path, json_text(path, content) + "\n")


def json_text(path: Path, content: Any) -> str:
    """The text of `content` as JSON with a stable order of keys; `path` is named when it is not JSON."""
    try:
        return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False, sort_keys=True)
    except (TypeError, ValueError) as error:
        raise StorageError(f"{path}: the content is not JSON: {error}") from error


def sync_file(path: Path) -> None:
    """Wait until the content of a file is on the disk: a rename must not overtake it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: Path) -> None:
    """Wait until a folder's entries are on the disk, where the system can (Windows cannot)."""
    if os.name == "nt":
        return
    sync_file(path)


def sync_tree(root: Path) -> None:
    """Wait until every file and folder below `root`, and `root`, is on the disk."""
    for folder, _, files in os.walk(root):
        for name in files:
            sync_file(Path(folder, name))
        sync_folder(Path(folder))


_NO_SOFT_LOCK: dict[str, Any] = (
    {"fallback_to_soft": False} if "fallback_to_soft" in inspect.signature(FileLock.__init__).parameters else {}
)
"""Older versions of filelock have no soft lock to fall back to."""


class FolderLock:
    """A lock on a folder that ends with the process that holds it, however that process ends.

    The lock is on the file `.lock` in the folder (a file and not the folder itself, because network file systems lock
    files only). Where the file system has no such locks, `acquire` says `"unsupported"`, and nobody is kept out.
    """

    NAME = ".lock"

    def __init__(self, folder: Path) -> None:
        self.path = folder / self.NAME
        # No soft lock in place of a missing one: it would outlive a process that is killed.
        self._lock = FileLock(self.path, thread_local=False, **_NO_SOFT_LOCK)

    def acquire(self) -> str:
        """Try to take the lock without waiting.

        Returns
        -------
        str
            `"acquired"`, `"taken"` by another, or `"unsupported"`.

        Raises
        ------
        FileNotFoundError
            The folder is gone.
        """
        try:
            self._lock.acquire(blocking=False)
        except Timeout:
            if not self.path.parent.is_dir():
                raise FileNotFoundError(self.path) from None
            return "taken"
        except FileNotFoundError:
            raise
        except (NotImplementedError, OSError):
            return "unsupported"
        if not self.path.exists():  # somebody removed the folder between opening the file and locking it
            self._lock.release()
            raise FileNotFoundError(self.path)
        return "acquired"

    def release(self) -> None:
        """Let go; the lock's file is left to whoever removes the folder."""
        self._lock.release()


def _write_bytes(path: Path, content: bytes) -> None:
    path.write_bytes(content)
