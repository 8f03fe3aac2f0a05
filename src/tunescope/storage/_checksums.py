"""Checksums of stored files: what a unit's record says of its files, held against the files themselves."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

_BLOCK = 1 << 20

_found_whole: dict[tuple[str, int, int, str], bool] = {}
"""What this process has compared already: path, size and time of the last change, checksum; each file is read once."""


def checksum(path: Path) -> str:
    """SHA-256 of a file's content.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    str
        64 hexadecimal digits.

    Raises
    ------
    OSError
        The file cannot be read.
    """
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def is_whole(path: Path, expected: str) -> bool:
    """Whether a file has the content that its record says; a file that has not changed is read once a process."""
    try:
        about = os.stat(path)
        key = (str(path), about.st_size, about.st_mtime_ns, expected)
        if key not in _found_whole:
            _found_whole[key] = checksum(path) == expected
        return _found_whole[key]
    except OSError:
        return False


def damaged_files(folder: Path, sizes: Mapping[str, int], checksums: Mapping[str, str]) -> list[str]:
    """The files of a folder that are not as recorded: missing, of another size, or of other content.

    Parameters
    ----------
    folder : Path
        Where the files are.
    sizes : mapping of str to int
        Bytes of each file, by its path in the folder.
    checksums : mapping of str to str
        SHA-256 of each file; those that no checksum was recorded of (by version 0.1.0) are compared by size only.

    Returns
    -------
    list of str
        Paths in the folder, sorted.
    """

    def is_damaged(name: str) -> bool:
        path = folder / name
        try:
            if path.stat().st_size != sizes[name]:
                return True
        except OSError:
            return True
        return name in checksums and not is_whole(path, checksums[name])

    return sorted(name for name in sizes if is_damaged(name))
