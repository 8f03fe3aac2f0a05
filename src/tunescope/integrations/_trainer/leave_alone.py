"""Look at a training without a trace in it: random state, and the Trainer that is on its way."""

from __future__ import annotations

import contextlib
import inspect
import random
from collections.abc import Iterator
from typing import Any


@contextlib.contextmanager
def random_state_kept() -> Iterator[None]:
    """Whatever is drawn inside, the random numbers after are those that would have come without it."""
    import numpy as np
    import torch

    of_python, of_numpy, of_torch = random.getstate(), np.random.get_state(), torch.get_rng_state()  # noqa: NPY002
    of_cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else None
    of_mps = torch.mps.get_rng_state() if torch.backends.mps.is_available() else None
    try:
        yield
    finally:
        random.setstate(of_python)
        np.random.set_state(of_numpy)  # noqa: NPY002
        torch.set_rng_state(of_torch)
        if of_cuda is not None:
            torch.cuda.set_rng_state_all(of_cuda)
        if of_mps is not None:
            torch.mps.set_rng_state(of_mps)


def trainer_above(state: Any) -> Any:
    """The Trainer that called, directly or not, whose state this is; None where there is none.

    transformers hands a callback the model, the tokenizer and the loaders, but not the Trainer, whose `log` alone
    reaches every place that a training is logged to, and which alone has the data sets as they were given.
    """
    from transformers import Trainer

    frame = inspect.currentframe()
    try:
        while frame is not None:
            found = frame.f_locals.get("self")
            if isinstance(found, Trainer) and found.state is state:
                return found
            frame = frame.f_back
    finally:
        del frame
    return None
