"""Adjuncts: prepositional phrases and adverbs that a verb takes, each with its role and function."""

from __future__ import annotations

from collections.abc import Callable

from tunescope.tasks._draw import Draw
from tunescope.tasks._grammar import _lexicon as lexicon
from tunescope.tasks._grammar._nominals import (
    bare_noun,
    definite,
    name,
    phrase_of,
    preposition,
    quantity,
)
from tunescope.tasks._grammar._tree import Node

Adjunct = Callable[[Draw], tuple[str, Node]]
"""Gives the relation and the dependent."""


def _person(draw: Draw) -> Node:
    return name(draw) if draw.chance(0.35) else phrase_of(draw, "person")


def _locus(draw: Draw) -> tuple[str, Node]:
    sense = draw.weighted((("place", 4.0), ("path", 1.5), ("city", 1.0), ("thing", 1.0)))
    if sense == "city":
        return "obl", preposition("in", Node(draw.one(lexicon.CITIES), "PROPN"), "Locus", "Locus")
    forms = {
        "place": ("in", "in", "at", "near"),
        "path": ("by", "on", "near"),
        "thing": ("under", "by", "on"),
    }
    return "obl", preposition(draw.one(forms[sense]), definite(draw, sense), "Locus", "Locus")


def _time(draw: Draw) -> tuple[str, Node]:
    kind = draw.weighted((("part", 3.0), ("season", 1.0), ("hour", 2.0), ("weekday", 2.0), ("by", 1.0)))
    if kind == "part":
        noun = definite(draw, "part_of_day")
        return "obl", preposition("in", noun, "Time", "Time")
    if kind == "season":
        return "obl", preposition("in", bare_noun(draw, "season"), "Time", "Time")
    if kind == "hour":
        return "obl", preposition("at", bare_noun(draw, "hour"), "Time", "Time")
    if kind == "weekday":
        return "obl", preposition("on", Node(draw.one(lexicon.WEEKDAYS), "PROPN"), "Time", "Time")
    return "obl", preposition("by", bare_noun(draw, "hour"), "Time", "Time")


def _time_event(draw: Draw) -> tuple[str, Node]:
    form = draw.one(("after", "before", "during"))
    noun = bare_noun(draw, "meal") if draw.chance(0.25) else definite(draw, "event")
    return "obl", preposition(form, noun, "Time", "Time")


def _duration(draw: Draw) -> tuple[str, Node]:
    return "obl", preposition(draw.one(("for", "for", "in")), quantity(draw, "unit"), "Duration", "Duration")


def _start(draw: Draw) -> tuple[str, Node]:
    return "obl", preposition("from", Node(draw.one(lexicon.WEEKDAYS), "PROPN"), "StartTime", "StartTime")


def _time_until(draw: Draw) -> tuple[str, Node]:
    return "obl", preposition(draw.one(("until", "to")), bare_noun(draw, "hour"), "EndTime", "EndTime")


def _goal(draw: Draw) -> tuple[str, Node]:
    place = Node(draw.one(lexicon.CITIES), "PROPN") if draw.chance(0.2) else definite(draw, "place")
    return "obl", preposition("to", place, "Goal", "Goal")


def _into(draw: Draw) -> tuple[str, Node]:
    return "obl", preposition("into", definite(draw, "place"), "Goal", "Goal")


def _goal_recipient(draw: Draw) -> tuple[str, Node]:
    return "obl", preposition("to", _person(draw), "Recipient", "Goal")


def _path(draw: Draw) -> tuple[str, Node]:
    return "obl", preposition(draw.one(("through", "across")), definite(draw, "path"), "Path", "Path")


def _source(draw: Draw) -> tuple[str, Node]:
    return "obl", preposition("from", definite(draw, "place"), "Source", "Source")


def _company(draw: Draw) -> tuple[str, Node]:
    return "obl", preposition(draw.one(("with", "with", "without")), _person(draw), "Ancillary", "Ancillary")


