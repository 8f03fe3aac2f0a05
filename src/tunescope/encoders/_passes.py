"""The passes over a split: batches through the model, and what is pooled of their hidden states."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tunescope.encoders._model import evaluating, hidden_states
from tunescope.encoders._pooling import pool
from tunescope.encoders._tokens import TokenizedSplit

# Padded tokens of a batch. On a CPU more does not help and costs cache; on a GPU less leaves it idle.
BATCH_TOKENS = {"cpu": 2048, "mps": 8192, "cuda": 32768}


def unit_vectors(
    model: Any,
    points: TokenizedSplit,
    wanted: Sequence[int],
    widths: Sequence[int],
    batch_tokens: int | None,
    progress: Callable[[int, int], None] | None,
) -> dict[int, npt.NDArray[np.float32]]:
    """What is pooled of the hidden states of each layer that is wanted.

    Parameters
    ----------
    model : transformers model
        It is read as it is, where it is, without dropout and without gradients.
    points : TokenizedSplit
        Windows of token ids, and which of their tokens make which unit.
    wanted : sequence of int
        Layers, 0 … n_layers.
    widths : sequence of int
        Of each layer of the model, the embedding layer first.
    batch_tokens : int or None
        Largest number of tokens in a batch, padding included; None chooses by device.
    progress : callable or None
        Called after each batch with (windows done, windows in all).

    Returns
    -------
    dict
        Layer to (n_units, width) float32.
    """
    import torch

    from tunescope.encoders._linear import quick_linear_layers

    device = next(model.parameters()).device
    if batch_tokens is None:
        batch_tokens = BATCH_TOKENS.get(device.type, BATCH_TOKENS["cuda"])
    units = {layer: np.zeros((points.n_units, widths[layer]), dtype=np.float32) for layer in wanted}
    done = 0
    with evaluating(model), torch.inference_mode(), quick_linear_layers(device):
        for windows in points.batches_by_length(max(1, batch_tokens)):
            batch = points.batch(windows).to(device)
            states = hidden_states(model, batch.inputs(), len(widths) - 1)
            pooled = [pool(states[layer].float(), *batch.pooling) for layer in wanted]
            if device.type != "cpu" and len({p.shape for p in pooled}) == 1:
                pooled = list(torch.stack(pooled).cpu())  # one transfer instead of one per layer
            for layer, vectors in zip(wanted, pooled, strict=True):
                # Added, not set: what is longer than the model's limit comes in several windows.
                units[layer][batch.units] += vectors.cpu().numpy()
            done += len(windows)
            if progress is not None:
                progress(done, len(points.windows))
    return units


def to_targets(units: npt.NDArray[np.float32], points: TokenizedSplit) -> npt.NDArray[np.float32]:
    """(n_units, d) to (n_targets, d), or (n_targets, 2d) for pairs."""
    chosen = points.target_units
    if not len(chosen):
        return np.zeros((0, units.shape[1] * chosen.shape[1]), dtype=np.float32)
    return np.ascontiguousarray(units[chosen].reshape(len(chosen), -1))
