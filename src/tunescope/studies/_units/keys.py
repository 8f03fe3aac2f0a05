"""Keys of units of work: equal inputs, equal key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

RESULT_FORMAT = 2
"""Raised when a unit computes something else from equal inputs, or stores it in another form."""


def key_of(kind: str, inputs: Mapping[str, Any]) -> str:
    """The key of a unit: 32 hexadecimal digits of the SHA-256 of its kind and inputs as canonical JSON."""
    content = {"kind": kind, "inputs": dict(inputs), "format": RESULT_FORMAT}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
