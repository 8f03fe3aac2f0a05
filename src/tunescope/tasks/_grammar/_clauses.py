"""Clauses and statements of the embedded grammar."""

from __future__ import annotations

from tunescope.tasks._draw import Draw
from tunescope.tasks._grammar import _lexicon as lexicon
from tunescope.tasks._grammar._adjuncts import ADJUNCTS, agent, amount_of_money, manner_word, time_word
from tunescope.tasks._grammar._lexicon import Verb
from tunescope.tasks._grammar._nominals import (
    container_of,
    definite,
    name,
    noun_phrase,
    part_of_whole,
    preposition,
)
from tunescope.tasks._grammar._tree import Node

_BE_PRESENT = {"1sg": "am", "3sg": "is", "pl": "are"}
_BE_PAST = {"1sg": "was", "3sg": "was", "pl": "were"}


def be(draw: Draw, agreement: str) -> str:
    """A finite form of `be` that agrees."""
    return (_BE_PRESENT if draw.chance(0.5) else _BE_PAST)[agreement]


def _with_aux(verb: Node, *auxiliaries: Node) -> Node:
    for auxiliary in auxiliaries:
        verb.before("advmod" if auxiliary.upos == "PART" else "aux", auxiliary)
    return verb


def finite(draw: Draw, verb: Verb, agreement: str) -> Node:
    """A finite verb with its auxiliaries, agreeing with its subject."""
    form = draw.weighted(
        (
            ("past", 5.0),
            ("present", 4.0),
            ("modal", 1.8),
            ("progressive", 0.8),
            ("perfect", 0.8),
            ("negated", 0.8),
        )
    )
    if form == "past":
        return Node(verb.past, "VERB")
    if form == "present":
        return Node(verb.s_form if agreement == "3sg" else verb.base, "VERB")
    if form == "modal":
        return _with_aux(Node(verb.base, "VERB"), Node(draw.one(lexicon.MODALS), "AUX"))
    if form == "progressive":
        return _with_aux(Node(verb.ing, "VERB"), Node(be(draw, agreement), "AUX"))
    if form == "perfect":
        have = draw.one(("has" if agreement == "3sg" else "have", "had"))
        return _with_aux(Node(verb.participle, "VERB"), Node(have, "AUX"))
    do = draw.one(("does" if agreement == "3sg" else "do", "did"))
    return _with_aux(Node(verb.base, "VERB"), Node(do, "AUX"), Node("not", "PART"))


def _object(draw: Draw, sense: str) -> Node:
    if sense in ("food", "drink") and draw.chance(0.15):
        return container_of(draw, "drink" if sense == "drink" else "food")
    if sense == "thing" and draw.chance(0.1):
        return part_of_whole(draw)
    return noun_phrase(draw, sense)[0]


def _adjoin(draw: Draw, predicate: Node, verb: Verb, chance: float = 0.6) -> Node:
    if verb.adjuncts and draw.chance(chance):
        predicate.after(*ADJUNCTS[draw.one(verb.adjuncts)](draw))
    if draw.chance(0.1):
        predicate.after(*time_word(draw))
    return predicate


def complete(draw: Draw, head: Node, verb: Verb) -> Node:
    """Give a verb its object and its adjuncts; gives the verb back."""
    if verb.objects:
        head.after("obj", _object(draw, draw.one(verb.objects)))
    elif draw.chance(0.12):
        head.after(*manner_word(draw))
    return _adjoin(draw, head, verb)


def _any_verb(draw: Draw) -> Verb:
    return draw.one(lexicon.ACTIONS if draw.chance(0.6) else lexicon.ACTIVITIES)


def clause(draw: Draw) -> Node:
    """A finite clause with a subject: intransitive or transitive."""
    verb = _any_verb(draw)
    subject, agreement = noun_phrase(draw, draw.one(verb.subjects), subject=True)
    return complete(draw, finite(draw, verb, agreement), verb).first("nsubj", subject)


