"""Which layers of an encoder are meant: numbers, a range as text, the last one, or all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import PlainValidator

from tunescope.errors import StudyError

_RANGE = re.compile(r"(\d+)\s*(?:-\s*(\d+))?")


def read_layers(value: Any) -> str | tuple[int, ...]:
    """`last`, `upper`, `all`, or the numbers that are meant, in order: `"4-6"` and `[6, 4, 5]` are the same.

    Raises
    ------
    StudyError
        It is none of these.
    """
    if value in ("last", "upper", "all"):
        return str(value)
    given = value.split(",") if isinstance(value, str) else value if isinstance(value, Iterable) else [value]
    numbers: set[int] = set()
    for part in given:
        match = None if isinstance(part, (bool, float)) else _RANGE.fullmatch(str(part).strip())
        if match is None or (match[2] is not None and int(match[1]) > int(match[2])):
            raise StudyError(
                f'layers are "last", "upper" (half), "all", numbers such as 5 or [4, 6], or a range such as "4-6", '
                f"not {value!r} (0 is the embedding layer)"
            )
        numbers.update(range(int(match[1]), int(match[2] or match[1]) + 1))
    if not numbers:
        raise StudyError("no layer is named")
    return tuple(sorted(numbers))


LayerChoice = Annotated[Any, PlainValidator(read_layers)]
"""A setting that names layers; 0 is the embedding layer, the last one has the number of the encoder's layers."""


def layer_numbers(choice: str | tuple[int, ...], n_layers: int) -> tuple[int, ...]:
    """The layers that a choice means in an encoder of so many.

    Raises
    ------
    StudyError
        The encoder has no such layer.
    """
    if choice == "last":
        return (n_layers,)
    if choice == "upper":
        return tuple(range(n_layers // 2 + 1, n_layers + 1))
    if choice == "all":
        return tuple(range(n_layers + 1))
    beyond = [layer for layer in choice if int(layer) > n_layers]
    if beyond:
        raise StudyError(f"there is no layer {beyond[0]}: this encoder has 0 (embedding layer) … {n_layers}")
    return tuple(int(layer) for layer in choice)
