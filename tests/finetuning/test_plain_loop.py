"""The default recipe beside ten lines of plain PyTorch: bit-equal, so that no addition can change it unseen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
import transformers

from tunescope.encoders import Encoder, quick_linear_layers
from tunescope.finetuning import Recipe, fine_tune
from tunescope.finetuning._batches import TrainingSentences
from tunescope.finetuning._classifier import PointClassifier
from tunescope.tasks import Task

RECIPE = Recipe(epochs=3, batch_size=8, learning_rate=1e-3)


def by_hand(encoder: Encoder, task: Task, recipe: Recipe, seed: int) -> tuple[PointClassifier, list[float]]:
    """The paper's training (Zhou and Srikumar 2022, section 4), written down without the package's trainer."""
    labels, numbers = np.unique(np.asarray(task.train.labels), return_inverse=True)
    sentences = TrainingSentences(encoder.tokenize(task.train, task.kind), numbers.astype(np.int64))
    transformers.set_seed(seed)
    model = PointClassifier(encoder.copy().model, encoder.width, len(labels))
    kind = torch.optim.AdamW if recipe.optimizer == "adamw" else torch.optim.Adam
    optimizer = kind(model.parameters(), lr=recipe.learning_rate)
    _, n_updates = recipe.updates(len(sentences))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: recipe.rate(step + 1, n_updates))
    transformers.set_seed(seed)
    losses = []
    model.train()
    for epoch in range(recipe.epochs):
        order = np.random.default_rng([seed, epoch]).permutation(len(sentences))
        for start in range(0, len(order), recipe.batch_size):
            with quick_linear_layers(torch.device("cpu")):
                loss = model(**sentences.collate(order[start : start + recipe.batch_size].tolist()))["loss"]
            loss.backward()
            if recipe.max_grad_norm is not None:
                torch.nn.utils.clip_grad_norm_(model.parameters(), recipe.max_grad_norm)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            losses.append(loss.item())
    return model, losses


@pytest.mark.parametrize("changes", [{}, {"optimizer": "adamw"}, {"max_grad_norm": 0.05}])
def test_the_recipe_is_the_plain_loop_bit_by_bit(
    make_encoder: Callable[..., Encoder], make_task: Callable[..., Task], changes: dict[str, object]
) -> None:
    encoder, task, recipe = make_encoder(), make_task(), replace(RECIPE, **changes)  # type: ignore[arg-type]
    expected, losses = by_hand(encoder, task, recipe, seed=3)
    result = fine_tune(encoder, task, recipe, seed=3)
    tuned, plain = result.encoder.model.state_dict(), expected.encoder.state_dict()
    assert list(tuned) == list(plain)
    assert all(torch.equal(tuned[name], plain[name]) for name in plain)
    assert torch.equal(result.head.weight, expected.head.weight)
    assert [row["loss"] for row in result.log] == losses
