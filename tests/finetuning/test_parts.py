"""A batch that is read in parts of like length has the gradient of the whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from tunescope.encoders import Encoder
from tunescope.errors import StudyError
from tunescope.finetuning import Recipe, fine_tune
from tunescope.finetuning._batches import TrainingSentences
from tunescope.tasks import Sentence, Split, Target, Task

MakeEncoder = Callable[..., Encoder]
PLAIN = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0, "max_position_embeddings": 64}


def uneven(n: int = 40) -> Task:
    """Sentences of 2 to 70 words; the longest are read in windows."""
    rng = np.random.default_rng(0)
    sentences, targets = [], []
    for i in range(n):
        words = [str(rng.choice(["the", "cat", "sees", "fish"])) for _ in range(int(rng.integers(2, 20 if i else 71)))]
        sentences.append(Sentence(str(i), tuple(words)))
        targets += [Target(i, (j,), word) for j, word in enumerate(words)]
    split = Split("train", tuple(sentences), tuple(targets))
    return Task("uneven", "word", split, split, "", "")


@pytest.mark.parametrize("anchor", [None, {"identity": 0.5}, {"l2-sp": 0.5}])
@pytest.mark.parametrize("max_grad_norm", [None, 0.5])
def test_after_25_updates_the_weights_are_those_of_whole_batches(
    make_encoder: MakeEncoder, anchor: Any, max_grad_norm: float | None
) -> None:
    encoder, task = make_encoder(**PLAIN), uneven()
    # Adam divides by the root of squared gradients, which for gradients of 0 up to rounding is anything.
    recipe = Recipe(epochs=5, batch_size=8, learning_rate=1e-4, anchor=anchor, max_grad_norm=max_grad_norm)
    whole = fine_tune(encoder, task, recipe, seed=0)
    parts = fine_tune(encoder, task, replace(recipe, parts=True), seed=0)
    assert whole.n_updates == parts.n_updates == 25
    difference = norm = 0.0
    for name, tensor in whole.encoder.model.state_dict().items():
        difference += float((parts.encoder.model.state_dict()[name] - tensor).double().square().sum())
        norm += float(tensor.double().square().sum())
    assert (difference / norm) ** 0.5 < 1e-5
    assert [row["loss"] for row in parts.log] == pytest.approx([row["loss"] for row in whole.log], rel=1e-4)


def test_parts_hold_each_point_once_and_pad_less(make_encoder: MakeEncoder) -> None:
    encoder, task = make_encoder(**PLAIN), uneven()
    labels = np.unique(task.train.labels, return_inverse=True)[1]
    sentences = TrainingSentences(encoder.tokenize(task.train), labels.astype(np.int64))
    chosen = list(range(32))
    whole, parts = sentences.collate(chosen), sentences.collate_parts(chosen)["parts"]
    assert len(parts) > 1
    assert sum(len(part["labels"]) for part in parts) == len(whole["labels"])
    assert sum(part["share"] for part in parts) == pytest.approx(1)
    assert sum(part["token_share"] for part in parts) == pytest.approx(1)
    assert sum(int(part["attention_mask"].sum()) for part in parts) == int(whole["attention_mask"].sum())
    assert sum(part["input_ids"].numel() for part in parts) < 0.7 * whole["input_ids"].numel()


def test_parts_are_named_in_the_recipe_and_off_by_default() -> None:
    assert Recipe().settings(defaults=True)["parts"] is False
    assert Recipe(parts=True).settings() == {"parts": True}
    with pytest.raises(StudyError, match=r"recipe.parts: the anchor linear looks at a batch as a whole"):
        Recipe(parts=True, anchor={"linear": 1})


def test_with_dropout_they_train_as_well(make_encoder: MakeEncoder) -> None:
    encoder = make_encoder(max_position_embeddings=64)
    result = fine_tune(encoder, uneven(16), Recipe(epochs=4, batch_size=8, learning_rate=1e-2, parts=True), seed=0)
    assert result.log[-1]["loss"] < result.log[0]["loss"]
    assert torch.isfinite(result.head.weight).all()
