"""The experiment `chance`: what is there under the labels is told from what any labels would give."""

from __future__ import annotations

import numpy as np
import pytest

from tunescope.storage import read_table
from tunescope.studies import run_study


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("chance")


@pytest.fixture(scope="module")
def table(folder):
    from tunescope.studies import Study

    study = Study.model_validate(
        {
            "name": "chance",
            "encoders": "embedded",
            "tasks": ["toy-pos"],
            "experiments": ["chance"],
            "epochs": 6,
            "fraction": 0.35,
            "threads": 1,
            "permutations": 5,
            "keep": {"points": False},
        }
    )
    run_study(study, folder)
    return lambda name: read_table(folder / "tables" / f"{name}.parquet")


def test_forced_pairs_are_those_with_no_more_points_than_dimensions_and_one(table):
    pairs = table("pair_chance").query("split == 'train'")
    width = int(table("spaces")["width"].iloc[0])
    assert (pairs.loc[pairs["forced"], "n_points"] <= width + 1).all()
    assert pairs["forced"].any()
    assert not pairs["forced"].all()
    assert (pairs.loc[pairs["forced"], "log_cover"] == 0).all()
    assert (pairs.loc[~pairs["forced"], "log_cover"] <= 0).all()
    assert pairs["log_cover"].min() < -1
    measures = table("measures").query("measure == 'forced-pairs'").set_index("stage")["value"]
    shares = pairs.groupby("stage")["forced"].mean()
    np.testing.assert_allclose(measures[shares.index], shares)


def test_labels_are_farther_apart_than_labels_in_random_order(table):
    excess = table("measures").query("measure == 'excess-distance'").set_index("stage")
    assert (excess["value"] > 2 * excess["null_high"]).all()
    np.testing.assert_allclose(excess["null"], 1, atol=0.3)


def test_random_orders_need_more_clusters_and_separate_fewer_pairs(table):
    found = table("measures").set_index(["stage", "measure"])
    for stage in ("original", "fine-tuned"):
        assert found.loc[(stage, "clusters"), "null_low"] > found.loc[(stage, "clusters"), "value"]
        assert found.loc[(stage, "separable-pairs"), "null_high"] < found.loc[(stage, "separable-pairs"), "value"]


def test_minimum_distances_of_labels_stand_beside_their_permuted_ones(table):
    gaps = table("gaps").set_index(["stage", "label"])["distance"]
    beside = table("gap_chance").query("split == 'train'").set_index(["stage", "label"])
    np.testing.assert_allclose(beside["distance"], gaps[beside.index], rtol=2e-3, atol=1e-9)
    known = beside["excess"].notna()
    np.testing.assert_allclose(beside["excess"][known], (beside["distance"] / beside["null"])[known])


def test_similarities_stand_beside_those_of_permuted_labels(table):
    rows = table("comparisons").query("setting == 'beside permuted labels'")
    assert set(zip(rows["comparison"], rows["stage"], strict=True)) == {
        ("train-test", "original"),
        ("train-test", "fine-tuned"),
        ("to-start", "fine-tuned"),
    }
    assert (rows["value"].between(-1, 1) & (rows["null_low"] <= rows["null_high"])).all()


def test_another_number_of_permutations_is_another_unit_and_the_default_is_none(make_study):
    from tunescope.studies._units.chance import Chance
    from tunescope.studies._units.space import Space
    from tunescope.studies._units.states import Original

    space = Space(Original("a", "a", None, "f", 2), "toy-pos", "t", 2)
    assert "permutations" not in Chance(space).stored_inputs
    assert Chance(space, 7).key != Chance(space).key


def test_claims_say_what_stands_beyond_chance(table, folder):
    from tunescope.findings import check_claims, find_chance, find_runs, read_study

    study = read_study(folder)
    [run] = find_runs(study)
    found = {claim.name: claim for claim in check_claims(study, run)}
    claim = found["minimum-distances-rise-beyond-chance"]
    beside = table("gap_chance").query("split == 'train'").pivot(index="label", columns="stage", values="excess")
    beside = beside.dropna()
    risen = int((beside["fine-tuned"] > beside["original"]).sum())
    assert (claim.value.mean, claim.bound) == (risen, len(beside))
    assert claim.outcome == (
        "holds" if risen == len(beside) else "partly" if risen > len(beside) / 2 else "does not hold"
    )
    assert "times chance" in claim.evidence
    assert found["layout-stays-beyond-chance"].value.n == 1
    beside = find_chance(study, run)[run.last_layer]
    low, median, high = beside.band()[0]
    assert low <= median <= high < np.nanmean(beside.distance[:, 1])


def test_pairs_that_could_not_have_been_otherwise_are_told_without_the_experiment(table, folder):
    from tunescope.findings import find_forced, find_runs, read_study

    study = read_study(folder)
    [run] = find_runs(study)
    forced = find_forced(study, run)[run.last_layer]
    of_tuned = table("pair_chance").query("split == 'train' and stage == 'fine-tuned'")
    assert forced.n_pairs == len(of_tuned)
    assert forced.n_forced == (of_tuned["n_points"] <= forced.width + 1).sum()
    assert f"{forced.n_forced} of {forced.n_pairs} label pairs could not have been otherwise" in forced.told


def test_the_figure_of_minimum_distances_has_the_band_of_random_labels(table, folder, tmp_path):
    from tunescope.findings import find_runs, read_study
    from tunescope.report._figures._style import style
    from tunescope.report._figures._write import _figures_of  # the drawings themselves, not files

    study = read_study(folder)
    [run] = find_runs(study)
    with style():
        drawn = {name.split("_embedded")[0]: drawing for name, drawing in _figures_of(study, run)}
    said = [text.get_text() for text in drawn["minimum-distances"].axes[0].texts]
    assert "random labels" in said
