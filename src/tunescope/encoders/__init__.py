"""Where vectors come from: load an encoder, tokenise, pool, every layer in one pass.

`load_encoder` gives an `Encoder` from a hub id, a short name, or a folder; `Encoder.encode` gives an
`Encoding`, one float32 vector per target and layer; `Encoding.representation` gives the `Representation` of
one layer that geometry and probes work on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tunescope.encoders._catalogue import EncoderInfo, encoder_infos
from tunescope.encoders._encoding import Encoding, Representation

if TYPE_CHECKING:
    from tunescope.encoders._encoder import Encoder
    from tunescope.encoders._loading import load_encoder

__all__ = ["Encoder", "EncoderInfo", "Encoding", "Representation", "encoder_infos", "load_encoder"]


def __getattr__(name: str) -> Any:
    """Import what needs torch only when it is asked for."""
    if name == "Encoder":
        from tunescope.encoders._encoder import Encoder

        return Encoder
    if name == "load_encoder":
        from tunescope.encoders._loading import load_encoder

        return load_encoder
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
