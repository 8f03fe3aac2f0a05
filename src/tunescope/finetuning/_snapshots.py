"""Look at the encoder while it is trained, without a trace in the training."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterator

import numpy as np

from tunescope.errors import StudyError


def snapshot_updates(n_updates: int, every: int | None) -> list[int]:
    """The updates at which a snapshot is due: 0, every `every`-th, and the last; None has only the two ends.

    Raises
    ------
    StudyError
        `every` is below 1.
    """
    if every is not None and every < 1:
        raise StudyError(f"a snapshot every {every} updates makes no sense; give 1 or more, or nothing")
    steps = range(0, n_updates, every) if every is not None else (0,)
    return sorted({*steps, n_updates})


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Whatever random numbers are drawn inside, those after come as if none had been drawn."""
    import torch

    # NumPy's global generator is what transformers seeds and others draw from, so it must be kept as well.
    python, numpy, cpu = random.getstate(), np.random.get_state(), torch.get_rng_state()  # noqa: NPY002
    cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else None
    mps = torch.mps.get_rng_state() if torch.backends.mps.is_available() else None
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)  # noqa: NPY002
        torch.set_rng_state(cpu)
        if cuda is not None:
            torch.cuda.set_rng_state_all(cuda)
        if mps is not None:
            torch.mps.set_rng_state(mps)
