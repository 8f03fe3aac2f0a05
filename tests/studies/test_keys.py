"""Equal inputs, equal key; anything else, another key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunescope.finetuning import Recipe
from tunescope.studies import Checkpoint, Checkpoints
from tunescope.studies._units.alike import Alike
from tunescope.studies._units.chance import Chance
from tunescope.studies._units.classifier import Classify
from tunescope.studies._units.finetune import FineTuneUnit
from tunescope.studies._units.followed import FollowUnit
from tunescope.studies._units.geometry import Shape
from tunescope.studies._units.grafted import Graft
from tunescope.studies._units.indicators import Indicators
from tunescope.studies._units.keys import Setting, first_key, key_of
from tunescope.studies._units.memorisation import Memorise
from tunescope.studies._units.neighbours import Neighbourhood
from tunescope.studies._units.points import TaskPoints
from tunescope.studies._units.reached import OnTheWay, WeightsOnTheWay
from tunescope.studies._units.space import Space
from tunescope.studies._units.states import Original
from tunescope.studies._units.tuned import FineTuned, Weights
from tunescope.studies._units.work import Work

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
INPUTS = st.dictionaries(st.text(), JSON, max_size=4)


@given(INPUTS)
def test_the_order_in_which_inputs_are_named_does_not_matter(inputs):
    assert key_of("kind", 1, dict(reversed(inputs.items()))) == key_of("kind", 1, inputs)


@given(INPUTS, INPUTS)
def test_other_inputs_have_another_key(a, b):
    import json

    same = json.dumps(a, sort_keys=True) == json.dumps(b, sort_keys=True)
    assert (key_of("kind", 1, a) == key_of("kind", 1, b)) == same


@given(INPUTS)
def test_another_kind_has_another_key(inputs):
    assert key_of("space", 1, inputs) != key_of("geometry", 1, inputs)


def test_another_version_of_a_kind_has_another_key():
    assert key_of("space", 1, {}) != key_of("space", 2, {})


def test_a_setting_at_its_default_is_no_part_of_the_key():
    plain = key_of("finetune", 1, {"recipe": {"epochs": 3}})
    assert key_of("finetune", 1, {"recipe": {"epochs": 3, "method": Setting("full", "full", first=False)}}) == plain
    assert key_of("finetune", 1, {"recipe": {"epochs": 3, "method": Setting("lora", "full", first=False)}}) != plain


def test_what_the_first_version_did_not_know_has_no_key_of_it():
    assert first_key("finetune", {"method": Setting("lora", "full", first=False)}) is None
    assert first_key("finetune", {"method": Setting("full", "full", first=False)}) == first_key("finetune", {})


def works():
    """One unit of every kind."""
    encoder = Original("small", "small", None, "weights", 2)
    tuning = FineTuneUnit(encoder, "pos", "words", Recipe(epochs=1), seed=0, every=5, layers=(1, 2))
    start = Space(encoder, "pos", "words", 2)
    space = Space(FineTuned(tuning), "pos", "words", 2)
    followed = Checkpoints([Checkpoint(update, lambda: None, f"weights {update}") for update in (0, 5)])
    return {
        "points": TaskPoints("pos", "words"),
        "space": start,
        "finetune": tuning,
        "encoder": Weights(tuning),
        "geometry": Shape(space),
        "classifier": Classify(space, (256, 256), 1e-4, 1000, 5, False),
        "memorisation": Memorise(space, (256, 256), 1e-4, 100),
        "chance": Chance(space),
        "neighbours": Neighbourhood(start, space),
        "alike": Alike((start, space)),
        "graft": Graft(start, space, (256, 256), 1e-4, 1000),
        "indicators": Indicators(start),
        "trajectory": FollowUnit(followed, "followed", "pos", "words", (1, 2), ()),
    }


GOLDEN = {
    "points": "fc3932ec6aa9bf8edb76824f246f2e9f",
    "space": "1c1292e0a8078ab9ae90ac3a259a8e68",
    "finetune": "f1cd5c77b8328df55f97f21a37acfa28",
    "encoder": "ebd3bcb50fd605593df48aea7d98c3cd",
    "geometry": "4d3b0b1cf5ed56904c4546173a33d6e8",
    "classifier": "b4239a43d002b1274d244acc25d999db",
    "memorisation": "563ed59b9141156ed72456d541357de5",
    "trajectory": "0599759f1f6c8ac157a9939b31f20325",
    "chance": "d7c5cda332a7fce4a2a826ddaa725aa5",
    "neighbours": "c721d84b2bcd622f2f69569d839c72c1",
    "alike": "4abe542f06f7bc3d7edaaac1e100288f",
    "graft": "12e5fd420d41642655b52a95e73c238d",
    "indicators": "c9694218993c868d130243d7c827cc0a",
}
"""Results that are on disk are found by these, so that they must never change by accident. A kind that computes
something else raises its `version`."""

GOLDEN_FIRST = {
    "points": "9b09508a4e398506039b4e7ad5ce667c",
    "space": "bb66a2f5b5eaa73d220f18e657ff6915",
    "finetune": "b1942f000dba9162aa05931922ad2eab",
    "encoder": "c359380c9998f19457e5acbd72c17a03",
    "geometry": "3eb8eab8591c67bdcec889e18cb49d7c",
    "classifier": "f2f0d49a23620aca7f5c68db160048d1",
    "memorisation": "0a1bcef71d772b87165d674c86b9a69b",
}
"""The same as version 0.1.0 named them (checked against its code)."""


@pytest.mark.parametrize("kind", GOLDEN)
def test_keys_of_units_stay_as_they_are(kind):
    work = works()[kind]
    assert work.kind == kind
    assert work.key == GOLDEN[kind]
    if kind in GOLDEN_FIRST:
        assert first_key(kind, work.inputs()) == GOLDEN_FIRST[kind]


def test_keys_of_a_state_on_the_way_stay_as_they_are():
    """Its weights are of the same kind as those of the end; and a space of it is none of the end."""
    tuning = works()["finetune"]
    weights = WeightsOnTheWay(tuning, 5)
    assert weights.kind == "encoder"
    assert weights.key == "6315a759e80cb07bd65842f957eccbfb"
    assert Space(OnTheWay(tuning, 5), "pos", "words", 2).key == "1fb4c9236a4da112f2c99b98de39c8fb"
    assert len({one.key for one in (weights, WeightsOnTheWay(tuning, 10), Weights(tuning))}) == 3


def kinds(work=Work):
    """Every kind of unit of the package."""
    for one in work.__subclasses__():
        if one.__module__.startswith("tunescope.") and "kind" in vars(one):
            yield one.kind
        yield from kinds(one)


def test_every_kind_of_unit_has_such_a_key():
    later = ("trajectory", "chance", "neighbours", "alike", "graft", "indicators")
    assert set(kinds()) == set(GOLDEN) == set(works()) == {*GOLDEN_FIRST, *later}
