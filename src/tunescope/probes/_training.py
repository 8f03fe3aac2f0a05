"""The training loop: epochs of minibatches, until the loss of a network no longer falls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from sklearn.utils import shuffle

from tunescope.probes._networks import Networks

if TYPE_CHECKING:
    import torch


def choose_device(device: str) -> torch.device:
    """Map "auto", "cpu", "cuda" or "cuda:N" to a device; "auto" is the first GPU where there is one."""
    import torch

    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if device == "cpu" or device.split(":")[0] == "cuda":
        if device != "cpu" and not torch.cuda.is_available():
            raise ValueError(
                f"device={device!r}, but PyTorch finds no CUDA device here. Use device='cpu' or 'auto'."
            )
        return torch.device(device)
    raise ValueError(f"device must be 'auto', 'cpu', 'cuda' or 'cuda:N', not {device!r}.")


@dataclass
class Patience:
    """scikit-learn's rule for stopping on the training loss.

    An epoch whose loss is not below the best one by more than `tol` counts as one without improvement;
    training stops when more than `n_iter_no_change` of them follow each other.
    """

    tol: float
    n_iter_no_change: float
    best: float = np.inf
    waited: int = 0

    def spent(self, loss: float) -> bool:
        """Take note of an epoch's loss; True when it is time to stop."""
        self.waited = self.waited + 1 if loss > self.best - self.tol else 0
        self.best = min(self.best, loss)
        return self.waited > self.n_iter_no_change


@dataclass
class Run:
    """What training one network gave."""

    random_state: np.random.RandomState
    patience: Patience
    losses: list[float] = field(default_factory=list)
    parameters: tuple[list[np.ndarray], list[np.ndarray]] | None = None
    converged: bool = False


def train(
    networks: Networks,
    runs: Sequence[Run],
    X: torch.Tensor,
    y: torch.Tensor,
    *,
    batch_size: int,
    learning_rate: float,
    max_iter: int,
    after_epoch: Callable[[Networks, int], None] | None = None,
) -> None:
    """Train each network on its own shuffles of the points until its patience is spent.

    Shuffles are drawn as scikit-learn's `MLPClassifier` draws them. A network that stops is taken out of the
    batch, the others go on.

    Parameters
    ----------
    networks, runs : the networks and, in the same order, where each one's course is written
    X, y : (n, d) points of `networks.dtype` and (n,) class indices, on the networks' device
    after_epoch : called with the networks and the epoch (from 1) after each epoch
    """
    import torch

    n = len(X)
    orders = [np.arange(n) for _ in runs]
    active = list(range(len(runs)))
    for epoch in range(1, max_iter + 1):
        for i in active:
            orders[i] = shuffle(orders[i], random_state=runs[i].random_state)
        order = torch.from_numpy(np.stack([orders[i] for i in active])).to(X.device)
        if len(active) == 1:
            order = order[0]
        total = torch.zeros(len(active), dtype=torch.float64, device=X.device)
        for start in range(0, n, batch_size):
            batch = order[..., start : start + batch_size]
            total += networks.step(X[batch], y[batch], learning_rate) * batch.shape[-1]
        stay = []
        for row, (i, loss) in enumerate(zip(active, (total / n).tolist(), strict=True)):
            runs[i].losses.append(loss)
            if runs[i].patience.spent(loss):
                runs[i].converged = True
            if runs[i].converged or epoch == max_iter:
                runs[i].parameters = networks.parameters(row)
            else:
                stay.append(row)
        if after_epoch is not None:
            after_epoch(networks, epoch)
        if not stay:
            return
        if len(stay) < len(active):
            networks.keep(stay)
            active = [active[row] for row in stay]
