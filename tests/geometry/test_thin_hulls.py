"""Two hulls that nearly touch, or lie in spaces that are difficult: thin axes, far away, few points."""

import numpy as np
import pytest
from spaces import rotation, same

from tunescope.geometry import hull_distance, separable, verify

# ---- thin gaps


def faces(d, n, gap, random, thin=1.0):
    """Two hulls of radius about one with parallel faces ``gap`` apart around the origin, turned and moved.

    Each face is a simplex of d points around the origin; ``n`` further points lie behind each face. Without the
    turn the first axis is the one between them; the last one is ``thin``.
    """

    def half():
        face = random.normal(size=(d - 1, d - 1)) if d > 1 else np.zeros((0, 0))
        face = np.vstack([face, -random.uniform(0.5, 1, d - 1) @ face]) if d > 1 else np.zeros((1, 0))
        behind = random.normal(size=(n, d - 1))
        depth = np.concatenate([np.zeros(len(face)), random.exponential(size=n) + 0.1])
        return np.column_stack([depth, np.concatenate([face, behind])])

    A, B = half(), half()
    A[:, 0], B[:, 0] = A[:, 0] + gap / 2, -B[:, 0] - gap / 2
    if d > 1:
        A[:, -1] *= thin
        B[:, -1] *= thin
    both = np.concatenate([A, B])
    radius = np.linalg.norm(both - both.mean(axis=0), axis=1).max()
    A[:, 0], B[:, 0] = A[:, 0] + (radius - 1) * gap / 2, B[:, 0] - (radius - 1) * gap / 2
    turn, shift = rotation(d, random), random.normal(size=d)
    order = random.permutation(len(A))
    return (A @ turn + shift)[order], (B @ turn + shift)[order], radius * gap, radius


SIZES = [(2, 5), (3, 100), (10, 40), (60, 20), (30, 400)]


@pytest.mark.parametrize("gap", [1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 3e-8])
@pytest.mark.parametrize(("d", "n"), SIZES)
def test_a_thin_gap_is_found_and_measured(d, n, gap):
    A, B, distance, radius = faces(d, n, gap, np.random.default_rng(d + n))
    answer = hull_distance(A, B)
    assert verify(answer, A, B)
    assert answer.verdict == "separable"
    assert answer.lower - 1e-13 * radius <= distance <= answer.upper + 1e-13 * radius
    assert separable(A, B).verdict == "separable"


@pytest.mark.parametrize(
    ("gap", "rtol"),
    [(1e-4, 1e-3), (1e-4, 1e-6), (1e-6, 1e-3), (1e-6, 1e-6), (1e-7, 1e-5), (3e-8, 1e-3), (1.5e-8, 1e-3)],
)
@pytest.mark.parametrize(("d", "n"), SIZES)
def test_the_bounds_of_a_thin_gap_are_as_narrow_as_asked(d, n, gap, rtol):
    A, B, _, _ = faces(d, n, gap, np.random.default_rng(d + n))
    answer = hull_distance(A, B, rtol=rtol)
    assert answer.verdict == "separable"
    assert answer.gap <= rtol


@pytest.mark.parametrize("thin", [1e-2, 1e-4, 1e-6])
@pytest.mark.parametrize("gap", [1e-3, 1e-5, 1e-7])
def test_a_thin_gap_between_hulls_that_are_thin_themselves(thin, gap):
    A, B, distance, radius = faces(12, 60, gap, np.random.default_rng(5), thin)
    answer = hull_distance(A, B)
    assert verify(answer, A, B)
    assert answer.verdict == "separable"
    assert answer.lower - 1e-13 * radius <= distance <= answer.upper + 1e-13 * radius


