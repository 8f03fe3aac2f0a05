"""Distances of two hulls: known values, an independent solver, invariances, certificates, degenerate sets."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle import meet_exactly
from scipy.optimize import minimize
from sets import examples, point_grids
from sklearn.svm import SVC
from spaces import brackets, rotation, same

from tunescope.errors import RepresentationError
from tunescope.geometry import hull_distance, separable, verify

RTOLS = [0.3, 1e-2, 1e-3, 1e-6]


# ---- known values


def simplex_pair(d, height):
    """A simplex and its copy, moved along an axis of its own: parallel faces at a known distance."""
    corners = np.hstack([np.eye(d), np.zeros((d, 1))])
    return corners, corners + np.eye(d + 1)[d] * height


def boxes(d, away):
    """Two unit boxes that differ in position by ``away``: distance sqrt(sum of squared gaps along the axes)."""
    corners = np.array(np.meshgrid(*[[0.0, 1.0]] * d)).reshape(d, -1).T
    away = np.asarray(away, float)
    return corners, corners + away, float(np.linalg.norm(np.maximum(np.abs(away) - 1, 0)))


KNOWN = {
    "two points": ([[1.0, 2.0, 2.0]], [[0.0, 0.0, 0.0]], 3.0),
    "two points on a line": ([[1.0]], [[4.5]], 3.5),
    "a point beside a segment": ([[0.0, 2.0]], [[-1.0, 0.0], [3.0, 0.0]], 2.0),
    "a point beyond a segment": ([[6.0, 4.0]], [[-1.0, 0.0], [3.0, 0.0]], 5.0),
    "two skew segments": ([[-1.0, 0, 0], [1, 0, 0]], [[0.0, -1, 2], [0, 1, 2]], 2.0),
    "two parallel segments": ([[0.0, 0], [5, 0]], [[1.0, 3], [9, 3]], 3.0),
    "two intervals": ([[0.0], [1.0], [0.5]], [[4.0], [9.0]], 3.0),
    "point and simplex": ([[0.0, 0, 0]], np.eye(3), 1 / np.sqrt(3)),
    "parallel simplices": (*simplex_pair(8, 0.25), 0.25),
    "boxes face to face": boxes(4, [2.5, 0.3, 0.2, 0.1]),
    "boxes edge to edge": boxes(3, [2.0, -3.0, 0.5]),
    "boxes corner to corner": boxes(3, [2.0, 3.0, 3.0]),
    "boxes in nine dimensions": boxes(9, [1.5] * 9),
    "coincident points": (np.zeros((7, 3)), np.full((5, 3), 2.0), np.sqrt(12)),
}


@pytest.mark.parametrize("rtol", RTOLS)
@pytest.mark.parametrize("name", KNOWN)
def test_known_distances(name, rtol):
    A, B, distance = map(np.asarray, KNOWN[name])
    answer = hull_distance(A, B, rtol=rtol)
    assert brackets(answer, A, B, distance, rtol)
    assert answer.gap <= rtol
    assert float(answer) == answer.upper


@pytest.mark.parametrize("n", [2, 3, 10, 200])
def test_regular_polygons_face_to_face(n):
    """The inradius is known, and with it the distance of two polygons that show each other a side."""
    angle = (np.arange(n) + 0.5) * 2 * np.pi / n
    polygon = np.column_stack([np.cos(angle), np.sin(angle)])
    other = 4.0 - polygon * [1, -1]
    A, B = polygon, np.column_stack([other[:, 0], -polygon[:, 1]])
    assert brackets(hull_distance(A, B, rtol=1e-6), A, B, 4.0 - 2 * np.cos(np.pi / n), 1e-6)


# ---- an independent solver


@pytest.mark.parametrize("seed", range(8))
def test_the_same_distance_as_a_quadratic_program(seed):
    random = np.random.default_rng(seed)
    d, na, nb = random.integers(2, 7), random.integers(1, 8), random.integers(1, 8)
    A, B = random.normal(size=(na, d)), random.normal(size=(nb, d)) + 5 * rotation(d, random)[0]
    points = np.concatenate([A, -B])
    sums = np.zeros((2, na + nb))
    sums[0, :na] = sums[1, na:] = 1
    answer = minimize(
        lambda w: 0.5 * float(((w @ points) ** 2).sum()),
        np.concatenate([np.full(na, 1 / na), np.full(nb, 1 / nb)]),
        jac=lambda w: points @ (w @ points),
        bounds=[(0, 1)] * (na + nb),
        constraints={"type": "eq", "fun": lambda w: sums @ w - 1, "jac": lambda w: sums},
        method="SLSQP",
        options={"ftol": 1e-15, "maxiter": 1000},
    )
    found = hull_distance(A, B, rtol=1e-7)
    assert found.verdict == "separable"
    assert float(np.linalg.norm(answer.x @ points)) == pytest.approx(float(found), rel=1e-5)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("n", "d"), [(400, 3), (150, 20), (40, 100)])
def test_twice_the_margin_of_the_hard_support_vector_machine(n, d, seed):
    random = np.random.default_rng(seed)
    normal = rotation(d, random)[0]
    X = random.normal(size=(n, d))
    side = np.sign(X @ normal)
    X += 0.3 * side[:, None] * normal
    machine = SVC(kernel="linear", C=1e8, tol=1e-9).fit(X, side)
    A, B = X[side > 0], X[side < 0]
    answer = hull_distance(A, B, rtol=1e-6)
    assert verify(answer, A, B)
    assert 2 / np.linalg.norm(machine.coef_) == pytest.approx(float(answer), rel=1e-4)


# ---- invariances


@st.composite
def clouds(draw, least=1):
    """Two clouds of points, from far apart to one in the other; some flat, some with coincident points."""
    d = draw(st.sampled_from([1, 2, 3, 8, 30]))
    na, nb = draw(st.integers(least, 30)), draw(st.integers(least, 30))
    away = draw(st.sampled_from([0.0, 0.5, 1.0, 2.0, 8.0]))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    A, B = random.normal(size=(na, d)), random.normal(size=(nb, d)) + away * random.normal(size=d)
    if draw(st.booleans()):
        A, B = A[random.integers(0, na, na)], B[random.integers(0, nb, nb)]
    if draw(st.booleans()):
        flat = random.normal(size=((d + 1) // 2, d)) if d > 1 else np.eye(1)
        A, B = A[:, : len(flat)] @ flat, B[:, : len(flat)] @ flat
    return A, B, random


@examples(80)
@given(clouds())
def test_every_certificate_is_accepted(drawn):
    A, B, _ = drawn
    for rtol in (0.3, 1e-3, 1e-6):
        answer = hull_distance(A, B, rtol=rtol)
        assert verify(answer, A, B)
        assert answer.verdict != "undecided"
        assert answer.upper - answer.lower <= rtol * answer.upper or not answer.separable
    brief = separable(A, B)
    assert verify(brief, A, B)
    assert brief.verdict == answer.verdict
    assert brief.lower <= answer.upper
    assert answer.lower <= brief.upper


@examples(60)
@given(clouds(), st.floats(-4, 4))
def test_translation_and_rotation_keep_the_distance(drawn, exponent):
    A, B, random = drawn
    d = A.shape[1]
    turn, shift = rotation(d, random), random.normal(size=d) * 10**exponent
    assert same(hull_distance(A, B, rtol=1e-6), hull_distance(A + shift, B + shift, rtol=1e-6))
    assert same(hull_distance(A, B, rtol=1e-6), hull_distance(A @ turn, B @ turn, rtol=1e-6))


@examples(60)
@given(clouds(), st.floats(-6, 6))
def test_distances_scale_with_the_points(drawn, exponent):
    A, B, _ = drawn
    factor = 10**exponent
    first, second = hull_distance(A, B, rtol=1e-6), hull_distance(A * factor, B * factor, rtol=1e-6)
    assert same(first, second, factor)
    assert verify(second, A * factor, B * factor)


@examples(60)
@given(clouds())
def test_order_copies_and_sides_change_nothing(drawn):
    A, B, random = drawn
    first = hull_distance(A, B, rtol=1e-6)
    assert same(first, hull_distance(random.permutation(A), random.permutation(B), rtol=1e-6))
    assert same(first, hull_distance(B, A, rtol=1e-6))
    copies = np.concatenate([A, A[random.integers(0, len(A), 9)], A[:1], A[:1]])
    assert same(first, hull_distance(copies, np.repeat(B, 3, axis=0), rtol=1e-6))


@examples(60)
@given(clouds())
def test_points_inside_a_hull_change_nothing(drawn):
    A, B, random = drawn
    inner = random.dirichlet(np.ones(len(A)), size=5) @ A
    assert same(hull_distance(A, B, rtol=1e-6), hull_distance(np.concatenate([inner, A]), B, rtol=1e-6))


@examples(80)
@given(clouds(least=2))
def test_subsets_are_no_nearer_and_supersets_no_further(drawn):
    A, B, random = drawn
    part_a = A[: random.integers(1, len(A))]
    part_b = B[: random.integers(1, len(B))]
    whole, part = hull_distance(A, B, rtol=1e-6), hull_distance(part_a, part_b, rtol=1e-6)
    if whole.separable:
        assert part.separable
        assert part.upper >= whole.lower
    if part.meet:
        assert whole.meet


@examples(60)
@given(clouds())
def test_the_distance_is_that_of_two_points_of_the_hulls(drawn):
    A, B, _ = drawn
    answer = hull_distance(A, B)
    near_a, near_b = answer.weights_a @ A[answer.points_a], answer.weights_b @ B[answer.points_b]
    radius = np.linalg.norm(np.concatenate([A, B]) - A.mean(axis=0), axis=1).max()
    assert answer.weights_a.min() >= 0
    assert answer.weights_a.sum() == pytest.approx(1)
    assert answer.weights_b.min() >= 0
    assert answer.weights_b.sum() == pytest.approx(1)
    assert np.linalg.norm(near_a - near_b) == pytest.approx(answer.upper, abs=1e-11 * radius)
    # Caratheodory: no more active points than the dimension asks for
    assert len(answer.points_a) + len(answer.points_b) <= A.shape[1] + 2
    if answer.separable:
        assert np.linalg.norm(answer.normal) == pytest.approx(1)
        assert (A @ answer.normal).min() > answer.offset > (B @ answer.normal).max()


# ---- certificates that were tampered with

random = np.random.default_rng(0)
APART = random.normal(size=(20, 4)) + 6 * np.eye(4)[0], random.normal(size=(30, 4))
MEETING = random.normal(size=(20, 4)), random.normal(size=(30, 4))
NAN = float("nan")


def tamper_array(values, at, by):
    values = values.copy()
    values[at] += by
    return values


TAMPERED_APART = {
    "normal turned": lambda c: {"normal": np.roll(c.normal, 1)},
    "normal turned round": lambda c: {"normal": -c.normal},
    "normal too long": lambda c: {"normal": 2 * c.normal},
    "normal missing": lambda c: {"normal": None},
    "normal not a number": lambda c: {"normal": c.normal * NAN},
    "offset beyond the first hull": lambda c: {"offset": c.offset + 0.51 * c.upper},
    "offset beyond the second hull": lambda c: {"offset": c.offset - 0.51 * c.upper},
    "offset missing": lambda c: {"offset": None},
    "offset not a number": lambda c: {"offset": NAN},
    "lower raised": lambda c: {"lower": c.upper * (1 + 1e-6), "upper": c.upper * 2},
    "lower above upper": lambda c: {"lower": c.upper * 1.1},
    "lower zero": lambda c: {"lower": 0.0},
    "lower negative": lambda c: {"lower": -1.0},
    "lower not a number": lambda c: {"lower": NAN},
    "upper lowered": lambda c: {"upper": c.upper * (1 - 1e-6), "lower": c.lower * 0.5},
    "upper not a number": lambda c: {"upper": NAN},
    "weights moved": lambda c: {"weights_a": np.roll(c.weights_a, 1)},
    "weights too heavy": lambda c: {"weights_a": c.weights_a * 1.01},
    "weights negative": lambda c: {"weights_b": tamper_array(tamper_array(c.weights_b, 0, -2), 1, 2)},
    "weights not numbers": lambda c: {"weights_a": c.weights_a * NAN},
    "weights too few": lambda c: {"weights_a": c.weights_a[:-1]},
    "no weights": lambda c: {"weights_a": c.weights_a[:0], "points_a": c.points_a[:0]},
    "points moved": lambda c: {"points_a": (c.points_a + 1) % 20},
    "points of the other hull": lambda c: {"points_b": (c.points_b + 7) % 30},
    "points that are not there": lambda c: {"points_a": c.points_a + 20},
    "points before the first": lambda c: {"points_a": c.points_a - 20},
    "called meeting": lambda c: {"verdict": "meet"},
    "called meeting, without bounds": lambda c: {"verdict": "meet", "lower": 0.0, "normal": None},
    "called undecided": lambda c: {"verdict": "undecided"},
    "called otherwise": lambda c: {"verdict": "apart"},
}
TAMPERED_MEETING = {
    "called separable": lambda c: {"verdict": "separable"},
    "called separable, with a plane": lambda c: {
        "verdict": "separable", "normal": np.eye(4)[0], "offset": 0.0, "lower": 1e-9, "upper": 1.0
    },
    "lower raised": lambda c: {"lower": 1.0},
    "lower and upper raised": lambda c: {"lower": 1.0, "upper": 2.0},
    "weights moved": lambda c: {"weights_a": np.roll(c.weights_a, 1)},
    "points moved": lambda c: {"points_b": (c.points_b + 1) % 30},
    "points moved, upper raised": lambda c: {"points_b": (c.points_b + 1) % 30, "upper": 9.0},
    "weights of b not numbers": lambda c: {"weights_b": c.weights_b * NAN},
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERED_APART)
def test_a_tampered_certificate_of_separation_is_rejected(name):
    answer = hull_distance(*APART)
    assert answer.separable
    assert min(len(answer.weights_a), len(answer.weights_b)) > 1
    assert verify(answer, *APART)
    assert not verify(replace(answer, **TAMPERED_APART[name](answer)), *APART)


@pytest.mark.parametrize("name", TAMPERED_MEETING)
def test_a_tampered_certificate_of_contact_is_rejected(name):
    answer = hull_distance(*MEETING)
    assert answer.meet
    assert verify(answer, *MEETING)
    assert not verify(replace(answer, **TAMPERED_MEETING[name](answer)), *MEETING)


def test_a_certificate_is_about_its_own_points():
    answer = hull_distance(*APART)
    A, B = APART
    assert not verify(answer, B, A)
    assert not verify(answer, A, np.concatenate([B, A[:1]]))
    assert not verify(answer, A + 0.1, B)
    assert verify(answer, A, B[answer.points_b]) is False or len(answer.points_b) == len(B)


def test_a_gap_within_the_tolerance_is_not_called_separable():
    answer = hull_distance(*APART)
    assert not verify(replace(answer, tolerance=answer.upper * 2), *APART)


# ---- what is taken as points


@examples(120)
@given(point_grids(least=2, most=14), st.data())
def test_the_distance_on_grids(points, data):
    cut = data.draw(st.integers(1, len(points) - 1))
    A, B = points[:cut], points[cut:]
    answer = hull_distance(A, B, rtol=1e-6)
    assert answer.verdict == ("meet" if meet_exactly(A, B) else "separable")
    assert verify(answer, A, B)
    assert answer.gap <= 1e-6


@pytest.mark.parametrize("dtype", [np.float32, np.int8, np.int64, np.uint8])
def test_other_number_types_are_read_as_they_are(dtype):
    A, B = np.array([[0, 1], [1, 1]], dtype=dtype), np.array([[0, 0], [1, 0]], dtype=dtype)
    assert float(hull_distance(A, B)) == pytest.approx(1.0)
    assert float(hull_distance(A.tolist(), B.tolist())) == pytest.approx(1.0)


def test_one_point_may_be_given_by_its_coordinates():
    assert float(hull_distance([0.0, 3.0], [[4.0, 0.0]])) == pytest.approx(5.0)


def test_points_are_not_changed():
    A, B = (P.copy() for P in APART)
    hull_distance(A, B)
    assert np.array_equal(A, APART[0])
    assert np.array_equal(B, APART[1])


# ---- what is refused

GOOD = np.zeros((3, 2))
BAD = {
    "empty": (np.zeros((0, 2)), "at least 1"),
    "no coordinates": (np.zeros((3, 0)), "at least 1"),
    "three axes": (np.zeros((3, 2, 2)), r"shape \(3, 2, 2\)"),
    "a number": (np.float64(3), r"shape \(\)"),
    "not a number": ([[0.0, NAN], [1.0, 2.0]], "1 of its 2 points"),
    "infinite": ([[0.0, np.inf], [-np.inf, 2.0]], "2 of its 2 points"),
    "text": ([["a", "b"]], "not numbers"),
    "other width": (np.zeros((3, 5)), "5 and 2|2 and 5"),
    "too large": ([[1e150, 0.0]], "1e-100"),
    "too small": ([[1e-150, 0.0]], "1e-100"),
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("question", [hull_distance, separable])
def test_what_is_not_a_set_of_points_is_refused(question, name):
    bad, message = BAD[name]
    for pair in ((bad, GOOD), (GOOD, bad)):
        with pytest.raises(RepresentationError, match=message):
            question(*pair)


@pytest.mark.parametrize("rtol", [0, 1, -1e-3, NAN, 2])
def test_a_relative_width_lies_between_zero_and_one(rtol):
    with pytest.raises(RepresentationError, match="rtol"):
        hull_distance(GOOD, GOOD, rtol=rtol)
