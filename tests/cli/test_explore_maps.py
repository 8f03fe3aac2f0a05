"""`tunescope explore --map`: what is said where a map cannot be made."""

from __future__ import annotations

import importlib.util

import pytest
from typer.testing import CliRunner

from tunescope.cli.main import app


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--map", "pca"], "unknown map 'pca'; known are tsne, umap"),
        (["--map", "tsne"], "stored no points"),
        (["--map", "umap"], "pip install 'tunescope[umap]'"),
    ],
)
def test_a_map_that_cannot_be_made_is_one_clear_message(tmp_path, monkeypatch, options, message):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == "umap" else find(name, *rest))
    result = CliRunner().invoke(app, ["explore", str(tmp_path), "--no-open", *options])
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())
