"""safetensors: arrays of numbers by name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.errors import DataError
from tunescope.integrations._vectors.choosing import chosen_arrays
from tunescope.integrations._vectors.kinds import Ask, VectorFile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Safetensors(VectorFile):
    """A safetensors file."""

    suffixes = (".safetensors",)
    about = "arrays X and y by name (labels as whole numbers), or labels from --labels"

    def read(self, path: Path, ask: Ask) -> tuple[Any, Any, list[str]]:
        """Read the arrays that are asked for; bfloat16 becomes float32, exactly."""
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(path, framework="np") as file:
                names = list(file.keys())

                def load(name: str) -> Any:
                    if file.get_slice(name).get_dtype() == "BF16":
                        return _bfloat16(path, name)
                    return file.get_tensor(name)

                return chosen_arrays(path, names, load, ask)
        except SafetensorError as error:
            raise DataError(f"{path}: cannot be read as safetensors: {error}") from error


def _bfloat16(path: Path, name: str) -> NDArray[np.float32]:
    """An array of bfloat16 as float32: the same numbers, with 16 more bits of zeros."""
    import json

    import numpy as np

    with open(path, "rb") as file:
        size = int.from_bytes(file.read(8), "little")
        entry = json.loads(file.read(size))[name]
        begin, end = entry["data_offsets"]
        file.seek(8 + size + begin)
        halves = np.frombuffer(file.read(end - begin), "<u2")
    return (halves.astype(np.uint32) << 16).view(np.float32).reshape(entry["shape"])
