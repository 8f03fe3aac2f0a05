"""Small text files as they come from anywhere: regular, of a bounded size, UTF-8, or an error that names the file."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any, NoReturn

from tunescope.errors import StorageError, TunescopeError

MOST_BYTES = 256 << 20
"""Largest JSON file that is read: 256 MiB."""


def read_regular(path: Path, most_bytes: int, error: type[TunescopeError] = StorageError) -> bytes:
    """The content of a regular file of at most `most_bytes` bytes.

    Parameters
    ----------
    path : Path
        The file. It is opened without waiting: a pipe has no writer to wait for.
    most_bytes : int
        How large it may be.
    error : type, default StorageError
        What is raised.

    Returns
    -------
    bytes
        The content.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    TunescopeError
        Of the class `error`: it is a folder, a pipe or a device, is too large, or cannot be read.
    """

    def refuse(why: str) -> NoReturn:
        raise error(f"{path}: {why}") from None

    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                refuse("is a folder, not a file" if stat.S_ISDIR(status.st_mode) else "is a pipe or a device, no file")
            # no more is asked for than there is: the room for all that might be would be taken at once
            content = file.read(status.st_size) if status.st_size <= most_bytes else b""
    except FileNotFoundError:
        raise
    except IsADirectoryError:
        refuse("is a folder, not a file")
    except (OSError, ValueError) as failed:
        if isinstance(failed, TunescopeError):
            raise
        refuse(f"cannot be read: {getattr(failed, 'strerror', None) or failed}")
    if status.st_size > most_bytes:
        refuse(f"has {status.st_size:,} bytes; at most {most_bytes:,} are read")
    return content


def read_json(path: Path) -> Any:
    """Read a JSON file.

    Raises
    ------
    StorageError
        The file is missing, is no regular file, is larger than 256 MiB, or is not JSON.
    """
    try:
        return json.loads(read_regular(path, MOST_BYTES).decode("utf-8"))
    except FileNotFoundError as error:
        raise StorageError(f"{path}: there is no such file") from error
    except RecursionError:
        raise StorageError(f"{path}: cannot be read as JSON: it is nested too deep") from None
    except ValueError as error:
        raise StorageError(f"{path}: cannot be read as JSON: {error}") from error
