"""Questions of the embedded grammar, with the coarse and fine class of what they ask for."""

from __future__ import annotations

from collections.abc import Callable

from tunescope.tasks._draw import Draw
from tunescope.tasks._grammar import _lexicon as lexicon
from tunescope.tasks._grammar._adjuncts import ADJUNCTS
from tunescope.tasks._grammar._clauses import complete, finite
from tunescope.tasks._grammar._lexicon import Verb
from tunescope.tasks._grammar._nominals import bare_noun, definite, name, noun_phrase, phrase_of, preposition
from tunescope.tasks._grammar._tree import Node


def _action(draw: Draw) -> Verb:
    return draw.one(tuple(verb for verb in lexicon.ACTIONS if verb.objects))


def _did(draw: Draw, verb: Verb, subject: Node | None = None) -> Node:
    """`did SUBJECT VERB`: the head with its inverted auxiliary."""
    person = subject or (name(draw) if draw.chance(0.4) else definite(draw, "person"))
    head = Node(verb.base, "VERB").before("aux", Node("did", "AUX"))
    return head.before("nsubj", person)


def _asked(draw: Draw, verb: Verb) -> Node:
    head = _did(draw, verb)
    if verb.objects:
        head.after("obj", noun_phrase(draw, draw.one(verb.objects), full=True)[0])
    return head


def _who(draw: Draw) -> Node:
    verb = _action(draw)
    return complete(draw, finite(draw, verb, "3sg"), verb).first("nsubj", Node("who", "PRON"))


def _what_person(draw: Draw) -> Node:
    verb = _action(draw)
    asked = bare_noun(draw, "person").first("det", Node(draw.one(("what", "which")), "DET"))
    return complete(draw, Node(verb.past, "VERB"), verb).first("nsubj", asked)


def _where(draw: Draw) -> Node:
    if draw.chance(0.5):
        place = definite(draw, draw.one(("place", "path", "person")))
        return Node("where", "ADV").after("cop", Node("is", "AUX")).after("nsubj", place)
    return _asked(draw, _action(draw)).first("advmod", Node("where", "ADV"))


def _what_city(draw: Draw) -> Node:
    noun = draw.one(("city", "country"))
    asked = Node(noun, "NOUN", sense="place").first("det", Node(draw.one(("what", "which")), "DET"))
    verb = draw.one(tuple(verb for verb in lexicon.ACTIVITIES if verb.base in ("travel", "live", "work", "walk")))
    head = _did(draw, verb).first("obl", asked)
    form, role = ("to", "Goal") if verb.base in ("travel", "walk") else ("in", "Locus")
    asked.first("case", Node(form, "ADP", role=role, function=role))
    return head


def _when(draw: Draw) -> Node:
    if draw.chance(0.35):
        event = definite(draw, "event")
        return Node("when", "ADV").after("cop", Node(draw.one(("is", "was")), "AUX")).after("nsubj", event)
    return _asked(draw, _action(draw)).first("advmod", Node("when", "ADV"))


def _what_day(draw: Draw) -> Node:
    asked = Node(draw.one(("day", "year", "month")), "NOUN", sense="unit")
    asked.first("det", Node(draw.one(("what", "which")), "DET"))
    asked.first("case", Node("on" if asked.form == "day" else "in", "ADP", role="Time", function="Time"))
    return _asked(draw, _action(draw)).first("obl", asked)


def _how_many(draw: Draw) -> Node:
    verb = _action(draw)
    sense = draw.one(verb.objects)
    forms = tuple(forms for forms in (lexicon.ONLY.get(sense) or lexicon.NOUNS[sense]) if forms[1])
    if not forms:
        forms = lexicon.NOUNS["animal"]
    noun = Node(draw.one(forms)[1] or "", "NOUN", sense=sense)
    many = Node("many", "ADJ").before("advmod", Node("how", "ADV"))
    return _did(draw, verb).first("obj", noun.before("amod", many))


def _how_much(draw: Draw) -> Node:
    thing = definite(draw, draw.one(("thing", "wear", "food", "tool")))
    if draw.chance(0.5):
        head = Node("cost", "VERB").before("aux", Node(draw.one(("does", "did")), "AUX"))
        head.before("nsubj", thing)
        return head.first("obj", Node("much", "ADJ").before("advmod", Node("how", "ADV")))
    asked = Node("price", "NOUN", sense="money").first("det", Node("the", "DET"))
    asked.after("nmod", preposition("of", thing, "Possessor", "Gestalt"))
    return Node("what", "PRON").after("cop", Node("is", "AUX")).after("nsubj", asked)


