from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tunescope.encoders._windows import cut_windows


@given(st.lists(st.integers(1, 12), min_size=1, max_size=40), st.integers(1, 30))
def test_windows_own_every_token_once_and_fit(word_lengths: list[int], limit: int) -> None:
    word = np.repeat(np.arange(len(word_lengths)), word_lengths)
    windows = cut_windows(word, limit)
    owned = np.concatenate([np.arange(w.own_start, w.own_stop) for w in windows])
    assert owned.tolist() == list(range(len(word)))
    for window in windows:
        assert 0 < window.stop - window.start <= limit
        assert window.start <= window.own_start <= window.own_stop <= window.stop


@given(st.lists(st.integers(1, 6), min_size=1, max_size=40), st.integers(6, 30))
def test_no_word_that_fits_is_cut(word_lengths: list[int], limit: int) -> None:
    word = np.repeat(np.arange(len(word_lengths)), word_lengths)
    for window in cut_windows(word, limit):
        for edge in (window.start, window.own_start, window.own_stop, window.stop):
            assert edge in (0, len(word)) or word[edge - 1] != word[edge]


def test_a_short_sentence_is_one_window() -> None:
    assert cut_windows(np.arange(7), 7) == [(0, 7, 0, 7)]


def test_tokens_at_a_seam_have_context_on_both_sides() -> None:
    windows = cut_windows(np.arange(100), 20)
    for left, right in pairwise(windows):
        assert left.stop - left.own_stop >= 2
        assert right.own_start - right.start >= 2


def test_a_word_longer_than_the_limit_is_shared_out() -> None:
    word = np.repeat([0, 1, 2], [2, 25, 3])
    windows = cut_windows(word, 10)
    assert max(w.stop - w.start for w in windows) <= 10
    assert sum(w.own_stop - w.own_start for w in windows) == 30
