"""The experiment `forecast`: ranks are compared as Kendall's tau, beside random orders, and with parts left out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kendalltau

from tunescope.storage import read_table
from tunescope.studies import Study, run_study
from tunescope.studies._experiments.forecast import forecasts, pooled_tau


def test_of_one_group_it_is_kendalls_tau():
    group = np.random.default_rng(0).normal(size=(9, 2))
    found = pooled_tau([group])
    assert found["tau"] == pytest.approx(kendalltau(group[:, 0], group[:, 1]).statistic)
    assert found["n_pairs"] == 36
    assert found["null_low"] < 0 < found["null_high"]


def test_a_planted_indicator_ranks_layers_and_one_encoder_cannot_carry_it_alone():
    rng = np.random.default_rng(1)
    places = [(e, t, layer) for e in "abc" for t in "xy" for layer in range(5)]
    accuracy = rng.uniform(size=len(places))
    columns = pd.DataFrame(places, columns=["encoder", "task", "layer"]).assign(seed=0, accuracy=accuracy)
    only_a = np.where(columns["encoder"] == "a", accuracy, rng.uniform(size=len(places)))
    rows = pd.concat(
        [
            columns.assign(indicator=name, score=score)
            for name, score in (("all", accuracy), ("only-a", only_a), ("none", rng.uniform(size=len(places))))
        ]
    )
    found = pd.DataFrame(forecasts(rows)).set_index(["indicator", "ranks", "left_out"])
    for ranks in ("encoder", "layer", "task"):
        assert found.loc[("all", ranks, ""), "tau"] == 1
    none, alone = found.loc[("none", "layer", "")], found.loc[("only-a", "layer", "a")]
    assert none["null_low"] <= none["tau"] <= none["null_high"]
    assert alone["tau"] < found.loc[("only-a", "layer", ""), "tau"]
    assert set(found.index.get_level_values("left_out")) == {"", "a", "b", "c", "x", "y"}


def test_a_study_has_indicators_before_and_accuracy_after(tmp_path):
    study = Study.model_validate(
        {
            "name": "forecast",
            "encoders": ["embedded", "random:embedded"],
            "tasks": ["toy-pos"],
            "experiments": ["forecast"],
            "layers": "all",
            "epochs": 1,
            "fraction": 0.15,
            "threads": 1,
            "classifier": {"hidden": [16, 16], "runs": 1, "max_iter": 20},
            "keep": {"points": False},
        }
    )
    run_study(study, tmp_path)
    rows = read_table(tmp_path / "tables" / "indicators.parquet")
    assert len(rows) == 2 * 3 * 9  # seven measures, two of them in two settings
    assert rows["accuracy"].between(0, 1).all()
    found = read_table(tmp_path / "tables" / "forecast.parquet")
    assert set(found["ranks"]) == {"encoder", "layer"}  # one task has no rival
    assert found["tau"].between(-1, 1).all()
