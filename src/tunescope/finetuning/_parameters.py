"""Which numbers of an encoder were trained, and how far each tensor has moved."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch

from tunescope.errors import StudyError
from tunescope.finetuning._structure import layer_of_parameters, part_of, parts

SHARED = -1
"""The layer of a tensor that several layers share, and of what belongs to all of them."""


def parameter_rows(start: Any, tuned: Any, trained: Mapping[str, int]) -> list[dict[str, Any]]:
    """A row for each tensor of an encoder, and for what was added to it.

    Parameters
    ----------
    start, tuned : torch.nn.Module
        The model before and after.
    trained : mapping of str to int
        How many numbers were trained for each tensor, by its name in `start`; what is not there was added.

    Returns
    -------
    list of dict
        `parameter` (its name), `layer` (0 the embeddings; -1 where layers share it), `part` (attention, feed-forward,
        normalisation, embedding, other, added), `total` and `trained` (numbers), `change` (‖ΔW‖/‖W‖, Frobenius norms;
        NaN where W is 0 and for what was added), `stable_rank` (‖ΔW‖²/‖ΔW‖₂², from 1 to the rank of ΔW; NaN for
        vectors and where nothing moved).
    """
    after = dict(tuned.named_parameters())
    part_of_module = parts(start)
    try:
        layer_of = layer_of_parameters(start)
    except StudyError:  # layers that share their weights cannot be told apart
        layer_of = {}
    rows = []
    for name, before in start.named_parameters():
        moved = _moved(before, after.get(name, before))
        norm = float(before.detach().double().norm())
        rows.append(
            {
                "parameter": name,
                "layer": layer_of.get(name, SHARED),
                "part": part_of(name, part_of_module),
                "total": before.numel(),
                "trained": trained.get(name, 0),
                "change": float(moved.norm()) / norm if norm else math.nan,
                "stable_rank": stable_rank(moved),
            }
        )
    known = {row["parameter"] for row in rows}
    for name, count in trained.items():
        if name not in known:
            added = {"parameter": name, "layer": SHARED, "part": "added", "total": count, "trained": count}
            rows.append({**added, "change": math.nan, "stable_rank": math.nan})
    return rows


def stable_rank(matrix: torch.Tensor) -> float:
    """‖M‖²/‖M‖₂² of a matrix (squared Frobenius over squared spectral norm); NaN of a vector and of 0.

    It is at most the rank and, unlike it, hardly moved by small singular values (Rudelson and Vershynin 2007).
    """
    if matrix.dim() != 2 or not bool(matrix.any()):
        return math.nan
    gram = matrix @ matrix.T if matrix.shape[0] <= matrix.shape[1] else matrix.T @ matrix
    squares = torch.linalg.eigvalsh(gram)
    return float(squares.clamp_min(0).sum() / squares[-1])


def _moved(before: torch.Tensor, after: torch.Tensor) -> torch.Tensor:
    """After − before in float64, on the CPU: not every device has float64."""
    return after.detach().cpu().double() - before.detach().cpu().double()
