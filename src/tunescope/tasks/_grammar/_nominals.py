"""Noun phrases and prepositional phrases of the embedded grammar."""

from __future__ import annotations

from tunescope.tasks._draw import Draw
from tunescope.tasks._grammar import _lexicon as lexicon
from tunescope.tasks._grammar._tree import Node

_PRONOUNS = {  # nominative, accusative, agreement, possessive
    "i": ("i", "me", "1sg", "my"),
    "you": ("you", "you", "pl", "your"),
    "he": ("he", "him", "3sg", "his"),
    "she": ("she", "her", "3sg", "her"),
    "we": ("we", "us", "pl", "our"),
    "they": ("they", "them", "pl", "their"),
}
_POSSESSIVES = tuple(forms[3] for forms in _PRONOUNS.values())


def _starts_with_vowel(word: str) -> bool:
    return word[0] in "aeiou" and not word.startswith("one")


def pronoun(draw: Draw, subject: bool) -> tuple[Node, str]:
    """A personal pronoun in its case, with its agreement."""
    nominative, accusative, agreement, _ = draw.one(tuple(_PRONOUNS.values()))
    return Node(nominative if subject else accusative, "PRON", sense="person"), agreement


def name(draw: Draw) -> Node:
    """A person's name, at times with a surname."""
    node = Node(draw.one(lexicon.FIRST_NAMES), "PROPN", sense="person")
    if draw.chance(0.25):
        node.after("flat", Node(draw.one(lexicon.SURNAMES), "PROPN"))
    return node


def _noun(draw: Draw, sense: str, plural: bool) -> tuple[Node, str]:
    """A bare noun and its number: `sg`, `pl` or `mass`."""
    forms = lexicon.ONLY.get(sense) or lexicon.NOUNS[sense]
    singular, plural_form = draw.one(forms)
    if plural_form is None:
        return Node(singular, "NOUN", sense=sense), "mass"
    if plural:
        return Node(plural_form, "NOUN", sense=sense), "pl"
    return Node(singular, "NOUN", sense=sense), "sg"


def _determine(draw: Draw, noun: Node, number: str) -> None:
    """Put a determiner, numeral or possessor before everything else of the phrase."""
    following = noun.left[0].form if noun.left else noun.form
    if draw.chance(0.06):
        owner = name(draw) if draw.chance(0.4) else noun_phrase(draw, "person", bare=True)[0]
        noun.first("nmod:poss", owner.after("case", Node("'s", "PART")))
        return
    if draw.chance(0.12):
        noun.first("nmod:poss", Node(draw.one(_POSSESSIVES), "PRON"))
        return
    if number == "mass":
        if draw.chance(0.45):
            noun.first("det", Node(draw.one(("the", "some", "this", "no")), "DET"))
    elif number == "pl":
        if draw.chance(0.2):
            noun.first("nummod", Node(draw.one(lexicon.NUMBERS), "NUM"))
        elif draw.chance(0.75):
            noun.first("det", Node(draw.one(("the", "the", "some", "these", "those", "no", "all")), "DET"))
    else:
        article = "an" if _starts_with_vowel(following) else "a"
        noun.first("det", Node(draw.one(("the", "the", article, article, "this", "that", "every")), "DET"))


def noun_phrase(
    draw: Draw, sense: str, *, subject: bool = False, bare: bool = False, full: bool = False
) -> tuple[Node, str]:
    """A noun phrase of a sense and its agreement.

    `bare` keeps it to determiner and noun; `full` asks for a noun, never a pronoun or a name.
    """
    if sense == "person" and not full and not bare and draw.chance(0.45):
        return pronoun(draw, subject) if draw.chance(0.6) else (name(draw), "3sg")
    noun, number = _noun(draw, sense, plural=draw.chance(0.3))
    if bare:
        noun.first("det", Node("the", "DET"))
        return noun, "pl" if number == "pl" else "3sg"
    adjectives = lexicon.ADJECTIVES.get(sense, ())
    if adjectives and draw.chance(0.28):
        noun.before("amod", Node(draw.one(adjectives), "ADJ"))
    if sense in ("thing", "tool", "path") and draw.chance(0.1):
        noun.before("compound", Node(draw.one(lexicon.NOUNS["material"])[0], "NOUN", sense="material"))
    _determine(draw, noun, number)
    _modify(draw, noun, sense)
    agreement = "pl" if number == "pl" else "3sg"
    if sense == "person" and draw.chance(0.06):
        other = name(draw) if draw.chance(0.5) else noun_phrase(draw, sense, bare=True)[0]
        noun.after("conj", other.first("cc", Node(draw.one(("and", "and", "or")), "CCONJ")))
        agreement = "pl"
    return noun, agreement


