"""What anchors hold, at no weight, at a large one, and by their formulae."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
import torch

from tunescope.encoders import Encoder
from tunescope.errors import StudyError
from tunescope.finetuning import Anchor, Held, Recipe, fine_tune
from tunescope.tasks import Task

MakeEncoder = Callable[..., Encoder]
MakeTask = Callable[..., Task]
RECIPE = Recipe(epochs=2, batch_size=8, learning_rate=1e-3)
PLAIN = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
OF_VECTORS = ("identity", "linear", "mlp", "cosine")
OF_WEIGHTS = ("l2-sp", "weights", "mixout")


def held(now: torch.Tensor, start: torch.Tensor) -> Held:
    return Held([now], [start], {})


def distance(encoder: Encoder, tuned: Encoder, task: Task) -> float:
    """‖X − X₀‖/‖X₀‖ in the last layer."""
    layer = encoder.n_layers
    before, after = (each.encode(task.train).vectors[layer] for each in (encoder, tuned))
    return float(np.linalg.norm(after - before) / np.linalg.norm(before))


@pytest.mark.parametrize("anchor", [*OF_VECTORS, *OF_WEIGHTS])
def test_at_weight_0_the_weights_are_those_without_anchor(
    make_encoder: MakeEncoder, make_task: MakeTask, anchor: str
) -> None:
    encoder, task = make_encoder(), make_task(n=16)
    without = fine_tune(encoder, task, RECIPE, seed=0)
    at_0 = fine_tune(encoder, task, replace(RECIPE, anchor={anchor: 0}), seed=0)
    assert at_0.encoder.fingerprint == without.encoder.fingerprint
    assert at_0.log == without.log


@pytest.mark.parametrize("anchor", ["identity", "cosine", "l2-sp"])
def test_a_large_weight_keeps_the_space(make_encoder: MakeEncoder, make_task: MakeTask, anchor: str) -> None:
    """Where the rate falls to 0, Adam's steps do; without dropout nothing else moves the space."""
    encoder, task = make_encoder(**PLAIN), make_task(n=16)
    recipe = replace(RECIPE, epochs=20, learning_rate=3e-4)
    free = fine_tune(encoder, task, recipe, seed=0)
    kept = fine_tune(encoder, task, replace(recipe, anchor={anchor: 1e5}), seed=0)
    moved = distance(encoder, kept.encoder, task)
    assert distance(encoder, free.encoder, task) > 0.02
    assert moved < 1e-3


def test_weights_keeps_matrices_and_leaves_the_rest_free(make_encoder: MakeEncoder, make_task: MakeTask) -> None:
    encoder, task = make_encoder(**PLAIN), make_task(n=16)
    result = fine_tune(encoder, task, replace(RECIPE, epochs=10, anchor={"weights": 1e5}), seed=0)
    moved: dict[int, float] = {1: 0.0, 2: 0.0}
    with torch.no_grad():
        for name, p in encoder.model.named_parameters():
            change = (result.encoder.model.get_parameter(name) - p).abs().max().item()
            moved[p.dim()] = max(moved[p.dim()], change)
    assert moved[2] < 1e-3 < moved[1]
    assert 5 * moved[2] < moved[1]


def test_linear_is_0_on_an_invertible_image_and_identity_is_not() -> None:
    torch.manual_seed(0)
    start = torch.randn(60, 6)
    image = start @ torch.randn(6, 6) + torch.randn(6)
    linear, identity = Anchor.read({"linear": 1}), Anchor.read({"identity": 1})
    assert linear.term(held(image, start)).item() < 1e-9
    assert identity.term(held(image, start)).item() > 0.1
    assert linear.term(held(torch.randn(60, 6), start)).item() > 0.1
    assert identity.term(held(start, start)).item() == 0


def test_the_gradient_of_linear_is_that_of_the_minimum() -> None:
    """Beside finite differences of the minimum itself, in which the best map moves along."""
    torch.manual_seed(0)
    linear = Anchor.read({"linear": 1})
    start, now = torch.randn(20, 3, dtype=torch.float64), torch.randn(20, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: linear.term(held(x, start)), (now,))


