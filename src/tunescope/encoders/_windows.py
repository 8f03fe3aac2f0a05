"""Cut a sentence that is longer than the model's limit into overlapping windows at word boundaries."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class Window(NamedTuple):
    """Tokens `start:stop` are read together; of these, `own_start:own_stop` take their vectors from here."""

    start: int
    stop: int
    own_start: int
    own_stop: int


def cut_windows(word_of_token: npt.NDArray[np.int64], limit: int) -> list[Window]:
    """Windows of at most `limit` tokens that together own every token once.

    Neighbouring windows overlap by about a quarter of `limit`, so that every token has context on both sides;
    a token belongs to the window in whose middle it lies deeper. No word is cut, unless it alone has more
    tokens than `limit`.

    Parameters
    ----------
    word_of_token : (n,) int64
        The word of each token, not decreasing.
    limit : int
        The largest number of tokens in a window, special tokens not counted; at least 1.

    Returns
    -------
    list of Window
        In order; the parts that they own follow each other without a gap.
    """
    n = len(word_of_token)
    if n <= limit:
        return [Window(0, n, 0, n)]
    boundaries = np.flatnonzero(np.diff(word_of_token)) + 1
    boundaries = np.append(boundaries, n)
    overlap = limit // 4
    spans: list[tuple[int, int]] = []
    start, last_stop = 0, 0
    while last_stop < n:
        fits = boundaries[(boundaries > last_stop) & (boundaries <= start + limit)]
        if not fits.size and start < last_stop:
            start = last_stop  # the next word is long: it gets a window without overlap
            fits = boundaries[(boundaries > last_stop) & (boundaries <= start + limit)]
        stop = int(fits[-1]) if fits.size else min(start + limit, n)
        spans.append((start, stop))
        earlier = boundaries[(boundaries > start) & (boundaries <= stop - overlap)]
        later = boundaries[(boundaries > start) & (boundaries <= stop)]
        start = int(earlier[-1]) if earlier.size else int(later[0]) if later.size else stop
        last_stop = stop

    seams = [0]
    for (_, left_stop), (right_start, _) in pairwise(spans):
        shared = boundaries[(boundaries >= right_start) & (boundaries <= left_stop)]
        middle = (right_start + left_stop) / 2
        # Without a boundary the two windows meet inside a word, and there is nothing to choose.
        seams.append(int(shared[np.argmin(np.abs(shared - middle))]) if shared.size else left_stop)
    seams.append(n)
    return [Window(*span, seams[i], seams[i + 1]) for i, span in enumerate(spans)]
