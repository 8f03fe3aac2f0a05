"""Successive halving over settings of the classifier probe: losers stop early, the rest go on."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunescope.probes._networks import Networks, accuracies, glorot_uniform
from tunescope.probes._training import Course, Patience, Run, train_together

KEEP_ALPHAS = 0.5
"""The share of the alphas: 3 of the 5 that are trained. It is larger because their marks differ less."""
Judge = Callable[[Networks, Any, Any], NDArray[np.float64]]
"""Gives each of the networks its mark, (networks,) between 0 and 1, on points and their class indices."""

# A setting's mark is its mean validation accuracy over so many last epochs: one epoch's is noisier.
_MARK_EPOCHS = 10
# Of a setting that stops by itself, which nobody knows before, about so many.
_LAST_EPOCHS = 5


def _n_marked(epochs: int) -> int:
    """Over how many of its last epochs the mark of a network is taken that is trained for so many."""
    return min(_MARK_EPOCHS, math.ceil(epochs / 2))


def _judged(rung: int, n_rungs: int) -> int:
    """What a rung judges: 0 widths, 1 alphas."""
    return int(rung >= n_rungs - 2)


class Meter:
    """Tells how much of the planned work is done, in epochs of networks."""

    def __init__(
        self,
        tell: Callable[[int, int], None] | None,
        n_widths: int,
        n_alphas: int,
        ends: Sequence[int],
        keep: float,
        final_runs: int,
    ) -> None:
        self._tell = tell
        left, start, self.done, planned = [n_widths, n_alphas], 0, 0, 0
        for rung, end in enumerate(ends):
            planned += left[0] * left[1] * (end - start)
            judged = _judged(rung, len(ends))
            left[judged] = math.ceil(left[judged] * (keep, KEEP_ALPHAS)[judged])
            start = end
        self._total = planned + final_runs * ends[-1]

    def reached(self, done: int) -> None:
        self.done = max(done, self.done)
        if self._tell is not None:
            self._tell(min(self.done, self._total), self._total)

    def finish(self) -> None:
        self.reached(self._total)


class Search:
    """Successive halving over settings that are trained in stacks.

    Parameters
    ----------
    X : (n, d) float32
    y : (n,) int64, class indices
    held_out : (n,) bool, True for validation points
    grid : list of (widths, alpha)
    n_outputs : 1 for two classes, else their number
    device : torch.device
    half : whether products are bfloat16
    max_iter : largest number of epochs
    seed : of initial weights and minibatches
    judge : gives networks their marks on the validation points
    """

    meter: Meter

    def __init__(
        self,
        X: np.ndarray,
        y: np.ndarray,
        held_out: np.ndarray,
        grid: list[tuple[tuple[int, ...], float]],
        *,
        n_outputs: int,
        device: Any,
        half: bool,
        max_iter: int,
        seed: int,
        judge: Judge = accuracies,
    ) -> None:
        import torch

        self._judge = judge

        self.grid = grid
        self._marks: list[dict[int, float]] = [{} for _ in grid]
        self._lost = [False] * len(grid)
        self._runs: dict[int, Run] = {}
        self._end = 0
        self._max_iter = max_iter
        dtype = torch.bfloat16 if half else torch.float32
        points = torch.from_numpy(X).to(device, dtype)
        labels = torch.from_numpy(y).to(device)
        learn = torch.from_numpy(np.flatnonzero(~held_out)).to(device)
        check = torch.from_numpy(np.flatnonzero(held_out)).to(device)
        self._X, self._y = points[learn], labels[learn]
        self._X_validation, self._y_validation = points[check], labels[check]
        self.courses = []
        self._row_of: dict[int, int] = {}
        for stack in self._stacks(device.type):
            initial = [glorot_uniform((X.shape[1], *grid[i][0], n_outputs), np.random.RandomState(seed)) for i in stack]
            shuffles = np.random.RandomState(seed)
            runs = [Run(shuffles, Patience(1e-4, 10)) for _ in stack]
            for i, run in zip(stack, runs, strict=True):
                self._row_of[id(run)] = i
                self._runs[i] = run
            self.courses.append(
                Course(
                    Networks(initial, [grid[i][1] for i in stack], device, half=half),
                    runs,
                    self._X,
                    self._y,
                    batch_size=min(200, len(self._X)),
                    learning_rate=1e-3,
                    max_iter=max_iter,
                    after_epoch=self._take_marks,
                )
            )

    def _stacks(self, device: str) -> list[list[int]]:
        """Which settings are trained in one stack.

        On a GPU all of them, padded: starting a kernel costs more than the padding. On a CPU those of the same
        widths, the largest first, which leaves the small ones to even out the ends of the threads.
        """
        if device != "cpu":
            return [list(range(len(self.grid)))]
        by_widths: dict[tuple[int, ...], list[int]] = {}
        for i, (widths, _) in enumerate(self.grid):
            by_widths.setdefault(widths, []).append(i)
        return sorted(by_widths.values(), key=lambda stack: -math.prod(self.grid[stack[0]][0]))

    def _take_marks(self, course: Course) -> None:
        """Measure validation accuracy where it will be needed: shortly before a rung, or when training ends."""
        soon = course.epoch > self._end - _n_marked(self._end)
        waiting = [run.patience.n_iter_no_change - run.patience.waited < _LAST_EPOCHS for run in course.runs]
        if soon or any(waiting):
            marks = self._judge(course.networks, self._X_validation, self._y_validation)
            for run, mark, wanted in zip(course.runs, marks, waiting, strict=True):
                if soon or wanted:
                    self._marks[self._row_of[id(run)]][course.epoch] = float(mark)
        self.meter.reached(sum(len(run.losses) for run in self._runs.values()))

    def mark(self, i: int) -> float:
        """The validation accuracy of a setting, averaged over its last epochs."""
        epochs = len(self._runs[i].losses)
        return float(np.mean([m for epoch, m in self._marks[i].items() if epoch > epochs - _n_marked(epochs)]))

    def halve(self, ends: Sequence[int], keep: float) -> int:
        """Train up to each rung, drop the losers, and return the winner; () trains everything to its end."""
        left = list(range(len(self.grid)))
        for rung, end in enumerate(ends):
            self._train(end)
            if end < ends[-1]:
                judged = _judged(rung, len(ends))
                left = self._drop(left, self._best(left, by=judged, share=(keep, KEEP_ALPHAS)[judged]))
        if ends:
            left = self._best(left, by=1)
        else:
            self._train(self._max_iter)
        return min(left, key=lambda i: (-self.mark(i), i))

    def _train(self, end: int) -> None:
        self._end = end
        train_together(self.courses, end)

    def _best(self, left: Sequence[int], *, by: int, share: float = 0.0) -> list[int]:
        """The settings of the best widths (by=0) or alphas (by=1), at least one of them, by their mean marks."""
        groups: dict[Any, list[int]] = {}
        for i in left:
            groups.setdefault(self.grid[i][by], []).append(i)
        means = {key: np.mean([self.mark(i) for i in members]) for key, members in groups.items()}
        best = sorted(groups, key=lambda key: -means[key])[: max(1, math.ceil(len(groups) * share))]
        return sorted(i for key in best for i in groups[key])

    def _drop(self, left: Sequence[int], stay: list[int]) -> list[int]:
        for i in set(left) - set(stay):
            self._lost[i] = self._runs[i].parameters is None  # else it had come to its own end
        for course in self.courses:
            rows = [row for row, run in enumerate(course.runs) if self._row_of[id(run)] in stay]
            if len(rows) < len(course.runs):
                course.keep(rows)
        return stay

    def row(self, i: int) -> dict[str, Any]:
        """What became of one setting."""
        widths, alpha = self.grid[i]
        return {
            **{f"hidden{layer}": width for layer, width in enumerate(widths, 1)},
            "alpha": alpha,
            "epochs": len(self._runs[i].losses),
            "validation_accuracy": self.mark(i),
            "stopped_early": self._lost[i],
        }
