"""Every word form that the embedded grammar can say."""

from __future__ import annotations

from functools import cache

from tunescope.tasks._grammar import _lexicon as lexicon

_CLOSED = (
    "i you he she we they me him us them my your his her our their "
    "a an the this that these those some no all every "
    "is are am was were has have had do does did not "
    "there who what which where when why how to 's and or but because after before if please "
    "in at near by under on from with about of for to into through across until during without as like than "
    "up down very too so many much far long price color city country food drink animal day year month "
    "help helps helped helping last lasts lasted lasting end ends ended ending surprise surprises surprised "
    "surprising stop stops stopped stopping return returns returned returning start starts started starting "
    "$ . ! ? ,"
)


@cache
def vocabulary() -> tuple[str, ...]:
    """All word forms of the embedded grammar, lowercase, sorted, punctuation included."""
    words = set(_CLOSED.split())
    for nouns in (*lexicon.NOUNS.values(), *lexicon.ONLY.values()):
        words.update(form for forms in nouns for form in forms if form)
    for adjectives in (*lexicon.ADJECTIVES.values(), *lexicon.COMPARATIVES.values()):
        words.update(adjectives)
    for words_of in (
        lexicon.FIRST_NAMES,
        lexicon.SURNAMES,
        lexicon.CITIES,
        lexicon.COUNTRIES,
        lexicon.WEEKDAYS,
        lexicon.NUMBERS,
        lexicon.MANNER_ADVERBS,
        lexicon.TIME_ADVERBS,
        lexicon.INTERJECTIONS,
        lexicon.MODALS,
    ):
        words.update(words_of)
    particle_verbs = tuple(verb for verb, _ in lexicon.PARTICLE_VERBS)
    spoken = lexicon.ACTIVITIES + lexicon.ACTIONS + lexicon.TRANSFERS + lexicon.SPEECH + lexicon.WISHES
    for verb in (*spoken, *particle_verbs, lexicon.HAVE, lexicon.COST):
        words.update((verb.base, verb.s_form, verb.past, verb.participle, verb.ing))
    return tuple(sorted(words))