def _modify(draw: Draw, noun: Node, sense: str) -> None:
    """At times a prepositional phrase that this sense of noun takes."""
    if not draw.chance(0.16):
        return
    build = {
        "person": (_characteristic, _origin, _near),
        "animal": (_characteristic, _near),
        "text": (_topic, _originator, _from_writer),
        "thing": (_of_part, _near),
        "picture": (_of_topic,),
        "wear": (_for_recipient,),
        "tool": (_for_use,),
        "food": (_for_meal,),
        "event": (_topic, _near),
        "path": (_near,),
    }.get(sense)
    if build:
        noun.after("nmod", draw.one(build)(draw))


def preposition(form: str, noun: Node, role: str, function: str) -> Node:
    """A prepositional phrase: the noun with the preposition as its case, annotated with role and function."""
    return noun.first("case", Node(form, "ADP", role=role, function=function))


def phrase_of(draw: Draw, sense: str) -> Node:
    """A short noun phrase inside a prepositional one."""
    noun, number = _noun(draw, sense, plural=draw.chance(0.2))
    adjectives = lexicon.ADJECTIVES.get(sense, ())
    if adjectives and draw.chance(0.15):
        noun.before("amod", Node(draw.one(adjectives), "ADJ"))
    _determine(draw, noun, number)
    return noun


def bare_noun(draw: Draw, sense: str) -> Node:
    """A noun without a determiner, in the singular."""
    return _noun(draw, sense, plural=False)[0]


def definite(draw: Draw, sense: str) -> Node:
    """`the` and a noun in the singular."""
    return bare_noun(draw, sense).first("det", Node("the", "DET"))


def quantity(draw: Draw, sense: str) -> Node:
    """A numeral and a plural noun, at times `about` so many."""
    noun, _ = _noun(draw, sense, plural=True)
    number = Node(draw.one(lexicon.NUMBERS), "NUM")
    if draw.chance(0.2):
        number.before("advmod", Node("about", "ADV"))
    return noun.before("nummod", number)


def _near(draw: Draw) -> Node:
    sense = draw.one(("place", "path", "thing"))
    form = draw.one(("in", "at", "near") if sense == "place" else ("by", "near", "under", "on"))
    return preposition(form, definite(draw, sense), "Locus", "Locus")


def _characteristic(draw: Draw) -> Node:
    form = draw.one(("with", "with", "in"))
    return preposition(form, phrase_of(draw, "wear"), "Characteristic", "Characteristic")


def _origin(draw: Draw) -> Node:
    place = Node(draw.one(lexicon.CITIES + lexicon.COUNTRIES), "PROPN", sense="place")
    return preposition("from", place, "Source", "Source")


def _topic(draw: Draw) -> Node:
    return preposition(draw.one(("about", "on")), bare_noun(draw, "topic"), "Topic", "Topic")


def _of_topic(draw: Draw) -> Node:
    return preposition("of", phrase_of(draw, "animal"), "Topic", "Gestalt")


def _originator(draw: Draw) -> Node:
    return preposition("by", draw.one((name, lambda d: phrase_of(d, "person")))(draw), "Originator", "Agent")


def _from_writer(draw: Draw) -> Node:
    return preposition("from", phrase_of(draw, "person"), "Originator", "Source")


def _of_part(draw: Draw) -> Node:
    return preposition("of", bare_noun(draw, "material"), "Stuff", "Stuff")


def _for_recipient(draw: Draw) -> Node:
    return preposition("for", phrase_of(draw, "person"), "Beneficiary", "Beneficiary")


def _for_use(draw: Draw) -> Node:
    return preposition("for", bare_noun(draw, draw.one(("food", "material"))), "Purpose", "Purpose")


def _for_meal(draw: Draw) -> Node:
    return preposition("for", bare_noun(draw, "meal"), "Purpose", "Purpose")


def container_of(draw: Draw, content: str) -> Node:
    """A measured quantity: `a cup of tea`."""
    noun = phrase_of(draw, "container")
    filled = preposition("of", bare_noun(draw, content), "QuantityItem", "QuantityItem")
    return noun.after("nmod", filled)


def part_of_whole(draw: Draw) -> Node:
    """A part of a whole: `the roof of the house`."""
    whole = preposition("of", definite(draw, draw.one(("thing", "vehicle"))), "Whole", "Gestalt")
    return definite(draw, "part").after("nmod", whole)
