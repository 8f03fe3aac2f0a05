from pathlib import Path

import conllu
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tunescope.errors import DataError
from tunescope.tasks import task_from_conllu
from tunescope.tasks._conllu import UPOS, read_conllu

FIELD = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Z")), min_size=1, max_size=8)
WORD = st.tuples(FIELD, st.sampled_from(UPOS), st.sampled_from(("nsubj", "obl:tmod", "conj")))


@st.composite
def sentences(draw):
    """A sentence as its words and its CoNLL-U lines, with multiword tokens, empty nodes and comments."""
    words = draw(st.lists(WORD, min_size=1, max_size=7))
    n = len(words)
    order = draw(st.permutations(range(1, n + 1)))  # each word hangs on one before it here, or on the root: a tree
    above = {word: draw(st.sampled_from([0, *order[:i]])) for i, word in enumerate(order)}
    heads = [above[word] for word in range(1, n + 1)]
    lines = [f"# {draw(FIELD)}" for _ in range(draw(st.integers(0, 2)))]
    covered = 0
    empty_before = draw(st.booleans())
    if empty_before:
        lines.append("0.1\tempty" + "\t_" * 8)
    for i, (form, upos, relation) in enumerate(words, start=1):
        if i > covered and draw(st.booleans()):
            covered = draw(st.integers(i, n))
            lines.append(f"{i}-{covered}\tmulti" + "\t_" * 8)
        head = heads[i - 1]
        lines.append(f"{i}\t{form}\t_\t{upos}\t_\t_\t{head}\t{relation if head else 'root'}\t_\t_")
        for k in range(draw(st.sampled_from((0, 0, 0, 2)))):
            lines.append(f"{i}.{k + 1}\tempty" + "\t_" * 8)
    return words, heads, lines


@settings(deadline=None, max_examples=60)
@given(st.lists(sentences(), min_size=1, max_size=4), st.sampled_from(("\n", "\r\n")), st.booleans())
def test_what_is_written_is_read_back(tmp_path_factory, drawn, end, final_blank):
    path = tmp_path_factory.getbasetemp() / "drawn.conllu"
    blocks = [end.join(lines) + end for _, _, lines in drawn]
    path.write_bytes((end.join(blocks) + (end if final_blank else "")).encode())
    tagged = read_conllu(path, "pos")
    arcs = read_conllu(path, "dep")
    assert len(tagged) == len(arcs) == len(drawn)
    for (words, heads, _), tags, arc in zip(drawn, tagged, arcs, strict=True):
        assert tags.sentence.words == arc.sentence.words == tuple(form for form, _, _ in words)
        assert tags.targets == tuple(((i,), upos) for i, (_, upos, _) in enumerate(words))
        expected = enumerate(zip(heads, words, strict=True))
        assert arc.targets == tuple(((head - 1, i), rel) for i, (head, (_, _, rel)) in expected if head)


@settings(deadline=None, max_examples=30)
@given(st.lists(sentences(), min_size=1, max_size=3))
def test_the_conllu_library_reads_the_same_words(tmp_path_factory, drawn):
    path = tmp_path_factory.getbasetemp() / "library.conllu"
    text = "\n".join("\n".join(lines) + "\n" for _, _, lines in drawn) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")
    parsed = conllu.parse(text)
    theirs = [tuple(w["form"] for w in sentence if isinstance(w["id"], int)) for sentence in parsed]
    assert [item.sentence.words for item in read_conllu(path, "pos")] == theirs


GOOD = [
    "# sent_id = one",
    "1-2\tdon't\t_\t_\t_\t_\t_\t_\t_\t_",
    "1\tdo\tdo\tAUX\t_\t_\t3\taux\t_\t_",
    "2\tn't\tnot\tPART\t_\t_\t3\tadvmod\t_\t_",
    "3\tgo\tgo\tVERB\t_\t_\t0\troot\t_\t_",
    "3.1\tgo\tgo\tVERB\t_\t_\t_\t_\t_\t_",
    "",
]


def write(tmp_path: Path, lines: list[str]) -> Path:
    path = tmp_path / "some.conllu"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_multiword_tokens_and_empty_nodes_are_read_over(tmp_path):
    (tagged,) = read_conllu(write(tmp_path, GOOD), "pos")
    assert tagged.sentence.id == "one"
    assert tagged.sentence.words == ("do", "n't", "go")
    (arcs,) = read_conllu(write(tmp_path, GOOD), "dep")
    assert arcs.targets == (((2, 0), "aux"), ((2, 1), "advmod"))


def test_a_sentence_without_an_id_is_named_by_its_line(tmp_path):
    (tagged,) = read_conllu(write(tmp_path, GOOD[1:]), "pos")
    assert tagged.sentence.id == "line 2"


