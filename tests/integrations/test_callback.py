"""The callback looks at a training of transformers' Trainer and leaves it alone."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from tunescope.encoders import quiet_peft
from tunescope.errors import DataError, StudyError
from tunescope.integrations import GeometryCallback
from tunescope.report import serve_explorer, write_report
from tunescope.storage import read_table
from tunescope.studies import follow
from tunescope.tasks import load_task, sample_by_label

sys.path.insert(0, str(Path(__file__).parent))
from trained import plain_arguments, rows, sentence_trainer, train_seeded, weights_hash

QUICK = {"classifier": {"hidden": [8, 8], "runs": 1, "max_iter": 10}, "experiments": ["performance", "dynamics"]}


@pytest.fixture(scope="module")
def task():
    return load_task("toy-question-coarse", fraction=0.3)


@pytest.fixture(scope="module")
def plain(encoder_folder, task, tmp_path_factory):
    """The script without the line: its weights, and the random numbers after it."""
    return train_seeded(sentence_trainer(encoder_folder, task, tmp_path_factory.mktemp("plain")))


@pytest.fixture(scope="module")
def looked(encoder_folder, task, tmp_path_factory):
    """The script with the line, logged for TensorBoard."""
    folder = tmp_path_factory.mktemp("looked")
    saved = {"save_strategy": "steps", "save_steps": 4}
    trainer = sentence_trainer(encoder_folder, task, folder / "run", report_to="tensorboard", **saved)
    callback = GeometryCallback(task, every=4, sample=120, out=folder / "geometry", measures=["effective-rank"])
    trainer.add_callback(callback)
    return folder, trainer, callback, train_seeded(trainer)


def test_weights_and_random_numbers_are_those_without_it(plain, looked):
    assert looked[3] == plain


def test_the_curves_are_in_the_event_file_of_tensorboard(looked):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    folder, *_ = looked
    events = EventAccumulator(str(next(folder.rglob("events.*")).parent))
    events.Reload()
    gaps = read_table(folder / "geometry" / "tables" / "gaps.parquet").query("stage == 'fine-tuned'")
    curve = {one.step: one.value for one in events.Scalars("train/geometry/distance_mean")}
    assert sorted(curve) == [0, 4, 8, 12]
    of_study = gaps.groupby("update")["distance"].mean()
    assert curve == pytest.approx(of_study.to_dict(), rel=2e-3)
    told = {tag.removeprefix("train/geometry/") for tag in events.Tags()["scalars"] if "/geometry/" in tag}
    assert {
        "distance_mean",
        "distance_least",
        "scaled_distance_mean",
        "scale",
        "linear",
        "pairs_that_meet",
        "clusters",
        "effective-rank",
        "similarity_to_start",
        "seconds",
        "share_of_training",
    } <= told
    assert [one.step for one in events.Scalars("train/loss")] == [4, 8, 12], "the loss is logged as without it"


def test_the_cost_is_told(looked, capsys):
    _, trainer, callback, _ = looked
    assert 0 < callback.share < 1
    last = [entry for entry in trainer.state.log_history if "geometry/seconds_in_all" in entry][-1]
    assert last["geometry/seconds_in_all"] <= callback.seconds
    record = json.loads((callback.out / "study.json").read_text())
    assert any("states took" in note for note in record["notes"])


def test_report_and_explorer_open_the_folder(looked):
    out = looked[2].out
    assert write_report(out).stat().st_size > 10_000
    with serve_explorer(out) as server:
        assert server.url
    assert list(read_table(out / "tables" / "training.parquet")["update"]) == [4, 8, 12]


@pytest.mark.slow
def test_the_checkpoints_give_the_same_numbers_afterwards(looked, encoder_folder):
    folder, _, callback, _ = looked
    followed = follow(
        folder / "run",
        callback.task,
        start=encoder_folder,
        out=folder / "followed",
        experiments=["dynamics", "layers"],
    )
    gaps, comparisons = (
        [read_table(out / "tables" / f"{name}.parquet") for out in (callback.out, followed.folder)]
        for name in ("gaps", "comparisons")
    )
    ours, theirs = (
        rows.query("stage == 'fine-tuned'").set_index(["update", "label"])["distance"].sort_index() for rows in gaps
    )
    assert set(ours.index) == set(theirs.index)
    np.testing.assert_allclose(ours, theirs.loc[ours.index], rtol=2e-3)
    ours, theirs = (
        rows.query("comparison == 'to-start'").set_index(["update", "measure", "setting"])["value"].sort_index()
        for rows in comparisons
    )
    np.testing.assert_allclose(ours.loc[theirs.index], theirs, atol=1e-6)


@pytest.mark.slow
def test_an_update_is_a_step_of_the_optimizer(encoder_folder, task, tmp_path):
    trainer = sentence_trainer(encoder_folder, task, tmp_path, max_steps=4, gradient_accumulation_steps=2)
    callback = GeometryCallback(task, every=2, sample=80, out=tmp_path / "geometry", **QUICK)
    trainer.add_callback(callback)
    trainer.train()
    gaps = read_table(tmp_path / "geometry" / "tables" / "gaps.parquet").query("stage == 'fine-tuned'")
    assert sorted(set(gaps["update"])) == [0, 2, 4]


def test_only_the_main_process_looks(encoder_folder, task, tmp_path, monkeypatch):
    from transformers import TrainerState

    monkeypatch.setattr(TrainerState, "is_world_process_zero", False, raising=False)
    trainer = sentence_trainer(encoder_folder, task, tmp_path, max_steps=2)
    trainer.state.is_world_process_zero = False
    callback = GeometryCallback(task, out=tmp_path / "geometry")
    callback.on_train_begin(trainer.args, trainer.state, trainer.control, model=trainer.model)
    assert not (tmp_path / "geometry").exists()


class CutOff(Exception):
    pass


@pytest.mark.slow
def test_a_resumed_training_goes_on_in_its_folder(encoder_folder, task, tmp_path):
    from transformers import TrainerCallback

    class Cut(TrainerCallback):
        def on_step_end(self, args, state, control, **given):
            if state.global_step == 9:
                raise CutOff

    def trainer_with(*callbacks):
        trainer = sentence_trainer(encoder_folder, task, tmp_path / "run", save_strategy="steps", save_steps=6)
        callback = GeometryCallback(task, every=2, sample=80, out=tmp_path / "geometry", **QUICK)
        for one in (callback, *callbacks):
            trainer.add_callback(one)
        return trainer

    with pytest.raises(CutOff):
        train_seeded(trainer_with(Cut()))
    resumed = trainer_with()
    resumed.train(resume_from_checkpoint=True)
    gaps = read_table(tmp_path / "geometry" / "tables" / "gaps.parquet").query("stage == 'fine-tuned'")
    assert sorted(set(gaps["update"])) == [0, 2, 4, 6, 8, 10, 12]
    assert not gaps.duplicated(["update", "label"]).any()
    whole = sentence_trainer(encoder_folder, task, tmp_path / "whole")
    train_seeded(whole)
    assert weights_hash(resumed.model) == weights_hash(whole.model)


@pytest.mark.slow
def test_the_best_model_is_where_the_study_ends(encoder_folder, task, tmp_path):
    trainer = sentence_trainer(
        encoder_folder,
        task,
        tmp_path / "run",
        max_steps=8,
        learning_rate=1.0,  # worse with every update
        save_strategy="steps",
        save_steps=2,
        eval_strategy="steps",
        eval_steps=2,
        load_best_model_at_end=True,
    )
    callback = GeometryCallback(task, every=2, sample=80, out=tmp_path / "geometry", **QUICK)
    trainer.add_callback(callback)
    trainer.train()
    assert callback.error is None, callback.error
    best = trainer.state.best_global_step
    assert best < 8
    assert callback.result.folder == tmp_path / "geometry"
    gaps = read_table(tmp_path / "geometry" / "tables" / "gaps.parquet").query("stage == 'fine-tuned'")
    assert gaps["update"].max() == best


@pytest.mark.slow
def test_a_model_with_lora_is_looked_at_as_it_is(encoder_folder, task, tmp_path):
    import peft
    from transformers import AutoModelForSequenceClassification

    def lora():
        import torch

        torch.manual_seed(0)
        model = AutoModelForSequenceClassification.from_pretrained(encoder_folder, num_labels=len(task.labels))
        config = peft.LoraConfig(r=4, target_modules=["query", "value"], task_type="SEQ_CLS")
        with quiet_peft():
            return peft.get_peft_model(model, config)

    without = train_seeded(sentence_trainer(encoder_folder, task, tmp_path / "a", lora(), learning_rate=0.1))
    trainer = sentence_trainer(encoder_folder, task, tmp_path / "b", lora(), learning_rate=0.1)
    callback = GeometryCallback(task, every=6, sample=80, out=tmp_path / "geometry", **QUICK)
    trainer.add_callback(callback)
    assert train_seeded(trainer) == without
    logged = [entry for entry in trainer.state.log_history if "geometry/similarity_to_start" in entry]
    assert logged[0]["geometry/similarity_to_start"] == pytest.approx(1.0)
    assert logged[-1]["geometry/distance_mean"] != pytest.approx(logged[0]["geometry/distance_mean"], rel=1e-2)


@pytest.mark.slow
def test_a_small_decoder_is_looked_at(task, tmp_path):
    """A causal language model, which the task has nothing to do with."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import DataCollatorForLanguageModeling, GPT2Config, GPT2LMHeadModel, GPT2TokenizerFast, Trainer

    texts = [sentence.text for sentence in task.train.sentences]
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    bpe.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=400, special_tokens=["<|endoftext|>"]))
    tokenizer = GPT2TokenizerFast(tokenizer_object=bpe, pad_token="<|endoftext|>", padding_side="left")

    def trainer_at(out):
        torch.manual_seed(0)
        config = GPT2Config(vocab_size=len(tokenizer), n_embd=16, n_layer=2, n_head=2, n_positions=64)
        data = [dict(tokenizer(text)) for text in texts]
        collator = DataCollatorForLanguageModeling(tokenizer, mlm=False)
        model = GPT2LMHeadModel(config)
        return Trainer(
            model, plain_arguments(out, max_steps=6), collator, data, eval_dataset=data, processing_class=tokenizer
        )

    without = train_seeded(trainer_at(tmp_path / "a"))
    trainer = trainer_at(tmp_path / "b")
    callback = GeometryCallback(task, every=3, sample=80, layers=[1, 2], out=tmp_path / "geometry", **QUICK)
    trainer.add_callback(callback)
    assert train_seeded(trainer) == without
    assert tokenizer.padding_side == "left"
    assert {"geometry/layer_1/distance_mean", "geometry/layer_2/linear"} <= {
        key for entry in trainer.state.log_history for key in entry
    }
    accuracy = read_table(tmp_path / "geometry" / "tables" / "accuracy.parquet")
    assert set(accuracy["stage"]) == {"original", "fine-tuned"}


