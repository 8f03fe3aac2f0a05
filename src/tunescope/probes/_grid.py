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

from tunescope._shown import axes_for, html_table
from tunescope.geometry import check_for_estimator
from tunescope.probes._classifier import ClassifierProbe, check_settings, fit_together
from tunescope.probes._halving import KEEP_ALPHAS, Meter, Search
from tunescope.probes._inputs import in_float32
from tunescope.probes._products import PRECISIONS, takes_bfloat16
from tunescope.probes._training import choose_device

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

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
MANY_POINTS = 1000
"""From so many points on, precision "auto" trains the winner in bfloat16: five minibatches an epoch. With fewer the
loss of float32 is smooth, rounding makes it less so, and training then goes on for longer (docs/probes.md)."""


@dataclass(frozen=True)
class GridResult:
    """What a search over settings of the classifier probe found."""

    rows: list[dict[str, Any]]
    """A table, one setting a row in the order of the grid. Columns:

    ======================  =====  ==================================================================
    hidden1, hidden2, …     int    widths of the hidden layers, in units
    alpha                   float  the L2 weight
    trained_as              float  the alpha of the network that stands for it in the search
    epochs                  int    passes over the training points that it was trained for
    validation_accuracy     float  0 … 1, the mean over its last epochs
    stopped_early           bool   whether it lost at a rung; marks of other `epochs` do not compare
    ======================  =====  ==================================================================
    """
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

    def _repr_html_(self) -> str:
        columns = list(self.rows[0]) if self.rows else []
        facts = [("best", self.best_hidden), ("alpha", self.best_alpha), ("test accuracy", self.mean)]
        return html_table("Grid of classifier probes", columns, [list(row.values()) for row in self.rows], facts=facts)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the validation accuracy of every setting, the best one last.

        Parameters
        ----------
        ax : matplotlib axes, optional
            Where to draw; on a new figure by default.

        Returns
        -------
        matplotlib axes
        """
        ax = axes_for(ax)
        rows = sorted(self.rows, key=lambda row: row["validation_accuracy"])
        hidden = [name for name in (self.rows[0] if self.rows else {}) if name.startswith("hidden")]
        names = [f"{'×'.join(str(row[name]) for name in hidden)}, α {row['alpha']:g}" for row in rows]
        ax.barh(names, [row["validation_accuracy"] for row in rows])
        ax.set_xlabel("accuracy on validation points")
        return ax

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
    X : array-like of shape (n, d)
        Vectors.
    y : array-like of shape (n,)
        Labels.
    X_test, y_test : array-like of shapes (m, d) and (m,), optional
        Test points; without them only the search is done. Labels that `y` lacks count as wrong answers.
    hidden, alphas : sequences
        The grid: widths of the two hidden layers, and weights of the L2 penalty.
    runs : int
        Initialisations of the best setting.
    seed : int, default 0
        Draws the validation set and initialises the networks.
    validation : float
        Share of the points of each label that makes the validation set; labels with a single point stay in training.
    rungs : sequence of int
        Updates after which losers stop; () trains every setting to its own end, where the highest mark wins.
    keep : float
        Share of the widths that goes on after a rung that judges them.
    negligible : float
        Alphas up to this one are so small that networks of the same widths differ by chance alone; one network, with
        the largest of these alphas, stands for all of them. 0 trains every setting on its own.
    max_iter : int
        Largest number of epochs of any training.
    device : str
        "auto", "cpu", "cuda" or "cuda:N".
    precision : str
        Of the matrix products: "float32", "bfloat16" (weights, moments and sums stay float32), or "auto", which is
        bfloat16 where the device has instructions for it; in the runs of the winner only with 1,000 points or more.
    progress : callable, optional
        Called as progress(done, total) with the share of the work, in epochs of networks.

    Returns
    -------
    GridResult
        Every setting with its mark, the best one, and the accuracies of its runs.

    Raises
    ------
    ValueError
        NaN or infinite vectors, or such as float32 cannot hold; missing labels or none that name classes; shapes that
        do not fit, fewer than two labels, no label with two points, or a bad setting.
    """
    shapes = _check_grid(hidden, alphas, runs, validation, rungs, keep, max_iter, precision)
    if (X_test is None) != (y_test is None):
        raise ValueError("Give both X_test and y_test, or neither.")
    points, labels = _checked(X, y)
    tested = None if X_test is None else _checked(X_test, y_test, like=points, name="X_test")
    classes, indices = np.unique(labels, return_inverse=True)
    if len(classes) < 2:
        raise ValueError(f"The grid needs labels of at least two classes, but y holds one class: {classes[0]!r}.")
    held_out = draw_validation(indices, validation, seed)
    if not held_out.any():
        raise ValueError("No label has two points, so that no validation set can be drawn.")
    chosen_device = choose_device(device)
    half, final_half = coarse(precision, len(points), fast=takes_bfloat16("auto", chosen_device))
    final_precision = "bfloat16" if final_half else "float32"
    n_learnt = int((~held_out).sum())
    ends = sorted({min(max_iter, math.ceil(rung / math.ceil(n_learnt / min(200, n_learnt)))) for rung in rungs})

    trained_as = _stand_ins([float(alpha) for alpha in alphas], negligible)
    distinct = sorted(set(trained_as.values()), key=list(trained_as.values()).index)
    search = Search(
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
    final = runs if tested is not None else 0
    meter = Meter(progress, len(shapes), len(distinct), ends or [max_iter], keep, final)
    search.meter = meter
    best = search.halve(ends, keep)
    best_hidden, best_alpha = search.grid[best]
    probes = tuple(
        ClassifierProbe(best_hidden, best_alpha, max_iter, seed + i, device=device, precision=final_precision)
        for i in range(final)
    )
    measured = _measured(probes, points, labels, tested)
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
        accuracies=measured,
        probes=probes,
        settings={
            "hidden": [list(widths) for widths in shapes],
            "alphas": [float(alpha) for alpha in alphas],
            "runs": final,
            "validation": validation,
            "n_train": n_learnt,
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


def coarse(precision: str, n_points: int, *, fast: bool) -> tuple[bool, bool]:
    """Whether the search, and whether the runs of the winner, multiply in bfloat16.

    Parameters
    ----------
    precision : str
        One of `PRECISIONS`.
    n_points : int
        Training points, validation points included.
    fast : bool
        Whether the device multiplies bfloat16 faster than float32.
    """
    search = precision == "bfloat16" or (precision == "auto" and fast)
    return search, search and (precision == "bfloat16" or n_points >= MANY_POINTS)


def _checked(
    X: ArrayLike, y: ArrayLike | None, like: NDArray[np.float32] | None = None, name: str = "X"
) -> tuple[NDArray[np.float32], NDArray[Any]]:
    """Vectors in float32 and their labels, or an error."""
    labels = check_for_estimator(X, y)
    points, labels = check_X_y(X, labels, dtype=(np.float64, np.float32))
    check_classification_targets(labels)
    if like is not None and points.shape[1] != like.shape[1]:
        raise ValueError(f"{name} has vectors of width {points.shape[1]}, and X of width {like.shape[1]}.")
    return in_float32(points, name), labels


def _measured(
    probes: Sequence[ClassifierProbe],
    points: NDArray[np.float32],
    labels: NDArray[Any],
    tested: tuple[NDArray[np.float32], NDArray[Any]] | None,
) -> NDArray[np.float64]:
    """Test accuracy (runs,) of the probes, trained here on all training points."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning

    if tested is None:
        return np.empty(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the probes' converged_ and settings say it
        fit_together(probes, points, labels)
    return np.array([probe.score(*tested) for probe in probes])


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
