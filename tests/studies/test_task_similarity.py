"""The experiment `task-similarity`: tasks about the same words leave a space more alike than tasks about others."""

from __future__ import annotations

import numpy as np
import pytest

from tunescope.storage import read_table
from tunescope.studies import Study, run_study
from tunescope.studies._units.alike import merges


def test_a_tree_joins_the_nearest_first():
    distance = np.array([[0, 0.1, 0.9], [0.1, 0, 0.8], [0.9, 0.8, 0]])
    first, second = merges(distance, ["a", "b", "c"])
    assert {first["first"], first["second"]} == {"a", "b"}
    assert first["height"] == pytest.approx(0.1)
    assert {second["first"], second["second"]} == {"c", "a+b"}
    assert merges(np.zeros((1, 1)), ["a"]) == []


def test_tasks_about_the_same_words_leave_the_space_more_alike(tmp_path):
    study = Study.model_validate(
        {
            "name": "alike",
            "encoders": "embedded",
            "tasks": ["toy-pos"],
            "sources": ["toy-pos", "toy-pos-merged", "random-labels:toy-pos"],
            "experiments": ["task-similarity"],
            "epochs": 5,
            "fraction": 0.25,
            "threads": 1,
            "classifier": {"hidden": [16, 16], "runs": 1, "max_iter": 40},
            "keep": {"points": False},
        }
    )
    run_study(study, tmp_path)
    rows = read_table(tmp_path / "tables" / "task_similarity.parquet")
    assert len(rows) == 6 * 2  # pairs of the original and three fine-tunings, two measures
    assert (rows["value"] > rows["null_high"]).all()
    found = rows[rows["measure"] == "rsa-cosine"].set_index(["tuned_on", "second"])["value"]
    assert found["toy-pos", "toy-pos-merged"] > found["toy-pos", "random-labels:toy-pos"]
    assert rows[["accuracy", "accuracy_second"]].notna().all(axis=None)
    tree = read_table(tmp_path / "tables" / "task_tree.parquet")
    assert list(tree["step"]) == [1, 2, 3]
    assert set(tree["first"].iloc[-1].split("+") + tree["second"].iloc[-1].split("+")) == {
        "(original)",
        "toy-pos",
        "toy-pos-merged",
        "random-labels:toy-pos",
    }
