"""`tunescope methods`, and ways of fine-tuning on the terminal."""

from __future__ import annotations

import json

import pandas as pd
from typer.testing import CliRunner

from tunescope.cli._ways import ways_lines
from tunescope.cli.main import app
from tunescope.finetuning import Anchor, Method


def test_every_method_and_anchor_is_listed():
    runner = CliRunner()
    listed = json.loads(runner.invoke(app, ["methods", "--json"]).output)
    assert {one["name"] for one in listed if one["kind"] == "method"} == set(Method.known())
    assert {one["name"] for one in listed if one["kind"] == "anchor"} == set(Anchor.known())
    assert "layernorm" in runner.invoke(app, ["methods"]).output


def test_a_way_is_a_line_and_says_where_it_has_not_reached_the_accuracy(tmp_path):
    origin = {"encoder": "tiny", "task": "toy", "tuned_on": "toy", "stage": "fine-tuned"}
    ways, rows = [], []
    for recipe, at in (("full", 10), ("head", None)):
        for seed in (0, 1):
            about = {**origin, "seed": seed, "recipe": recipe}
            told = {"settings": "{}", "trained": 1234, "total": 5000, "updates": 20, "seconds": 1.0, "target": 0.9}
            ways.append({**about, "layer": 2, **told, "reached": at is not None, "reached_at": at})
            here = {**about, "at": "end", "update": 20, "layer": 2, "n": 9}
            probe = {"measure": "probe-accuracy", "split": "test", "setting": "", "value": 0.75}
            like = {"measure": "to-start spatial-pearson", "split": "train", "setting": "all", "value": 0.5}
            rows += [{**here, **probe}, {**here, **like}]
    (tmp_path / "tables").mkdir()
    assert ways_lines(tmp_path) == ""
    pd.DataFrame(ways).to_parquet(tmp_path / "tables" / "ways.parquet")
    pd.DataFrame(rows).to_parquet(tmp_path / "tables" / "recipes.parquet")
    lines = ways_lines(tmp_path).splitlines()
    assert max(map(len, lines)) <= 80
    assert next(line.split() for line in lines if "full" in line) == ["full", "1,234", "75.00", "0.500", "10"]
    assert next(line.split() for line in lines if "head" in line)[-1] == "never"