def test_linear_counts_updates_in_which_it_holds_nothing(make_encoder: MakeEncoder, make_task: MakeTask) -> None:
    result = fine_tune(make_encoder(), make_task(n=8), replace(RECIPE, batch_size=2, anchor={"linear": 1}), seed=0)
    assert result.n_updates == 8
    (note,) = result.notes
    assert "no more tokens than the encoder is wide" in note
    assert int(note.split()[0]) == 8


def test_mlp_begins_as_identity_and_cosine_sees_directions() -> None:
    torch.manual_seed(0)
    now, start = torch.randn(9, 4), torch.randn(9, 4)
    mlp, identity, cosine = (Anchor.read({name: 1}) for name in ("mlp", "identity", "cosine"))
    network = mlp.module(4)
    term = mlp.term(Held([now], [start], {}, network))
    assert term.item() == pytest.approx(identity.term(held(now, start)).item())
    assert cosine.term(held(3 * start, start)).item() == pytest.approx(0, abs=1e-6)
    assert cosine.term(held(-start, start)).item() == pytest.approx(2)


def test_the_network_of_mlp_is_trained_and_gone_on_with(
    make_encoder: MakeEncoder, make_task: MakeTask, tmp_path: Path
) -> None:
    encoder, task = make_encoder(), make_task(n=16)
    recipe = replace(RECIPE, epochs=3, anchor={"mlp": {"weight": 1, "hidden": 4}})
    whole = fine_tune(encoder, task, recipe, seed=0)

    def killed(update: int, n_updates: int, loss: float) -> None:
        if update == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fine_tune(encoder, task, recipe, seed=0, work_dir=tmp_path, progress=killed)
    resumed = fine_tune(encoder, task, recipe, seed=0, work_dir=tmp_path)
    assert resumed.resumed_at == 2
    assert resumed.encoder.fingerprint == whole.encoder.fingerprint


@pytest.mark.parametrize("optimizer", ["adam", "adamw"])
def test_mixout_1_keeps_the_start(make_encoder: MakeEncoder, make_task: MakeTask, optimizer: str) -> None:
    encoder = make_encoder()
    recipe = replace(RECIPE, anchor={"mixout": 1}, optimizer=optimizer)
    result = fine_tune(encoder, make_task(n=16), recipe, seed=0)
    assert result.encoder.fingerprint == encoder.fingerprint
    assert result.log[-1]["loss"] != result.log[0]["loss"]


def test_what_mixout_reads_is_the_weights_on_average() -> None:
    torch.manual_seed(0)
    mixout = Anchor.read({"mixout": 0.5})
    now, start = torch.full((200_000,), 3.0), torch.full((200_000,), 1.0)
    read = mixout.weights_read("w", now, start)
    assert set(read.tolist()) == {1.0, 5.0}
    assert read.mean().item() == pytest.approx(3, abs=0.03)


def test_mixout_trains_like_the_others(make_encoder: MakeEncoder, make_task: MakeTask) -> None:
    encoder, task = make_encoder(), make_task()
    mixed = fine_tune(encoder, task, replace(RECIPE, anchor={"mixout": 0.5}), seed=0)
    assert mixed.encoder.fingerprint != fine_tune(encoder, task, RECIPE, seed=0).encoder.fingerprint
    assert mixed.log[-1]["loss"] < mixed.log[0]["loss"]


@pytest.mark.parametrize("anchor", [*OF_VECTORS, *OF_WEIGHTS])
@pytest.mark.parametrize("method", ["layernorm", {"random": 0.1}, {"lora": 2}])
def test_every_anchor_goes_with_other_methods(
    make_encoder: MakeEncoder, make_task: MakeTask, anchor: str, method: Any
) -> None:
    encoder, task = make_encoder(), make_task(n=16)
    recipe = replace(RECIPE, method=method, anchor={anchor: 0.5})
    if anchor == "weights" and method == "layernorm":
        with pytest.raises(StudyError, match="weights holds trained weights, and layernorm trains none"):
            fine_tune(encoder, task, recipe, seed=0)
        return
    free = fine_tune(encoder, task, replace(RECIPE, method=method), seed=0)
    assert fine_tune(encoder, task, recipe, seed=0).encoder.fingerprint != free.encoder.fingerprint


