from collections import Counter
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tunescope.tasks import generate_sentences, vocabulary
from tunescope.tasks._conllu import UPOS
from tunescope.tasks._draw import Draw
from tunescope.tasks._grammar import _lexicon as lexicon
from tunescope.tasks._grammar import annotated_sentences

MANY = list(islice(annotated_sentences(11), 6000))


def test_a_shorter_list_is_the_beginning_of_a_longer_one():
    assert generate_sentences(20, seed=3) == generate_sentences(50, seed=3)[:20]
    assert generate_sentences(20, seed=3) != generate_sentences(20, seed=4)


def test_the_first_sentence_is_the_same_on_every_machine():
    assert " ".join(generate_sentences(1, seed=0)[0]) == "all rings cost a coin ."


def test_the_vocabulary_is_what_the_grammar_says():
    said = {word for sentence in MANY for word in sentence.words}
    for seed in (1, 2, 3):
        said.update(word for sentence in generate_sentences(6000, seed) for word in sentence)
    assert said <= set(vocabulary())
    # Every word form does occur: none is listed in vain.
    assert len(said) >= len(vocabulary()) - 5
    assert list(vocabulary()) == sorted(set(vocabulary()))
    assert all(word == word.lower() for word in vocabulary())


@settings(max_examples=20)
@given(st.integers(0, 10**6))
def test_every_sentence_is_one_projective_tree(seed):
    for sentence in islice(annotated_sentences(seed), 20):
        heads = sentence.heads
        assert [i for i, head in enumerate(heads) if head < 0] == [sentence.relations.index("root")]
        for i, head in enumerate(heads):
            steps, above = 0, i
            while above >= 0:
                above, steps = heads[above], steps + 1
                assert steps <= len(heads)
            for j in range(min(i, head) + 1, max(i, head)) if head >= 0 else ():
                while j >= 0 and j not in (i, head):
                    j = heads[j]
                assert j >= 0, "an arc crosses another one"


def test_annotations_are_where_they_belong():
    for sentence in MANY:
        columns = (sentence.upos, sentence.heads, sentence.relations, sentence.roles, sentence.functions)
        assert {len(column) for column in columns} == {len(sentence.words)}
        assert set(sentence.upos) <= set(UPOS)
        for upos, relation, role, function in zip(
            sentence.upos, sentence.relations, sentence.roles, sentence.functions, strict=True
        ):
            assert (role is None) == (function is None)
            # A preposition has a role, the particle of a verb has none.
            assert (role is not None) == (upos == "ADP" and relation == "case")
        assert (sentence.words[-1] == "?") == (sentence.question is not None)


@pytest.mark.parametrize(
    ("word", "tags"),
    [
        ("record", {"NOUN", "VERB"}),
        ("visit", {"NOUN", "VERB"}),
        ("plan", {"NOUN", "VERB"}),
        ("light", {"NOUN", "ADJ"}),
        ("cold", {"NOUN", "ADJ"}),
        ("to", {"ADP", "PART"}),
        ("that", {"DET", "PRON", "SCONJ"}),
        ("have", {"AUX", "VERB"}),
    ],
)
def test_words_that_only_context_tells_apart(word, tags):
    seen = Counter(u for s in MANY for w, u in zip(s.words, s.upos, strict=True) if w == word)
    assert set(seen) == tags
    assert min(seen.values()) >= 0.05 * seen.total()


@pytest.mark.parametrize(
    ("word", "roles"),
    [
        ("in", {"Locus", "Time", "Duration", "Manner", "Characteristic"}),
        ("for", {"Beneficiary", "Duration", "Purpose", "Cost"}),
        ("to", {"Goal", "Recipient", "EndTime"}),
        ("with", {"Ancillary", "Instrument", "Characteristic"}),
        ("by", {"Agent", "Locus", "Time", "Means", "Originator"}),
    ],
)
def test_prepositions_with_several_roles(word, roles):
    seen = {r for s in MANY for w, r in zip(s.words, s.roles, strict=True) if w == word and r}
    assert seen == roles


def test_role_and_function_differ_where_they_should():
    pairs = {(r, f) for s in MANY for r, f in zip(s.roles, s.functions, strict=True) if r != f}
    assert ("Recipient", "Goal") in pairs
    assert ("Originator", "Agent") in pairs
    assert ("Whole", "Gestalt") in pairs


def test_finite_verbs_agree_with_their_subjects():
    verbs = lexicon.ACTIVITIES + lexicon.ACTIONS + lexicon.TRANSFERS + lexicon.SPEECH + lexicon.WISHES
    ends_in_s = {verb.s_form for verb in verbs}
    bare = {verb.base for verb in verbs} - {verb.past for verb in verbs}
    wrong = {
        "3sg": {"am", "are", "were", "have", "do"} | bare,
        "pl": {"am", "is", "was", "has", "does"} | ends_in_s,
    }
    agreement = {"he": "3sg", "she": "3sg", "we": "pl", "they": "pl", "you": "pl"}
    checked = 0
    for sentence in MANY:
        words = list(zip(sentence.words, sentence.heads, sentence.relations, strict=True))
        for i, (word, head, relation) in enumerate(words):
            if word in agreement and relation in ("nsubj", "nsubj:pass") and i < head and not sentence.question:
                # The finite word is the first one of the verb group.
                group = (j for j, (_, h, r) in enumerate(words) if h == head and r in ("aux", "aux:pass", "cop"))
                finite = words[min((*group, head))][0]
                assert finite not in wrong[agreement[word]], " ".join(sentence.words)
                checked += 1
    assert checked > 500


@given(st.lists(st.integers(), max_size=30), st.integers(0, 100))
def test_shuffling_is_a_permutation(items, seed):
    assert sorted(Draw(seed).shuffled(items)) == sorted(items)


def test_weights_are_frequencies():
    draw = Draw(0)
    drawn = Counter(draw.weighted((("a", 3.0), ("b", 1.0))) for _ in range(4000))
    assert abs(drawn["a"] / 4000 - 0.75) < 0.03
