"""Measures beside what other people's libraries say of the same vectors; each is skipped where its peer is missing."""

import sys
import warnings

import numpy as np
import pytest
from spaces import layer_normed

from tunescope.geometry import calibration, compare, compare_spaces, erase_labels, measure, measure_space


@pytest.fixture(scope="module")
def space():
    X, y = layer_normed(400, 48, 5, seed=3)
    return (X * np.linspace(0.2, 3, 48) + 1).astype(np.float32), y


@pytest.fixture(scope="module")
def other(space):
    random = np.random.default_rng(4)
    X = space[0].astype(float)
    return X @ random.normal(size=(48, 48)) / 7 + random.normal(size=X.shape) * 0.5


def peer(name):
    """Somebody else's library, whose own warnings are none of ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip(name, exc_type=ImportError)


def quietly(work, *args, **kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return work(*args, **kwargs)


def test_unbiased_hsic_of_repsim(space, other):
    """Its `cka` puts the unbiased HSIC over the biased ones; held against is the quotient of unbiased ones."""
    repsim = peer("repsim")
    hsic = repsim.hsic([space[0].astype(float), other], "linear", "song")
    theirs = hsic[0, 1] / np.sqrt(hsic[0, 0] * hsic[1, 1])
    assert float(compare_spaces(space[0], other, "cka", n_draws=0)) == pytest.approx(theirs, abs=1e-6)


@pytest.mark.parametrize("name", ["logme", "h-score"])
def test_transformer_ranker(space, name):
    peer("transformer_ranker")
    torch = peer("torch")
    from transformer_ranker.estimators import HScore, LogME

    theirs = {"logme": LogME, "h-score": HScore}[name]().fit(torch.tensor(space[0]), torch.tensor(space[1]))
    assert float(measure_space(space[0], name, y=space[1], n_draws=0)) == pytest.approx(theirs, abs=1e-5)


def test_converged_logme_is_transformer_rankers_with_more_steps(space):
    peer("transformer_ranker")
    torch = peer("torch")
    from transformer_ranker.estimators import LogME

    theirs = LogME().fit(torch.tensor(space[0]), torch.tensor(space[1]), max_iter=500, tol=1e-9)
    ours = measure_space(space[0], "logme", y=space[1], setting="converged", n_draws=0)
    assert float(ours) == pytest.approx(theirs, abs=1e-6)
    assert float(ours) >= float(measure_space(space[0], "logme", y=space[1], n_draws=0)) - 1e-9


def test_isoscore(space):
    isoscore = peer("IsoScore.IsoScore")
    theirs = float(quietly(isoscore.IsoScore, space[0].astype(float)))
    assert float(measure_space(space[0], "isoscore", n_draws=0)) == pytest.approx(theirs, abs=1e-6)


def test_dimensions_of_scikit_dimension(space):
    skdim = peer("skdim")
    X = space[0].astype(float)
    theirs = quietly(skdim.id.TwoNN(discard_fraction=0, method="mle").fit, X).dimension_
    assert float(measure_space(X, "intrinsic-dimension", n_draws=0)) == pytest.approx(theirs, rel=1e-9)
    pointwise = quietly(skdim.id.MLE(K=20).fit, X, n_neighbors=20).dimension_pw_
    assert float(measure_space(X, "local-dimension", n_draws=0)) == pytest.approx(pointwise.mean(), rel=1e-9)


def test_wasserstein_of_pot(space, other):
    ot = peer("ot")
    X, y = space
    total = 0.0
    for label in np.unique(y):
        A, B = X[y == label].astype(float), other[y == label]
        total += len(A) * np.sqrt(ot.emd2(np.full(len(A), 1 / len(A)), np.full(len(B), 1 / len(B)), ot.dist(A, B)))
    ours = compare_spaces(X, other, "wasserstein", y=y, n_draws=0)
    assert float(ours) == pytest.approx(total / len(y), rel=1e-9)


@pytest.mark.parametrize(("name", "method"), [("rsa-euclid", "euclidean")])
def test_rsa_of_rsatoolbox(space, other, name, method):
    rsatoolbox = peer("rsatoolbox")
    few = slice(0, 120)
    maps = [
        quietly(rsatoolbox.rdm.calc_rdm, rsatoolbox.data.Dataset(np.asarray(A[few], float)), method=method)
        for A in (space[0], other)
    ]
    theirs = float(np.squeeze(quietly(rsatoolbox.rdm.compare, *maps, method="corr")))
    assert float(compare_spaces(space[0][few], other[few], name, n_draws=0)) == pytest.approx(theirs, abs=1e-9)


def test_silhouette_of_scikit_learn(space):
    from sklearn.metrics import silhouette_score

    theirs = silhouette_score(space[0].astype(float), space[1])
    assert float(measure_space(space[0], "silhouette", y=space[1], n_draws=0)) == pytest.approx(theirs, abs=1e-6)


def test_neighbours_of_scikit_learn(space):
    from scipy.stats import skew
    from sklearn.neighbors import NearestNeighbors

    X, y = space[0].astype(float), space[1]
    near = NearestNeighbors(n_neighbors=10).fit(X).kneighbors(return_distance=False)
    found = {one.measure: one.value for one in measure(X, y, names=["hubness", "knn-accuracy"])}
    assert found["hubness"] == pytest.approx(skew(np.bincount(near.ravel(), minlength=len(X))), rel=1e-9)
    right = 0
    for row, truth in zip(near, y, strict=True):
        votes = np.bincount(y[row])
        tied = set(np.flatnonzero(votes == votes.max()))
        right += next(label for label in y[row] if label in tied) == truth
    assert found["knn-accuracy"] == pytest.approx(right / len(X))


def test_precision_of_scikit_learn(space):
    from sklearn.metrics import average_precision_score

    X, y = space[0].astype(float), space[1]
    unit = X / np.linalg.norm(X, axis=1, keepdims=True)
    scores = []
    for i in range(len(X)):
        rest = np.arange(len(X)) != i
        scores.append(average_precision_score(y[rest] == y[i], unit[rest] @ unit[i]))
    assert float(measure_space(X, "retrieval-map", y=y, n_draws=0)) == pytest.approx(np.mean(scores), abs=1e-9)


def test_calibration_of_scikit_learn():
    from sklearn.metrics import accuracy_score, brier_score_loss, log_loss

    random = np.random.default_rng(0)
    shares = random.dirichlet(np.ones(3), size=500)
    y = np.array([random.choice(3, p=p) for p in shares])
    found = calibration(shares, y)
    assert found.nll == pytest.approx(log_loss(y, shares))
    assert found.brier == pytest.approx(np.square(shares - np.eye(3)[y]).sum(axis=1).mean())
    assert found.accuracy == accuracy_score(y, shares.argmax(axis=1))
    two = shares[:, :2] / shares[:, :2].sum(axis=1, keepdims=True)
    assert calibration(two, y > 0).brier == pytest.approx(2 * brier_score_loss(y > 0, two[:, 1]))


def test_erasure_of_concept_erasure(space):
    """Least squares without shrinkage and without a bound on the trace: the theorem's own closed form."""
    concept_erasure = peer("concept_erasure")
    torch = peer("torch")
    X, y = space[0].astype(float), space[1]
    X = X - X.mean(axis=0)
    fitter = concept_erasure.LeaceFitter.fit(
        torch.tensor(X), torch.nn.functional.one_hot(torch.tensor(y)).double(), shrinkage=False,
        constrain_cov_trace=False, svd_tol=1e-6,
    )  # fmt: skip
    theirs = fitter.eraser(torch.tensor(X)).numpy()
    assert np.abs(erase_labels(X, y) - theirs).max() < 1e-9 * np.abs(X).max()


def test_procrustes_of_scipy(space, other):
    """scipy's disparity is the square of the sine, where the scale is fitted too."""
    from scipy.spatial import procrustes

    disparity = procrustes(space[0].astype(float), other)[2]
    ours = float(compare_spaces(space[0], other, "procrustes", n_draws=0))
    common = 1 - ours**2 / 2
    assert 1 - common**2 == pytest.approx(disparity, abs=1e-9)


def test_linear_fit_of_scikit_learn(space, other):
    from sklearn.linear_model import LinearRegression

    X = space[0].astype(float)
    fitted = LinearRegression().fit(X, other).predict(X)
    theirs = 1 - np.square(other - fitted).sum() / np.square(other - other.mean(axis=0)).sum()
    found = {one.setting: one.value for one in compare(X, other, names=["linear-r2"])}
    assert found["second from first"] == pytest.approx(theirs, abs=1e-9)


def test_no_peer_is_needed_by_the_package():
    import tunescope.geometry  # noqa: F401

    loaded = set(sys.modules["tunescope.geometry"].__dict__)
    assert not loaded & {"repsim", "ot", "skdim", "rsatoolbox", "transformer_ranker", "concept_erasure"}