def _noun_as_topic(draw: Draw) -> Node:
    """A clause whose subject is an event, a message or the weather: nouns that are verbs elsewhere."""
    sense = draw.one(("event", "event", "message", "air", "sound"))
    subject, agreement = noun_phrase(draw, sense, subject=True, full=True)
    verbs = {
        "event": ("start", "end", "last"),
        "message": ("help", "surprise"),
        "air": ("stop", "last", "return"),
        "sound": ("end", "surprise"),
    }
    stem = draw.one(verbs[sense])
    past = {"stop": "stopped"}.get(stem, stem + ("d" if stem.endswith("e") else "ed"))
    ing = {"stop": "stopping"}.get(stem, (stem[:-1] if stem.endswith("e") else stem) + "ing")
    verb = Verb(stem, stem + "s", past, past, ing, (sense,))
    head = finite(draw, verb, agreement)
    if stem in ("help", "surprise"):
        head.after("obj", noun_phrase(draw, "person")[0])
    elif stem == "last":
        head.after(*ADJUNCTS["duration"](draw))
    else:
        head.after(*ADJUNCTS[draw.one(("time", "time_event", "locus"))](draw))
    return head.first("nsubj", subject)


def _passive(draw: Draw) -> Node:
    verb = draw.one(lexicon.ACTIONS)
    subject, agreement = noun_phrase(draw, draw.one(verb.objects or ("thing",)), subject=True, full=True)
    head = Node(verb.participle, "VERB").before("aux:pass", Node(be(draw, agreement), "AUX"))
    head.first("nsubj:pass", subject)
    if draw.chance(0.65):
        return head.after(*agent(draw))
    return _adjoin(draw, head, verb)


def _transfer(draw: Draw) -> Node:
    verb = draw.one(lexicon.TRANSFERS)
    subject, agreement = noun_phrase(draw, "person", subject=True)
    head = finite(draw, verb, agreement).first("nsubj", subject)
    thing = noun_phrase(draw, draw.one(verb.objects))[0]
    if draw.chance(0.35):
        return head.after("iobj", noun_phrase(draw, "person")[0]).after("obj", thing)
    return head.after("obj", thing).after(*ADJUNCTS["goal_recipient"](draw))


def _particle(draw: Draw) -> Node:
    verb, particle = draw.one(lexicon.PARTICLE_VERBS)
    subject, agreement = noun_phrase(draw, "person", subject=True)
    head = finite(draw, verb, agreement).first("nsubj", subject)
    return head.after("compound:prt", Node(particle, "ADP")).after("obj", _object(draw, draw.one(verb.objects)))


def _description(draw: Draw) -> Node:
    sense = draw.one(tuple(s for s in lexicon.ADJECTIVES if s not in ("air",)))
    subject, agreement = noun_phrase(draw, sense, subject=True, full=True)
    if sense in lexicon.COMPARATIVES and draw.chance(0.3):
        head = Node(draw.one(lexicon.COMPARATIVES[sense]), "ADJ")
        other = preposition("than", definite(draw, sense), "ComparisonRef", "ComparisonRef")
        head.after("obl", other)
    else:
        head = Node(draw.one(lexicon.ADJECTIVES[sense]), "ADJ")
        if draw.chance(0.25):
            head.before("advmod", Node(draw.one(("very", "too", "so")), "ADV"))
    return head.first("cop", Node(be(draw, agreement), "AUX")).first("nsubj", subject)


def _identity(draw: Draw) -> Node:
    subject, agreement = noun_phrase(draw, "person", subject=True)
    if agreement == "pl":
        role = Node(draw.one(lexicon.NOUNS["person"])[1] or "", "NOUN", sense="person")
    else:
        role = Node(draw.one(lexicon.NOUNS["person"])[0], "NOUN", sense="person")
        article = "an" if role.form[0] in "aeiou" else "a"
        role.first("det", Node(article, "DET"))
    if draw.chance(0.3):
        place = Node(draw.one(lexicon.CITIES), "PROPN", sense="place")
        role.after("nmod", preposition("from", place, "Source", "Source"))
    return role.first("cop", Node(be(draw, agreement), "AUX")).first("nsubj", subject)


def _possession(draw: Draw) -> Node:
    subject, agreement = noun_phrase(draw, "person", subject=True)
    sense = draw.one(("animal", "wear", "tool", "event", "message", "thing"))
    head = finite(draw, lexicon.HAVE, agreement)
    return head.first("nsubj", subject).after("obj", noun_phrase(draw, sense, full=True)[0])


