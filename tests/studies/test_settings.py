"""A study is checked before anything runs, and an error says where it is."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tunescope.errors import StudyError
from tunescope.studies import Study, experiment_names, load_study, study_names
from tunescope.studies._experiments.registry import experiments

WITHOUT_RECIPES = tuple(name for name in experiment_names() if name != "recipes")
"""Ways of fine-tuning are no part of the paper, and are compared where a study names some."""

GOOD = """\
name: small
encoders: embedded
tasks: [toy-pos]
experiments: [performance]
"""


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "study.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def message(path, **overrides):
    with pytest.raises(StudyError) as caught:
        load_study(path, **overrides)
    return str(caught.value).replace(str(path), "study.yaml")


def test_what_is_not_said_has_the_default_of_the_paper(write):
    study = load_study(write(GOOD))
    assert (study.seeds, study.every, study.layers, study.convention) == ([0], 5, "last", "all")
    assert study.classifier.hidden == (256, 256)
    assert study.epochs is None


def test_a_single_entry_stands_for_a_list_of_one(write):
    study = load_study(write("name: a\nencoders: x\ntasks: pos\nseeds: 3\nexperiments: layers\n"))
    assert [choice.name for choice in study.encoders] == ["x"]
    assert ([choice.name for choice in study.tasks], study.seeds) == (["pos"], [3])


def test_all_experiments_can_be_asked_for_in_a_word(write):
    study = load_study(write(GOOD.replace("[performance]", "all")))
    assert tuple(choice.name for choice in study.experiments) == WITHOUT_RECIPES


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("epoch: 3", "study.yaml:5: epoch: unknown setting; did you mean epochs?"),
        ("epochs: 0", "study.yaml:5: epochs: input should be greater than or equal to 1"),
        ("epochs: three", "study.yaml:5: epochs: input should be a valid integer"),
        ("layers: [0, top]", 'study.yaml:5: layers: must be "last", "all" or a list of layer numbers'),
        ("layers: first", 'study.yaml:5: layers: must be "last", "all" or a list of layer numbers'),
        ("seeds: [1, 1]", "study.yaml:5: seeds: 1 stands there twice"),
        ("fraction: 1.5", "study.yaml:5: fraction: input should be less than or equal to 1"),
        (
            "recipe:\n  learning_rat: 1",
            "study.yaml:6: recipe.learning_rat: unknown setting; did you mean learn",
        ),
        ("classifier:\n\n  hidden: [1]", "study.yaml:7: classifier.hidden"),
        ("name: b", "study.yaml:5: 'name' is set a second time (first in line 1)"),
        ("seeds: [", "study.yaml:6: is not YAML"),
        ("3: x", "study.yaml:5: '3' is no name of a setting"),
    ],
)
def test_an_error_names_file_line_and_field(write, line, said):
    assert message(write(GOOD + line + "\n")).startswith(said)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "[performance]",
            "[performance, linearty]",
            "study.yaml:4: experiments[1]: unknown experiment; did you mean",
        ),
        (
            "[performance]",
            "[{name: paths, layer: all}]",
            "study.yaml:4: experiments[0].layer: unknown setting",
        ),
        ("[performance]", "[{name: paths, layers: 3}]", "study.yaml:4: experiments[0].layers: must be"),
        ("embedded", "[{revision: main}]", "study.yaml:2: encoders[0].name: is missing"),
        (
            "embedded",
            "[a, {name: b, label: a}]",
            "study.yaml:2: encoders: a stands there twice; give each a `label`",
        ),
        ("tasks: [toy-pos]\n", "", "study.yaml:1: tasks: is missing"),
        ("[toy-pos]", "[]", "study.yaml:3: tasks: list should have at least 1 item"),
        ("small", "../small", "study.yaml:1: name: string should match pattern"),
    ],
)
def test_an_error_in_what_is_asked_for_names_its_place(write, old, new, said):
    assert message(write(GOOD.replace(old, new))).startswith(said)


def test_every_fault_is_told_at_once(write):
    told = message(write(GOOD + "epochs: 0\nevery: 0\nlayer: all\n")).splitlines()
    assert [line.split(":")[1] for line in told] == ["5", "6", "7"]


def test_what_was_given_for_this_run_is_not_blamed_on_the_file(write):
    assert message(write(GOOD), epochs=0) == ("given for this run: epochs: input should be greater than or equal to 1")


def test_overrides_replace_and_none_does_not(write):
    study = load_study(write(GOOD + "epochs: 7\n"), seeds=[1, 2], epochs=None)
    assert (study.seeds, study.epochs) == ([1, 2], 7)


def test_layers_given_for_this_run_hold_for_every_experiment(write):
    path = write(GOOD.replace("[performance]", "[{name: paths, layers: all}, layers]"))
    assert [choice.layers for choice in load_study(path).experiments] == ["all", None]
    study = load_study(path, layers=[1])
    assert study.layers == [1]
    assert [choice.layers for choice in study.experiments] == [None, None]


@pytest.mark.parametrize("text", ["", "- a\n", "just words\n"])
def test_a_file_that_holds_no_mapping_is_no_study(write, text):
    assert "a study is a mapping" in message(write(text))


def test_a_missing_file_and_an_unknown_name_are_told(tmp_path):
    with pytest.raises(StudyError, match="there is no such study file"):
        load_study(tmp_path / "absent.yaml")
    with pytest.raises(StudyError, match="did you mean paper-performance"):
        load_study("paper-performence")


def test_yaml_cannot_make_objects(write):
    assert "could not determine a constructor" in message(write(GOOD + "device: !!python/name:os.sep ''\n"))
    assert "name: input should be a valid string" in message(write("name: !!python/object/apply:os.getcwd []\n"))


@pytest.mark.parametrize("name", study_names())
def test_studies_that_ship_are_valid_and_named_like_their_file(name):
    assert load_study(name).name == name


def test_the_paper_has_every_experiment():
    of_the_paper = {one.name for one in experiments() if one.order <= 70}  # the others are not of it
    assert {choice.name for choice in load_study("paper").experiments} == of_the_paper
    for name in of_the_paper:
        assert [choice.name for choice in load_study(f"paper-{name}").experiments] == [name]


NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,8}", fullmatch=True)
STUDIES = st.builds(
    Study,
    name=NAMES,
    encoders=st.lists(NAMES, min_size=1, max_size=3, unique=True),
    tasks=st.lists(NAMES, min_size=1, max_size=3, unique=True),
    seeds=st.lists(st.integers(0, 9), min_size=1, max_size=3, unique=True),
    experiments=st.lists(st.sampled_from(WITHOUT_RECIPES), min_size=1, unique=True),
    layers=st.sampled_from(["last", "all"]) | st.lists(st.integers(0, 12), min_size=1, unique=True),
    epochs=st.none() | st.integers(1, 20),
    fraction=st.none() | st.floats(0, 1, exclude_min=True),
)


@settings(deadline=None)  # the first one imports what experiments need
@given(STUDIES)
def test_a_study_written_down_and_read_again_is_the_same(tmp_path_factory, study):
    path = tmp_path_factory.mktemp("study") / "study.yaml"
    path.write_text(yaml.safe_dump(study.model_dump(mode="json")), encoding="utf-8")
    assert load_study(path) == study


def test_sources_that_nothing_reads_are_refused_before_anything_runs(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text("name: a\nencoders: [a]\ntasks: [toy-pos]\nexperiments: [dynamics]\nsources: [toy-pos-merged]\n")
    with pytest.raises(StudyError) as caught:
        load_study(path)
    assert str(caught.value) == (
        f"{path}:5: sources: is read by no experiment of this study; add cross-task or task-similarity, or leave it out"
    )
    assert load_study(path, experiments=["dynamics", "cross-task"]).sources == ["toy-pos-merged"]


def test_mistakes_are_told_in_the_order_of_the_file(tmp_path):
    path = tmp_path / "wrong.yaml"
    path.write_text(
        "name: wrong\nepoch: 3\nencoders: embedded\nmeasures: [ckaa]\ntasks: toy-pos\nexperiments: [perfromance]\n"
    )
    with pytest.raises(StudyError) as caught:
        load_study(path)
    assert [line.split(": ")[0].rpartition(":")[2] for line in str(caught.value).splitlines()] == ["2", "4", "6"]
