"""Cross-entropy of many networks and its slope by their logits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch


def loss_and_slope(logits: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Cross-entropy and its slope.

    Parameters
    ----------
    logits : float32 (networks, points, outputs); one output is logistic, more are a softmax. Not to be used
        afterwards
    y : (networks, points) class indices

    Returns
    -------
    loss : (networks,) float64, summed over points
    slope : (networks, points, outputs), of the mean over points by the logits
    """
    import torch
    from torch.nn.functional import softplus

    n_points = logits.shape[1]
    if logits.shape[-1] == 1:
        z, target = logits[..., 0], y.to(logits.dtype)
        loss = (softplus(z) - target * z).sum(1).double()
        return loss, (torch.sigmoid(z) - target)[..., None] / n_points
    if logits.device.type == "cpu":
        # here, because Numba takes a while to import
        from tunescope.probes._kernels import softmax_loss, subtract_top

        losses = np.empty(len(logits))
        logits = logits.contiguous()
        subtract_top(logits.view(-1, logits.shape[-1]).numpy())
        slope = logits.exp()
        softmax_loss(logits.numpy(), slope.numpy(), y.numpy(), losses)
        return torch.from_numpy(losses), slope
    log_p = torch.log_softmax(logits, -1)
    index = y[..., None]
    loss = -log_p.gather(-1, index).sum((1, 2)).double()
    slope = log_p.exp_()
    return loss, slope.scatter_add_(-1, index, torch.full_like(index, -1, dtype=slope.dtype)).div_(n_points)
