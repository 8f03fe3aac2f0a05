"""The words of the embedded grammar: English in lowercase, many forms of several parts of speech."""

from __future__ import annotations

from dataclasses import dataclass

NounForms = tuple[str, str | None]
"""Singular and plural; the plural is None for a mass noun."""


def _words(words: str) -> tuple[str, ...]:
    return tuple(words.split())


def _count(words: str) -> tuple[NounForms, ...]:
    """Nouns from `singular` (regular plural) or `singular/plural` entries."""
    return tuple(_noun(entry) for entry in words.split())


def _noun(entry: str) -> NounForms:
    singular, _, plural = entry.partition("/")
    return singular, plural or _s_form(singular)


def _mass(words: str) -> tuple[NounForms, ...]:
    return tuple((word, None) for word in words.split())


def _s_form(word: str) -> str:
    """The regular form with -s, of a noun or a verb."""
    if word.endswith(("s", "x", "ch", "sh")):
        return word + "es"
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"


NOUNS: dict[str, tuple[NounForms, ...]] = {
    "person": _count(
        "boy girl man/men woman/women child/children teacher doctor farmer king queen writer painter driver "
        "student friend neighbor guard guide cook"
    ),
    "animal": _count("dog cat horse bird cow wolf/wolves lion mouse/mice rabbit"),
    "place": _count("city village garden park school museum station market forest house kitchen office square plain"),
    "path": _count("river bridge street tunnel field"),
    "thing": _count("door wall table chair boat box lamp clock machine picture watch light present original"),
    "text": _count("book letter story report poem note novel record"),
    "food": _count("cake apple egg sweet") + _mass("bread rice soup cheese meat"),
    "drink": _count("drink") + _mass("water tea coffee milk wine"),
    "event": _count("party meeting concert war storm trip race visit dance play walk talk show search test"),
    "sound": _count("song speech/speeches concert"),
    "message": _count("question call letter promise reply order"),
    "topic": _mass("music history art science law weather") + _count("war animal secret plan"),
    "tool": _count("knife/knives hammer brush pen spoon rope"),
    "vehicle": _mass("train bus bicycle ship car"),
    "wear": _count("hat coat ring dress scarf/scarves"),
    "container": _count("cup bottle bowl glass bag"),
    "part": _count("roof wheel corner door"),
    "material": _mass("wood stone glass gold"),
    "meal": _mass("breakfast lunch dinner"),
    "state": _mass("silence trouble danger secret"),
    "part_of_day": _mass("morning evening"),
    "season": _mass("summer winter spring"),
    "hour": _mass("noon midnight night"),
    "unit": _count("minute hour day week month year"),
    "money": _count("dollar coin"),
    "air": _mass("cold calm rain wind"),
}

ADJECTIVES: dict[str, tuple[str, ...]] = {
    "person": _words("young old tall happy tired kind poor rich famous"),
    "animal": _words("young old small big hungry wild fast"),
    "place": _words("quiet old small big busy open calm"),
    "path": _words("long old quiet wide dark"),
    "thing": _words("old new red green heavy light small clean broken square original"),
    "text": _words("long short new famous secret sad original"),
    "food": _words("fresh cold warm sweet hot plain"),
    "drink": _words("fresh cold warm sweet hot"),
    "event": _words("long short secret famous sad calm"),
    "sound": _words("long short famous sad"),
    "message": _words("long short secret kind"),
    "tool": _words("old new heavy light clean"),
    "wear": _words("red green light heavy warm plain new"),
    "container": _words("small big clean"),
    "part": _words("old new broken heavy"),
    "air": _words("cold dark sudden"),
}

COMPARATIVES: dict[str, tuple[str, ...]] = {
    "person": _words("younger older taller happier richer"),
    "animal": _words("younger older smaller bigger faster"),
    "thing": _words("older newer heavier smaller"),
}

FIRST_NAMES = _words("anna maria peter john omar lena")
SURNAMES = _words("smith brown young baker")
CITIES = _words("paris london cairo rome tokyo")
COUNTRIES = _words("france egypt japan peru")
WEEKDAYS = _words("monday friday sunday")
NUMBERS = _words("two three four five ten twenty")
MANNER_ADVERBS = _words("slowly quickly quietly well fast together")
TIME_ADVERBS = _words("today yesterday often never always soon again")
INTERJECTIONS = _words("oh yes well no")
MODALS = _words("will can must should may")


@dataclass(frozen=True)
class Verb:
    """The forms of a verb and what it selects: senses of its subject and object, and its adjuncts."""

    base: str
    s_form: str
    past: str
    participle: str
    ing: str
    subjects: tuple[str, ...]
    objects: tuple[str, ...] = ()
    adjuncts: tuple[str, ...] = ()


def _forms(entry: str) -> tuple[str, str, str, str, str]:
    """Five forms from `base` (regular), or `base/past/participle/ing`, the last one optional."""
    base, *irregular = entry.split("/")
    stem = base[:-1] if base.endswith("e") else base
    past = (base[:-1] + "i" if base.endswith("y") and base[-2] not in "aeiou" else stem) + "ed"
    forms = [past, past, stem + "ing"]
    forms[: len(irregular)] = irregular
    return base, _s_form(base), forms[0], forms[1], forms[2]


