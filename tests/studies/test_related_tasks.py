"""Table 5 on the embedded grammar: a related task keeps labels apart, an opposed one draws them together."""

from __future__ import annotations

import pytest

from tunescope.storage import read_table
from tunescope.studies import Study, run_study


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """Functions of prepositions, after functions, after their roles, and after parts of speech.

    Role and function go together in the grammar; for parts of speech all prepositions are one label.
    """
    study = Study.model_validate(
        {
            "name": "related",
            "encoders": "embedded",
            "tasks": ["toy-ps-fxn"],
            "sources": ["toy-ps-fxn", "toy-ps-role", "toy-pos"],
            "experiments": ["performance", "linearity", "cross-task"],
            "epochs": 8,
            "every": 1000,
            "fraction": 0.5,
            "threads": 1,
            "classifier": {"hidden": [32, 32], "runs": 2, "max_iter": 60},
        }
    )
    folder = tmp_path_factory.mktemp("related")
    run_study(study, folder)
    return lambda name: read_table(folder / "tables" / f"{name}.parquet").query("layer == 2")


def _distances(table, tuned_on):
    gaps = table("gaps")
    gaps = gaps[gaps["tuned_on"] == tuned_on]
    return gaps[gaps["update"] == gaps["update"].max()].drop_duplicates("label").set_index("label")["distance"]


def test_a_related_task_keeps_labels_apart_and_an_opposed_one_draws_them_together(table):
    before = _distances(table, "")
    change = {source: _distances(table, source) - before for source in ("toy-ps-fxn", "toy-ps-role", "toy-pos")}
    rose = {source: (by > 0).mean() for source, by in change.items()}
    assert rose["toy-ps-fxn"] > 0.5
    assert rose["toy-ps-role"] > 0.5
    assert rose["toy-pos"] < 0.2
    assert change["toy-ps-fxn"].mean() > change["toy-ps-role"].mean() > 0 > change["toy-pos"].mean()


def test_accuracy_rises_with_the_task_itself_and_most(table):
    accuracy = table("accuracy").query("split == 'test'").groupby("tuned_on")["accuracy"].mean()
    assert accuracy["toy-ps-fxn"] > accuracy[""]
    assert accuracy.idxmax() == "toy-ps-fxn"


def test_a_linear_space_has_one_cluster_a_label_and_nothing_in_the_way(table):
    clusters = table("clusters")
    assert clusters["linear"].all()
    assert (clusters["n_clusters"] == clusters["n_labels"]).all()


def test_train_and_test_are_compared_before_and_after_once_each(table):
    similarity = table("comparisons").query("comparison == 'train-test' and tuned_on in ('', 'toy-ps-fxn')")
    similarity = similarity[(similarity["measure"] == "spatial-pearson") & (similarity["setting"] == "all")]
    assert sorted(similarity["tuned_on"]) == ["", "toy-ps-fxn"]
    assert similarity["value"].between(-1, 1).all()
    assert (similarity["low"] <= similarity["value"]).all()
    assert (similarity["value"] <= similarity["high"]).all()
