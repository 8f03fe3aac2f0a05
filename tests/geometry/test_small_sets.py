"""One compiled call for two small sets: the answers of the general search, for arrays of every kind."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sets import examples
from spaces import same

from tunescope.geometry import hull_distance, separable, verify
from tunescope.geometry._hulls.small import search_small_sets
from tunescope.geometry._solver.known_points import FIRST_ROOM
from tunescope.geometry._solver.nearest_points import CONVERGED, OPEN
from tunescope.geometry._solver.small_sets import LEAST_RTOL, MOST_POINTS


def clouds(na, nb, d, away, seed=0, dtype=np.float32):
    random = np.random.default_rng(seed)
    A, B = random.normal(size=(na, d)), random.normal(size=(nb, d))
    B[:, 0] += away
    return A.astype(dtype), B.astype(dtype)


@examples(60)
@given(
    st.integers(1, 150), st.integers(1, 150), st.sampled_from([1, 2, 5, 40, 300]), st.sampled_from([6.0, 12.0, 60.0]),
    st.sampled_from([np.float32, np.float64]), st.integers(0, 2**32 - 1),
)  # fmt: skip
def test_the_answer_is_that_of_the_general_search(na, nb, d, away, dtype, seed):
    A, B = clouds(na, nb, d, away, seed, dtype)
    quick = hull_distance(A, B)
    general = hull_distance(A, B, rtol=LEAST_RTOL / 2)  # narrower than float32 can tell
    assert quick.verdict == general.verdict == separable(A, B).verdict
    assert verify(quick, A, B)
    assert verify(separable(A, B), A, B)
    assert quick.gap <= 1e-3
    assert quick.lower <= general.upper
    assert general.lower <= quick.upper
    assert len(quick.points_a) + len(quick.points_b) <= d + 2


def test_sets_that_are_well_apart_take_one_compiled_call():
    A, B = clouds(60, 40, 30, 12.0)
    assert search_small_sets(A, B, 1e-3, verdict_only=False).status == CONVERGED


def test_more_active_points_than_there_is_room_for_at_first():
    A, B = clouds(MOST_POINTS // 2, MOST_POINTS // 2, 400, 6.0)
    found = search_small_sets(A, B, 1e-3, verdict_only=False)
    assert found.status == CONVERGED
    assert len(found.rows) > FIRST_ROOM


@pytest.mark.parametrize("away", [0.0, 1e-4])
def test_hulls_that_meet_or_nearly_do_are_left_to_the_general_search(away):
    A, B = clouds(80, 80, 3, away)
    assert search_small_sets(A, B, 1e-3, verdict_only=False).status == OPEN
    assert hull_distance(A, B).meet
    assert separable(A, B).meet


@pytest.mark.parametrize("factor", [1e-90, 1e-9, 1e9, 1e90])
def test_what_float32_cannot_hold_is_measured_all_the_same(factor):
    A, B = clouds(30, 30, 8, 12.0, dtype=np.float64)
    assert same(hull_distance(A, B), hull_distance(A * factor, B * factor), factor, rtol=1e-3)


def test_arrays_of_any_layout_give_the_same_answer():
    A, B = clouds(50, 70, 20, 12.0, dtype=np.float64)
    expected = hull_distance(A, B)
    read_only = A.copy()
    read_only.setflags(write=False)
    backwards = np.ascontiguousarray(A[:, ::-1])[:, ::-1]
    for other in (
        read_only,
        np.asfortranarray(A),
        np.repeat(A, 2, axis=0)[::2],
        backwards,
        A.astype(">f8"),
        A.tolist(),
    ):
        answer = hull_distance(other, B)
        assert answer.upper == pytest.approx(expected.upper, rel=1e-9)
        assert np.array_equal(np.sort(answer.points_a), np.sort(expected.points_a))
    assert hull_distance(A.astype(np.float32), B).upper == pytest.approx(expected.upper, rel=1e-5)


def test_threads_do_not_share_memory():
    pairs = [clouds(40 + i, 60, 50, 12.0, seed=i) for i in range(40)]
    alone = [hull_distance(*pair).upper for pair in pairs]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(5):
            assert list(pool.map(lambda pair: hull_distance(*pair).upper, pairs)) == alone


def test_an_answer_keeps_its_numbers_when_others_are_asked_for():
    A, B = clouds(40, 60, 50, 12.0)
    answer = hull_distance(A, B)
    for seed in range(5):
        hull_distance(*clouds(70, 60, 50, 9.0, seed))
    assert verify(answer, A, B)
