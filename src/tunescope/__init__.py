"""See how fine-tuning changes the space in which a language model represents your data.

Everything public can be imported from here; a name is loaded when it is used, so that `import tunescope` is
quick and needs no torch.

>>> import numpy as np
>>> from tunescope import DirectProbe
>>> X = np.array([[0.0, 0.0], [0.0, 1.0], [3.0, 0.0], [3.0, 1.0]])
>>> DirectProbe().fit(X, ["a", "a", "b", "b"]).is_linear_
True
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
