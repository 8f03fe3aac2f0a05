"""The grid of the paper: many settings of the classifier probe, trained together."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils import check_X_y
from sklearn.utils.multiclass import check_classification_targets

from tunescope.probes._classifier import ClassifierProbe, accuracies, check_settings, fit_together
from tunescope.probes._networks import Networks, glorot_uniform
from tunescope.probes._products import PRECISIONS, takes_bfloat16
from tunescope.probes._training import Course, Patience, Run, choose_device, train_together

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

WIDTHS = (32, 64, 128, 256)
HIDDEN: tuple[tuple[int, ...], ...] = tuple(itertools.product(WIDTHS, WIDTHS))
"""The hidden widths of the paper's grid (Zhou and Srikumar, ACL 2022, appendix)."""
ALPHAS = tuple(10.0**exponent for exponent in range(-7, 1))
"""The L2 weights of the paper's grid."""
RUNGS = (100, 400, 1200, 2000)
"""Updates after which losers stop. With 16,853 points: after 2, 6, 18 and 30 epochs."""
NEGLIGIBLE = 1e-4
"""Alphas up to this one share a network in the search: their validation accuracies differ less than those of two
initialisations (docs/probes.md), since their slopes are lost in those of the loss."""
KEEP = 0.3
"""The share of the widths that goes on after a rung: 5, then 2 of the paper's 16."""
KEEP_ALPHAS = 0.5
"""The share of the alphas: 3 of the 5 that are trained. It is larger because their marks differ less."""
MANY_POINTS = 1000
"""From so many points on, precision "auto" trains the winner in bfloat16: five minibatches an epoch. With fewer the
loss of float32 is smooth, rounding makes it less so, and training then goes on for longer (docs/probes.md)."""

# A setting's mark is its mean validation accuracy over so many last epochs: one epoch's is noisier.
_MARK_EPOCHS = 10
# Of a setting that stops by itself, which nobody knows before, about so many.
_LAST_EPOCHS = 5


@dataclass(frozen=True)
class GridResult:
    """What a search over settings of the classifier probe found."""

    rows: list[dict[str, Any]]
    """One setting a row, in the order of the grid: hidden1, hidden2, … (0 where there is no such layer), alpha,
    trained_as (the alpha of the network that stands for it), epochs (trained), validation_accuracy (0 … 1),
    stopped_early (whether it lost at a rung)."""
    best: dict[str, Any]
    """The row of the best setting."""
    best_hidden: tuple[int, ...]
    """Its hidden widths."""
    best_alpha: float
    """Its L2 weight."""
    accuracies: np.ndarray
    """Test accuracy (runs,) of the best setting, trained on all training points from `runs` initialisations;
    empty without test points."""
    probes: tuple[ClassifierProbe, ...] = field(repr=False)
    """The trained probes behind `accuracies`."""
    settings: dict[str, Any]
    """How it was found: everything that the outcome depends on, as plain values to store."""

    @property
    def mean(self) -> float:
        """Mean test accuracy; nan without test points."""
        return float(self.accuracies.mean()) if len(self.accuracies) else math.nan

    @property
    def std(self) -> float:
        """Standard deviation of the test accuracy over the runs (n - 1 below); nan with fewer than two."""
        return float(self.accuracies.std(ddof=1)) if len(self.accuracies) > 1 else math.nan


def draw_validation(y: np.ndarray, fraction: float, seed: int) -> np.ndarray:
    """Choose a stratified validation set.

    Of each label with c > 1 points, max(1, round(fraction * c)) points (but never all) are drawn without
    replacement; a label with a single point stays in training.

    Returns
    -------
    (n,) bool, True for validation points
    """
    random = np.random.RandomState(seed)
    chosen = np.zeros(len(y), bool)
    for label in np.unique(y):
        points = np.flatnonzero(y == label)
        if len(points) > 1:
            n_drawn = min(max(1, round(fraction * len(points))), len(points) - 1)
            chosen[random.permutation(points)[:n_drawn]] = True
    return chosen


