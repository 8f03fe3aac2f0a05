"""Encoders that somebody else has trained: two of them, or the checkpoints of a Trainer."""

from __future__ import annotations

import json

import pytest

from tunescope.encoders import load_encoder
from tunescope.errors import StudyError
from tunescope.finetuning import Recipe, fine_tune
from tunescope.storage import read_table
from tunescope.studies import Study, compare, follow, load_study, run_study
from tunescope.tasks import load_task

SETTINGS = {
    "classifier": {"hidden": [8, 8], "runs": 1, "max_iter": 10},
    "experiments": ["performance", "linearity", "dynamics", "paths", "layers"],
}


@pytest.fixture(scope="module")
def task():
    return load_task("toy-question-coarse", fraction=0.3)


@pytest.fixture(scope="module")
def ours(tmp_path_factory, encoder_folder, task):
    """The study that fine-tunes by itself, and the encoder that it ends with as a folder."""
    folder = tmp_path_factory.mktemp("ours")
    study = Study(name="ours", encoders=[str(encoder_folder)], tasks=[task], epochs=1, every=1000, **SETTINGS)
    run_study(study, folder / "study")
    tuned = fine_tune(load_encoder(encoder_folder), task, Recipe(epochs=1), seed=0).encoder
    tuned.save(folder / "tuned")
    return folder


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory, encoder_folder, task):
    """What a Trainer leaves: a classifier's weights without a tokenizer, and its state."""
    import torch
    from transformers import AutoModelForSequenceClassification
    from transformers.utils import logging

    logging.set_verbosity_error()
    torch.manual_seed(0)
    model = AutoModelForSequenceClassification.from_pretrained(encoder_folder, num_labels=5)
    folder = tmp_path_factory.mktemp("trainer")
    for step in (4, 10, 8):
        with torch.no_grad():
            for parameter in model.parameters():
                parameter += 0.02 * torch.randn(parameter.shape)
        place = folder / f"checkpoint-{step}"
        model.save_pretrained(place)
        history = [{"step": one, "epoch": one / 4, "loss": 1 / one, "learning_rate": 0.1} for one in range(2, step, 2)]
        (place / "trainer_state.json").write_text(
            json.dumps({"global_step": step, "epoch": step / 4, "log_history": [*history, {"step": 2, "eval_loss": 1}]})
        )
    return folder


def table(folder, name):
    return read_table(folder / "tables" / f"{name}.parquet")


def test_a_pair_is_the_study_that_tuned_it(ours, encoder_folder, task, tmp_path):
    import pandas as pd

    result = compare(encoder_folder, ours / "tuned", task, out=tmp_path / "pair", label="small", **SETTINGS)
    assert result.summary[0].after.distance is not None
    for name in ("gaps", "pairs", "spaces", "clusters", "accuracy", "comparisons", "paths", "movement"):
        left, right = (
            table(folder, name).drop(columns="seconds", errors="ignore")
            for folder in (ours / "study", tmp_path / "pair")
        )
        # the pair knows its end as update 1; nothing else differs
        left, right = (frame.drop(columns=["update", "epoch"], errors="ignore") for frame in (left, right))
        pd.testing.assert_frame_equal(left, right, rtol=2e-3, atol=1e-6)


def test_the_checkpoints_of_a_trainer(checkpoints, encoder_folder, task, tmp_path):
    result = follow(checkpoints, task, start=encoder_folder, out=tmp_path / "followed", **SETTINGS)
    gaps = table(result.folder, "gaps").query("stage == 'fine-tuned'")
    assert dict(zip(gaps["update"], gaps["epoch"], strict=True)) == {0: 0, 4: 1, 8: 2, 10: 2.5}
    assert list(table(result.folder, "training")["update"]) == [2, 4, 6, 8]
    notes = json.loads((result.folder / "study.json").read_text())["notes"]
    assert any("BertForSequenceClassification" in note and "head is not" in note for note in notes)
    assert any("trained on is not known" in note for note in notes)
    again = follow(checkpoints, task, start=encoder_folder, out=tmp_path / "followed", **SETTINGS)
    assert again.n_done == 0


def test_the_same_from_a_file(checkpoints, encoder_folder, tmp_path):
    file = tmp_path / "mine.yaml"
    text = f"""
name: mine
encoders: [{{label: mine, start: {encoder_folder}, checkpoints: {checkpoints}, tuned_on: trec}}]
tasks: [toy-question-coarse]
fraction: 0.3
experiments: [dynamics]
"""
    file.write_text(text)
    result = run_study(file, tmp_path / "out")
    gaps = table(result.folder, "gaps")
    assert set(gaps["tuned_on"]) == {"trec"}
    assert set(gaps["encoder"]) == {"mine"}
    for wrong, message in (
        (text.replace("checkpoints:", "chekpoints:"), "did you mean checkpoints"),
        (text.replace(f"checkpoints: {checkpoints}, ", ""), "add `checkpoints`"),
        (text.replace(f"checkpoints: {checkpoints}", "checkpoints: []"), "a folder that holds checkpoint-N"),
        (text.replace(f"checkpoints: {checkpoints}", "checkpoints: 3"), "a folder that holds checkpoint-N"),
    ):
        file.write_text(wrong)
        with pytest.raises(StudyError, match=message) as caught:
            load_study(file)
        assert "mine.yaml:3" in str(caught.value)


def test_what_there_is_not_is_refused(checkpoints, encoder_folder, task, tmp_path):
    for place, message in (
        (tmp_path / "nowhere", "there is no folder"),
        (tmp_path, "holds no checkpoint-N"),
        ([checkpoints / "checkpoint-8", checkpoints / "checkpoint-4"], "must rise"),
    ):
        with pytest.raises(StudyError, match=message):
            follow(place, task, start=encoder_folder, out=tmp_path / "out")
    with pytest.raises(StudyError, match="a start is needed"):
        follow([encoder_folder], task, out=tmp_path / "out")


@pytest.mark.slow
def test_encoders_of_two_widths(encoder_folder, task, tmp_path):
    """The embedded encoder is wider, and has a tokenizer of its own."""
    result = compare(encoder_folder, "embedded", task, out=tmp_path, **SETTINGS, measures=["cka", "procrustes"])
    assert set(table(tmp_path, "spaces")["width"]) == {32, 128}
    assert len(table(tmp_path, "accuracy"))
    assert "cka" in set(table(tmp_path, "comparisons")["measure"])
    assert not (tmp_path / "tables" / "paths.parquet").exists()
    notes = json.loads((result.folder / "study.json").read_text())["notes"]
    assert any("different widths (32, 128)" in note for note in notes)


def test_adapters_are_put_on_the_start(encoder_folder, task, tmp_path):
    import peft
    import torch
    from transformers import AutoModel

    from tunescope.encoders import quiet_peft

    torch.manual_seed(0)
    with quiet_peft():
        config = peft.LoraConfig(r=4, target_modules=["query", "value"], init_lora_weights=False)
        model = peft.get_peft_model(AutoModel.from_pretrained(encoder_folder), config)
        model.save_pretrained(tmp_path / "run" / "checkpoint-3")
        result = follow(tmp_path / "run", task, start=encoder_folder, out=tmp_path / "out", experiments=["dynamics"])
    gaps = table(result.folder, "gaps").query("stage == 'fine-tuned'")
    assert set(gaps["update"]) == {0, 3}
    change = gaps.groupby("update")["distance"].mean()
    assert change[0] != pytest.approx(change[3], rel=1e-3)
