"""What each measure of one space must say of spaces whose answer is known."""

import numpy as np
import pytest
from spaces import rotation

from tunescope.errors import RepresentationError
from tunescope.geometry import Space, calibration, erase_labels, measure, measure_space


def value(X, name, y=None, setting=None):
    return float(measure_space(X, name, y=y, setting=setting, n_draws=0))


def with_variances(variances, n=200, seed=0):
    """Points whose covariance has exactly these eigenvalues, turned at random."""
    random = np.random.default_rng(seed)
    d = len(variances)
    basis = np.linalg.qr(np.column_stack([np.ones(n), random.normal(size=(n, d))]))[0][:, 1:]
    return basis * np.sqrt(n * np.asarray(variances, float)) @ rotation(d, random) + random.normal(size=d)


def test_the_spectrum_is_read_as_it_was_planted():
    variances = np.array([9.0, 4.0, 2.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.25, 0.1, 0.1, 0.01])
    X = with_variances(variances)
    assert value(X, "participation-ratio") == pytest.approx(variances.sum() ** 2 / (variances**2).sum())
    assert value(X, "gm-10") == pytest.approx(np.exp(np.log(variances[:10]).mean()))
    assert value(X, "hm-10") == pytest.approx(10 / (1 / variances[:10]).sum())
    p = np.sqrt(variances) / np.sqrt(variances).sum()
    assert value(X, "effective-rank") == pytest.approx(np.exp(-(p * np.log(p)).sum()))


def test_isoscore_goes_from_one_direction_to_all():
    assert value(with_variances([1.0] * 12), "isoscore") == pytest.approx(1, abs=1e-9)
    assert value(with_variances([1.0] + [0.0] * 11), "isoscore") == pytest.approx(0, abs=1e-9)
    half = value(with_variances([1.0] * 6 + [0.0] * 6), "isoscore")
    assert half == pytest.approx((6 - 1) / 11, abs=1e-9)  # the share of directions in use, less one
    assert value(with_variances([1.0] * 12)[:8], "isoscore") < 0.7  # eight points span no more than seven


@pytest.mark.parametrize("d", [2, 5])
def test_intrinsic_dimension_is_that_of_the_cloud_and_not_of_the_room(d):
    random = np.random.default_rng(d)
    X = random.uniform(size=(3000, d)) @ np.linalg.qr(random.normal(size=(20, d)))[0].T
    found = measure_space(X, "intrinsic-dimension", n_draws=0)
    assert found.low < d < found.high or abs(float(found) - d) < 0.15 * d
    assert value(X, "local-dimension") == pytest.approx(d, rel=0.2)


def test_coincident_points_are_counted_once():
    X = np.random.default_rng(0).normal(size=(300, 3))
    again = np.concatenate([X, X[:100], X[:50]])
    for name in ("intrinsic-dimension", "local-dimension"):
        one, two = (measure_space(A, name, n_draws=0) for A in (X, again))
        assert float(one) == pytest.approx(float(two))
        assert two.note == "150 coincident points counted once"


def test_anisotropy_is_the_mean_cosine_of_all_pairs():
    X = np.random.default_rng(0).normal(size=(40, 6)) + 0.5
    unit = X / np.linalg.norm(X, axis=1, keepdims=True)
    assert value(X, "anisotropy") == pytest.approx((unit @ unit.T)[np.triu_indices(40, 1)].mean())
    assert value(np.ones((5, 3)), "anisotropy") == pytest.approx(1)


def simplex(k, copies, spread=0.0, seed=0):
    """k labels at the corners of a simplex: what neural collapse ends in."""
    random = np.random.default_rng(seed)
    y = np.repeat(np.arange(k), copies)
    corners = np.eye(k) - 1 / k
    return corners[y] @ rotation(k, random) + spread * random.normal(size=(len(y), k)), y


