"""How a space changes: recipe, ways of fine-tuning, training, and snapshots of the encoder on the way."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
