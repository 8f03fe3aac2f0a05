"""What is laid out from the units of a study, as one generation: tables, explorer and study.json change together.

A generation is written beside the study and put in its place by one rename, to `DIR/.laid-out`. From then on it counts:
readers look there first. Its parts are then moved to where people look for them; whoever is cut off in between leaves
a folder that reads the same, and the next run moves the rest.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tunescope.errors import StorageError
from tunescope.storage._atomic import FolderLock, sync_folder, sync_tree, temporary_sibling
from tunescope.storage._checksums import checksum, damaged_files
from tunescope.storage._input import MOST_BYTES, read_regular

LAID_OUT = ".laid-out"
"""A whole generation whose parts are not all in their places yet."""
RECORD = "study.json"
FOLDERS = ("tables", "explorer")


def place(root: Path, name: str) -> Path:
    """Where a part of the present generation is.

    Parameters
    ----------
    root : Path
        The folder of the study.
    name : str
        A path below it, such as `study.json` or `tables/gaps.parquet`.

    Returns
    -------
    Path
        In the generation that is about to be moved to its place where there is one, else in its place.
    """
    part = name.partition("/")[0]
    moving = root / LAID_OUT
    return (moving if (moving / part).exists() else root) / name


def checked_place(root: Path, name: str) -> Path:
    """Where a file of the present generation is, once it was held against study.json.

    Parameters
    ----------
    root : Path
        The folder of the study.
    name : str
        The file's path below it, such as `tables/gaps.parquet`.

    Returns
    -------
    Path
        The file. One that study.json does not name, or that no study.json is there for, is not compared.

    Raises
    ------
    StorageError
        It is not as it was written; the message says what to do.
    """
    path = place(root, name)
    sizes, checksums = written(root)
    if name in sizes and _damaged(root, [name], sizes, checksums):
        state = "is damaged (its content is not what was written)" if path.is_file() else "is missing"
        raise StorageError(f"{path}: {state}; run the study again, which lays it out anew from its units")
    return path


def damaged_written(root: Path) -> tuple[int, list[str]]:
    """How many files study.json names, and those of them that are not as they were written, by their path."""
    sizes, checksums = written(root)
    return len(sizes), _damaged(root, list(sizes), sizes, checksums)


def written(root: Path) -> tuple[dict[str, int], dict[str, str]]:
    """Size and checksum of the tables and files of the explorer, as study.json has them; nothing where there is none.

    Raises
    ------
    StorageError
        study.json is there and is not one.
    """
    path = place(root, RECORD)
    try:
        record = json.loads(read_regular(path, MOST_BYTES).decode("utf-8"))
        sizes, checksums = record.get("written", {}), record.get("written_sha256", {})
        told = {str(name): str(one) for name, one in checksums.items()}
        # version 0.1.0 recorded sizes alone, and not those of maps that were added to the explorer afterwards
        kept = {str(name): int(size) for name, size in sizes.items() if name in told or name.startswith("tables/")}
        return kept, told
    except FileNotFoundError:
        return {}, {}
    except (OSError, ValueError, AttributeError, TypeError, RecursionError) as error:
        raise StorageError(f"{path}: is damaged: {error}; run the study again, which writes it anew") from error


def measured(root: Path) -> dict[str, dict[str, Any]]:
    """What study.json says of the files that are laid out below `root`: `written` (bytes) and `written_sha256`."""
    files = sorted(path for folder in FOLDERS for path in (root / folder).glob("[!.]*") if path.is_file())
    by_name = {path.relative_to(root).as_posix(): path for path in files}
    return {
        "written": {name: path.stat().st_size for name, path in by_name.items()},
        "written_sha256": {name: checksum(path) for name, path in by_name.items()},
    }


@contextmanager
def laying_out(root: Path, *, keep: tuple[str, ...] = ()) -> Iterator[Path]:
    """Write a generation: at the end of the block it takes the place of the last one, or nothing changes.

    Parameters
    ----------
    root : Path
        The folder of the study.
    keep : tuple of str
        Folders that begin with the files of the last generation (hard links, where the file system has them).

    Yields
    ------
    Path
        An empty folder for `tables`, `explorer` and `study.json`. A part that is not written stays as it is;
        an empty folder removes what was there.

    Raises
    ------
    StorageError
        The file system refuses; what was there is as it was.
    """
    staged = temporary_sibling(root / LAID_OUT)
    lock = FolderLock(staged)
    try:
        finish_laying_out(root)
        staged.mkdir(parents=True)
        lock.acquire()
        for name in keep:
            _linked(place(root, name), staged / name)
        yield staged
        sync_tree(staged)
        while True:
            try:
                os.rename(staged, root / LAID_OUT)
                break
            except OSError:
                if not (root / LAID_OUT).exists():
                    raise
                finish_laying_out(root)  # another process was first: its generation is moved, then replaced
        sync_folder(root)
        finish_laying_out(root)
    except OSError as error:
        if isinstance(error, StorageError):
            raise
        raise StorageError(f"{root}: cannot be written: {error.strerror or error}") from error
    finally:
        lock.release()
        shutil.rmtree(staged, ignore_errors=True)


def finish_laying_out(root: Path) -> None:
    """Move the parts of a whole generation to their places; nothing happens where there is none.

    Raises
    ------
    OSError
        The file system refuses; what is left to move still counts.
    """
    moving = root / LAID_OUT
    if not moving.is_dir():
        return
    for name in FOLDERS:
        if (moving / name).is_dir():
            _move_folder(moving / name, root / name)
    with suppress(FileNotFoundError):  # another process moves the same
        os.replace(moving / RECORD, root / RECORD)
    sync_folder(root)
    shutil.rmtree(moving, ignore_errors=True)


def _move_folder(new: Path, old: Path) -> None:
    """Put a folder in the place of another; an empty one leaves none."""
    away = temporary_sibling(old)
    with suppress(FileNotFoundError):
        os.rename(old, away)
    with suppress(FileNotFoundError):
        os.rename(new, old)
    with suppress(OSError):  # only an empty folder can be removed so
        old.rmdir()
    shutil.rmtree(away, ignore_errors=True)


def _linked(source: Path, target: Path) -> None:
    """A folder with the same files as another."""
    target.mkdir()
    for path in source.glob("[!.]*"):
        try:
            os.link(path, target / path.name)
        except OSError:
            shutil.copyfile(path, target / path.name)


def _damaged(root: Path, names: list[str], sizes: dict[str, int], checksums: dict[str, str]) -> list[str]:
    found = []
    for name in names:
        path = place(root, name)
        base = path.parents[name.count("/")]
        found += damaged_files(base, {name: sizes[name]}, checksums)
    return found