def test_a_collapsed_space_is_one():
    X, y = simplex(5, 30)
    found = {(one.measure, one.setting): one.value for one in measure(X, y)}
    for name, setting in (
        ("nc1", ""),
        ("nu", ""),
        ("nc2", "simplex"),
        ("nc2", "angles"),
        ("nc2", "lengths"),
        ("nc3", ""),
    ):
        assert found[name, setting] == pytest.approx(0, abs=1e-6), name
    assert found["nc4", ""] == 1
    assert found["h-score", "plain"] == pytest.approx(4 * 150 / 149)
    for name in ("centroid-accuracy", "retrieval-map", "silhouette"):
        assert found[name, ""] == pytest.approx(1), name


def test_collapse_falls_with_the_spread_and_chance_is_far():
    near, far = (measure_space(Space(*simplex(4, 40, spread)), "nc1", n_draws=40) for spread in (0.05, 0.3))
    assert near.value < far.value < far.null_low


def test_nc1_and_nu_are_the_traces_written_out():
    random = np.random.default_rng(0)
    y = np.repeat([0, 1, 2], [10, 30, 60])
    X = random.normal(size=(100, 7)) + random.normal(size=(3, 7))[y]
    means = np.stack([X[y == c].mean(axis=0) for c in range(3)])
    within = sum((X[y == c] - means[c]).T @ (X[y == c] - means[c]) for c in range(3)) / 100
    about = means - means.mean(axis=0)
    assert value(X, "nc1", y) == pytest.approx(np.trace(within @ np.linalg.pinv(about.T @ about / 3, rcond=1e-10)) / 3)
    weighted = sum(n * np.outer(m, m) for n, m in zip((10, 30, 60), means - X.mean(axis=0), strict=True)) / 100
    assert value(X, "nu", y) == pytest.approx(np.trace(within @ np.linalg.pinv(weighted, rcond=1e-10)) / 3)


def test_plain_h_score_keeps_to_invertible_maps_and_the_shrunk_one_does_not():
    random = np.random.default_rng(0)
    X, y = simplex(4, 30, 0.3)
    M = random.normal(size=(4, 4))
    assert value(X @ M, "h-score", y, "plain") == pytest.approx(value(X, "h-score", y, "plain"))
    assert value(X @ M, "h-score", y) != pytest.approx(value(X, "h-score", y), rel=1e-3)


def test_centroids_leave_the_point_itself_out():
    random = np.random.default_rng(0)
    X, y = random.normal(size=(60, 5)), np.arange(60) % 4
    right = 0
    for i in range(60):
        rest = np.arange(60) != i
        means = np.stack([X[rest & (y == c)].mean(axis=0) for c in range(4)])
        right += np.linalg.norm(means - X[i], axis=1).argmin() == y[i]
    assert value(X, "centroid-accuracy", y) == right / 60
    assert value(X, "centroid-accuracy", np.arange(60)) == 0


LABELLED = [
    "nc1",
    "nu",
    "nc3",
    "nc4",
    "logme",
    "h-score",
    "knn-accuracy",
    "centroid-accuracy",
    "silhouette",
    "retrieval-map",
]


@pytest.mark.parametrize("name", LABELLED)
def test_labels_that_mean_nothing_lie_within_their_chance(name):
    """About 95 times of 100; of 30 draws fewer than 23 would come by chance once in a thousand."""
    inside = 0
    for seed in range(30):
        random = np.random.default_rng(seed)
        X, y = random.normal(size=(80, 8)), np.repeat([0, 1, 2], [20, 25, 35])
        inside += not measure_space(X, name, y=random.permutation(y), n_draws=40, seed=seed).beyond_chance
    assert inside >= 23


# ---- erasure


def xor(n=400, seed=0):
    """Labels that no linear map can read and every neighbour knows, beside one coordinate that tells them."""
    random = np.random.default_rng(seed)
    signs = random.integers(0, 2, (n, 2)) * 2 - 1
    y = (signs[:, 0] * signs[:, 1] > 0).astype(int)
    return np.column_stack([3 * signs + 0.3 * random.normal(size=(n, 2)), 2.0 * y + random.normal(size=n)]), y