def grid_search(
    X: ArrayLike,
    y: ArrayLike,
    X_test: ArrayLike | None = None,
    y_test: ArrayLike | None = None,
    *,
    hidden: Sequence[tuple[int, ...]] = HIDDEN,
    alphas: Sequence[float] = ALPHAS,
    runs: int = 5,
    validation: float = 0.2,
    rungs: Sequence[int] = RUNGS,
    keep: float = KEEP,
    negligible: float = NEGLIGIBLE,
    max_iter: int = 1000,
    seed: int = 0,
    device: str = "auto",
    precision: str = "auto",
    progress: Callable[[int, int], None] | None = None,
) -> GridResult:
    """Search the paper's grid of classifier probes and measure the best one.

    Every combination of `hidden` and `alphas` (but see `negligible`) is trained on the points outside the
    validation set, all together. After each of `rungs` updates (rounded up to whole epochs) losers stop, by
    successive halving (Jamieson and Talwalkar, 2016). A setting's mark is its validation accuracy, averaged over
    the last epochs (half of them, at most ten; of one that stops by itself about five). All rungs but the last two
    judge widths, by their mean mark over all alphas; the last but one judges alphas, whose differences show late,
    by their mean mark over the widths that are left. Of the widths the share `keep` goes on each time, of the
    alphas half. At the last rung the alpha with the highest mean mark over the widths that are left wins, and with
    it the widths with the highest mark; ties go to the first in the order of the grid. The means are there because
    marks of single settings differ by chance more than by alpha. A setting that meets scikit-learn's rule for
    stopping stops there and competes with what it has. Networks of the same widths start from the same initial
    weights, and all see the same minibatches, so that settings differ by nothing else.

    The winner is then trained on all training points from `runs` initialisations, to the end, as `ClassifierProbe`
    with random_state seed, seed + 1, … and the same precision trains it, and its accuracy on the test points is
    taken.
    Test points take no part in the choice.

    Source: Zhou and Srikumar (ACL 2022), classifier probe and appendix.

    Parameters
    ----------
    X, y : (n, d) vectors and (n,) labels
    X_test, y_test : test points, or None to search only; labels that y lacks count as wrong answers
    hidden, alphas : the grid
    runs : initialisations of the best setting
    validation : share of the points of each label that makes the validation set, drawn by `seed`; labels with a
        single point stay in training
    rungs : updates after which losers stop; () trains every setting to its own end, where the highest mark wins
    keep : share of the widths that goes on after a rung that judges them
    negligible : alphas up to this one are so small that networks of the same widths differ by chance alone; one
        network, with the largest of these alphas, stands for all of them. 0 trains every setting on its own
    max_iter : largest number of epochs of any training
    device : "auto", "cpu", "cuda" or "cuda:N"
    precision : of the matrix products: "float32", "bfloat16" (weights, moments and sums stay float32), or "auto",
        which is bfloat16 where the device has instructions for it; in the runs of the winner only with 1,000
        points or more
    progress : called as progress(done, total) with the share of the work, in epochs of networks

    Raises
    ------
    ValueError
        NaN or infinite vectors, shapes that do not fit, fewer than two labels, no label with two points, or a
        bad setting.
    """
    shapes = _check_grid(hidden, alphas, runs, validation, rungs, keep, max_iter, precision)
    if (X_test is None) != (y_test is None):
        raise ValueError("Give both X_test and y_test, or neither.")
    points, labels = check_X_y(X, y, dtype=np.float32)
    check_classification_targets(labels)
    classes, indices = np.unique(labels, return_inverse=True)
    if len(classes) < 2:
        raise ValueError(f"The grid needs labels of at least two classes, but y holds one class: {classes[0]!r}.")
    held_out = draw_validation(indices, validation, seed)
    if not held_out.any():
        raise ValueError("No label has two points, so that no validation set can be drawn.")
    chosen_device = choose_device(device)
    half = takes_bfloat16(precision, chosen_device)
    updates = math.ceil((~held_out).sum() / min(200, (~held_out).sum()))
    ends = sorted({min(max_iter, math.ceil(rung / updates)) for rung in rungs})

    trained_as = _stand_ins([float(alpha) for alpha in alphas], negligible)
    distinct = sorted(set(trained_as.values()), key=list(trained_as.values()).index)
    search = _Search(
        points,
        indices,
        held_out,
        list(itertools.product(shapes, distinct)),
        n_outputs=len(classes) if len(classes) > 2 else 1,
        device=chosen_device,
        half=half,
        max_iter=max_iter,
        seed=seed,
    )
    final = runs if X_test is not None else 0
    meter = _Meter(progress, len(shapes), len(distinct), ends or [max_iter], keep, final)
    search.meter = meter
    best = search.halve(ends, keep)
    best_hidden, best_alpha = search.grid[best]
    final_half = half and (precision == "bfloat16" or len(points) >= MANY_POINTS)
    final_precision = "bfloat16" if final_half else "float32"
    probes = tuple(
        ClassifierProbe(best_hidden, best_alpha, max_iter, seed + i, device=device, precision=final_precision)
        for i in range(final)
    )
    accuracies_ = np.empty(0)
    if probes:
        import warnings

        from sklearn.exceptions import ConvergenceWarning

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # the probes' converged_ and settings say it
            fit_together(probes, points, labels)
        accuracies_ = np.array([probe.score(X_test, np.asarray(y_test)) for probe in probes])
    meter.finish()
    row_of = {(widths, alpha): search.row(i) for i, (widths, alpha) in enumerate(search.grid)}
    rows = [
        {**row_of[widths, stand_in], "alpha": alpha, "trained_as": stand_in}
        for widths in shapes
        for alpha, stand_in in trained_as.items()
    ]
    return GridResult(
        rows=rows,
        best={**search.row(best), "trained_as": best_alpha},
        best_hidden=best_hidden,
        best_alpha=best_alpha,
        accuracies=accuracies_,
        probes=probes,
        settings={
            "hidden": [list(widths) for widths in shapes],
            "alphas": [float(alpha) for alpha in alphas],
            "runs": final,
            "validation": validation,
            "n_train": int((~held_out).sum()),
            "n_validation": int(held_out.sum()),
            "rungs": [int(rung) for rung in rungs],
            "rung_epochs": ends,
            "keep": keep,
            "keep_alphas": KEEP_ALPHAS,
            "negligible": negligible,
            "max_iter": max_iter,
            "seed": seed,
            "device": chosen_device.type,
            "precision": "bfloat16" if half else "float32",
            "final_precision": final_precision,
            "final_epochs": [probe.n_iter_ for probe in probes],
            "final_converged": [probe.converged_ for probe in probes],
        },
    )


