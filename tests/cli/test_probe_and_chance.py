"""`tunescope probe` does not call noise linear without saying what chance gives."""

from __future__ import annotations

import json

import numpy as np
from typer.testing import CliRunner

from tunescope.cli.main import app


def probed(path, *more):
    found = CliRunner().invoke(app, ["probe", str(path), *more])
    assert found.exit_code == 0, found.output
    return found.stdout


def noise(folder, n, width, n_labels):
    rng = np.random.default_rng(0)
    path = folder / "noise.npz"
    np.savez(path, X=rng.normal(size=(n, width)).astype(np.float32), y=rng.integers(n_labels, size=n).astype(str))
    return path


def test_of_noise_that_any_labels_would_separate_it_says_so(tmp_path):
    path = noise(tmp_path, 300, 384, 5)
    said = " ".join(probed(path).split())
    assert "5 clusters: linear, as any labels would be" in said
    assert "chance alone gives this: all 10 label pairs" in said
    found = json.loads(probed(path, "--json"))
    assert (found["label_pairs"], found["forced_pairs"], found["separable_by_chance"]) == (10, 10, 1.0)


def test_where_pairs_are_not_forced_their_number_and_covers_share_are_told(tmp_path):
    said = " ".join(probed(noise(tmp_path, 120, 20, 3)).split())
    assert "0 of 3 label pairs could not have been otherwise" in said
    assert "random labels would separate" in said
