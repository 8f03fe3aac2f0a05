"""Ways of fine-tuning compared: what may be asked, the rows, the rule of equal accuracy, and going on after a break."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tunescope.errors import StudyError
from tunescope.records import identity
from tunescope.storage import ResultStore, read_table
from tunescope.studies import Study, Watcher, load_study, run_study
from tunescope.studies._prepare import prepare
from tunescope.studies._trajectories.reach import earliest

WAYS = ["full", "head", {"layernorm": None, "learning_rate": 3e-3, "label": "norms"}]
STUDY = {"recipes": WAYS, "experiments": "recipes", "tasks": ["toy-question-coarse", "toy-coin"], "seeds": [0],
         "fraction": 0.1, "every": 2, "equal_accuracy": 0.3, "recipe": {"learning_rate": 1e-2},
         "keep": {"points": False}}  # fmt: skip


def asked(recipes):
    least = {"name": "a", "encoders": "a", "tasks": "a", "experiments": "recipes"}
    return Study.model_validate({**least, "recipes": recipes}).recipes


def test_a_way_is_a_method_by_name_or_with_its_settings_or_a_recipe():
    ways = asked(
        [
            "full",
            {"lora": {"r": 4}},
            {"layers": "4-6"},
            {"label": "anchored", "anchor": {"identity": {"weight": 0.1}}},
            {"method": "layernorm", "learning_rate": 1e-3, "anchor": {"identity": 0.5}},
            {"bias": None, "epochs": 5},
            {"method": "full", "anchor": None},
        ]
    )
    assert [way.label for way in ways] == [
        "full",
        "lora 4",
        "layers 4-6",
        "anchored",
        "layernorm, identity 0.5, learning_rate 0.001",
        "bias, epochs 5",
        "full, no anchor",
    ]
    assert ways[1].changes()["method"].setting() == {"lora": {"r": 4}}
    assert set(ways[3].changes()) == {"anchor"}
    assert ways[6].changes()["anchor"] is None
    written = [way.model_dump(mode="json") for way in ways]
    assert [way.changes() for way in asked(json.loads(json.dumps(written)))] == [way.changes() for way in ways]


@pytest.mark.parametrize(
    ("recipes", "said"),
    [
        (["full", "layernrom"], r"recipes\[1\].*unknown way of fine-tuning 'layernrom'; did you mean layernorm"),
        ([{"lroa": {"r": 8}}], r"recipes\[0\].lroa: unknown setting; did you mean lora"),
        (
            [{"method": "full", "learning_rte": 1}],
            r"recipes\[0\].learning_rte: unknown setting; did you mean learning_rat",
        ),
        ([{"lora": {}, "bias": None}], "two methods"),
        (["full", {"method": "full"}], "stands there twice; give each a `label`"),
        ([{"full": None, "anchor": {"identiy": 0.1}}], "unknown anchor 'identiy'; did you mean identity"),
        ([], "name them under `recipes`"),
    ],
)
def test_what_is_no_way_is_said_with_its_place(tmp_path, recipes, said):
    path = tmp_path / "study.yaml"
    content = {"name": "a", "encoders": "a", "tasks": "a", "experiments": "recipes", "recipes": recipes}
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(StudyError, match=said):
        load_study(path)


def test_ways_that_no_experiment_reads_are_refused_and_all_reads_them():
    least = {"name": "a", "encoders": "a", "tasks": "a", "recipes": ["full", "head"]}
    with pytest.raises(ValueError, match="read by no experiment"):
        Study.model_validate({**least, "experiments": "performance"})
    names = [choice.name for choice in Study.model_validate({**least, "experiments": "all"}).experiments]
    without = [
        choice.name for choice in Study.model_validate({**least, "recipes": [], "experiments": "all"}).experiments
    ]
    assert set(names) - set(without) == {"recipes"}


@given(st.lists(st.tuples(st.integers(0, 50), st.floats(0, 1)), unique_by=lambda row: row[0]), st.floats(0.01, 1))
def test_equal_accuracy_is_the_earliest_snapshot_that_has_it_and_none_between(log, target):
    found = earliest(log, target)
    known = dict(log)
    if found is None:
        assert all(accuracy < target for accuracy in known.values())
    else:
        assert known[found] >= target
        assert all(accuracy < target for update, accuracy in known.items() if update < found)


def planned(study, folder):
    return prepare(study, ResultStore(folder), watcher=Watcher()).plan


def test_ways_leave_what_is_stored_of_the_own_recipe_as_it_is(tmp_path, encoder_folder):
    before = planned(made(encoder_folder, experiments="dynamics", recipes=[]), tmp_path)
    keys = [course.record.key for course in before.courses]
    others = planned(made(encoder_folder, experiments=["dynamics", "recipes"], recipes=WAYS[1:]), tmp_path)
    assert [course.record.key for course in others.courses] == keys
    assert not {course.record.key for course in others.ways} & set(keys)


def test_the_own_recipe_among_the_ways_is_one_unit_with_it(tmp_path, encoder_folder):
    plan = planned(made(encoder_folder, experiments=["dynamics", "recipes"]), tmp_path)
    own = [course.record.key for course in plan.courses]
    assert [course.record.key for course in plan.ways if course.recipe == "full"] == own
    # What is stored of the weights it ends with is found whatever else looked on the way.
    alone = planned(made(encoder_folder, experiments="dynamics", recipes=[]), tmp_path)
    assert [course.end.key for course in plan.courses] == [course.end.key for course in alone.courses]


def test_checkpoints_have_no_ways(tmp_path, encoder_folder):
    elsewhere = {"label": "elsewhere", "checkpoints": [str(encoder_folder), str(encoder_folder)]}
    with pytest.raises(StudyError, match="recipes: checkpoints are not fine-tuned"):
        planned(made(encoder_folder, encoders=[elsewhere]), tmp_path)
    plan = planned(made(encoder_folder, encoders=[elsewhere, str(encoder_folder)]), tmp_path)
    assert plan.ways
    assert "elsewhere" not in {course.label for course in plan.ways}


class Cut(Watcher):
    """Ends the run in the middle of the training of one way."""

    def __init__(self, way):
        self.way, self.inside, self.titles = way, False, []

    def started(self, title, number, n_units):
        self.titles.append(title)
        self.inside = self.way is not None and title.startswith("fine-tuning") and title.endswith(self.way)

    def progressed(self, part, done, total):
        if self.inside and part == "fine-tune" and done == total - 1:
            raise KeyboardInterrupt


def made(folder, **changes):
    classifier = {"hidden": [8, 8], "runs": 1, "max_iter": 10}
    settings = {"name": "ways", "encoders": str(folder), "epochs": 3, "threads": 1, "classifier": classifier}
    return Study.model_validate({**settings, **STUDY, **changes})


@pytest.fixture(scope="module")
def ran(tmp_path_factory, encoder_folder):
    """A study, its folder, and what was done for it."""
    study, folder, listener = made(encoder_folder), tmp_path_factory.mktemp("whole"), Cut(None)
    run_study(study, folder, watcher=listener)
    return study, folder, listener.titles


@pytest.fixture(scope="module")
def cut(tmp_path_factory, encoder_folder):
    """A study of one of the tasks, cut off in the middle of a way and gone on with."""
    study, broken = made(encoder_folder, tasks=["toy-question-coarse"]), tmp_path_factory.mktemp("broken")
    with pytest.raises(KeyboardInterrupt):
        run_study(study, broken, watcher=Cut("norms"))
    run_study(study, broken)
    return study, broken


def table(folder, name):
    return read_table(folder / "tables" / f"{name}.parquet")


@pytest.mark.slow
def test_every_way_has_rows_of_all_that_is_asked(ran):
    _, whole, _ = ran
    ways, rows = table(whole, "ways"), table(whole, "recipes")
    assert len(ways) == 3 * 2
    assert set(ways["recipe"]) == {"full", "head", "norms"}
    by_way = ways.groupby("recipe")["trained"].unique()
    assert by_way["head"] == [0]
    assert by_way["norms"] < by_way["full"]
    end = rows[(rows["at"] == "end") & (rows["task"] == rows["tuned_on"])]
    per_run = end.groupby(["recipe", "task", "seed"])["measure"].agg(set)
    wanted = {"probe-accuracy", "head-accuracy", "head-ece", "clusters", "linear", "distance", "scaled"}
    assert all(wanted | {"to-start spatial-pearson"} <= one for one in per_run)
    others = rows[(rows["at"] == "end") & (rows["task"] != rows["tuned_on"])]
    assert set(others["measure"]) == {"probe-accuracy"}
    assert (rows[rows["at"] == "start"]["recipe"] == "").all()


@pytest.mark.slow
def test_a_way_that_trains_the_head_alone_keeps_the_space(ran):
    _, whole, _ = ran
    rows = table(whole, "recipes")
    of_head = rows[(rows["recipe"] == "head") & (rows["at"] == "end")]
    assert of_head.loc[of_head["measure"] == "to-start spatial-pearson", "value"].to_numpy() == pytest.approx(1)
    start = rows[(rows["at"] == "start") & (rows["measure"] == "probe-accuracy")].set_index(["task", "split"])["value"]
    for row in of_head[of_head["measure"] == "probe-accuracy"].itertuples():
        assert row.value == pytest.approx(start[row.task, row.split])


@pytest.mark.slow
def test_what_is_at_equal_accuracy_is_the_first_snapshot_that_has_it(ran):
    study, whole, _ = ran
    ways, heads, rows = (table(whole, name) for name in ("ways", "heads", "recipes"))
    assert ways["reached"].any()
    for way in ways.itertuples():
        mine = (heads["recipe"] == way.recipe) & (heads["task"] == way.task) & (heads["seed"] == way.seed)
        log = heads[mine & (heads["split"] == "train")]
        update = earliest(zip(log["update"], log["accuracy"], strict=True), study.equal_accuracy)
        assert way.reached == (update is not None)
        equal = rows[(rows["at"] == "equal") & (rows["recipe"] == way.recipe) & (rows["tuned_on"] == way.task)]
        equal = equal[equal["seed"] == way.seed]
        assert set(equal["update"]) == ({update} if way.reached else set())
        if way.reached:
            assert {"probe-accuracy", "clusters", "head-accuracy"} <= set(equal["measure"])


@pytest.mark.slow
def test_nothing_is_trained_twice(ran):
    study, whole, titles = ran
    trained = [title for title in titles if title.startswith(("fine-tuning", "weights"))]
    assert len(trained) == len(set(trained)) == 3 * 2
    again = Cut(None)
    assert run_study(study, whole, watcher=again).n_done == 0
    # The study's own recipe is one of the ways: an experiment that looks at it finds it there.
    more = study.changed({"experiments": ["recipes", "performance"]})
    run_study(more, whole, watcher=again)
    assert not [title for title in again.titles if title.startswith(("fine-tuning", "weights"))]


@pytest.mark.slow
def test_a_study_that_was_cut_off_in_the_middle_of_a_way_has_the_same_tables(ran, cut):
    (_, whole, _), (study, broken) = ran, cut
    of_both = [choice.name for choice in study.tasks]
    for name in ("ways", "heads", "recipes"):
        one, other = (
            rows.drop(columns="seconds", errors="ignore").sort_values(identity(name), ignore_index=True)
            for rows in (table(folder, name) for folder in (whole, broken))
        )
        # An encoder before any fine-tuning was tuned on nothing.
        one = one[one["task"].isin(of_both) & (one["tuned_on"].isin(of_both) | one["recipe"].eq(""))]
        one = one.reset_index(drop=True)
        assert len(other)
        pd.testing.assert_frame_equal(one, other, rtol=2e-3, atol=1e-6)


@pytest.mark.slow
def test_weights_that_were_not_kept_are_made_again_for_what_is_missing(cut):
    study, folder = cut
    before, store = table(folder, "recipes"), ResultStore(folder)
    for unit in store.units("finetune"):
        for name in ("encoder", "reached"):
            store.drop_folder(unit.kind, unit.key, name)
    gone = [unit for kind in ("space", "classifier", "geometry") for unit in store.units(kind)]
    gone = [unit for unit in gone if '"update"' in json.dumps(unit.inputs)]
    for unit in gone:
        store.remove(unit.kind, unit.key)
    assert gone
    listener = Cut(None)
    run_study(study, folder, watcher=listener)
    assert any(title.startswith("weights at update") for title in listener.titles)
    pd.testing.assert_frame_equal(table(folder, "recipes"), before, rtol=1e-4)
