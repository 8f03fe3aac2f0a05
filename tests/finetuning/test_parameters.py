"""The table of parameters: what was trained, and how far it moved."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch

from tunescope.encoders import Encoder
from tunescope.finetuning import Recipe, fine_tune
from tunescope.finetuning._parameters import stable_rank
from tunescope.records import schema
from tunescope.tasks import Task

MakeEncoder = Callable[..., Encoder]
MakeTask = Callable[..., Task]
RECIPE = Recipe(epochs=2, batch_size=8, learning_rate=1e-2)


def test_stable_rank_is_that_of_the_singular_values() -> None:
    torch.manual_seed(0)
    left, right = (torch.linalg.qr(torch.randn(n, 3, dtype=torch.float64))[0] for n in (7, 5))
    matrix = left @ torch.diag(torch.tensor([2.0, 1.0, 1.0], dtype=torch.float64)) @ right.T
    assert stable_rank(matrix) == pytest.approx(6 / 4)
    assert stable_rank(matrix.T) == pytest.approx(6 / 4)
    assert math.isnan(stable_rank(torch.zeros(3, 3)))
    assert math.isnan(stable_rank(torch.ones(3)))


@pytest.mark.parametrize(
    "method", ["full", "head", {"layers": "2"}, "layernorm", {"random": 0.1}, {"lora": 2}, {"prefix": 2}]
)
def test_the_rows_tell_what_was_trained(make_encoder: MakeEncoder, make_task: MakeTask, method: Any) -> None:
    encoder = make_encoder()
    result = fine_tune(encoder, make_task(n=16), replace(RECIPE, method=method), seed=0)
    rows = result.parameters(encoder)
    assert list(rows[0]) == [name for name in schema("parameters", origin=False).names if name in rows[0]]
    assert sum(row["trained"] for row in rows) == result.n_trained
    own = [row for row in rows if row["part"] != "added"]
    assert sum(row["total"] for row in own) == sum(p.numel() for p in encoder.model.parameters())
    for row in own:
        still = torch.equal(
            encoder.model.get_parameter(row["parameter"]),
            dict(result.encoder.model.named_parameters()).get(
                row["parameter"], encoder.model.get_parameter(row["parameter"])
            ),
        )
        assert (row["change"] == 0) == still or math.isnan(row["change"])
        if row["trained"] == 0:
            assert still
    if method == {"lora": 2}:
        ranks = [row["stable_rank"] for row in own if row["trained"]]
        assert ranks
        assert all(1 <= rank <= 2 + 1e-6 for rank in ranks)
    if method == {"prefix": 2}:
        assert [row["trained"] for row in rows if row["part"] == "added"] == [2 * 2 * 2 * 16]


def test_parts_and_layers(make_architecture: MakeEncoder, make_task: MakeTask) -> None:
    encoder = make_architecture("bert")
    rows = fine_tune(encoder, make_task(n=8), replace(RECIPE, epochs=1), seed=0).parameters(encoder)
    of = {row["parameter"]: (row["layer"], row["part"]) for row in rows}
    assert of["embeddings.word_embeddings.weight"] == (0, "embedding")
    assert of["embeddings.LayerNorm.bias"] == (0, "normalisation")
    assert of["encoder.layer.2.attention.self.query.weight"] == (3, "attention")
    assert of["encoder.layer.0.output.dense.weight"] == (1, "feed-forward")
    shared = make_architecture("albert")
    rows = fine_tune(shared, make_task(n=8), replace(RECIPE, epochs=1), seed=0).parameters(shared)
    assert {row["layer"] for row in rows} == {-1}
