"""The classifier probe: a small perceptron on frozen vectors."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from tunescope.geometry import check_for_estimator
from tunescope.probes._inputs import in_float32, watched_set
from tunescope.probes._networks import Networks, accuracies, glorot_uniform
from tunescope.probes._products import PRECISIONS, takes_bfloat16
from tunescope.probes._training import Course, Patience, Run, choose_device, train_together

if TYPE_CHECKING:
    from typing import Self

    from numpy.typing import ArrayLike


class ClassifierProbe(ClassifierMixin, BaseEstimator):
    """The classifier probe of Zhou and Srikumar (ACL 2022): hidden layers with ReLU, trained with Adam.

    It is the perceptron of scikit-learn's ``MLPClassifier(hidden, alpha=alpha, max_iter=1000)``, with which
    the paper probes: the same loss (cross-entropy plus ``alpha / 2 * |weights|^2 / batch``; biases are free),
    Glorot initialisation, minibatches, step sizes and rule for stopping, down to the order in which random
    numbers are drawn, so that with one seed both start and proceed alike up to rounding. It computes in
    float32 whatever the input (scikit-learn: in the type of the input). Vectors are used as they are; nothing
    is standardised.

    Parameters
    ----------
    hidden : tuple of int, default (256, 256)
        Widths of the hidden layers.
    alpha : float, default 1e-4
        L2 weight.
    max_iter : int, default 1000
        Largest number of epochs.
    random_state : int, RandomState or None, default 0
        Initial weights and shuffles. Two fits with one int give the same probe on one machine.
    batch_size : int or "auto", default "auto"
        "auto" is min(200, n).
    learning_rate : float, default 1e-3
    tol : float, default 1e-4
        Training stops when the training loss has not fallen below its least value by more than `tol` for more
        than `n_iter_no_change` epochs on end.
    n_iter_no_change : int or inf, default 10
        inf: always train `max_iter` epochs.
    device : "auto", "cpu", "cuda" or "cuda:N", default "auto"
        "auto" takes a GPU where PyTorch finds one.
    precision : "float32", "bfloat16" or "auto", default "float32"
        Of the matrix products of training; weights, moments and sums are float32 in any case, predictions
        float64. "auto" is bfloat16 where the device has instructions for it.

    Attributes
    ----------
    classes_ : (k,) the labels, sorted
    coefs_ : list of float32 (fan in, fan out), the weights of each layer
    intercepts_ : list of float32 (fan out,)
    loss_curve_ : list of float, the training loss of each epoch, penalty included
    loss_ : float, the last of them
    n_iter_ : int, epochs trained
    converged_ : bool, False when `max_iter` ended training
    monitor_ : dict of name to list of float, the accuracy after each epoch on each set given to `fit`
    n_features_in_ : int

    Examples
    --------
    >>> import numpy as np
    >>> from tunescope.probes import ClassifierProbe
    >>> X = np.repeat([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], 10, axis=0)
    >>> y = np.repeat(["same", "other", "other", "same"], 10)
    >>> ClassifierProbe((32, 32)).fit(X, y).score(X, y)
    1.0
    """

    classes_: np.ndarray
    coefs_: list[np.ndarray]
    intercepts_: list[np.ndarray]
    loss_curve_: list[float]
    loss_: float
    n_iter_: int
    converged_: bool
    monitor_: dict[str, list[float]]
    n_features_in_: int

    def __init__(
        self,
        hidden: tuple[int, ...] = (256, 256),
        alpha: float = 1e-4,
        max_iter: int = 1000,
        random_state: int | np.random.RandomState | None = 0,
        *,
        batch_size: int | str = "auto",
        learning_rate: float = 1e-3,
        tol: float = 1e-4,
        n_iter_no_change: float = 10,
        device: str = "auto",
        precision: str = "float32",
    ) -> None:
        self.hidden = hidden
        self.alpha = alpha
        self.max_iter = max_iter
        self.random_state = random_state
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.device = device
        self.precision = precision

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        monitor: Mapping[str, tuple[ArrayLike, ArrayLike]] | None = None,
    ) -> Self:
        """Train the probe.

        Parameters
        ----------
        X : (n, d) vectors, finite
        y : (n,) labels, at least two different ones
        monitor : name -> (X, y)
            Sets whose accuracy is taken after every epoch and kept in `monitor_`. They do not influence
            training. A label that `y` lacks is counted as a wrong answer.

        Raises
        ------
        ValueError
            NaN or infinite vectors, or such as float32 cannot hold; missing labels or none that name classes;
        shapes that do not fit; fewer than two classes; a bad setting; training whose loss becomes infinite.

        Warns
        -----
        ConvergenceWarning
            When `max_iter` ended training before the rule of `tol` did.
        """
        fit_together([self], X, y, monitor=monitor)
        return self

    def _logits(self, X: ArrayLike) -> np.ndarray:
        check_is_fitted(self)
        X = validate_data(self, X, dtype=(np.float64, np.float32), reset=False)
        # float64 so that an answer does not depend on the order of the points in the product's blocks
        a = np.asarray(X, np.float64)
        last = len(self.coefs_) - 1
        for layer, (weight, bias) in enumerate(zip(self.coefs_, self.intercepts_, strict=True)):
            a = a @ weight + bias
            if layer < last:
                np.maximum(a, 0, out=a)
        return a

    def predict_proba(self, X: ArrayLike) -> np.ndarray:
        """Probability of each class, float64 (n, k) in the order of `classes_`, for vectors (n, d)."""
        z = self._logits(X)
        if z.shape[1] == 1:
            z = np.hstack([np.zeros_like(z), z])  # softmax of (0, z) is logistic of z
        z -= z.max(axis=1, keepdims=True)
        np.exp(z, out=z)
        z /= z.sum(axis=1, keepdims=True)
        return z

    def predict(self, X: ArrayLike) -> np.ndarray:
        """The most probable class, (n,), for vectors (n, d)."""
        z = self._logits(X)
        chosen: np.ndarray = self.classes_[(z[:, 0] > 0).astype(int) if z.shape[1] == 1 else z.argmax(axis=1)]
        return chosen


def check_settings(probe: ClassifierProbe) -> tuple[int, ...]:
    """Raise ValueError for a setting that makes no sense; return the hidden widths."""
    hidden = (probe.hidden,) if isinstance(probe.hidden, Integral) else tuple(probe.hidden)
    if not all(isinstance(h, Integral) and h > 0 for h in hidden):
        raise ValueError(f"hidden must be widths of at least 1, such as (256, 256), not {probe.hidden!r}.")
    if not (isinstance(probe.max_iter, Integral) and probe.max_iter >= 1):
        raise ValueError(f"max_iter must be an integer of at least 1, not {probe.max_iter!r}.")
    if probe.batch_size != "auto" and not (isinstance(probe.batch_size, Integral) and probe.batch_size >= 1):
        raise ValueError(f"batch_size must be 'auto' or an integer of at least 1, not {probe.batch_size!r}.")
    if probe.precision not in PRECISIONS:
        raise ValueError(f"precision must be {', '.join(map(repr, PRECISIONS))}, not {probe.precision!r}.")
    for name, least in (("alpha", 0), ("tol", 0), ("learning_rate", None), ("n_iter_no_change", 1)):
        value: Any = getattr(probe, name)
        if not isinstance(value, Real) or not (value > 0 if least is None else value >= least):
            bound = "above 0" if least is None else f"of at least {least}"
            raise ValueError(f"{name} must be a number {bound}, not {value!r}.")
    return tuple(int(h) for h in hidden)


def fit_together(
    probes: Sequence[ClassifierProbe],
    X: ArrayLike,
    y: ArrayLike,
    *,
    monitor: Mapping[str, tuple[ArrayLike, ArrayLike]] | None = None,
) -> None:
    """Fit several probes on the same points at the same time, each as its own `fit` would (up to rounding).

    On a CPU the probes share the cores; on a GPU they are trained as one stack.

    Parameters
    ----------
    probes : differing in hidden, alpha and random_state as they like; the other settings must be the same
    X, y, monitor : as of `ClassifierProbe.fit`, with the same errors and warnings

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from tunescope.probes import ClassifierProbe, fit_together
    >>> probes = [ClassifierProbe((32, 32), random_state=seed) for seed in range(5)]
    >>> fit_together(probes, *load_iris(return_X_y=True))
    >>> len({probe.n_iter_ for probe in probes}) > 1
    True
    """
    import torch

    if not probes:
        return
    shapes = [check_settings(probe) for probe in probes]
    shared = ("max_iter", "batch_size", "learning_rate", "tol", "n_iter_no_change", "device", "precision")
    first = probes[0]
    for name in shared:
        if any(getattr(probe, name) != getattr(first, name) for probe in probes):
            raise ValueError(f"Probes that are fitted together must have the same {name}.")
    points, labels = validate_data(first, X, check_for_estimator(X, y), dtype=(np.float64, np.float32))
    check_classification_targets(labels)
    classes, indices = np.unique(labels, return_inverse=True)
    if len(classes) < 2:
        raise ValueError(
            f"ClassifierProbe needs labels of at least two classes, but y holds only one class: {classes[0]!r}."
        )
    device = choose_device(first.device)
    n, d = points.shape
    sets = {name: watched_set(name, pair, classes, d, device) for name, pair in (monitor or {}).items()}
    runs = []
    initial = []
    for probe, hidden in zip(probes, shapes, strict=True):
        state = check_random_state(probe.random_state)
        initial.append(glorot_uniform((d, *hidden, len(classes) if len(classes) > 2 else 1), state))
        runs.append(Run(state, Patience(probe.tol, probe.n_iter_no_change)))
    curves: dict[int, dict[str, list[float]]] = {id(run): {name: [] for name in sets} for run in runs}

    def after_epoch(course: Course) -> None:
        for name, (watched_X, watched_y) in sets.items():
            for run, accuracy in zip(course.runs, accuracies(course.networks, watched_X, watched_y), strict=True):
                curves[id(run)][name].append(float(accuracy))

    half = takes_bfloat16(first.precision, device)
    tensor_X = torch.from_numpy(in_float32(points)).to(device, torch.bfloat16 if half else torch.float32)
    tensor_y = torch.from_numpy(indices).to(device)
    stacks = _stacks(shapes, device.type, half=half)
    train_together(
        [
            Course(
                Networks(
                    [initial[i] for i in stack],
                    [probes[i].alpha for i in stack],
                    device,
                    half=half,
                ),
                [runs[i] for i in stack],
                tensor_X,
                tensor_y,
                batch_size=min(200 if first.batch_size == "auto" else int(first.batch_size), n),
                learning_rate=first.learning_rate,
                max_iter=first.max_iter,
                after_epoch=after_epoch if sets else None,
            )
            for stack in stacks
        ]
    )
    for probe, run in zip(probes, runs, strict=True):
        if probe is not first:
            validate_data(probe, X, skip_check_array=True)
        assert run.parameters is not None
        probe.classes_ = classes
        probe.coefs_, probe.intercepts_ = run.parameters
        probe.loss_curve_, probe.loss_ = run.losses, run.losses[-1]
        probe.n_iter_, probe.converged_ = len(run.losses), run.converged
        probe.monitor_ = curves[id(run)]
    unfinished = sum(not run.converged for run in runs)
    if unfinished and np.isfinite(first.n_iter_no_change):
        warnings.warn(
            f"Training ended after max_iter={first.max_iter} epochs while the loss of {unfinished} of {len(runs)} "
            f"probes was still falling. Raise max_iter, or set n_iter_no_change=inf to train that many epochs on "
            f"purpose.",
            ConvergenceWarning,
            stacklevel=3,
        )


# Three spare most of what a call costs beside its arithmetic, and leave the five runs of a grid to two cores.
_STACKED = 3


def _stacks(shapes: Sequence[tuple[int, ...]], device: str, *, half: bool) -> list[list[int]]:
    """Which probes are trained in one stack.

    On a GPU all of them, padded. On a CPU three of the same widths in bfloat16, where PyTorch has a fast product of
    stacks (the same to the last digit as one after the other), else each on its own.
    """
    if device != "cpu" and len({len(hidden) for hidden in shapes}) == 1:
        return [list(range(len(shapes)))]
    size = _STACKED if device == "cpu" and half else 1
    of_shape: dict[tuple[int, ...], list[int]] = {}
    for i, hidden in enumerate(shapes):
        of_shape.setdefault(hidden, []).append(i)
    return [same[start : start + size] for same in of_shape.values() for start in range(0, len(same), size)]


def training_curve(
    X: ArrayLike,
    y: ArrayLike,
    monitor: Mapping[str, tuple[ArrayLike, ArrayLike]],
    *,
    epochs: int,
    **settings: Any,
) -> list[dict[str, Any]]:
    """Accuracy of a probe on several sets after each epoch of its training.

    This is the measurement of the memorisation experiment on Zhou and Srikumar's fine-tuned spaces: train on a
    part of the training set, watch that part, the rest of it, and the test set.

    Parameters
    ----------
    X, y : (n, d) vectors and (n,) labels that the probe learns
    monitor : name -> (X, y), sets to watch; a label that `y` lacks is counted as a wrong answer
    epochs : how many to train, whatever the loss does
    settings : of `ClassifierProbe`, such as hidden, alpha, random_state, device

    Returns
    -------
    Rows ``{"split": name, "probe_epoch": 1 ... epochs, "accuracy": 0 ... 1}``, by epoch.

    Raises
    ------
    ValueError
        As `ClassifierProbe.fit`.
    """
    probe = ClassifierProbe(max_iter=epochs, n_iter_no_change=np.inf, **settings)
    probe.fit(X, y, monitor=monitor)
    return [
        {"split": name, "probe_epoch": epoch + 1, "accuracy": probe.monitor_[name][epoch]}
        for epoch in range(epochs)
        for name in probe.monitor_
    ]