@pytest.mark.parametrize("gap", [5e-9, 1e-9, 1e-10])
@pytest.mark.parametrize(("d", "n"), SIZES)
def test_a_gap_below_the_tolerance_is_undecided(d, n, gap):
    A, B, distance, radius = faces(d, n, gap, np.random.default_rng(d + n))
    for answer in (hull_distance(A, B), separable(A, B)):
        assert verify(answer, A, B)
        assert answer.verdict == "undecided"
        assert answer.lower == 0
        assert answer.normal is None
        assert distance - 1e-13 * radius <= answer.upper <= answer.tolerance
    assert float(hull_distance(A, B)) == 0.0


@pytest.mark.parametrize("gap", [0.0, -1e-12, -1e-9, -1e-6, -1e-2])
@pytest.mark.parametrize(("d", "n"), SIZES)
def test_hulls_that_touch_or_overlap_are_never_separable(d, n, gap):
    A, B, _, _ = faces(d, n, gap, np.random.default_rng(d + n))
    for answer in (hull_distance(A, B), separable(A, B)):
        assert verify(answer, A, B)
        assert answer.verdict == "meet" or (gap > -1e-6 and answer.verdict == "undecided")


# ---- difficult spaces


def layer_normed(n, d, random, means=0.0, dtype=np.float32):
    X = random.normal(size=(n, d)) + means
    X = X - X.mean(axis=1, keepdims=True)
    return (X / X.std(axis=1, keepdims=True)).astype(dtype)


@pytest.mark.parametrize(("n", "d"), [(30, 128), (300, 64), (3000, 16)])
def test_vectors_whose_sum_is_constant_up_to_rounding(n, d):
    """A layer norm leaves one direction with nothing but rounding; it may not decide."""
    random = np.random.default_rng(1)
    far = 8 * random.normal(size=d) / np.sqrt(d)
    A, B = layer_normed(n, d, random, 3 * far), layer_normed(n, d, random, -3 * far)
    answer = hull_distance(A, B, rtol=1e-6)
    assert verify(answer, A, B)
    flat_a, flat_b = (P.astype(float) - P.astype(float).mean(axis=1, keepdims=True) for P in (A, B))
    assert same(answer, hull_distance(flat_a, flat_b, rtol=1e-6), rtol=1e-5)
    if n > 10 * d:
        A, B = layer_normed(n, d, random), layer_normed(n, d, random)
        for answer in (hull_distance(A, B), separable(A, B)):
            assert verify(answer, A, B)
            assert answer.verdict == "meet"


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("away", [1e1, 1e3, 1e5])
def test_points_far_from_the_origin(dtype, away):
    random = np.random.default_rng(2)
    A, B = random.normal(size=(60, 12)), random.normal(size=(50, 12)) + 2
    A, B = (A + away).astype(dtype), (B + away).astype(dtype)
    answer = hull_distance(A, B)
    exact = hull_distance(A.astype(float) - away, B.astype(float) - away, rtol=1e-8)
    assert verify(answer, A, B)
    assert same(exact, answer, rtol=1e-3)


@pytest.mark.parametrize("verdict", ["separable", "meet"])
@pytest.mark.parametrize(("n", "d"), [(1, 50), (3, 50), (20, 50), (4000, 2), (2000, 20)])
def test_few_points_and_many(n, d, verdict):
    random = np.random.default_rng(n)
    A, B = random.normal(size=(n, d)), random.normal(size=(n, d))
    if verdict == "separable":
        B = B + 10 * rotation(d, random)[0]
    else:
        B = np.concatenate([B, A.mean(axis=0, keepdims=True)])
    answer = hull_distance(A, B)
    assert answer.verdict == verdict
    assert verify(answer, A, B)


@pytest.mark.parametrize("scale", [1e-90, 1e-6, 1.0, 1e6, 1e90])
def test_the_same_set_coincides_with_itself(scale):
    random = np.random.default_rng(3)
    for A in (random.normal(size=(40, 5)), random.normal(size=(1, 5)), np.ones((6, 5)), np.zeros((2, 5))):
        answer = hull_distance(A * scale, A[::-1] * scale)
        assert answer.meet
        assert float(answer) == 0.0
        assert answer.gap == 0.0
        assert verify(answer, A * scale, A[::-1] * scale)
