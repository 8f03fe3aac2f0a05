"""Controls: random labels and an encoder without pre-training, as tasks and encoders of a study."""

from __future__ import annotations

import numpy as np
import pytest

from tunescope.encoders import load_encoder
from tunescope.errors import DataError
from tunescope.finetuning import Recipe
from tunescope.storage import read_table
from tunescope.studies import load_study, run_study
from tunescope.tasks import load_task, with_random_labels


def test_random_labels_leave_the_points_and_the_sizes_of_labels():
    task, control = load_task("toy-pos"), load_task("random-labels:toy-pos")
    assert control.name == "random-labels:toy-pos"
    for own, other in ((task.train, control.train), (task.test, control.test)):
        assert own.sentences == other.sentences
        assert [target.positions for target in own.targets] == [target.positions for target in other.targets]
        assert own.label_counts == other.label_counts
        shares = np.array(list(own.label_counts.values())) / len(own)
        assert abs((own.labels == other.labels).mean() - (shares**2).sum()) < 0.05  # as many agree as by chance
    assert control.fingerprint == load_task("random-labels:toy-pos").fingerprint != task.fingerprint
    assert with_random_labels(task, 1).fingerprint != control.fingerprint


def test_the_control_of_an_unknown_task_is_unknown():
    with pytest.raises(DataError, match="unknown task 'random-labels:poss'"):
        load_task("random-labels:poss")


def test_an_encoder_without_training_has_the_shape_of_the_one_it_controls_and_nothing_else():
    encoder, control = load_encoder("embedded", device="cpu"), load_encoder("random:embedded", device="cpu")
    assert control.name == "random:embedded"
    assert control.n_layers == encoder.n_layers
    own, other = dict(encoder.model.named_parameters()), dict(control.model.named_parameters())
    assert {name: value.shape for name, value in own.items()} == {name: value.shape for name, value in other.items()}
    assert control.fingerprint == load_encoder("random:embedded", device="cpu").fingerprint != encoder.fingerprint
    assert Recipe.for_encoder("random:mini").epochs == Recipe.for_encoder("mini").epochs


def test_random_labels_can_be_memorised_and_not_be_learned(tmp_path):
    study = load_study(
        "controls",
        encoders=["embedded"],
        sources=[],
        experiments=["performance"],
        epochs=8,
        fraction=0.2,
        classifier={"hidden": [64, 64], "runs": 1, "max_iter": 300},
    )
    run_study(study, tmp_path)
    accuracy = read_table(tmp_path / "tables" / "accuracy.parquet").query("stage == 'fine-tuned'")
    found = accuracy.set_index(["task", "split"])["accuracy"]
    assert found["toy-pos", "test"] > 0.6
    assert found["random-labels:toy-pos", "test"] < 0.4
    assert found["random-labels:toy-pos", "train"] > found["random-labels:toy-pos", "test"] + 0.1


def test_the_study_of_controls_names_all_three():
    study = load_study("controls")
    assert [choice.name for choice in study.encoders] == ["embedded", "random:embedded"]
    assert "random-labels:toy-pos" in [choice.name for choice in study.tasks]
    assert set(study.sources) - {choice.name for choice in study.tasks} == {"toy-question-coarse"}
