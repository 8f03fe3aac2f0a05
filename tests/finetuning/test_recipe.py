from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import get_linear_schedule_with_warmup

from tunescope.errors import StudyError
from tunescope.finetuning import Recipe, snapshot_updates


def test_the_defaults_are_the_papers() -> None:
    recipe = Recipe()
    assert (recipe.learning_rate, recipe.batch_size, recipe.warmup) == (3e-4, 32, 0.1)
    assert (recipe.schedule, recipe.optimizer) == ("linear", "adam")


@pytest.mark.parametrize(
    ("name", "epochs"),
    [
        ("tiny", 10),
        ("mini", 10),
        ("small", 10),
        ("medium", 10),
        ("base", 3),
        ("google-bert/bert-base-uncased", 3),
        ("google/bert_uncased_L-8_H-512_A-8", 10),
        ("embedded", 10),
        ("any/other", 3),
    ],
)
def test_the_epochs_of_the_papers_table_1(name: str, epochs: int) -> None:
    assert Recipe.for_encoder(name).epochs == epochs
    assert Recipe.for_encoder(name, epochs=5, batch_size=8) == Recipe(epochs=5, batch_size=8)


def test_the_papers_updates_an_epoch() -> None:
    assert Recipe(epochs=10).updates(800) == (25, 250)  # POS: 800 sentences of UD-PUD


@pytest.mark.parametrize(
    "field",
    [
        {"epochs": 0},
        {"epochs": 1.5},
        {"epochs": True},
        {"batch_size": 0},
        {"learning_rate": 0.0},
        {"learning_rate": float("nan")},
        {"warmup": 1.0},
        {"warmup": -0.1},
        {"schedule": "cosine"},
        {"optimizer": "sgd"},
        {"max_grad_norm": 0.0},
    ],
)
def test_a_bad_value_is_named(field: dict[str, object]) -> None:
    with pytest.raises(StudyError, match=f"recipe.{next(iter(field))}"):
        Recipe(**field)  # type: ignore[arg-type]


@given(st.integers(1, 60), st.sampled_from([0.0, 0.1, 0.5]))
def test_the_linear_schedule_is_that_of_transformers(n_updates: int, warmup: float) -> None:
    recipe = Recipe(warmup=warmup)
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    schedule = get_linear_schedule_with_warmup(optimizer, round(warmup * n_updates), n_updates)
    for update in range(1, n_updates + 1):
        assert recipe.rate(update, n_updates) == pytest.approx(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()


def test_the_constant_schedule_stays_after_the_warm_up() -> None:
    recipe = Recipe(schedule="constant")
    assert [recipe.rate(u, 20) for u in (1, 2, 3, 20)] == [0.0, 0.5, 1.0, 1.0]


@given(st.integers(1, 500), st.one_of(st.none(), st.integers(1, 600)))
def test_the_first_and_the_last_update_have_a_snapshot(n_updates: int, every: int | None) -> None:
    updates = snapshot_updates(n_updates, every)
    assert updates[0] == 0
    assert updates[-1] == n_updates
    assert updates == sorted(set(updates))
    if every is None:
        assert len(updates) == 2
    else:
        assert all(update % every == 0 for update in updates[:-1])
        assert len(updates) == -(-n_updates // every) + 1


def test_a_snapshot_every_no_update_is_refused() -> None:
    with pytest.raises(StudyError, match="every 0"):
        snapshot_updates(10, 0)


def test_settings_are_what_differs_from_the_defaults() -> None:
    assert Recipe().settings() == {}
    assert Recipe(epochs=10, learning_rate=1, method="full").settings() == {"epochs": 10, "learning_rate": 1.0}
    recipe = Recipe(batch_size=8, max_grad_norm=1.0)
    assert Recipe(**recipe.settings()) == recipe
    assert Recipe(**recipe.settings(defaults=True)) == recipe
    assert Recipe().settings(defaults=True)["method"] == "full"
