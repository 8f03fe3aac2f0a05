"""The inverse of the Gram matrix under points that come and go, against the matrix inverted afresh."""

import numpy as np
import pytest

from tunescope.geometry import hull_distance, verify
from tunescope.geometry._solver.approach import room_for
from tunescope.geometry._solver.coordinates import Spaces
from tunescope.geometry._solver.gram_inverse import BLOCK, admit, affine_weights, dismiss, refine
from tunescope.geometry._solver.nearest_points import CONVERGED, OPEN
from tunescope.geometry._solver.search import Contact, go_on
from tunescope.geometry._solver.terms import Goal, Pair, Space


class ActiveSet:
    """An inverse of the engine, with room for ``capacity`` points."""

    def __init__(self, X, capacity=64):
        center = X.mean(axis=0, dtype=np.float64)
        size = float(np.linalg.norm(X - center, axis=1).max())
        self.space = Space(X, center, np.ones(X.shape[1]), size)
        self.inverse, self.block = room_for(capacity, capacity, X.shape[1])
        self.k = 0

    @property
    def active(self):
        return self.inverse.active[: self.k]

    @property
    def signs(self):
        return self.inverse.signs[: self.k]

    @property
    def Z(self):
        return self.inverse.Z[:, : self.k]

    def admit(self, rows, signs):
        m = len(rows)
        self.block.rows[:m], self.block.signs[:m] = rows, signs
        count = admit(self.space, self.inverse, self.k, self.block, m)
        self.k += count
        return count

    def dismiss(self, j):
        dismiss(self.inverse, self.k, j, self.block.solved[0])
        self.k -= 1

    def refine(self):
        refine(self.space, self.inverse, self.k, self.block)

    def expected(self):
        """(inverse, Z) from the definition."""
        signs = self.signs
        columns = signs[:, None] * (self.space.points[self.active].astype(np.float64) - self.space.center)
        same = signs[:, None] == signs
        inverse = np.linalg.inv(columns @ columns.T + self.space.size**2 * same)
        return inverse, inverse @ np.stack([signs > 0, signs < 0], axis=1)

    def assert_right(self, rtol=1e-9):
        inverse, Z = self.expected()
        matrix = self.inverse.matrix[: self.k, : self.k]
        np.testing.assert_allclose(matrix, inverse, atol=rtol * np.abs(inverse).max())
        np.testing.assert_allclose(self.Z.T, Z, atol=rtol * np.abs(Z).max())


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
            of_its_hull = (active.signs == active.signs[j]).sum()
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
    assert active.active.tolist() == [0, 1, 2]
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
    active.Z[:] *= 1 + 1e-4 * random.normal(size=(2, active.k))
    before = np.abs(active.Z.T - Z).max()
    active.refine()
    assert np.abs(active.Z.T - Z).max() < 1e-6 * before


def test_the_weights_are_those_of_the_nearest_points_of_the_affine_hulls():
    X, _ = made(3)
    active = ActiveSet(X)
    active.admit(range(8), [1, 1, 1, -1, -1, -1, 1, -1])
    weights = np.empty(active.k)
    assert affine_weights(active.inverse, active.k, weights)
    first = active.signs > 0
    assert weights[first].sum() == pytest.approx(1)
    assert weights[~first].sum() == pytest.approx(1)
    between = (active.signs * weights) @ X[active.active]
    heights = X[active.active] @ between
    assert np.ptp(heights[first]) < 1e-12
    assert np.ptp(heights[~first]) < 1e-12


@pytest.mark.parametrize("away", [0.03, 0.3, 3.0])
@pytest.mark.parametrize("seed", range(3))
def test_the_orthogonal_factor_alone_finds_the_same_distance(seed, away):
    random = np.random.default_rng(seed)
    widths = np.linspace(1.0, 0.05, 30)
    A, B = random.normal(size=(150, 30)) * widths, random.normal(size=(90, 30)) * widths
    A[:, 0] = np.abs(A[:, 0]) + away
    B[:, 0] = -np.abs(B[:, 0])
    quick = hull_distance(A, B, rtol=1e-6)
    space = Spaces(np.concatenate([A, B])).plain
    pair = Pair(np.arange(240), 150, np.zeros(0))
    begun = Contact(OPEN, 0.0, np.inf, np.array([0, 150]), np.ones(2), np.array([True, False]), np.zeros(30), 0, 0)
    slow = go_on(space, pair, begun, Goal(False, 1e-6, 0.0, np.inf, 1e-13, 0.0, 2000, 32))
    assert slow.status == CONVERGED
    assert verify(quick, A, B)
    assert max(quick.lower, slow.lower) <= min(quick.upper, slow.upper) * (1 + 1e-12)
    assert quick.upper == pytest.approx(slow.upper, rel=1e-6)
