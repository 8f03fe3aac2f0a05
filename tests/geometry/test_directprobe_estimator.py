"""DirectProbe as scikit-learn knows estimators: parameters, copies, progress, bad input."""

import pickle

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from oracle import same_partition
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks
from spaces import SETS, check_maximal, check_valid

from tunescope.geometry import DirectProbe


@parametrize_with_checks([DirectProbe()])
def test_scikit_learn_conventions(estimator, check):
    check(estimator)


def test_parameters_clones_and_pickles():
    X, y = SETS["moons"]()
    probe = DirectProbe(rtol=1e-4, n_jobs=1).fit(X, y)
    assert probe.get_params() == {"rtol": 1e-4, "n_jobs": 1, "progress": None}
    fresh = clone(probe)
    assert fresh.get_params() == probe.get_params()
    assert not hasattr(fresh, "labels_")
    assert fresh.set_params(rtol=1e-2).rtol == 1e-2
    again = pickle.loads(pickle.dumps(probe))  # noqa: S301
    assert np.array_equal(again.labels_, probe.labels_)
    assert np.array_equal(again.distances_, probe.distances_, equal_nan=True)
    assert np.array_equal(again.predict(X + 0.1), probe.predict(X + 0.1))
    check_valid(X, y, again)
    check_maximal(X, y, again)


def test_fitting_again_forgets_the_first_set():
    probe = DirectProbe().fit(*SETS["moons"]())
    assert probe.distances_.shape == (probe.n_clusters_,) * 2
    X, y = SETS["iris"]()
    check_valid(X, y, probe.fit(X, y))
    assert np.array_equal(probe.distances_, DirectProbe().fit(X, y).distances_, equal_nan=True)
    assert probe.n_features_in_ == 4


def test_rtol_is_the_width_of_the_bounds():
    X, y = SETS["blobs"]()
    for rtol in (1e-1, 1e-3, 1e-6):
        assert max(c.gap for c in DirectProbe(rtol=rtol).fit(X, y).certificates().values()) <= rtol


def test_one_label_is_one_cluster():
    probe = DirectProbe().fit(np.arange(6.0).reshape(3, 2), ["a"] * 3)
    assert probe.n_clusters_ == 1
    assert probe.is_linear_
    assert probe.blocking_ == []
    assert probe.predict([[9.0, 9.0]]).tolist() == ["a"]
    assert probe.distances_.tolist() == [[0.0]]


def test_one_point_is_one_cluster():
    probe = DirectProbe().fit([[1.0, 2.0]], ["a"])
    assert probe.labels_.tolist() == [0]
    assert probe.predict([[9.0, 9.0]]).tolist() == ["a"]


def test_frames_pipelines_and_cross_validation():
    X, y = load_iris(return_X_y=True, as_frame=True)
    probe = DirectProbe().fit(X, y)
    assert probe.feature_names_in_.tolist() == list(X.columns)
    names = pd.Series(y).map({0: "setosa", 1: "versicolor", 2: "virginica"})
    assert same_partition(DirectProbe().fit(X, names).labels_, probe.labels_)
    assert cross_val_score(make_pipeline(StandardScaler(), DirectProbe()), X, y, cv=5).mean() > 0.9


def test_objects_that_are_numbers_and_strings_are_read():
    X, y = SETS["moons"]()
    names = np.array(["left", "right"])[y]
    first = DirectProbe().fit(X, names)
    second = DirectProbe().fit(X.astype(object), names.astype(object))
    assert np.array_equal(first.labels_, second.labels_)
    assert second.predict(X[:3]).tolist() == first.predict(X[:3]).tolist()


def test_progress_of_a_fit_counts_label_pairs_and_merges():
    X, y = SETS["blobs"]()
    seen = []
    probe = DirectProbe(progress=lambda done, total: seen.append((done, total))).fit(X, y)
    assert seen
    assert all(0 < done <= total for done, total in seen)
    of_pairs = [s for s in seen if s[1] == 6]
    assert of_pairs == [(i, 6) for i in range(1, 7)]
    assert not probe.is_linear_
    assert len({total for _, total in seen}) == 2  # pairs of labels, then merges


