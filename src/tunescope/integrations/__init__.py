"""What others plug us into: vectors in their files, the files of the published DirectProbe."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
