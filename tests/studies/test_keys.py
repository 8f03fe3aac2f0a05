"""Equal inputs, equal key; anything else, another key."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tunescope.studies._units.keys import key_of

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
INPUTS = st.dictionaries(st.text(), JSON, max_size=4)


@given(INPUTS)
def test_the_order_in_which_inputs_are_named_does_not_matter(inputs):
    assert key_of("kind", dict(reversed(inputs.items()))) == key_of("kind", inputs)


@given(INPUTS, INPUTS)
def test_other_inputs_have_another_key(a, b):
    import json

    same = json.dumps(a, sort_keys=True) == json.dumps(b, sort_keys=True)
    assert (key_of("kind", a) == key_of("kind", b)) == same


@given(INPUTS)
def test_another_kind_has_another_key(inputs):
    assert key_of("space", inputs) != key_of("geometry", inputs)


def test_a_key_is_the_same_on_every_machine():
    # Results that are on disk are found by it, so that it must never change by accident.
    assert key_of("space", {"layer": 3, "task": "größe"}) == "d88e7b6aa0372bd2d682b86bf50aa59b"