@pytest.mark.parametrize(
    ("line", "text", "kind", "message"),
    [
        (3, "1\tdo\tdo\tAUX\t_\t_\t3\taux\t_", "pos", "9 columns; expected 10, separated by tabs"),
        (3, "1 do do AUX _ _ 3 aux _ _", "pos", "1 column; expected 10"),
        (3, "1\t\tdo\tAUX\t_\t_\t3\taux\t_\t_", "pos", "column 2 is empty; expected a value, or `_`"),
        (3, "2\tdo\tdo\tAUX\t_\t_\t3\taux\t_\t_", "pos", "ID is 2; expected 1"),
        (3, "x\tdo\tdo\tAUX\t_\t_\t3\taux\t_\t_", "pos", "ID is 'x'; expected a number"),
        (3, "1\tdo\tdo\tAUKS\t_\t_\t3\taux\t_\t_", "pos", "UPOS (column 4) is 'AUKS'; expected one of ADJ"),
        (3, "1\tdo\tdo\t_\t_\t_\t3\taux\t_\t_", "pos", "UPOS (column 4) is `_`"),
        (3, "1\tdo\tdo\tAUX\t_\t_\t3\taux\t_\t_", "xpos", "XPOS (column 5) is `_`; expected a label"),
        (
            3,
            "1\tdo\tdo\tAUX\t_\t_\t4\taux\t_\t_",
            "dep",
            "HEAD (column 7) is '4'; expected a number from 0 to 3",
        ),
        (3, "1\tdo\tdo\tAUX\t_\t_\t_\taux\t_\t_", "dep", "HEAD (column 7) is '_'"),
        (3, "1\tdo\tdo\tAUX\t_\t_\t1\taux\t_\t_", "dep", "HEAD (column 7) is the word itself"),
        (3, "1\tdo\tdo\tAUX\t_\t_\t3\t_\t_\t_", "dep", "DEPREL (column 8) is `_`"),
        (4, "# late", "pos", "a comment inside a sentence"),
        (2, "2-3\tdon't\t_\t_\t_\t_\t_\t_\t_\t_", "pos", "the multiword token 2-3 is out of place"),
        (2, "1-9\tdon't\t_\t_\t_\t_\t_\t_\t_\t_", "pos", "reaches to word 9 of a sentence of 3"),
        (6, "3.2\tgo\tgo\tVERB\t_\t_\t_\t_\t_\t_", "pos", "the empty node 3.2 is out of place; expected 3.1"),
        (7, "  ", "pos", "only white space"),
        (7, "\n# late\n", "pos", "comments without a sentence"),
    ],
)
def test_a_broken_line_is_named_with_what_was_expected(tmp_path, line, text, kind, message):
    lines = list(GOOD)
    lines[line - 1] = text
    path = write(tmp_path, lines)
    with pytest.raises(DataError) as error:
        read_conllu(path, kind)
    at = line + (1 if text.startswith("\n") else 0)
    assert f"{path}, line {at}: " in str(error.value)
    assert message in str(error.value)


def test_an_overlapping_multiword_token_is_out_of_place(tmp_path):
    lines = [*GOOD[:3], "2-3\tn'tgo\t_\t_\t_\t_\t_\t_\t_\t_", *GOOD[3:]]
    with pytest.raises(DataError, match="line 4: the multiword token 2-3 is out of place"):
        read_conllu(write(tmp_path, lines), "pos")


def test_bytes_that_are_not_utf8_are_named(tmp_path):
    path = tmp_path / "latin.conllu"
    path.write_bytes("\n".join(GOOD).replace("don't", "d\xf6n't").encode("latin-1"))
    with pytest.raises(DataError, match="line 2: byte 6 of the line is not utf-8"):
        read_conllu(path, "pos")


@pytest.mark.parametrize("content", ["", "\n\n"])
def test_a_file_without_sentences_fails(tmp_path, content):
    path = tmp_path / "empty.conllu"
    path.write_text(content)
    with pytest.raises(DataError, match="holds no sentence"):
        read_conllu(path, "pos")


def test_a_missing_file_fails(tmp_path):
    with pytest.raises(DataError, match=r"nowhere\.conllu cannot be read"):
        read_conllu(tmp_path / "nowhere.conllu", "pos")


def test_an_unknown_kind_fails(tmp_path):
    with pytest.raises(DataError, match="expected one of pos, xpos, dep"):
        read_conllu(write(tmp_path, GOOD), "ner")


def many(tmp_path: Path, n: int) -> Path:
    lines = []
    for i in range(n):
        lines += [f"# sent_id = s{i}", f"1\tword{i}\t_\tNOUN\t_\t_\t0\troot\t_\t_", ""]
    return write(tmp_path, lines)


@given(st.integers(0, 50))
def test_the_drawn_split_keeps_every_sentence_once_in_file_order(tmp_path_factory, seed):
    path = many(tmp_path_factory.getbasetemp(), 10)
    task = task_from_conllu(path, seed=seed)
    train, test = ([int(s.id[1:]) for s in split.sentences] for split in (task.train, task.test))
    assert (len(train), len(test)) == (8, 2)
    assert train == sorted(train)
    assert test == sorted(test)
    assert sorted(train + test) == list(range(10))


def test_the_drawn_split_follows_the_seed(tmp_path):
    path = many(tmp_path, 40)
    prints = {task_from_conllu(path, seed=seed).fingerprint for seed in (0, 0, 1, 2)}
    assert len(prints) == 3


@pytest.mark.parametrize("share", [0, 1, 0.01, -0.5])
def test_a_split_with_an_empty_side_fails(tmp_path, share):
    with pytest.raises(DataError, match="share"):
        task_from_conllu(many(tmp_path, 10), test_share=share)


def test_sentences_without_a_target_are_left_out_and_counted(tmp_path):
    path = write(tmp_path, ["1\tHello\t_\tINTJ\t_\t_\t0\troot\t_\t_", "", *GOOD])
    task = task_from_conllu(path, path, "dep")
    assert len(task.train.sentences) == 1
    assert "left out of train: 1 sentence without a target" in task.notes


def test_labels_of_test_that_train_lacks_are_counted_and_named(tmp_path):
    train = many(tmp_path, 3).rename(tmp_path / "train.conllu")
    test = write(tmp_path, GOOD)
    task = task_from_conllu(train, test)
    assert "3 labels of test are not in train (3 targets): AUX (1), PART (1), VERB (1)" in task.notes
