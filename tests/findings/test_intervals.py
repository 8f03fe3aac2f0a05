"""Means over runs, and how far they can be trusted."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tunescope.errors import StorageError
from tunescope.findings import AMOUNT, ANY, CORRELATION, FEWEST, SHARE, Range, change, estimate

RANGES = (ANY, AMOUNT, SHARE, CORRELATION, Range(0.0, 17.0), Range(-math.inf, 3.0), SHARE.of_change)


@st.composite
def runs(draw, least=1):
    """A range, and runs within it: inside, at its ends, and all alike."""
    within = draw(st.sampled_from(RANGES))
    low, high = max(within.low, -1e6), min(within.high, 1e6)
    one = st.one_of(st.floats(low, high), st.sampled_from([low, high]))
    return within, draw(st.one_of(st.lists(one, min_size=least, max_size=12), one.map(lambda value: [value] * 6)))


@settings(deadline=None)
@given(runs())
def test_no_interval_leaves_its_range_or_its_mean(case):
    within, values = case
    found = estimate(values, within)
    if len(values) == 1:
        assert (found.low, found.high, found.std) == (None, None, None)
        return
    assert within.low <= found.low <= found.mean <= found.high <= within.high
    assert found.n == len(values)


@settings(deadline=None)
@given(runs(least=2))
def test_few_runs_are_shown_themselves(case):
    within, values = case
    found = estimate(values, within)
    assert found.is_interval == (len(values) >= FEWEST)
    if not found.is_interval:
        assert (found.low, found.high) == (min(values), max(values))
        assert found.has_few_runs


@settings(deadline=None)
@given(st.lists(st.floats(-0.99, 0.99), min_size=5, max_size=9, unique=True))
def test_the_interval_of_a_correlation_is_fishers(values):
    from scipy.stats import t

    z = [math.atanh(value) for value in values]
    middle = math.fsum(z) / len(z)
    std = math.sqrt(math.fsum((one - middle) ** 2 for one in z) / (len(z) - 1))
    half = t.ppf(0.975, len(z) - 1) * std / math.sqrt(len(z))
    found = estimate(values, CORRELATION)
    assert found.low == pytest.approx(min(math.tanh(middle - half), found.mean), abs=1e-9)
    assert found.high == pytest.approx(max(math.tanh(middle + half), found.mean), abs=1e-9)


def test_without_a_range_the_interval_is_students():
    # t(0.975, 4) = 2.7764; the standard deviation of 1 to 5 is the root of 2.5.
    found = estimate([1.0, 2.0, 3.0, 4.0, 5.0])
    assert found.high - found.mean == pytest.approx(2.776445 * math.sqrt(2.5 / 5), rel=1e-6)
    assert found.mean - found.low == pytest.approx(found.high - found.mean)


def test_shares_near_one_have_an_interval_that_reaches_down_farther_than_up():
    found = estimate([0.990, 0.995, 0.999, 0.992, 0.998], SHARE)
    assert found.high < 1
    assert found.mean - found.low > found.high - found.mean


def test_a_share_of_one_has_an_interval_within_the_runs():
    found = estimate([1.0, 1.0, 0.9, 1.0, 0.95], SHARE)
    assert 0.9 <= found.low < found.mean < found.high <= 1.0
    assert estimate([1.0, 1.0, 0.9, 1.0, 0.95], SHARE) == found, "the same runs give the same interval"


def test_runs_that_agree_leave_nothing_open():
    found = estimate([0.5] * 6, SHARE)
    assert (found.low, found.high, found.std) == (0.5, 0.5, 0.0)


def test_what_is_not_a_number_is_left_out():
    assert estimate([float("nan"), None, math.inf]) is None
    assert estimate([1.0, float("nan"), None]).n == 1


def test_a_value_that_cannot_be_is_refused_and_rounding_is_not():
    with pytest.raises(StorageError, match=r"1\.2 where only 0 to 1"):
        estimate([0.9, 1.2], SHARE)
    assert estimate([1.0 + 1e-12], CORRELATION).mean == 1.0


def test_a_change_is_over_the_runs_after():
    before, after = estimate([0.8, 0.9], SHARE, over="initialisations"), estimate([0.9, 0.95, 0.85], SHARE)
    found = change(before, after, SHARE)
    assert found.values == pytest.approx((0.05, 0.1, 0.0))
    assert found.runs == "3 seeds"
    assert found.includes(0.0)
    assert change(None, after, SHARE) is None


def test_runs_that_differ_by_rounding_alone_have_not_changed():
    before = estimate([0.1, 0.2], SHARE)
    assert change(before, estimate([0.15, 0.15], SHARE), SHARE).values == (0.0, 0.0)


@settings(deadline=None)
@given(runs(least=5), st.floats(1e-3, 1e3))
def test_another_unit_changes_nothing_else(case, factor):
    within, values = case
    found = estimate(values, within)
    scaled = found.times(factor)
    assert (scaled.n, scaled.over, scaled.is_interval) == (found.n, found.over, found.is_interval)
    assert (scaled.low, scaled.mean, scaled.high) == (found.low * factor, found.mean * factor, found.high * factor)
