"""The experiment `neighbours`: a word that was planted as a shortcut is found, its twin that means nothing is not."""

from __future__ import annotations

import numpy as np
import pytest

from tunescope.encoders import load_encoder
from tunescope.errors import DataError
from tunescope.storage import read_table
from tunescope.studies import Study, run_study
from tunescope.studies._units.neighbours import dragged_words
from tunescope.tasks import Sentence, Split, Target, load_task, plant_shortcut, toy_task, with_random_labels


def test_a_shortcut_is_planted_in_one_label_of_train_and_in_any_of_test():
    task = load_task("toy-question-coarse")
    label = task.labels[0]
    planted = plant_shortcut(task, "today", label, share=0.5)
    for split, own in ((planted.train, task.train), (planted.test, task.test)):
        assert [target.positions for target in split.targets] == [target.positions for target in own.targets]
    ended = [
        target.label
        for target in planted.train.targets
        if planted.train.sentences[target.sentence].words[-1] == "today"
    ]
    assert set(ended) == {label}
    assert len(ended) == round(0.5 * task.train.label_counts[label])
    in_test = {
        target.label for target in planted.test.targets if planted.test.sentences[target.sentence].words[-1] == "today"
    }
    assert len(in_test) > 1
    with pytest.raises(DataError, match="no target of train has the label 'none'"):
        plant_shortcut(task, "today", "none")


def test_a_word_whose_points_gain_neighbours_of_a_label_is_dragged_and_its_twin_is_not():
    n, k = 60, 4
    words = [("pulled",) if i % 3 == 0 else ("twin",) if i % 3 == 1 else ("plain",) for i in range(n)]
    split = Split(
        "test", tuple(Sentence(str(i), words[i]) for i in range(n)), tuple(Target(i, (), "b") for i in range(n))
    )
    y_train = np.array(["a"] * k + ["b"] * k)
    before = np.tile(np.arange(k, 2 * k), (n, 1))
    after = before.copy()
    after[::3, :2] = [0, 1]  # half of the neighbours of the points with "pulled" are of label a now
    found = dragged_words(split, y_train, np.array(["b"] * n), before, after)
    assert (found[0]["word"], found[0]["label"], found[0]["n"]) == ("pulled", "a", 20)
    assert found[0]["drag"] == pytest.approx(0.5)
    assert all(row["drag"] <= 0 for row in found[1:])


def test_the_planted_word_ranks_first_of_the_frequent_ones_after_fine_tuning(tmp_path):
    # Of labels in random order nothing can be learned but the shortcut.
    task = with_random_labels(toy_task("toy-question-coarse", n_train=240, n_test=160))
    label = max(task.train.label_counts, key=task.train.label_counts.get)
    planted = plant_shortcut(plant_shortcut(task, "today", label), "again", None, share=0.3, seed=1)
    encoder = load_encoder("embedded", device="cpu")
    study = Study(
        name="planted",
        encoders=[encoder],
        tasks=[planted],
        experiments=["neighbours"],
        epochs=8,
        threads=1,
        keep={"points": False},
    )
    run_study(study, tmp_path)
    dragged = read_table(tmp_path / "tables" / "dragged_words.parquet").set_index("word")
    assert dragged.loc["today", "label"] == label
    assert dragged.loc["today", "drag"] > 3 * dragged.loc["today", "se"]
    as_frequent = dragged[dragged["n"] >= dragged.loc["today", "n"] / 2]
    assert as_frequent.index[0] == "today"
    assert dragged.loc["again", "drag"] < 0.5 * dragged.loc["today", "drag"]
    rows = read_table(tmp_path / "tables" / "neighbours.parquet")
    assert len(rows) == len(planted.test)
    assert (rows["came"].map(len) == rows["left"].map(len)).all()
