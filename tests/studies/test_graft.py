"""Grafts: nothing is the original, everything the tuned encoder, and between them the gain comes along."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tunescope.encoders import load_encoder
from tunescope.errors import StudyError
from tunescope.finetuning import graft
from tunescope.storage import read_table
from tunescope.studies import Study, run_study
from tunescope.tasks import load_task


@pytest.fixture
def pair():
    """An encoder and another state of it, every weight of which is another one."""
    original = load_encoder("embedded", device="cpu")
    tuned = original.copy()
    with torch.no_grad():
        for parameter in tuned.model.parameters():
            parameter.add_(0.05 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(0)))
    return original, tuned


def test_of_nothing_it_is_the_original_and_of_everything_the_tuned_one(pair):
    original, tuned = pair
    before = original.fingerprint
    assert graft(original, tuned, []).fingerprint == before
    assert graft(original, tuned, range(3)).fingerprint == tuned.fingerprint
    assert original.fingerprint == before != tuned.fingerprint


def test_layers_up_to_a_cut_have_the_hidden_states_of_the_tuned_one(pair):
    original, tuned = pair
    split = load_task("toy-question-coarse", fraction=0.05).test
    vectors = [one.encode(split, layers=[0, 1, 2]).vectors for one in (graft(original, tuned, [0, 1]), tuned, original)]
    for layer in (0, 1):
        np.testing.assert_array_equal(vectors[0][layer], vectors[1][layer])
    assert not np.allclose(vectors[0][2], vectors[1][2])
    assert not np.allclose(vectors[0][2], vectors[2][2])


def test_a_part_takes_nothing_of_another_part(pair):
    original, tuned = pair
    changed = {
        part: {
            name
            for (name, own), new in zip(
                original.model.named_parameters(), graft(original, tuned, [1, 2], part).model.parameters(), strict=True
            )
            if not torch.equal(own, new)
        }
        for part in ("attention", "feed-forward")
    }
    assert all("attention" in name for name in changed["attention"])
    assert not changed["attention"] & changed["feed-forward"]
    assert all("layer." in name for name in changed["feed-forward"])
    with pytest.raises(StudyError, match="has no layer 3"):
        graft(original, tuned, [3])
    with pytest.raises(StudyError, match="no part 'atention'"):
        graft(original, tuned, [1], "atention")


def test_the_gain_comes_along_with_all_of_the_weights(tmp_path):
    study = Study.model_validate(
        {
            "name": "graft",
            "encoders": "embedded",
            "tasks": ["toy-pos"],
            "experiments": ["graft", "performance"],
            "epochs": 5,
            "fraction": 0.2,
            "threads": 1,
            "classifier": {"hidden": [32, 32], "runs": 1, "max_iter": 60},
            "keep": {"points": False},
        }
    )
    run_study(study, tmp_path)
    rows = read_table(tmp_path / "tables" / "graft.parquet").set_index(["part", "up_to"])["accuracy"]
    assert len(rows) == 3 * 4
    assert rows.xs(-1, level="up_to").nunique() == 1  # nothing of any part is the original
    assert rows["all", 2] > rows["all", -1]
    accuracy = read_table(tmp_path / "tables" / "accuracy.parquet").query("stage == 'fine-tuned' and split == 'test'")
    assert rows["all", 2] == pytest.approx(accuracy["accuracy"].iloc[0], abs=0.02)
