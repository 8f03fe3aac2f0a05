"""Arrays on disk: safetensors, memory-mapped one by one when they are asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.errors import StorageError
from tunescope.storage._atomic import write_atomically

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_DTYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "u1",
    "BOOL": "?",
}
"""The element types of safetensors that NumPy has, by the names that the format gives them."""

_MOST_HEADER = 100_000_000
"""Bytes of a header, as the format bounds it."""


class ArrayFile(Mapping[str, "NDArray[Any]"]):
    """The arrays of one safetensors file, by name; an array is memory-mapped, read-only, when asked for.

    Nothing but the header is read on opening, and pages of an array are read when they are touched, so a
    slice of a large array costs a slice.

    Raises
    ------
    StorageError
        The file is missing, cut short or not safetensors.
    """

    metadata: dict[str, str]
    """The free text that was stored with the arrays."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            if path.exists() and not path.is_file():
                raise StorageError(f"{path}: cannot be read as safetensors: it is no regular file")
            with open(path, "rb") as file:
                size = int.from_bytes(file.read(8), "little")
                length = path.stat().st_size
                if not 0 < size <= min(length - 8, _MOST_HEADER):
                    raise StorageError(f"{path}: is not a whole safetensors file")
                header = json.loads(file.read(size))
        except FileNotFoundError as error:
            raise StorageError(f"{path}: there are no such arrays") from error
        except (OSError, ValueError, RecursionError) as error:
            if isinstance(error, StorageError):
                raise
            raise StorageError(f"{path}: cannot be read as safetensors: {error}") from error
        if not isinstance(header, dict):
            raise StorageError(f"{path}: cannot be read as safetensors: its header is no list of arrays")
        metadata = header.pop("__metadata__", None) or {}
        if not isinstance(metadata, dict) or not all(isinstance(text, str) for text in metadata.values()):
            raise StorageError(f"{path}: cannot be read as safetensors: its free text is damaged")
        self.metadata = metadata
        self._start = 8 + size
        self._entries: dict[str, dict[str, Any]] = header
        for name, entry in header.items():
            if not _is_entry(entry):
                raise StorageError(f"{path}: cannot be read as safetensors: the entry of {name!r:.60} is damaged")
        end = max((entry["data_offsets"][1] for entry in header.values()), default=0)
        if self._start + end > length:
            raise StorageError(f"{path}: is cut short: {length} bytes of {self._start + end}")

    def __getitem__(self, name: str) -> NDArray[Any]:
        import numpy as np

        entry = self._entries[name]
        if entry["dtype"] not in _DTYPES:
            raise StorageError(f"{self.path}: array {name!r} has the type {entry['dtype']}, unknown to NumPy")
        dtype, shape = np.dtype(_DTYPES[entry["dtype"]]), tuple(entry["shape"])
        begin, end = entry["data_offsets"]
        if begin == end:  # an empty range cannot be mapped
            return np.zeros(shape, dtype)
        mapped = np.memmap(self.path, dtype="u1", mode="r", offset=self._start + begin, shape=(end - begin,))
        return mapped.view(np.ndarray).view(dtype).reshape(shape)

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def _is_entry(entry: Any) -> bool:
    """Whether a header's entry tells type, shape and place of an array, and the three fit each other."""
    import math

    import numpy as np

    try:
        (begin, end), shape, dtype = entry["data_offsets"], entry["shape"], entry["dtype"]
        whole = [begin, end, *shape]
        if not all(type(number) is int and number >= 0 for number in whole) or not isinstance(dtype, str):
            return False
        size = np.dtype(_DTYPES[dtype]).itemsize * math.prod(shape) if dtype in _DTYPES else end - begin
        return bool(end - begin == size)
    except (KeyError, TypeError, ValueError):
        return False


def write_safetensors(path: Path, arrays: Mapping[str, Any], metadata: Mapping[str, str] | None) -> None:
    """Write arrays where it is told to, without a promise of wholeness.

    Raises
    ------
    StorageError
        An array holds something else than numbers or truth values.
    """
    import numpy as np
    from safetensors.numpy import save_file

    ready: dict[str, np.ndarray] = {}
    for name, array in arrays.items():
        # `order="C"` and not `ascontiguousarray`, which makes a vector of length 1 of a scalar.
        values = np.asarray(array, order="C")
        if values.dtype.newbyteorder("<").str.replace("|", "<") not in _STORABLE:
            raise StorageError(f"{path}: array {name!r} of type {values.dtype} cannot be stored as safetensors")
        ready[name] = values.astype(values.dtype.newbyteorder("<"), copy=False)
    save_file(ready, path, metadata=dict(metadata) if metadata else None)


_STORABLE = {"<" + code.lstrip("<").replace("?", "b1") for code in _DTYPES.values()}


def write_arrays(path: Path, arrays: Mapping[str, Any], metadata: Mapping[str, str] | None = None) -> None:
    """Write arrays as one safetensors file, whole or not at all.

    Raises
    ------
    StorageError
        An array cannot be stored, or the file system refuses.
    """
    write_atomically(path, lambda temporary: write_safetensors(temporary, arrays, metadata))
