from __future__ import annotations

import os

import numpy as np
import pytest

from tunescope.encoders import load_encoder
from tunescope.tasks import load_task

pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif("TUNESCOPE_DATA_DIR" not in os.environ, reason="TUNESCOPE_DATA_DIR is not set"),
]


def test_a_treebank_is_encoded_to_the_last_word() -> None:
    """The embedded encoder spells most words, so many sentences of UD-PUD are longer than 40 tokens."""
    encoder, task = load_encoder("embedded", device="cpu", max_tokens=40), load_task("pos")
    encoding = encoder.encode(task.test, task.kind)
    assert len(encoding) == len(task.test.targets)
    assert encoding.n_split > 20
    assert encoding.n_unknown == 0
    assert encoder.tokenize(task.test, task.kind).lengths.max() == 40
    assert all(np.isfinite(X).all() and X.any(axis=1).all() for X in encoding.vectors.values())
