"""The classifier probe: a small perceptron on frozen vectors."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_array, check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from tunescope.probes._networks import Networks, glorot_uniform
from tunescope.probes._training import Patience, Run, choose_device, train

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
            NaN or infinite vectors, shapes that do not fit, fewer than two classes, or a bad setting.

        Warns
        -----
        ConvergenceWarning
            When `max_iter` ended training before the rule of `tol` did.
        """
        import torch

        hidden = check_settings(self)
        points, labels = validate_data(self, X, y, dtype=(np.float64, np.float32))
        check_classification_targets(labels)
        self.classes_, indices = np.unique(labels, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(
                f"ClassifierProbe needs labels of at least two classes, but y holds only one class: "
                f"{self.classes_[0]!r}."
            )
        device = choose_device(self.device)
        random_state = check_random_state(self.random_state)
        n, d = points.shape
        k = len(self.classes_)
        networks = Networks(
            [glorot_uniform((d, *hidden, k if k > 2 else 1), random_state)], [self.alpha], device
        )
        run = Run(random_state, Patience(self.tol, self.n_iter_no_change))
        watched = {
            name: _watched_set(name, watched_points, self.classes_, d, device)
            for name, watched_points in (monitor or {}).items()
        }
        curves: dict[str, list[float]] = {name: [] for name in watched}

        def after_epoch(networks: Networks, epoch: int) -> None:
            for name, (watched_X, watched_y) in watched.items():
                curves[name].append(float(accuracies(networks, watched_X, watched_y)[0]))

        train(
            networks,
            [run],
            torch.from_numpy(np.asarray(points, np.float32)).to(device),
            torch.from_numpy(indices).to(device),
            batch_size=min(200, n) if self.batch_size == "auto" else min(int(self.batch_size), n),
            learning_rate=self.learning_rate,
            max_iter=self.max_iter,
            after_epoch=after_epoch,
        )
        assert run.parameters is not None
        self.coefs_, self.intercepts_ = run.parameters
        self.loss_curve_, self.loss_ = run.losses, run.losses[-1]
        self.n_iter_, self.converged_ = len(run.losses), run.converged
        self.monitor_ = curves
        if not run.converged and np.isfinite(self.n_iter_no_change):
            warnings.warn(
                f"Training ended after max_iter={self.max_iter} epochs while the loss was still falling. "
                f"Raise max_iter, or set n_iter_no_change=inf to train that many epochs on purpose.",
                ConvergenceWarning,
                stacklevel=2,
            )
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
        return self.classes_[(z[:, 0] > 0).astype(int) if z.shape[1] == 1 else z.argmax(axis=1)]


def check_settings(probe: ClassifierProbe) -> tuple[int, ...]:
    """Raise ValueError for a setting that makes no sense; return the hidden widths."""
    hidden = (probe.hidden,) if isinstance(probe.hidden, Integral) else tuple(probe.hidden)
    if not all(isinstance(h, Integral) and h > 0 for h in hidden):
        raise ValueError(f"hidden must be widths of at least 1, such as (256, 256), not {probe.hidden!r}.")
    if not (isinstance(probe.max_iter, Integral) and probe.max_iter >= 1):
        raise ValueError(f"max_iter must be an integer of at least 1, not {probe.max_iter!r}.")
    if probe.batch_size != "auto" and not (isinstance(probe.batch_size, Integral) and probe.batch_size >= 1):
        raise ValueError(f"batch_size must be 'auto' or an integer of at least 1, not {probe.batch_size!r}.")
    for name, least in (("alpha", 0), ("tol", 0), ("learning_rate", None), ("n_iter_no_change", 1)):
        value: Any = getattr(probe, name)
        if not isinstance(value, Real) or not (value > 0 if least is None else value >= least):
            bound = "above 0" if least is None else f"of at least {least}"
            raise ValueError(f"{name} must be a number {bound}, not {value!r}.")
    return tuple(int(h) for h in hidden)


def _watched_set(
    name: str, points: tuple[ArrayLike, ArrayLike], classes: np.ndarray, d: int, device: Any
) -> tuple[Any, Any]:
    """Points and class indices of a monitored set as tensors; -1 stands for a label that is no class."""
    import torch

    X, y = points
    X = check_array(X, dtype=np.float32, input_name=f"monitor[{name!r}]")
    y = np.asarray(y)
    if X.shape[1] != d or len(X) != len(y):
        raise ValueError(
            f"monitor[{name!r}] must hold vectors (n, {d}) and n labels, not {X.shape} and {y.shape}."
        )
    position = {label: i for i, label in enumerate(classes.tolist())}
    indices = np.array([position.get(label, -1) for label in y.tolist()], np.int64)
    return torch.from_numpy(X).to(device), torch.from_numpy(indices).to(device)


def accuracies(networks: Networks, X: Any, y: Any, *, chunk: int = 4096) -> np.ndarray:
    """Share of points whose most probable class is theirs, float64 (networks,)."""
    import torch

    right = torch.zeros(len(networks), dtype=torch.float64, device=X.device)
    for start in range(0, len(X), chunk):
        z = networks.logits(X[start : start + chunk])
        answers = (z[..., 0] > 0).long() if z.shape[-1] == 1 else z.argmax(-1)
        right += (answers == y[start : start + chunk]).sum(1)
    return (right / max(len(X), 1)).cpu().numpy()
