import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunescope.errors import DataError
from tunescope.tasks import task_from_table


def jsonl(tmp_path, rows, name="rows.jsonl"):
    path = tmp_path / name
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def tsv(tmp_path, text):
    path = tmp_path / "rows.tsv"
    path.write_text(text, encoding="utf-8")
    return path


def test_sentences_from_jsonl(tmp_path):
    path = jsonl(tmp_path, [{"text": f"some text {i}", "label": i % 2} for i in range(10)])
    task = task_from_table(path)
    assert task.kind == "sentence"
    assert task.labels == ("0", "1")
    assert (len(task.train), len(task.test)) == (8, 2)
    assert task.train.sentences[0].words[:2] == ("some", "text")


def test_words_and_pairs_from_jsonl_share_their_sentence(tmp_path):
    words = ["she", "will", "record", "it"]
    rows = [{"words": words, "positions": i, "label": label} for i, label in enumerate(("P", "A", "V", "P"))]
    task = task_from_table(jsonl(tmp_path, rows), jsonl(tmp_path, rows[:1], "test.jsonl"))
    assert task.kind == "word"
    assert len(task.train.sentences) == 1
    assert task.train.labels.tolist() == ["P", "A", "V", "P"]
    rows = [{"words": words, "positions": [2, i], "label": "arc"} for i in (0, 1)]
    pairs = task_from_table(jsonl(tmp_path, rows), jsonl(tmp_path, rows, "test.jsonl"))
    assert pairs.kind == "pair"
    assert [t.positions for t in pairs.train.targets] == [(2, 0), (2, 1)]


def test_the_same_input_twice_stays_two_targets_and_is_a_conflict(tmp_path):
    rows = [{"text": "same input", "label": label} for label in ("a", "b")]
    task = task_from_table(jsonl(tmp_path, rows), jsonl(tmp_path, rows[:1], "test.jsonl"))
    assert len(task.train) == len(task.train.sentences) == 2
    assert any(note.startswith("1 input of train with different labels (2 targets)") for note in task.notes)
    assert "1 target of test with an input that is in train too, sentence included" in task.notes


@pytest.mark.parametrize("separator", [",", " ", ", "])
def test_pairs_from_tsv(tmp_path, separator):
    path = tsv(tmp_path, f"words\tpositions\tlabel\na b c\t0{separator}2\tleft\nd e\t1{separator}0\tright\n")
    task = task_from_table(path, path)
    assert [t.positions for t in task.train.targets] == [(0, 2), (1, 0)]
    assert task.labels == ("left", "right")


@given(st.lists(st.tuples(st.lists(st.text("abc", min_size=1), min_size=1), st.text("xyz", min_size=1)), min_size=2))
def test_jsonl_round_trip(tmp_path_factory, rows):
    folder = tmp_path_factory.getbasetemp()
    path = jsonl(folder, [{"words": words, "label": label} for words, label in rows], "drawn.jsonl")
    split = task_from_table(path, path).train
    assert [(list(s.words), t.label) for s, t in zip(split.sentences, split.targets, strict=True)] == rows


GOOD = {"text": "a b", "positions": [0], "label": "x"}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("[1]", "a JSON list; expected an object"),
        ('{"text": "a"', "not JSON (column"),
        ('{"text": "a b", "positions": [0]}', "1 of 2 rows has no label (none 1)"),
        ('{"text": "a b", "positions": [0], "label": 1.5}', "the label 1.5 is a number with a fraction"),
        ('{"text": "a b", "positions": [0], "label": " "}', "1 of 2 rows has no label (empty 1)"),
        ('{"positions": [0], "label": "x"}', "both or neither of text and words"),
        ('{"text": " ", "label": "x"}', "no words in text or words"),
        ('{"words": ["a", ""], "label": "x"}', "no words in text or words"),
        ('{"text": "a b", "positions": [2], "label": "x"}', "expected numbers from 0 to 1"),
        ('{"text": "a b", "positions": [0, 1, 0], "label": "x"}', "positions are [0, 1, 0]"),
        ('{"text": "a b", "positions": "0", "label": "x"}', "positions are '0'"),
        (
            '{"text": "a b", "position": 0, "label": "x"}',
            "unknown field 'position'; expected fields among text, pair, words, positions, label, tags",
        ),
        ('{"text": "a b", "positions": [0, 1], "label": "x"}', "2 positions, but line 1 has 1"),
    ],
)
def test_a_broken_row_is_named(tmp_path, row, message):
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(GOOD) + "\n" + row + "\n")
    with pytest.raises(DataError) as error:
        task_from_table(path)
    assert f"{path}, line 2: " in str(error.value)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (
            "opinion\tlabel\na\tx\n",
            1,
            "the head line names the columns opinion, label, of which none is known",
        ),
        ("text\tlabel\na\n", 2, "1 column; expected 2"),
        ("text\tpositions\tlabel\na\tone\tx\n", 2, "positions are 'one'"),
        ("text\tlabel\tpostions\na\tx\t0\n", 1, "unknown field 'postions'; expected fields"),
    ],
)
def test_a_broken_tsv_is_named(tmp_path, text, line, message):
    path = tsv(tmp_path, text)
    with pytest.raises(DataError) as error:
        task_from_table(path)
    assert f"{path}, line {line}: {message}" in str(error.value)


def test_other_files_and_empty_files_fail(tmp_path):
    with pytest.raises(DataError, match=r"rows\.csv cannot be read: No such file"):
        task_from_table(tmp_path / "rows.csv")
    with pytest.raises(DataError, match=r"rows\.sav: there is no such file"):
        task_from_table(tmp_path / "rows.sav")
    (tmp_path / "rows.sav").write_bytes(b"\x01\x02")
    with pytest.raises(DataError, match=r"in no format that can be read\. There are .*jsonl"):
        task_from_table(tmp_path / "rows.sav")
    with pytest.raises(DataError, match="holds no row"):
        task_from_table(jsonl(tmp_path, []))


def test_both_files_have_the_same_kind(tmp_path):
    words = jsonl(tmp_path, [GOOD])
    sentences = jsonl(tmp_path, [{"text": "a b", "label": "x"}], "test.jsonl")
    with pytest.raises(DataError, match="the same kind of target"):
        task_from_table(words, sentences)