def test_progress_of_a_prediction_ends_at_its_total():
    X, y = SETS["blobs"]()
    probe = DirectProbe().fit(X, y)
    seen = []
    probe.set_params(progress=lambda done, total: seen.append((done, total))).predict(X)
    assert all(0 < done <= total == len(X) for done, total in seen)
    assert seen[-1] == (len(X), len(X))


def test_progress_of_a_fit_ends_at_its_total():
    X, y = SETS["blobs"]()
    seen = []
    DirectProbe(progress=lambda done, total: seen.append((done, total))).fit(X, y)
    assert seen[-1][0] == seen[-1][1] > 6


def test_the_input_is_not_changed():
    X, y = SETS["blobs"]()
    before = X.copy(), y.copy()
    DirectProbe().fit(X, y).predict(X)
    assert np.array_equal(X, before[0])
    assert np.array_equal(y, before[1])


# ---- what is refused

X0, Y0 = [[0.0, 1.0], [1.0, 0.0], [2.0, 2.0]], ["a", "b", "a"]
BAD = {
    "not a number": ([[0.0, float("nan")], [1, 0], [2, 2]], Y0, ValueError, "NaN"),
    "infinite": ([[0.0, float("inf")], [1, 0], [2, 2]], Y0, ValueError, "infinity"),
    "of different length": (X0, Y0[:2], ValueError, "inconsistent numbers of samples"),
    "sparse": (scipy.sparse.csr_matrix(X0), Y0, TypeError, "[Ss]parse"),
    "empty": (np.zeros((0, 2)), [], ValueError, "0 sample"),
    "without features": (np.zeros((3, 0)), Y0, ValueError, "0 feature"),
    "one axis": ([0.0, 1.0, 2.0], Y0, ValueError, "2D array"),
    "three axes": (np.zeros((3, 2, 2)), Y0, ValueError, "dim 3"),
    "text": ([["u", "v"], ["w", "x"], ["y", "z"]], Y0, ValueError, "could not convert"),
    "complex": (np.array(X0) + 1j, Y0, ValueError, "[Cc]omplex"),
    "without labels": (X0, None, ValueError, "y"),
    "continuous labels": (X0, [0.5, 1.5, 2.5], ValueError, "with a fraction"),
    "several labels a point": (X0, np.eye(3, dtype=int), ValueError, "1d array|multilabel"),
    "label not a number": (X0, [0, 1, float("nan")], ValueError, "has no label, first at row 2"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_as_scikit_learn_does(name):
    X, y, error, message = BAD[name]
    with pytest.raises(error, match=message):
        DirectProbe().fit(X, y)


@pytest.mark.parametrize(
    ("name", "value"), [("rtol", 0), ("rtol", 1), ("rtol", -1), ("rtol", float("nan")), ("n_jobs", 0)]
)
def test_bad_parameters_are_refused_by_fit(name, value):
    probe = DirectProbe(**{name: value})
    with pytest.raises(ValueError, match=name):
        probe.fit(X0, Y0)


@pytest.mark.parametrize("scale", [1e-150, 1e160, 1e200])
def test_numbers_that_cannot_be_squared_are_refused(scale):
    with pytest.raises(ValueError, match="1e-100"):
        DirectProbe().fit(np.array(X0) * scale, Y0)


def test_prediction_needs_a_fit_and_points_of_the_same_width():
    with pytest.raises(NotFittedError):
        DirectProbe().predict(X0)
    for name in ("certificates", "witnesses", "label_distances"):
        with pytest.raises(NotFittedError):
            getattr(DirectProbe(), name)()
    probe = DirectProbe().fit(X0, Y0)
    with pytest.raises(ValueError, match="3 features"):
        probe.predict([[0.0, 1.0, 2.0]])
    with pytest.raises(ValueError, match="NaN"):
        probe.predict([[0.0, float("nan")]])
