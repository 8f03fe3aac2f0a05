"""A task from the columns of a Trainer's own data sets."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from transformers import AutoTokenizer

from tunescope.errors import DataError
from tunescope.integrations._trainer.columns import task_of_columns
from tunescope.tasks import load_task

MODEL = SimpleNamespace(config=SimpleNamespace(id2label={0: "LABEL_0", 1: "LABEL_1"}))
NAMED = SimpleNamespace(config=SimpleNamespace(id2label={0: "bad", 1: "good"}))


@pytest.fixture(scope="module")
def tokenizer(encoder_folder):
    return AutoTokenizer.from_pretrained(encoder_folder)


def read(columns, rows, tokenizer, model=MODEL, sample=100):
    return task_of_columns(columns, rows, rows, model, tokenizer, sample)


def test_texts_with_labels(tokenizer):
    rows = [{"question": "a good film", "kind": 1}, {"question": "a bad film", "kind": 0}]
    task = read({"text": "question", "label": "kind"}, rows, tokenizer, NAMED)
    assert task.kind == "sentence"
    assert task.train.label_counts == {"bad": 1, "good": 1}
    assert task.train.sentences[0].words == ("a", "good", "film")
    assert read({"text": "question", "label": "kind"}, rows, tokenizer).labels == ("0", "1")


def test_two_texts(tokenizer):
    rows = [{"a": "he sleeps", "b": "he rests", "label": "yes"}, {"a": "he sleeps", "b": "he runs", "label": "no"}]
    task = read({"text": "a", "pair": "b", "label": "label"}, rows, tokenizer)
    assert task.train.sentences[1].pair == ("he", "runs")


def test_a_data_set_names_its_labels(tokenizer):
    import datasets

    features = datasets.Features({"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["no", "yes"])})
    data = datasets.Dataset.from_dict({"text": ["it is", "it is not"], "label": [1, 0]}, features=features)
    assert read({"text": "text", "label": "label"}, data, tokenizer).labels == ("no", "yes")


def test_words_with_tags_and_without(tokenizer):
    rows = [{"words": ["she", "will", "sing"], "tags": [0, -100, 1]}, {"words": ["they", "go"], "tags": [-100, -100]}]
    task = read({"tokens": "words", "labels": "tags"}, rows, tokenizer, NAMED)
    assert [(one.positions, one.label) for one in task.train.targets] == [((0,), "bad"), ((2,), "good")]
    assert any("without a label" in note for note in task.notes)


def test_what_was_tokenised_comes_back_as_the_words_that_it_was(tokenizer):
    """As token classification tokenises: the first subword of a word has its label, all else -100."""
    words = load_task("toy-pos", fraction=0.2)
    names = list(words.labels)
    rows = []
    for number, sentence in enumerate(words.train.sentences):
        label_of = {t.positions[0]: names.index(t.label) for t in words.train.targets if t.sentence == number}
        made = tokenizer(list(sentence.words), is_split_into_words=True)
        seen, labels = None, []
        for word in made.word_ids():
            labels.append(-100 if word is None or word == seen else label_of.get(word, -100))
            seen = word
        rows.append({"input_ids": made["input_ids"], "labels": labels})
    model = SimpleNamespace(config=SimpleNamespace(id2label=dict(enumerate(names))))
    task = read({"input_ids": "input_ids", "labels": "labels"}, rows, tokenizer, model, sample=10**6)
    assert task.train.label_counts == words.train.label_counts
    assert tokenizer(list(task.train.sentences[0].words), is_split_into_words=True)["input_ids"] == rows[0]["input_ids"]


def test_sentences_that_were_tokenised(tokenizer):
    texts = [sentence.text for sentence in load_task("toy-question-coarse").train.sentences[:10]]
    rows = [{**tokenizer(text), "label": number % 2} for number, text in enumerate(texts)]
    task = read({"input_ids": "input_ids", "label": "label"}, rows, tokenizer)
    assert [tokenizer(one.text)["input_ids"] for one in task.train.sentences] == [row["input_ids"] for row in rows]


def test_ids_that_no_words_give_are_refused(tokenizer):
    rows = [{"input_ids": [2, 4, 4, 3], "label": 0}, {"input_ids": [2, 4, 3], "label": 1}]  # masks alone
    with pytest.raises(DataError, match=r"cannot be told from their tokens\. Give the words"):
        read({"input_ids": "input_ids", "label": "label"}, rows, tokenizer)


def test_data_that_cannot_be_gone_through_are_refused(tokenizer):
    with pytest.raises(DataError, match="stream"):
        task_of_columns({"text": "a", "label": "b"}, iter([]), [], MODEL, tokenizer, 10)
    with pytest.raises(DataError, match="no eval_dataset"):
        task_of_columns({"text": "a", "label": "b"}, [], None, MODEL, tokenizer, 10)


def test_of_many_rows_some_are_read_and_it_is_said(tokenizer):
    rows = [{"text": f"it is {number % 2}", "label": number % 2} for number in range(1000)]
    task = read({"text": "text", "label": "label"}, rows, tokenizer, sample=7)
    assert len(task.train) == 70
    assert any("70 of 1,000 rows were read" in note for note in task.notes)
