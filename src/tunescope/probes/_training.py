"""The training loop: epochs of minibatches, until the loss of a network no longer falls."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from sklearn.utils import shuffle

from tunescope.errors import RepresentationError
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
            raise ValueError(f"device={device!r}, but PyTorch finds no CUDA device here. Use device='cpu' or 'auto'.")
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
    """What training one network gives."""

    random_state: np.random.RandomState
    patience: Patience
    losses: list[float] = field(default_factory=list)
    parameters: tuple[list[np.ndarray], list[np.ndarray]] | None = None
    converged: bool = False


class Course:
    """The training of a stack of networks, an epoch at a time.

    Each network goes through its own shuffles of the points, drawn as scikit-learn's `MLPClassifier` draws
    them; where all runs hold the same RandomState object, all see the same minibatches. A network that stops
    leaves the stack, the others go on.

    Parameters
    ----------
    networks, runs : the networks and, in the same order, where each one's course is written
    X, y : (n, d) points of `networks.dtype` and (n,) class indices, on the networks' device
    after_epoch : called with this course after each epoch, before the networks that stop leave
    """

    def __init__(
        self,
        networks: Networks,
        runs: Sequence[Run],
        X: torch.Tensor,
        y: torch.Tensor,
        *,
        batch_size: int,
        learning_rate: float,
        max_iter: int,
        after_epoch: Callable[[Course], None] | None = None,
    ) -> None:
        self.networks = networks
        self.runs = list(runs)
        self.epoch = 0
        self._X, self._y = X, y
        self._batch_size = batch_size
        self._learning_rate = learning_rate
        self._max_iter = max_iter
        self._after_epoch = after_epoch
        self._orders = [np.arange(len(X))] * len({id(run.random_state) for run in runs})

    @property
    def done(self) -> bool:
        """Whether no network is left to train."""
        return not self.runs

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with these networks only."""
        shuffled_alone = len(self._orders) == len(self.runs)
        self.runs = [self.runs[row] for row in rows]
        if shuffled_alone:
            self._orders = [self._orders[row] for row in rows]
        if rows:
            self.networks.keep(rows)

    def _shuffle(self) -> torch.Tensor:
        """The order of the points in this epoch, (n,) or (networks, n)."""
        import torch

        states = [run.random_state for run in self.runs][: len(self._orders)]
        self._orders = [shuffle(order, random_state=state) for order, state in zip(self._orders, states, strict=True)]
        order = torch.from_numpy(np.stack(self._orders)).to(self._X.device)
        return order[0] if len(self._orders) == 1 else order

    def train_epoch(self) -> None:
        """Train every network that is left for one epoch."""
        import torch

        n = len(self._X)
        order = self._shuffle()
        labels = self._y[order]
        total = torch.zeros(len(self.runs), dtype=torch.float64, device=self._X.device)
        for start in range(0, n, self._batch_size):
            batch = order[..., start : start + self._batch_size]
            points = self._X.index_select(0, batch.flatten()).view(*batch.shape, -1)
            loss = self.networks.step(points, labels[..., start : start + self._batch_size], self._learning_rate)
            total += loss * batch.shape[-1]
        self.epoch += 1
        if not torch.isfinite(total).all():
            raise RepresentationError(
                f"The loss of a probe is infinite or no number in epoch {self.epoch}: the vectors are too large to"
                f" train on (up to {float(self._X.abs().max()):.3g}). Divide all of them by one number, such as their"
                " scale."
            )
        for run, loss in zip(self.runs, (total / n).tolist(), strict=True):
            run.losses.append(loss)
            run.converged = run.patience.spent(loss)
        if self._after_epoch is not None:
            self._after_epoch(self)
        stay = []
        for row, run in enumerate(self.runs):
            if run.converged or self.epoch == self._max_iter:
                run.parameters = self.networks.parameters(row)
            else:
                stay.append(row)
        if len(stay) < len(self.runs):
            self.keep(stay)


def train_together(courses: Sequence[Course], epochs: int | None = None) -> None:
    """Train all courses up to an epoch, or to their end.

    On a CPU each thread takes the next course, trains it for one epoch on one core and puts it back: no core
    waits for another, a busy machine costs no more than its share (threads inside a matrix product that wait for
    each other cost many times that), and the numbers do not depend on how many cores there are.
    """
    import torch

    waiting = deque(courses)
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            try:
                course = waiting.popleft()
            except IndexError:
                return
            if not course.done and (epochs is None or course.epoch < epochs):
                course.train_epoch()
                waiting.append(course)

    def work_on_one_core() -> None:
        torch.set_num_threads(1)  # of this thread
        work()

    if any(course.networks.device.type != "cpu" for course in courses):
        work()
        return
    n_threads = torch.get_num_threads()
    n_workers = max(1, min(n_threads, len(courses)))
    try:
        with ThreadPoolExecutor(n_workers) as threads:
            try:
                for future in [threads.submit(work_on_one_core) for _ in range(n_workers)]:
                    future.result()
            finally:
                stop.set()
    finally:
        torch.set_num_threads(n_threads)  # the default of threads to come
