"""Names that a person mistypes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tunescope.errors import closest, near


def test_a_slip_is_recognised_whatever_its_capitals() -> None:
    assert closest("TINNY", ["tiny", "mini", "Small"])[0] == "tiny"
    assert near("small", ["Small", "base"]) == "did you mean Small?"


def test_what_is_alike_to_nothing_gets_the_whole_list_in_order() -> None:
    assert near("xyzzy", ["pos", "dep"]) == "known are dep, pos"


@given(st.lists(st.text(min_size=1), min_size=1))
def test_a_name_that_is_known_is_closest_to_itself_but_for_capitals(known: list[str]) -> None:
    name = known[0]
    assert name.lower() in [each.lower() for each in closest(name, known, n=1)]
