"""The inverse of the Gram matrix under points that come and go, against the matrix inverted afresh."""

import numpy as np
import pytest

from tunescope.geometry import hull_distance, verify
from tunescope.geometry._solver import search as _search
from tunescope.geometry._solver.gram_inverse import BLOCK, admit, affine_weights, dismiss, refine, up_to
from tunescope.geometry._solver.nearest_points import OPEN


class ActiveSet:
    """The arrays that the compiled functions share, with room for ``capacity`` points."""

    def __init__(self, X, capacity=64):
        self.X = X
        self.center = X.mean(axis=0, dtype=np.float64)
        self.size = float(np.linalg.norm(X - self.center, axis=1).max())
        wide = up_to(capacity)
        self.inverse, self.Z = np.zeros((wide, wide)), np.zeros((2, wide))
        self.active, self.signs = np.zeros(wide, np.int64), np.zeros(wide)
        self.columns = np.zeros((BLOCK, X.shape[1]))
        self.cross, self.solved = np.zeros((BLOCK, wide)), np.zeros((BLOCK, wide))
        self.small = np.zeros((BLOCK + 1, BLOCK + 4))
        self.k = 0

    def admit(self, rows, signs):
        entering, entering_signs = np.asarray(rows, np.int64), np.asarray(signs, np.float64)
        count = admit(
            self.X, self.center, entering, entering_signs, len(entering), self.size, self.active, self.signs, self.k,
            self.inverse, self.Z, self.columns, self.cross, self.solved, self.small,
        )  # fmt: skip
        self.k += count
        return count

    def dismiss(self, j):
        dismiss(j, self.k, self.active, self.signs, self.inverse, self.Z, self.solved[0])
        self.k -= 1

    def refine(self):
        refine(
            self.X, self.center, self.size, self.active, self.signs, self.k, self.inverse, self.Z, self.columns[0],
            self.cross, self.solved,
        )  # fmt: skip

    def expected(self):
        """(inverse, Z) from the definition."""
        signs = self.signs[: self.k]
        columns = signs[:, None] * (self.X[self.active[: self.k]].astype(np.float64) - self.center)
        same = signs[:, None] == signs
        inverse = np.linalg.inv(columns @ columns.T + self.size**2 * same)
        return inverse, inverse @ np.stack([signs > 0, signs < 0], axis=1)

    def assert_right(self, rtol=1e-9):
        inverse, Z = self.expected()
        k = self.k
        np.testing.assert_allclose(self.inverse[:k, :k], inverse, atol=rtol * np.abs(inverse).max())
        np.testing.assert_allclose(self.Z[:, :k].T, Z, atol=rtol * np.abs(Z).max())


def made(seed, dtype=np.float64, n=80, d=45):
    random = np.random.default_rng(seed)
    return (random.normal(size=(n, d)) * np.linspace(1.0, 0.2, d) + 0.5).astype(dtype), random


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("seed", range(4))
def test_points_come_in_blocks_of_any_size_and_go_one_by_one(seed, dtype):
    X, random = made(seed, dtype)
    active = ActiveSet(X)
    outside = list(random.permutation(len(X)))
    active.admit([outside.pop(), outside.pop()], [1, -1])
    for _ in range(60):
        if active.k > 30 or (active.k > 4 and random.random() < 0.5):
            j = int(random.integers(active.k))
            of_its_hull = (active.signs[: active.k] == active.signs[j]).sum()
            if of_its_hull > 1:
                outside.insert(0, active.active[j])
                active.dismiss(j)
        else:
            m = int(random.integers(1, BLOCK + 1))
            rows = [outside.pop() for _ in range(m)]
            assert active.admit(rows, random.choice([-1.0, 1.0], m)) == m
        active.assert_right()


def test_a_block_ends_before_the_first_point_that_depends_on_the_others():
    X, _ = made(0)
    X[3] = X[1]
    active = ActiveSet(X)
    active.admit([0, 1], [1, -1])
    assert active.admit([2, 3, 4], [1, -1, 1]) == 1
    assert active.active[: active.k].tolist() == [0, 1, 2]
    active.assert_right()
    assert active.admit([3], [-1]) == 0
    assert active.admit([4, 5], [1, -1]) == 2
    active.assert_right()


def test_two_copies_in_one_block_depend_on_each_other():
    X, _ = made(1)
    X[5] = X[4]
    active = ActiveSet(X)
    active.admit([0, 1], [1, -1])
    assert active.admit([3, 4, 5], [1, 1, 1]) == 2
    active.assert_right()


def test_a_step_of_refinement_takes_wear_away():
    X, random = made(2)
    active = ActiveSet(X)
    for start in range(0, 32, 8):
        active.admit(range(start, start + 8), [1, -1] * 4)
    _, Z = active.expected()
    active.Z[:, : active.k] *= 1 + 1e-4 * random.normal(size=(2, active.k))
    before = np.abs(active.Z[:, : active.k].T - Z).max()
    active.refine()
    assert np.abs(active.Z[:, : active.k].T - Z).max() < 1e-6 * before


def test_the_weights_are_those_of_the_nearest_points_of_the_affine_hulls():
    X, _ = made(3)
    active = ActiveSet(X)
    active.admit(range(8), [1, 1, 1, -1, -1, -1, 1, -1])
    weights = np.empty(active.k)
    assert affine_weights(active.Z, active.signs, active.k, weights)
    first = active.signs[: active.k] > 0
    assert weights[first].sum() == pytest.approx(1)
    assert weights[~first].sum() == pytest.approx(1)
    between = (active.signs[: active.k] * weights) @ X[active.active[: active.k]]
    heights = X[active.active[: active.k]] @ between
    assert np.ptp(heights[first]) < 1e-12
    assert np.ptp(heights[~first]) < 1e-12


@pytest.mark.parametrize("away", [0.03, 0.3, 3.0])
@pytest.mark.parametrize("seed", range(3))
def test_the_orthogonal_factor_alone_finds_the_same_distance(seed, away, monkeypatch):
    random = np.random.default_rng(seed)
    widths = np.linspace(1.0, 0.05, 30)
    A, B = random.normal(size=(150, 30)) * widths, random.normal(size=(90, 30)) * widths
    A[:, 0] = np.abs(A[:, 0]) + away
    B[:, 0] = -np.abs(B[:, 0])
    quick = hull_distance(A, B, rtol=1e-6)
    handed_over = []

    def at_once(*arguments):
        handed_over.append(arguments)
        return OPEN, 0, -np.inf, np.inf

    monkeypatch.setattr(_search, "approach", at_once)
    slow = hull_distance(A, B, rtol=1e-6)
    assert len(handed_over) == 1
    assert verify(quick, A, B)
    assert verify(slow, A, B)
    assert max(quick.lower, slow.lower) <= min(quick.upper, slow.upper) * (1 + 1e-12)
    assert quick.upper == pytest.approx(slow.upper, rel=1e-6)