def _verb(entry: str, subjects: str, objects: str = "", adjuncts: str = "") -> Verb:
    return Verb(*_forms(entry), tuple(subjects.split()), tuple(objects.split()), tuple(adjuncts.split()))


ACTIVITIES: tuple[Verb, ...] = (
    _verb("walk", "person animal", adjuncts="goal path company time locus source like"),
    _verb("run/ran/run/running", "person animal", adjuncts="goal path source like into"),
    _verb("sleep/slept/slept", "person animal", adjuncts="locus duration time_until start"),
    _verb("smile", "person", adjuncts="stimulus"),
    _verb("laugh", "person", adjuncts="stimulus company"),
    _verb("dance", "person", adjuncts="company locus duration like"),
    _verb("wait", "person", adjuncts="locus duration time_until"),
    _verb("work", "person", adjuncts="identity identity identity identity locus duration start start company"),
    _verb("talk", "person", adjuncts="topic company duration"),
    _verb("rest", "person animal", adjuncts="locus duration time_event"),
    _verb("play", "person animal", adjuncts="locus company time"),
    _verb("travel", "person", adjuncts="goal means means means means source company time"),
    _verb("sing/sang/sung", "person", adjuncts="manner topic time locus"),
    _verb("live", "person animal", adjuncts="locus manner"),
)

ACTIONS: tuple[Verb, ...] = (
    _verb("read/read/read", "person", "text", "locus time duration"),
    _verb("write/wrote/written", "person", "text", "instrument beneficiary topic"),
    _verb("record", "person", "sound", "purpose locus time"),
    _verb("plan/planned/planned/planning", "person", "event", "beneficiary time_event company"),
    _verb("visit", "person", "place person", "time company purpose"),
    _verb("paint", "person", "thing", "instrument beneficiary time"),
    _verb("cook", "person", "food", "purpose beneficiary locus"),
    _verb("eat/ate/eaten", "person animal", "food", "purpose instrument locus"),
    _verb("drink/drank/drunk", "person animal", "drink", "time locus"),
    _verb("buy/bought/bought", "person", "thing food wear", "cost cost beneficiary source purpose"),
    _verb("sell/sold/sold", "person", "thing food wear", "cost cost goal_recipient"),
    _verb("cut/cut/cut/cutting", "person", "food", "instrument purpose"),
    _verb("watch", "person animal", "animal person event", "locus time manner"),
    _verb("answer", "person", "message", "manner time"),
    _verb("guard", "person animal", "place thing", "duration time_until company"),
    _verb("guide", "person", "person", "goal path"),
    _verb("help", "person", "person", "instrument time purpose"),
    _verb("test", "person", "machine", "instrument time_event"),
    _verb("report", "person", "event", "goal_recipient time"),
    _verb("study", "person", "topic", "locus company duration start"),
    _verb("order", "person", "food drink", "purpose cost time"),
    _verb("love", "person", "person animal food topic"),
    _verb("need", "person animal", "food drink", "purpose"),
    _verb("open", "person", "door box", "instrument time"),
    _verb("clean", "person", "thing part", "instrument time_event"),
    _verb("call", "person", "person", "time source"),
    _verb("search", "person animal", "place", "company duration"),
    _verb("follow", "person animal", "person animal", "goal path into"),
    _verb("build/built/built", "person", "thing", "stuff instrument beneficiary"),
    _verb("chase", "animal", "animal", "path into like"),
    _verb("carry", "person", "thing food", "goal path into"),
    _verb("find/found/found", "person animal", "thing food text", "locus time_event"),
    _verb("see/saw/seen/seeing", "person animal", "person animal thing", "locus time"),
)

TRANSFERS: tuple[Verb, ...] = (
    _verb("give/gave/given", "person", "thing text food wear"),
    _verb("send/sent/sent", "person", "text message"),
    _verb("show/showed/shown", "person", "text thing"),
    _verb("bring/brought/brought", "person", "food drink text"),
)

SPEECH: tuple[Verb, ...] = (
    _verb("say/said/said", "person"),
    _verb("know/knew/known", "person"),
    _verb("think/thought/thought", "person"),
    _verb("hope", "person"),
)

WISHES: tuple[Verb, ...] = (
    _verb("want", "person animal"),
    _verb("hope", "person"),
    _verb("promise", "person"),
    _verb("start", "person animal"),
    _verb("need", "person animal"),
)

PARTICLE_VERBS: tuple[tuple[Verb, str], ...] = (
    (_verb("pick", "person", "thing food text"), "up"),
    (_verb("put/put/put/putting", "person", "tool wear container"), "down"),
)

HAVE = Verb("have", "has", "had", "had", "having", ("person",))
COST = Verb("cost", "costs", "cost", "cost", "costing", ("thing", "wear", "tool", "food"))

ONLY: dict[str, tuple[NounForms, ...]] = {
    "machine": (("machine", "machines"),),
    "door": (("door", "doors"),),
    "box": (("box", "boxes"),),
}
"""Senses of a single noun, for verbs that select just that."""