def _how_far(draw: Draw) -> Node:
    far = Node("far", "ADV").before("advmod", Node("how", "ADV"))
    far.after("cop", Node("is", "AUX")).after("nsubj", definite(draw, "place"))
    return far.after("obl", preposition("from", definite(draw, "place"), "Source", "Source"))


def _how_long(draw: Draw) -> Node:
    if draw.chance(0.5):
        head = Node("last", "VERB").before("aux", Node("did", "AUX")).before("nsubj", definite(draw, "event"))
    else:
        head = _did(draw, draw.one(lexicon.ACTIVITIES))
    return head.first("advmod", Node("long", "ADV").before("advmod", Node("how", "ADV")))


def _what_animal(draw: Draw) -> Node:
    verb = draw.one(tuple(verb for verb in lexicon.ACTIONS if "animal" in verb.subjects and verb.objects))
    asked = Node("animal", "NOUN", sense="animal").first("det", Node(draw.one(("what", "which")), "DET"))
    return complete(draw, finite(draw, verb, "3sg"), verb).first("nsubj", asked)


def _what_food(draw: Draw) -> Node:
    verb = draw.one(tuple(verb for verb in lexicon.ACTIONS if set(verb.objects) & {"food", "drink"}))
    asked = Node("food", "NOUN", sense="food") if "food" in verb.objects else Node("drink", "NOUN", sense="drink")
    return _did(draw, verb).first("obj", asked.first("det", Node(draw.one(("what", "which")), "DET")))


def _what_color(draw: Draw) -> Node:
    thing = definite(draw, draw.one(("wear", "thing", "vehicle", "animal")))
    if draw.chance(0.5):
        asked = Node("color", "NOUN").first("det", Node("what", "DET"))
        return asked.after("cop", Node(draw.one(("is", "was")), "AUX")).after("nsubj", thing)
    asked = Node("color", "NOUN").first("det", Node("the", "DET"))
    asked.after("nmod", preposition("of", thing, "Possessor", "Gestalt"))
    return Node("what", "PRON").after("cop", Node("is", "AUX")).after("nsubj", asked)


def _definition(draw: Draw) -> Node:
    sense = draw.one(("tool", "animal", "event", "container", "vehicle", "message"))
    noun = bare_noun(draw, sense)
    noun.first("det", Node("an" if noun.form[0] in "aeiou" else "a", "DET"))
    return Node("what", "PRON").after("cop", Node("is", "AUX")).after("nsubj", noun)


def _reason(draw: Draw) -> Node:
    verb = draw.one(lexicon.ACTIVITIES) if draw.chance(0.5) else _action(draw)
    head = _asked(draw, verb)
    if not verb.objects:
        head.after(*ADJUNCTS[draw.one(verb.adjuncts)](draw))
    return head.first("advmod", Node("why", "ADV"))


def _manner(draw: Draw) -> Node:
    verb = _action(draw)
    head = Node(verb.base, "VERB").before("aux", Node(draw.one(("do", "can")), "AUX"))
    head.before("nsubj", Node(draw.one(("you", "i", "we")), "PRON"))
    return head.after("obj", phrase_of(draw, draw.one(verb.objects))).first("advmod", Node("how", "ADV"))


_QUESTIONS: tuple[tuple[tuple[str, Callable[[Draw], Node]], float], ...] = (
    (("HUM:individual", _who), 2.0),
    (("HUM:profession", _what_person), 1.0),
    (("LOC:place", _where), 2.0),
    (("LOC:city", _what_city), 1.0),
    (("NUM:date", _when), 1.4),
    (("NUM:date", _what_day), 0.6),
    (("NUM:count", _how_many), 1.4),
    (("NUM:money", _how_much), 1.0),
    (("NUM:distance", _how_far), 1.0),
    (("NUM:period", _how_long), 1.0),
    (("ENTY:animal", _what_animal), 1.0),
    (("ENTY:food", _what_food), 1.0),
    (("ENTY:color", _what_color), 1.0),
    (("DESC:definition", _definition), 1.0),
    (("DESC:reason", _reason), 1.4),
    (("DESC:manner", _manner), 1.0),
)


def question(draw: Draw) -> tuple[Node, str]:
    """The tree of a question, with its final mark, and its `COARSE:fine` class."""
    (kind, build), _ = draw.weighted(tuple((entry, entry[1]) for entry in _QUESTIONS))
    return build(draw).after("punct", Node("?", "PUNCT")), kind