def _instrument(draw: Draw) -> tuple[str, Node]:
    form = draw.one(("with", "with", "without"))
    return "obl", preposition(form, phrase_of(draw, "tool"), "Instrument", "Instrument")


def _manner(draw: Draw) -> tuple[str, Node]:
    return "obl", preposition("in", bare_noun(draw, "state"), "Manner", "Locus")


def _purpose(draw: Draw) -> tuple[str, Node]:
    sense = draw.one(("meal", "event"))
    noun = bare_noun(draw, "meal") if sense == "meal" else definite(draw, "event")
    return "obl", preposition("for", noun, "Purpose", "Purpose")


def _beneficiary(draw: Draw) -> tuple[str, Node]:
    return "obl", preposition("for", _person(draw), "Beneficiary", "Beneficiary")


def _cost(draw: Draw) -> tuple[str, Node]:
    return "obl", preposition("for", amount_of_money(draw), "Cost", "Cost")


def amount_of_money(draw: Draw) -> Node:
    """`$ ten`, `five dollars` or `a coin`."""
    kind = draw.one(("sign", "sign", "several", "one"))
    if kind == "sign":
        return Node("$", "SYM").after("nummod", Node(draw.one(lexicon.NUMBERS), "NUM"))
    if kind == "several":
        return quantity(draw, "money")
    return bare_noun(draw, "money").first("det", Node("a", "DET"))


def _means(draw: Draw) -> tuple[str, Node]:
    return "obl", preposition("by", bare_noun(draw, "vehicle"), "Means", "Means")


def _topic(draw: Draw) -> tuple[str, Node]:
    return "obl", preposition("about", phrase_of(draw, draw.one(("topic", "person"))), "Topic", "Topic")


def _stimulus(draw: Draw) -> tuple[str, Node]:
    return "obl", preposition("at", phrase_of(draw, draw.one(("person", "animal"))), "Stimulus", "Direction")


def _identity(draw: Draw) -> tuple[str, Node]:
    noun = bare_noun(draw, "person").first("det", Node("the", "DET"))
    return "obl", preposition("as", noun, "Identity", "Identity")


def _like(draw: Draw) -> tuple[str, Node]:
    noun = definite(draw, draw.one(("animal", "person")))
    return "obl", preposition("like", noun, "ComparisonRef", "ComparisonRef")


def _stuff(draw: Draw) -> tuple[str, Node]:
    return "obl", preposition("of", bare_noun(draw, "material"), "Stuff", "Stuff")


def agent(draw: Draw) -> tuple[str, Node]:
    """The by-phrase of a passive."""
    return "obl:agent", preposition("by", _person(draw), "Agent", "Agent")


def time_word(draw: Draw) -> tuple[str, Node]:
    """`today`, `often`, or `every day`."""
    if draw.chance(0.35):
        unit = bare_noun(draw, draw.one(("unit", "part_of_day")))
        return "obl:tmod", unit.first("det", Node("every", "DET"))
    return "advmod", Node(draw.one(lexicon.TIME_ADVERBS), "ADV")


def manner_word(draw: Draw) -> tuple[str, Node]:
    """An adverb of manner."""
    return "advmod", Node(draw.one(lexicon.MANNER_ADVERBS), "ADV")


ADJUNCTS: dict[str, Adjunct] = {
    "locus": _locus,
    "time": _time,
    "time_event": _time_event,
    "time_until": _time_until,
    "duration": _duration,
    "start": _start,
    "goal": _goal,
    "into": _into,
    "goal_recipient": _goal_recipient,
    "path": _path,
    "source": _source,
    "company": _company,
    "instrument": _instrument,
    "manner": _manner,
    "purpose": _purpose,
    "beneficiary": _beneficiary,
    "cost": _cost,
    "means": _means,
    "topic": _topic,
    "stimulus": _stimulus,
    "identity": _identity,
    "like": _like,
    "stuff": _stuff,
}
