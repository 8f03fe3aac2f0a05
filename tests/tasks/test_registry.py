"""A task from outside the package is one object, and is there wherever a name is taken."""

import pytest
from typer.testing import CliRunner

from tunescope.cli.main import app
from tunescope.errors import DataError
from tunescope.studies import find_task, load_study
from tunescope.tasks import TaskSpec, _registry, load_task, register_task, task_infos, toy_task


def nouns(found, seed):
    assert found == ()
    return toy_task("toy-pos", n_train=20, n_test=10, seed=seed)


SPEC = TaskSpec("their-nouns", "word", "parts of speech again", (), nouns, "theirs; CC0", family="parts-of-speech")
SEVERAL = [SPEC, TaskSpec("their-others", "word", "the same", (), nouns, "theirs", stands_for="pos")]
A_TASK = toy_task("toy-pos", n_train=2, n_test=2)


@pytest.fixture(autouse=True)
def _clean(monkeypatch):
    monkeypatch.setattr(_registry, "_registered", {})
    _registry._installed.cache_clear()
    yield
    _registry._installed.cache_clear()


@pytest.fixture
def install(install_package):
    """Another package with an entry point of this value."""
    text = (
        "from tunescope.tasks import TaskSpec, toy_task\n"
        "def read(found, seed):\n"
        "    return toy_task('toy-pos', n_train=20, n_test=10, seed=seed)\n"
        "ONE = TaskSpec('their-nouns', 'word', 'parts of speech again', (), read, 'theirs; CC0')\n"
        "SEVERAL = [ONE, TaskSpec('their-others', 'word', 'the same', (), read, 'theirs')]\n"
        "TAKEN = TaskSpec('pos', 'word', 'the same', (), read, 'theirs')\n"
        "NOTHING = 3\n"
    )
    return lambda value: install_package({"theirs.py": text}, {"tunescope.tasks": {"theirs": value}})


def is_there(name="their-nouns"):
    assert name in {info.name for info in task_infos()}
    task = load_task(name, seed=3)
    assert task.name == name
    assert task.source.startswith("theirs")
    assert task.fingerprint == toy_task("toy-pos", n_train=20, n_test=10, seed=3).fingerprint


def test_by_an_entry_point(install, tmp_path):
    install("theirs:SEVERAL")
    is_there("their-nouns")
    is_there("their-others")
    (tmp_path / "study.yaml").write_text(
        "name: s\nencoders: [tiny]\ntasks: [their-nouns]\nexperiments: [performance]\n", encoding="utf-8"
    )
    study = load_study(tmp_path / "study.yaml")
    assert find_task(study.tasks[0], study).name == "their-nouns"
    listed = CliRunner().invoke(app, ["tasks"])
    assert "their-nouns" in listed.output
    shown = CliRunner().invoke(app, ["tasks", "their-nouns"])
    assert shown.exit_code == 0
    assert "theirs; CC0" in shown.output


def test_in_this_session():
    register_task(SPEC)
    is_there()
    register_task(SPEC)  # a notebook's cell is run again
    with pytest.raises(DataError, match="there is a task 'pos' already"):
        register_task(TaskSpec("pos", "word", "", (), nouns, ""))


def test_what_is_said_of_a_task_once_is_what_findings_know():
    from tunescope.findings._paper import setup

    assert setup._stand_ins() == {"ps-role-pastrie": "ps-role", "ps-fxn-pastrie": "ps-fxn"}
    register_task(SEVERAL[1])
    assert setup._stand_ins()["their-others"] == "pos"
    families = {info.name: info.family for info in task_infos()}
    prepositions = {name for name, family in families.items() if family == "prepositions"}
    assert prepositions == {"ps-role", "ps-fxn", "ps-role-pastrie", "ps-fxn-pastrie", "toy-ps-role", "toy-ps-fxn"}
    assert {name for name, family in families.items() if family == "parts-of-speech"} == {"pos", "toy-pos"}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("theirs:ABSENT", "cannot be imported"),
        ("nowhere_at_all:X", "cannot be imported"),
        ("theirs:NOTHING", "names a int; expected a TaskSpec"),
        ("theirs:TAKEN", "adds a task 'pos', but there is one already"),
    ],
)
def test_a_broken_entry_point_is_named(install, value, message):
    install(value)
    with pytest.raises(DataError, match=message) as error:
        load_task("toy-pos")
    assert value in str(error.value)
    assert "theirs" in str(error.value)


@pytest.mark.parametrize("name", ["", "two words", "a\n"])
def test_a_name_has_no_white_space(name):
    with pytest.raises(DataError, match="a name has no white space"):
        TaskSpec(name, "word", "", (), nouns, "")


@pytest.mark.parametrize(
    ("kind", "reader", "given"),
    [("pair", nouns, "gives a word task"), ("word", lambda found, seed: None, "gives a NoneType")],
)
def test_a_reader_keeps_to_its_spec(kind, reader, given):
    register_task(TaskSpec("odd", kind, "", (), reader, ""))
    with pytest.raises(DataError, match=given):
        load_task("odd")


def test_one_line_says_what_a_task_is():
    task = load_task("toy-pos")
    for thing in (task, task.train, task.train.sentences[0]):
        assert "\n" not in repr(thing)
        assert len(repr(thing)) < 200
    assert repr(task) == (
        "Task('toy-pos', kind='word', train: 400 sentences, 3,315 targets; test: 100 sentences, 818 targets; 16 labels)"
    )
