"""Where vectors come from: load an encoder, tokenise, pool, every layer in one pass.

`load_encoder` gives an `Encoder` from a hub id, a short name, or a folder; `Encoder.encode` gives an
`Encoding`, one float32 vector per target and layer; `Encoding.representation` gives the `Representation` of
one layer that geometry and probes work on.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tunescope.encoders._catalogue import EncoderInfo, encoder_infos
from tunescope.encoders._encoding import Encoding, Representation
from tunescope.encoders._tokens import TokenBatch, TokenisedSplit

if TYPE_CHECKING:
    from tunescope.encoders._encoder import Encoder, evaluating
    from tunescope.encoders._linear import quick_linear_layers
    from tunescope.encoders._loading import load_encoder
    from tunescope.encoders._pooling import pool

__all__ = [
    "Encoder",
    "EncoderInfo",
    "Encoding",
    "Representation",
    "TokenBatch",
    "TokenisedSplit",
    "encoder_infos",
    "evaluating",
    "load_encoder",
    "pool",
    "quick_linear_layers",
]
_NEED_TORCH = {
    "Encoder": "_encoder",
    "evaluating": "_encoder",
    "load_encoder": "_loading",
    "pool": "_pooling",
    "quick_linear_layers": "_linear",
}


def __getattr__(name: str) -> Any:
    """Import what needs torch only when it is asked for."""
    if name in _NEED_TORCH:
        return getattr(import_module(f"tunescope.encoders.{_NEED_TORCH[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
