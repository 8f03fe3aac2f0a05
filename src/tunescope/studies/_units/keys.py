"""Keys of units of work: equal inputs, equal key; a setting that has its default value is no part of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_FIRST_FORMAT = 2
"""What version 0.1.0 wrote into every key, of whatever kind."""


@dataclass(frozen=True)
class Setting:
    """A value that a result depends on, with the default that it has where nobody says anything.

    A setting that has its default value is left out of the key, so that a new setting leaves the keys of all that
    is stored alone.
    """

    value: Any
    default: Any
    first: bool = True
    """Whether version 0.1.0 knew the setting: it wrote defaults into its keys as well."""


def key_of(kind: str, version: int, inputs: Mapping[str, Any]) -> str:
    """The key of a unit.

    Parameters
    ----------
    kind : str
        The kind of unit.
    version : int
        Version of this kind: it rises when the kind computes something else from equal inputs.
    inputs : mapping
        All that the result depends on, as JSON; `Setting` stands for a value with a default.

    Returns
    -------
    str
        32 hexadecimal digits of the SHA-256 of kind, version and inputs as canonical JSON.
    """
    return digest({"kind": kind, "version": version, "inputs": without_defaults(inputs)})


def first_key(kind: str, inputs: Mapping[str, Any]) -> str | None:
    """The key that version 0.1.0 gave a unit; None where it could not have made it."""
    try:
        content = first_form(inputs)
    except _NotKnownAtFirst:
        return None
    return digest({"kind": kind, "inputs": content, "format": _FIRST_FORMAT})


def digest(content: Any) -> str:
    """32 hexadecimal digits of the SHA-256 of a value as canonical JSON."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def without_defaults(value: Any) -> Any:
    """The JSON of inputs: settings by their value, those that have their default left out."""
    if isinstance(value, Setting):
        return without_defaults(value.value)
    if isinstance(value, Mapping):
        return {name: without_defaults(item) for name, item in value.items() if not _is_default(item)}
    if isinstance(value, (list, tuple)):
        return [without_defaults(item) for item in value]
    return value


def first_form(value: Any) -> Any:
    """The JSON of inputs as version 0.1.0 had it: every setting that it knew, defaults as well.

    Raises
    ------
    ValueError
        A setting that it did not know has another value than its default.
    """
    if isinstance(value, Setting):
        return first_form(value.value)
    if isinstance(value, Mapping):
        later = [item for item in value.values() if isinstance(item, Setting) and not item.first]
        if not all(_is_default(item) for item in later):
            raise _NotKnownAtFirst
        return {
            name: first_form(item) for name, item in value.items() if not (isinstance(item, Setting) and not item.first)
        }
    if isinstance(value, (list, tuple)):
        return [first_form(item) for item in value]
    return value


def same_inputs(stored: Any, inputs: Mapping[str, Any]) -> bool:
    """Whether inputs that a unit has stored are these, in the form of today or of version 0.1.0."""
    if stored == without_defaults(inputs):
        return True
    try:
        return bool(stored == first_form(inputs))
    except _NotKnownAtFirst:
        return False


class _NotKnownAtFirst(ValueError):
    """Version 0.1.0 did not know a setting."""


def _is_default(item: Any) -> bool:
    return isinstance(item, Setting) and bool(item.value == item.default)
