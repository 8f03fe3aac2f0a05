import subprocess
import sys
import warnings

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_digits, load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

from tunescope.probes import ClassifierProbe


@parametrize_with_checks([ClassifierProbe(device="cpu")])
def test_scikit_learn_conventions(estimator, check):
    check(estimator)


@pytest.mark.parametrize("load", [load_digits, load_iris, load_breast_cancer])
@pytest.mark.parametrize(("hidden", "alpha"), [((32, 64), 1e-4), ((64, 32), 1.0), ((16,), 1e-2)])
def test_trains_as_scikit_learns_perceptron(load, hidden, alpha):
    X, y = load(return_X_y=True)
    X = ((X - X.mean(0)) / (X.std(0) + 1e-9)).astype(np.float32)
    train, test = np.arange(len(X)) % 3 > 0, np.arange(len(X)) % 3 == 0
    ours = ClassifierProbe(hidden, alpha, random_state=3, device="cpu").fit(X[train], y[train])
    theirs = MLPClassifier(hidden, alpha=alpha, max_iter=1000, random_state=3).fit(X[train], y[train])
    # the same seed draws the same weights and shuffles: the losses agree up to rounding that grows
    np.testing.assert_allclose(ours.loss_curve_[:5], theirs.loss_curve_[:5], rtol=2e-5)
    assert abs(ours.n_iter_ - theirs.n_iter_) <= 0.1 * theirs.n_iter_
    assert abs(ours.score(X[test], y[test]) - theirs.score(X[test], y[test])) <= 3 / test.sum()


def blobs(n=300, d=6, k=4, seed=0, noise=1.0):
    random = np.random.RandomState(seed)
    centres = random.normal(size=(k, d)) * 2
    y = random.randint(k, size=n)
    return (centres[y] + noise * random.normal(size=(n, d))).astype(np.float32), np.array(list("abcdefgh"))[y]


def test_one_seed_one_probe():
    X, y = blobs()
    a, b = (ClassifierProbe((16, 16), random_state=5, device="cpu").fit(X, y) for _ in range(2))
    assert all(np.array_equal(v, w) for v, w in zip(a.coefs_, b.coefs_, strict=True))
    other = ClassifierProbe((16, 16), random_state=6, device="cpu").fit(X, y)
    assert not np.array_equal(a.coefs_[0], other.coefs_[0])


def test_float64_input_is_computed_in_float32():
    X, y = blobs()
    a = ClassifierProbe((16, 16), device="cpu").fit(X, y)
    b = ClassifierProbe((16, 16), device="cpu").fit(X.astype(np.float64), y)
    assert a.loss_curve_ == b.loss_curve_
    assert a.coefs_[0].dtype == np.float32


def test_probabilities_of_two_classes_are_logistic():
    X, y = blobs(k=2)
    probe = ClassifierProbe((8,), device="cpu").fit(X, y)
    p = probe.predict_proba(X)
    assert probe.coefs_[-1].shape == (8, 1)
    np.testing.assert_allclose(p.sum(1), 1)
    np.testing.assert_array_equal(probe.classes_[(p[:, 1] > 0.5).astype(int)], probe.predict(X))


def test_monitor_follows_accuracy_and_changes_nothing():
    X, y = blobs(noise=2.0)
    Z, u = blobs(seed=1, noise=2.0)
    plain = ClassifierProbe((16, 16), max_iter=20, n_iter_no_change=np.inf, device="cpu").fit(X, y)
    probe = ClassifierProbe((16, 16), max_iter=20, n_iter_no_change=np.inf, device="cpu").fit(
        X, y, monitor={"train": (X, y), "other": (Z, u)}
    )
    assert probe.loss_curve_ == plain.loss_curve_
    assert len(probe.monitor_["train"]) == len(probe.monitor_["other"]) == probe.n_iter_
    assert probe.monitor_["train"][-1] == pytest.approx(probe.score(X, y), abs=1.5 / len(X))
    assert probe.monitor_["other"][-1] == pytest.approx(probe.score(Z, u), abs=1.5 / len(X))


def test_monitored_label_that_training_lacks_is_wrong():
    X, y = blobs()
    probe = ClassifierProbe((16,), device="cpu")
    probe.fit(X, y, monitor={"strange": (X, np.full(len(X), "unseen"))})
    assert set(probe.monitor_["strange"]) == {0.0}


def test_max_iter_is_said_not_hidden():
    X, y = blobs()
    with pytest.warns(ConvergenceWarning, match="max_iter=2"):
        probe = ClassifierProbe(max_iter=2, device="cpu").fit(X, y)
    assert not probe.converged_
    assert probe.n_iter_ == 2
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ClassifierProbe(max_iter=2, n_iter_no_change=np.inf, device="cpu").fit(X, y)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"hidden": (0, 3)}, "hidden"),
        ({"alpha": -1.0}, "alpha"),
        ({"max_iter": 0}, "max_iter"),
        ({"batch_size": "big"}, "batch_size"),
        ({"learning_rate": 0}, "learning_rate"),
        ({"device": "abacus"}, "device"),
    ],
)
def test_bad_settings(setting, message):
    X, y = blobs()
    with pytest.raises(ValueError, match=message):
        ClassifierProbe(**setting).fit(X, y)


def test_bad_points():
    X, y = blobs()
    with pytest.raises(ValueError, match="NaN"):
        ClassifierProbe().fit(np.where(np.arange(len(X))[:, None] == 3, np.nan, X), y)
    with pytest.raises(ValueError, match="one class"):
        ClassifierProbe().fit(X, np.full(len(X), "a"))
    with pytest.raises(ValueError, match="inconsistent"):
        ClassifierProbe().fit(X, y[:-1])
    with pytest.raises(ValueError, match="monitor"):
        ClassifierProbe().fit(X, y, monitor={"test": (X[:, 1:], y)})


def test_importing_the_room_is_light():
    heavy = ("torch", "numba", "matplotlib")
    code = f"import sys, tunescope.probes; print([m for m in {heavy} if m in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"