def test_after_erasure_no_linear_probe_beats_the_shares_of_the_labels():
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import log_loss

    X, y = xor()
    shares = np.bincount(y) / len(y)
    constant = -(shares * np.log(shares)).sum()
    for erased, least, most in ((False, 0.0, 0.9 * constant), (True, constant - 1e-6, constant + 1e-6)):
        points = erase_labels(X, y) if erased else X
        probe = LogisticRegression(C=np.inf, tol=1e-8, max_iter=2000).fit(points, y)
        assert least <= log_loss(y, probe.predict_proba(points)) <= most


def test_neighbours_still_know_what_was_erased_for_linear_maps():
    X, y = xor()
    assert value(X, "knn-accuracy-erased", y) > 0.95
    assert value(X, "centroid-accuracy", y) > 0.7
    assert value(X, "centroid-accuracy-erased", y) < 0.5


def test_erasure_moves_points_no_more_than_it_must():
    X, y = xor()
    gone = erase_labels(X, y)
    for label in (0, 1):
        assert gone[y == label].mean(axis=0) == pytest.approx(gone.mean(axis=0), abs=1e-9)
    assert gone.mean(axis=0) == pytest.approx(X.mean(axis=0))
    assert erase_labels(gone, y) == pytest.approx(gone)
    flat = X - (X - X.mean(axis=0))  # another map that erases: everything in one place
    assert np.square(X - gone).sum() < np.square(X - flat).sum()
    assert erase_labels(X.astype(np.float32), y).dtype == np.float32


# ---- calibration


def test_a_constant_classifier_is_off_by_its_confidence_less_its_accuracy():
    shares = np.tile([0.8, 0.2], (10, 1))
    y = ["a"] * 6 + ["b"] * 4
    assert calibration(shares, y).ece == pytest.approx(0.2)
    honest = calibration(np.tile([0.6, 0.4], (10, 1)), y)
    assert honest.ece == pytest.approx(0, abs=1e-12)
    assert honest.temperature == pytest.approx(1, abs=1e-3)
    assert honest.brier == pytest.approx(0.48)


def test_the_temperature_undoes_a_planted_one_and_leaves_the_accuracy():
    random = np.random.default_rng(0)
    logits = random.normal(size=(4000, 4)) * 2
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    y = np.array([random.choice(4, p=p) for p in shares])
    sure = np.exp(3 * logits) / np.exp(3 * logits).sum(axis=1, keepdims=True)
    found = calibration(sure, y)
    assert found.temperature == pytest.approx(3, rel=0.1)
    assert found.accuracy == calibration(shares, y).accuracy
    assert found.ece > 5 * calibration(shares, y).ece


def test_measures_of_probabilities_are_taken_where_those_are_given():
    X = np.zeros((10, 1))
    y = ["a"] * 6 + ["b"] * 4
    found = {one.measure: one for one in measure(X, y, probabilities=np.tile([0.8, 0.2], (10, 1)), n_draws=5)}
    assert found["calibration-error"].value == pytest.approx(0.2)
    assert found["log-loss"].low < found["log-loss"].value < found["log-loss"].high
    with pytest.raises(RepresentationError, match="'brier' needs a classifier's probabilities"):
        measure(X, y, names=["brier"])


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ([[0.5, 0.4]], "rows must sum to 1"),
        ([[1.5, -0.5]], "must not be below 0"),
        ([[0.5, 0.25, 0.25]], "3 columns, there are 2 classes"),
    ],
)
def test_what_is_no_probability_is_refused(shares, words):
    with pytest.raises(RepresentationError, match=words):
        calibration(shares * 2, ["a", "b"])


def test_a_label_that_the_classifier_never_knew_counts_as_wrong():
    found = calibration([[1.0, 0.0], [1.0, 0.0]], ["a", "z"], classes=["a", "b"])
    assert found.accuracy == 0.5
    assert found.nll > 10
