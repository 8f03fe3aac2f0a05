"""Each experiment finds what the embedded grammar has planted."""

from __future__ import annotations

import numpy as np
import pytest

from tunescope.storage import read_table
from tunescope.studies import Study, run_study


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """The tables of the embedded encoder on parts of speech, and after a task that is opposed to them."""
    study = Study.model_validate(
        {
            "name": "planted",
            "encoders": "embedded",
            "tasks": ["toy-pos"],
            # toy-pos-merged has one label for nouns and verbs: learning it brings them together.
            "sources": ["toy-pos", "toy-pos-merged"],
            "experiments": [
                "dynamics",
                {"name": "paths", "layers": [0, 2]},
                {"name": "layers", "layers": [0, 2]},
                "cross-task",
                "memorisation",
            ],
            "epochs": 8,
            "every": 1000,
            "fraction": 0.5,
            "threads": 1,
            "classifier": {"hidden": [32, 32], "runs": 1, "max_iter": 40},
            "memorisation_epochs": 40,
        }
    )
    folder = tmp_path_factory.mktemp("planted")
    run_study(study, folder)
    return lambda name: read_table(folder / "tables" / f"{name}.parquet")


def test_labels_part_when_they_are_learned_and_near_when_they_are_merged(table):
    pairs = table("pairs").query("label_a == 'NOUN' and label_b == 'VERB' and split == 'train' and layer == 2")
    distance = {row.tuned_on: row.upper for row in pairs.sort_values("update").itertuples()}
    assert distance["toy-pos-merged"] < distance[""] < distance["toy-pos"]


def test_the_space_keeps_its_layout_less_in_the_last_layer(table):
    similarity = table("comparisons").query(
        "comparison == 'to-start' and measure == 'spatial-pearson' and setting == 'all'"
    )
    end = similarity[similarity["update"] == similarity["update"].max()].set_index("layer")["value"]
    assert 0.5 < end[2] < end[0] <= 1


def test_the_last_layer_moves_furthest(table):
    length = table("movement").groupby("layer")["length"].mean()
    assert length[0] < length[2]


def test_arrows_are_not_longer_than_the_movements_that_they_show(table):
    moved = table("movement")
    assert (np.hypot(moved["dx"], moved["dy"]) <= moved["length"] * (1 + 1e-9)).all()


def test_a_path_has_a_point_for_every_label_at_every_snapshot(table):
    paths, gaps = table("paths"), table("gaps").query("tuned_on == 'toy-pos'")
    assert len(paths) == 2 * gaps["update"].nunique() * gaps["label"].nunique()


def test_the_two_ends_of_the_way_are_the_spaces_before_and_after(table):
    gaps = table("gaps").query("layer == 2").set_index(["tuned_on", "update", "label"])["distance"]
    before, start = gaps[""][0], gaps["toy-pos"][0]
    np.testing.assert_allclose(start[before.index], before, rtol=5e-3)


def test_a_probe_learns_its_own_points_best(table):
    last = table("memorisation").query("probe_epoch == 40")
    accuracy = last.pivot_table(index="stage", columns="split", values="accuracy")
    assert (accuracy["subtrain"] > accuracy["subtest"]).all()
    assert accuracy.loc["fine-tuned", "subtrain"] > accuracy.loc["original", "subtrain"]