def _check_grid(
    hidden: Sequence[tuple[int, ...]],
    alphas: Sequence[float],
    runs: int,
    validation: float,
    rungs: Sequence[int],
    keep: float,
    max_iter: int,
    precision: str,
) -> list[tuple[int, ...]]:
    """Raise ValueError for a setting that makes no sense; return the hidden widths of the grid."""
    if not len(hidden) or not len(alphas):
        raise ValueError("The grid is empty: give at least one tuple of hidden widths and one alpha.")
    shapes = [check_settings(ClassifierProbe(h, max_iter=max_iter)) for h in hidden]
    for alpha in alphas:
        check_settings(ClassifierProbe(alpha=alpha))
    if len({len(widths) for widths in shapes}) > 1:
        raise ValueError(f"All networks of a grid must have the same number of hidden layers, not {shapes}.")
    if not 0 < validation < 1:
        raise ValueError(f"validation must be a share between 0 and 1, not {validation!r}.")
    if not 0 < keep <= 1:
        raise ValueError(f"keep must be a share above 0 and at most 1, not {keep!r}.")
    if runs < 1:
        raise ValueError(f"runs must be at least 1, not {runs!r}.")
    if any(rung < 1 for rung in rungs):
        raise ValueError(f"rungs must be numbers of updates of at least 1, not {list(rungs)!r}.")
    if precision not in PRECISIONS:
        raise ValueError(f"precision must be {', '.join(map(repr, PRECISIONS))}, not {precision!r}.")
    return shapes


def _stand_ins(alphas: Sequence[float], negligible: float) -> dict[float, float]:
    """Alpha -> the alpha of the network that stands for it in the search."""
    small = [alpha for alpha in alphas if alpha <= negligible]
    return {alpha: max(small) if alpha in small else alpha for alpha in alphas}


def _n_marked(epochs: int) -> int:
    """Over how many of its last epochs the mark of a network is taken that is trained for so many."""
    return min(_MARK_EPOCHS, math.ceil(epochs / 2))


def _judged(rung: int, n_rungs: int) -> int:
    """What a rung judges: 0 widths, 1 alphas."""
    return int(rung >= n_rungs - 2)


class _Meter:
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


class _Search:
    """Successive halving over settings that are trained in stacks."""

    meter: _Meter

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
    ) -> None:
        import torch

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
            marks = accuracies(course.networks, self._X_validation, self._y_validation)
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