def _price(draw: Draw) -> Node:
    subject, agreement = noun_phrase(draw, draw.one(lexicon.COST.subjects), subject=True, full=True)
    head = finite(draw, lexicon.COST, agreement).first("nsubj", subject)
    return head.after("obj", amount_of_money(draw))


def _existence(draw: Draw) -> Node:
    sense = draw.one(("person", "animal", "thing", "food", "event"))
    subject, agreement = noun_phrase(draw, sense, full=True)
    head = Node(be(draw, agreement), "VERB").first("expl", Node("there", "PRON"))
    return head.after("nsubj", subject).after(*ADJUNCTS["locus"](draw))


def _said(draw: Draw) -> Node:
    subject, agreement = noun_phrase(draw, "person", subject=True)
    head = finite(draw, draw.one(lexicon.SPEECH), agreement).first("nsubj", subject)
    return head.after("ccomp", clause(draw).first("mark", Node("that", "SCONJ")))


def _wish(draw: Draw) -> Node:
    wish = draw.one(lexicon.WISHES)
    sense = draw.one(wish.subjects)
    subject, agreement = noun_phrase(draw, sense, subject=True)
    fitting = tuple(verb for verb in lexicon.ACTIONS + lexicon.ACTIVITIES if sense in verb.subjects)
    verb = draw.one(fitting)
    wanted = complete(draw, Node(verb.base, "VERB"), verb).first("mark", Node("to", "PART"))
    return finite(draw, wish, agreement).first("nsubj", subject).after("xcomp", wanted)


def _with_reason(draw: Draw) -> Node:
    reason = clause(draw).first("mark", Node(draw.one(("because", "when", "after", "before", "if")), "SCONJ"))
    return clause(draw).after("advcl", reason)


def _relative(draw: Draw) -> Node:
    verb = _any_verb(draw)
    subject = definite(draw, "person")
    inner = _any_verb(draw)
    relative = complete(draw, finite(draw, inner, "3sg"), inner)
    relative.first("nsubj", Node(draw.one(("who", "that")), "PRON"))
    subject.after("acl:relcl", relative)
    return complete(draw, finite(draw, verb, "3sg"), verb).first("nsubj", subject)


def _coordination(draw: Draw) -> Node:
    verb, other = _any_verb(draw), _any_verb(draw)
    subject = name(draw) if draw.chance(0.4) else definite(draw, "person")
    form = draw.one(("past", "s_form"))
    head = Node(getattr(verb, form), "VERB").first("nsubj", subject)
    if verb.objects:
        head.after("obj", _object(draw, draw.one(verb.objects)))
    second = complete(draw, Node(getattr(other, form), "VERB"), other)
    return head.after("conj", second.first("cc", Node(draw.one(("and", "and", "but")), "CCONJ")))


def _request(draw: Draw) -> Node:
    verb = draw.one(lexicon.ACTIONS)
    head = complete(draw, Node(verb.base, "VERB"), verb)
    if draw.chance(0.5):
        head.first("discourse", Node("please", "INTJ"))
    return head


_STATEMENTS = (
    (clause, 11.0),
    (_noun_as_topic, 3.0),
    (_passive, 2.2),
    (_transfer, 1.8),
    (_particle, 0.7),
    (_description, 2.2),
    (_identity, 0.9),
    (_possession, 1.0),
    (_price, 0.7),
    (_existence, 0.9),
    (_said, 0.8),
    (_wish, 1.5),
    (_with_reason, 0.8),
    (_relative, 0.6),
    (_coordination, 1.0),
    (_request, 1.2),
)


def statement(draw: Draw) -> Node:
    """The tree of a statement or a request, with its final mark."""
    head = draw.weighted(_STATEMENTS)(draw)
    if draw.chance(0.05):
        head.first("punct", Node(",", "PUNCT"))
        head.first("discourse", Node(draw.one(lexicon.INTERJECTIONS), "INTJ"))
    return head.after("punct", Node("!" if draw.chance(0.06) else ".", "PUNCT"))
