"""NumPy: archives with vectors and labels, and single arrays."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from tunescope.errors import DataError
from tunescope.integrations._vectors.choosing import chosen_arrays
from tunescope.integrations._vectors.kinds import MOST_BYTES, Ask, VectorFile

_MOST_EXPANSION = 200
"""A compressed array that grows more than so many times, beyond `_HARMLESS` bytes, is no data but a trap."""
_HARMLESS = 1 << 28


class Archive(VectorFile):
    """A NumPy archive."""

    suffixes = (".npz",)
    about = "arrays X (n, d) and y (n,), or others named with --x and --y"

    def read(self, path: Path, ask: Ask) -> tuple[Any, Any, list[str]]:
        """Read the arrays that are asked for."""
        import numpy as np

        _refuse_traps(path)
        try:
            with np.load(path, allow_pickle=False) as archive:
                return chosen_arrays(path, list(archive.files), archive.__getitem__, ask)
        except DataError:
            raise
        except Exception as error:
            raise DataError(f"{path}: {_why(error)}") from error


class Array(VectorFile):
    """A single NumPy array, with the labels in a file of their own."""

    suffixes = (".npy",)
    about = "one array (n, d); the labels come from --labels"

    def read(self, path: Path, ask: Ask) -> tuple[Any, Any, list[str]]:
        """Map the array into memory."""
        import numpy as np

        try:
            return np.lib.format.open_memmap(path, mode="r"), None, []
        except Exception as error:
            raise DataError(f"{path}: {_why(error)}") from error


def _why(error: Exception) -> str:
    if "pickle" in str(error).lower() or "Python objects" in str(error):
        return "holds Python objects, which are not read; store labels as text: y.astype(str)"
    return f"cannot be read as NumPy writes it: {str(error) or type(error).__name__}"


def _refuse_traps(path: Path) -> None:
    """Refuse an archive that a little compressed data would blow up."""
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = [(member.file_size, member.compress_size) for member in archive.infolist()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise DataError(f"{path}: cannot be read as a NumPy archive: {error}") from error
    whole, packed = sum(size for size, _ in sizes), sum(size for _, size in sizes)
    if whole > MOST_BYTES or (whole > _HARMLESS and whole > _MOST_EXPANSION * max(packed, 1)):
        raise DataError(f"{path}: would grow from {packed:,} to {whole:,} bytes when it is read; it is refused")