def test_what_cannot_be_looked_at_ends_the_looking_and_not_the_training(encoder_folder, task, tmp_path, caplog):
    trainer = sentence_trainer(encoder_folder, task, tmp_path, max_steps=4)
    callback = GeometryCallback(task, every=2, sample=80, out=tmp_path / "geometry", **QUICK)
    trainer.add_callback(callback)
    see = callback._look

    def damaged(*given):
        if given[2].global_step == 2:
            trainer.model.bert.encoder.layer[-1].output.dense.weight.data[:] = np.nan
        see(*given)

    callback._look = damaged
    trainer.train()
    assert trainer.state.global_step == 4
    assert "NaN" in str(callback.error)
    assert any("the training goes on" in record.getMessage() for record in caplog.records)


def test_settings_are_refused_before_the_training(encoder_folder, task, tmp_path):
    trainer = sentence_trainer(encoder_folder, task, tmp_path, max_steps=2)
    for arguments, message in (
        ({"task": task, "layers": [7]}, "no layer 7"),
        ({"task": "trec-6"}, "give a Task"),
        ({"task": {"text": "question", "label": "coarse"}}, "no column 'question'"),
        ({"task": {"txt": "question", "label": "coarse"}}, "did you mean text"),
        ({"task": {"label": "coarse"}}, "columns name the text and the label"),
    ):
        callback = GeometryCallback(out=tmp_path / "geometry", **arguments)
        trainer.add_callback(callback)
        with pytest.raises((StudyError, DataError), match=message):
            trainer.train()
        trainer.remove_callback(callback)
    with pytest.raises(StudyError, match="at least 1"):
        GeometryCallback(task, every=0)


def test_a_sample_has_every_label_with_its_share():
    words = load_task("toy-pos")
    sample = sample_by_label(words, 600)
    assert sample.fingerprint == sample_by_label(words, 600).fingerprint
    assert sample.fingerprint != sample_by_label(words, 600, seed=1).fingerprint
    assert sample.train.label_counts.keys() == words.train.label_counts.keys()
    for label, count in words.train.label_counts.items():
        share = round(300 * count / len(words.train))
        assert sample.train.label_counts[label] == max(min(10, count), share)
    assert len(sample.train.sentences) < 150, "words of few sentences hold the sample"
    assert sample_by_label(words, 10**6) is words
    assert rows
