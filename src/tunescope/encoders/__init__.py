"""Where vectors come from: load an encoder, tokenise, pool, every layer in one pass.

`load_encoder` gives an `Encoder` from a hub id, a short name, or a folder; `Encoder.encode` gives an
`Encoding`, one float32 vector per target and layer; `Encoding.representation` gives the `Representation` of
one layer that geometry and probes work on.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
