"""What a model does with text, found out by trying it: whether it reads padding, and in which direction it reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tunescope.encoders._model import evaluating, hidden_states
from tunescope.errors import EncoderError

if TYPE_CHECKING:
    import torch

SHORT, LONG = 5, 64
"""Tokens of the two texts that are tried, special tokens not counted."""
_ROUNDING = 100
"""Differences up to so many times the rounding of the model's numbers count as none."""


@dataclass(frozen=True)
class Trial:
    """What was found."""

    reads_padding: bool
    """Whether a text has other vectors beside a longer one: padding is read although it is masked."""
    left_to_right: bool
    """Whether a token's vector depends on nothing behind it, as in a language model that generates."""
    widths: tuple[int, ...]
    """Width of each layer, the embedding layer first; the last one may differ from the others."""


def try_out(model: Any, n_layers: int, *, special: Sequence[int], n_ids: int, pad_id: int, room: int) -> Trial:
    """Read a short text alone, and beside a longer one, and the longer one with another end.

    Parameters
    ----------
    model : transformers model
    n_layers : int
        Layers of the model, the embedding layer not counted.
    special : sequence of int
        Ids that stand for no text.
    n_ids : int
        Ids that there are.
    pad_id : int
        Token id that fills rows up.
    room : int
        The longest input in tokens.

    Raises
    ------
    EncoderError
        The model cannot be read layer by layer, or gives other vectors each time (LSH attention).
    """
    import torch

    longer = max(2, min(LONG, room))
    shorter = min(SHORT, longer - 1)
    # Ids of text where there are enough of them; the rest of a tiny vocabulary does as well.
    of_text = np.setdiff1d(np.arange(n_ids), np.asarray([*special, pad_id])) if n_ids > len(special) + 4 else None
    random = np.random.default_rng(0)
    texts = random.choice(np.arange(n_ids) if of_text is None else of_text, size=(2, longer))
    short, long = texts[0, :shorter], texts[1]
    other = long.copy()
    other[-1] = texts[0, -1] if texts[0, -1] != long[-1] else texts[0, 0]

    with evaluating(model), torch.inference_mode():
        alone = _read(model, [short], pad_id, n_layers)
        again = _read(model, [short], pad_id, n_layers)
        beside = _read(model, [short, long], pad_id, n_layers)
        changed = _read(model, [short, other], pad_id, n_layers)
    if not all(_same(a[0], b[0]) for a, b in zip(alone, again, strict=True)):
        raise EncoderError(
            f"{type(model).__name__} gives the same text other vectors each time (its attention is drawn at random),"
            " so what is measured of them would be chance; choose another encoder"
        )
    return Trial(
        reads_padding=not all(_same(a[0], b[0, :shorter]) for a, b in zip(alone, beside, strict=True)),
        left_to_right=all(_same(a[1, :-1], b[1, :-1]) for a, b in zip(beside, changed, strict=True)),
        widths=tuple(int(state.shape[-1]) for state in alone),
    )


def _read(model: Any, rows: Sequence[Any], pad_id: int, n_layers: int) -> tuple[torch.Tensor, ...]:
    import torch

    length = max(len(row) for row in rows)
    ids = torch.full((len(rows), length), pad_id, dtype=torch.int64)
    mask = torch.zeros_like(ids)
    for i, row in enumerate(rows):
        ids[i, : len(row)] = torch.from_numpy(np.asarray(row, dtype=np.int64))
        mask[i, : len(row)] = 1
    device = next(model.parameters()).device
    inputs = {"input_ids": ids.to(device), "attention_mask": mask.to(device)}
    return hidden_states(model, inputs, n_layers)


def _same(a: torch.Tensor, b: torch.Tensor) -> bool:
    import torch

    eps = torch.finfo(a.dtype).eps
    # what is not a number is told of where the vectors are made, with the layer and the count
    a, b = (torch.nan_to_num(x.double(), nan=0.0, posinf=0.0, neginf=0.0) for x in (a, b))
    if not a.numel():
        return True
    size = a.abs().max().clamp(min=1e-30)
    return bool((a - b).abs().max() <= _ROUNDING * eps * size)