def test_l2_sp_holds_what_lora_adds(make_encoder: MakeEncoder, make_task: MakeTask) -> None:
    encoder, task = make_encoder(**PLAIN), make_task(n=16)
    recipe = replace(RECIPE, method="lora", epochs=10, learning_rate=1e-2)
    free = fine_tune(encoder, task, recipe, seed=0)
    kept = fine_tune(encoder, task, replace(recipe, anchor={"l2-sp": 1e3}), seed=0)
    assert distance(encoder, kept.encoder, task) < distance(encoder, free.encoder, task) / 10


def test_an_anchor_holds_the_layers_that_are_named(make_encoder: MakeEncoder, make_task: MakeTask) -> None:
    encoder, task = make_encoder(**PLAIN), make_task(n=16)
    recipe = replace(RECIPE, epochs=5, anchor={"l2-sp": {"weight": 1e6, "layers": 1}})
    result = fine_tune(encoder, task, recipe, seed=0)
    moved = {
        layer: max(
            (result.encoder.model.get_parameter(name) - p).detach().abs().max().item()
            for name, p in encoder.model.named_parameters()
            if f"layer.{layer - 1}." in name
        )
        for layer in (1, 2)
    }
    assert moved[1] < moved[2] / 5
    with pytest.raises(StudyError, match="there is no layer 3"):
        fine_tune(encoder, task, replace(RECIPE, anchor={"identity": {"weight": 1, "layers": 3}}), seed=0)


@pytest.mark.parametrize("anchor", ["l2-sp", "weights", "mixout"])
def test_an_anchor_of_weights_needs_weights_that_are_trained(
    make_encoder: MakeEncoder, make_task: MakeTask, anchor: str
) -> None:
    with pytest.raises(StudyError, match="head trains none of the encoder's there"):
        fine_tune(make_encoder(), make_task(n=8), replace(RECIPE, method="head", anchor={anchor: 0.5}), seed=0)


def test_settings_of_an_anchor() -> None:
    recipe = Recipe(method="layernorm", anchor={"identity": {"weight": 0.1, "layers": "last"}})
    assert recipe.settings() == {"method": "layernorm", "anchor": {"identity": {"weight": 0.1}}}
    assert recipe == Recipe(method="layernorm", anchor={"identity": 0.1})
    assert Recipe(**json.loads(json.dumps(recipe.settings(defaults=True)))) == recipe
    assert Recipe(anchor=None).settings() == {}


@pytest.mark.parametrize(
    ("anchor", "message"),
    [
        ("identity", "identity.weight: is missing"),
        ({"identiti": 1}, "did you mean identity?"),
        ({"mixout": 2}, "mixout.weight: input should be less than or equal to 1"),
        ({"cosine": -1}, "cosine.weight: input should be greater than or equal to 0"),
        ({"mlp": {"weight": 1, "width": 3}}, "mlp.width: unknown setting; mlp knows weight, layers, hidden"),
    ],
)
def test_a_wrong_anchor_is_named(anchor: Any, message: str) -> None:
    with pytest.raises(StudyError) as error:
        Recipe(anchor=anchor)
    assert str(error.value).startswith("recipe.anchor: ")
    assert message in str(error.value)


def test_an_anchor_of_another_package_holds(make_encoder: MakeEncoder, make_task: MakeTask) -> None:
    class Length(Anchor):
        """Each token's vector keeps its length."""

        name: ClassVar[str] = "length"
        title: ClassVar[str] = "each token's vector keeps its length"
        reads: ClassVar[str] = "vectors"

        def term(self, held: Held) -> torch.Tensor:
            return sum(
                (now.norm(dim=1) - start.norm(dim=1)).square().mean()
                for now, start in zip(held.now, held.start, strict=True)
            )

    try:
        encoder, task = make_encoder(), make_task(n=16)
        held_one = fine_tune(encoder, task, replace(RECIPE, anchor={"length": 10}), seed=0)
        free = fine_tune(encoder, task, RECIPE, seed=0)
        assert held_one.encoder.fingerprint != free.encoder.fingerprint
    finally:
        Anchor.registry.pop("length")
