"""What `tunescope tasks FILE` says it understood, and the same file in a study."""

import json

import pytest
from typer.testing import CliRunner

from tunescope.cli.main import app
from tunescope.errors import StudyError
from tunescope.studies import find_task, load_study, task_choice

REVIEWS = "review;stars;id\n" + "".join(f"a {'good' if i % 2 else 'bad'} film {i};{i % 2};x{i}\n" for i in range(10))


@pytest.fixture
def reviews(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reviews.csv").write_text(REVIEWS)
    return tmp_path


def run(*arguments, code=0):
    result = CliRunner().invoke(app, ["tasks", *map(str, arguments)])
    assert result.exit_code == code, result.output
    return result


def test_a_file_is_shown_before_anything_runs(reviews):
    said = run("reviews.csv", "--column", "label=stars").output
    for part in (
        "format: csv",
        "delimiter: semicolon",
        "encoding: utf-8",
        "columns: label: stars, text: review",
        "columns not read: id",
        "kind of target: sentence",
        "split: 20% of the sentences drawn for test, seed 0",
        "0: a bad film",
        "1: a good film",
    ):
        assert part in said
    shown = json.loads(run("reviews.csv", "--column", "label=stars", "--json").output)
    assert "delimiter: semicolon" in shown["understood"]
    assert shown["splits"]["train"]["examples"][0]["label"] in "01"


def test_what_is_missing_of_a_file_is_said(reviews):
    assert "of which none is known as a label" in run("reviews.csv", code=2).output
    assert "reviewz.csv: there is no such file" in run("reviewz.csv", code=2).output
    assert "expected what it is and its name" in run("reviews.csv", "--column", "stars", code=2).output
    assert "says how a file is read, but there is no `file`" in run("toy-pos", "--format", "csv", code=2).output
    (reviews / "a.csv").write_text("text,label\na,x\nb,NA\nc,y\n" + "d,x\n" * 9)
    assert "line 3: 1 of 12 rows has no label (NA 1)" in run("a.csv", code=2).output
    dropped = run("a.csv", "--without-label", "drop").output
    assert "note: left out: 1 of 12 rows has no label (NA 1), first at line 3" in dropped


def test_what_can_be_said_of_a_file_is_told_as_it_is_typed(reviews):
    assert "--column text=NAME --column label=NAME" in " ".join(run("reviews.csv", code=2).output.split())
    (reviews / "a.csv").write_text("text,label\na,x\nb,\n")
    assert "`--without-label drop`" in " ".join(run("a.csv", code=2).output.split())


def test_a_split_that_no_study_takes_is_noted(reviews):
    (reviews / "test.csv").write_text("review;stars\na film;1\n")
    said = run("reviews.csv", "--test", "test.csv", "--column", "label=stars").output
    assert "note: test has one label only; a study needs two in each split" in said
    (reviews / "test.csv").write_text("review;stars\na film;1\nno film;0\n")
    assert "a study needs two" not in run("reviews.csv", "--test", "test.csv", "--column", "label=stars").output


def test_labels_and_words_are_shown_as_they_are(reviews):
    (reviews / "a.csv").write_text("text,label\n" + "a [red]b[/red] \x9b31m c,a[/]b\n" * 6)
    said = run("a.csv").output
    assert "a[/]b: a [red]b[/red] \ufffd31m c" in said
    assert said.count("a[/]b") >= 2


@pytest.mark.parametrize(
    ("text", "is_file"),
    [
        ("toy-pos", False),
        ("toy-poss", False),
        ("reviews.csv", True),
        ("absent.CSV", True),
        ("folder/absent", True),
        ("hub:somebody/some", True),
    ],
)
def test_what_is_typed_is_a_name_or_a_file(reviews, text, is_file):
    assert ("file" in task_choice(text)) == is_file


def study(folder, task, more=""):
    path = folder / "study.yaml"
    path.write_text(f"name: s\nencoders: [tiny]\nexperiments: [performance]\n{more}tasks:\n  - {task}\n")
    return load_study(path)


def test_columns_are_mapped_in_a_study(reviews):
    asked = study(reviews, "{name: stars, file: reviews.csv, columns: {text: review, label: stars}}")
    task = find_task(asked.tasks[0], asked, folder=reviews)
    assert task.name == "stars"
    assert task.labels == ("0", "1")
    half = study(reviews, "{name: stars, file: reviews.csv, columns: {label: stars}}", "fraction: 0.5\n")
    assert len(find_task(half.tasks[0], half, folder=reviews).train) == 4


@pytest.mark.parametrize(
    ("task", "message"),
    [
        ("{name: a, file: reviews.csv, columns: {lable: stars}}", "columns"),
        ("{name: a, file: reviews.csv, without_label: ignore}", "without_label"),
        ("{name: a, columns: {label: stars}}", "says how a file is read, but there is no `file`"),
        ("{name: a, file: reviews.csv, column: {label: stars}}", "unknown setting; did you mean columns?"),
    ],
)
def test_a_mistake_in_the_study_is_named(reviews, task, message):
    with pytest.raises(StudyError, match=r"study\.yaml:5: tasks\[0\]") as error:
        study(reviews, task)
    assert message in str(error.value)
