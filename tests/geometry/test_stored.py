import numpy as np

from tunescope.geometry import distances_from_arrays, distances_to_arrays, label_distances


def space(seed=0):
    generator = np.random.default_rng(seed)
    y = np.repeat(["a", "b", "c", "d"], [40, 30, 20, 1])
    means = {"a": 0.0, "b": 0.2, "c": 4.0, "d": 9.0}
    return generator.normal(size=(len(y), 6)) + np.array([means[label] for label in y])[:, None], y


def test_what_was_taken_apart_comes_together():
    X, y = space()
    before = label_distances(X, y)
    after = distances_from_arrays(before.labels, distances_to_arrays(before), y)
    assert after.labels.tolist() == before.labels.tolist()
    for name in ("counts", "lower", "upper", "verdicts", "distances"):
        np.testing.assert_array_equal(getattr(after, name), getattr(before, name))
    assert (after.scale, after.radius, after.is_linear) == (before.scale, before.radius, before.is_linear)
    assert {"meet", "separable"} <= set(before.verdicts.ravel())


def test_a_warm_start_from_stored_distances_is_the_one_from_the_distances_themselves():
    X, y = space()
    before = label_distances(X, y)
    stored = distances_from_arrays(before.labels, distances_to_arrays(before), y)
    moved = X + 0.01 * np.random.default_rng(1).normal(size=X.shape)
    one = label_distances(moved, y, previous=before, n_jobs=1)
    other = label_distances(moved, y, previous=stored, n_jobs=1)
    np.testing.assert_array_equal(one.upper, other.upper)
    np.testing.assert_array_equal(one.verdicts, other.verdicts)
