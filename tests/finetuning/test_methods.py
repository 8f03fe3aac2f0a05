"""What each way of fine-tuning trains, and that it trains nothing else."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
import torch

from tunescope.encoders import Encoder, load_encoder, quick_linear_layers
from tunescope.errors import StudyError
from tunescope.finetuning import Method, Recipe, fine_tune
from tunescope.finetuning._structure import layer_of_parameters, layer_stack
from tunescope.tasks import Task

MakeEncoder = Callable[..., Encoder]
MakeTask = Callable[..., Task]
RECIPE = Recipe(epochs=2, batch_size=8, learning_rate=1e-2)
ARCHITECTURES = (
    *("bert", "roberta", "distilbert", "albert", "mpnet", "deberta", "deberta-v2", "modernbert", "t5"),
    *("gpt2", "llama"),
)
STACKED = tuple(name for name in ARCHITECTURES if name != "albert")
WITHOUT_BIAS = ("modernbert", "t5", "llama")
TAKES_PREFIX = ("bert", "roberta", "gpt2", "llama")
METHODS: dict[str, Any] = {
    "full": "full",
    "head": "head",
    "layers": {"layers": "2-3"},
    "layernorm": "layernorm",
    "bias": "bias",
    "attention": "attention",
    "random": {"random": 0.05},
    "lora": {"lora": {"r": 2}},
    "prefix": {"prefix": 3},
    "probe-then-tune": "probe-then-tune",
}


def state(model: Any) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}


def changed(start: Encoder, tuned: Encoder) -> set[str]:
    before, after = start.model.state_dict(), tuned.model.state_dict()
    assert set(before) == set(after)
    return {name for name in before if not torch.equal(before[name], after[name])}


def prepared(encoder: Encoder, method: Any, seed: int = 0) -> tuple[Method, Any]:
    chosen = Method.read(method)
    return chosen, chosen.prepare(encoder.copy().model, seed)


def n_trained(encoder: Encoder, method: Any) -> int:
    chosen, model = prepared(encoder, method)
    count = sum(chosen.trained(model).values())
    assert count == sum(p.numel() for p in model.parameters() if p.requires_grad)
    return count


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_every_architecture_is_trained_and_gone_on_from(
    make_architecture: MakeEncoder, make_task: MakeTask, architecture: str, tmp_path: Path
) -> None:
    encoder, task = make_architecture(architecture), make_task(n=16)
    before = encoder.fingerprint
    recipe = replace(RECIPE, epochs=3, method={"random": 0.2})
    result = fine_tune(encoder, task, recipe, seed=0, work_dir=tmp_path)
    assert encoder.fingerprint == before
    assert changed(encoder, result.encoder)
    assert result.log[-1]["loss"] < result.log[0]["loss"]
    assert all(p.requires_grad for p in result.encoder.model.parameters())
    again = fine_tune(encoder, task, recipe, seed=0, work_dir=tmp_path)
    assert again.resumed_at == result.n_updates
    assert not changed(again.encoder, result.encoder)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("method", [name for name in METHODS if name not in ("full", "head", "prefix")])
def test_every_method_reaches_every_architecture(
    make_architecture: MakeEncoder, architecture: str, method: str
) -> None:
    """What is trained gets a gradient, from linear layers by either library, and the plain model comes back."""
    encoder = make_architecture(architecture)
    if method == "bias" and architecture in WITHOUT_BIAS:
        with pytest.raises(StudyError, match="has no biases"):
            prepared(encoder, METHODS[method])
        return
    if method == "layers" and architecture not in STACKED:
        with pytest.raises(StudyError, match="cannot be told apart"):
            prepared(encoder, METHODS[method])
        return
    chosen, model = prepared(encoder, METHODS[method])
    ids, mask = torch.tensor([[2, 5, 6, 3], [2, 5, 3, 0]]), torch.tensor([[1, 1, 1, 1], [1, 1, 1, 0]])
    with quick_linear_layers(torch.device("cpu")):
        hidden = model(input_ids=ids, attention_mask=mask).last_hidden_state
        (hidden * torch.linspace(-1, 1, hidden.numel()).view_as(hidden)).sum().backward()
    trained = [p for p in model.parameters() if p.requires_grad]
    assert trained
    assert sum(p.numel() for p in trained if p.grad is not None) > 0.7 * sum(p.numel() for p in trained)
    finished = chosen.finish(model)
    assert type(finished) is type(encoder.model)
    assert set(finished.state_dict()) == set(encoder.model.state_dict())


@pytest.mark.parametrize("architecture", STACKED)
def test_layers_are_found_by_structure(make_architecture: MakeEncoder, architecture: str) -> None:
    """Perturbing a parameter of layer l changes the hidden states from l on, and none before."""
    encoder = make_architecture(architecture)
    assert len(layer_stack(encoder.model)) == 3
    ids, mask = torch.tensor([[2, 5, 6, 3]]), torch.ones(1, 4, dtype=torch.long)

    def hidden() -> list[torch.Tensor]:
        with torch.no_grad():
            output = encoder.model(input_ids=ids, attention_mask=mask, output_hidden_states=True)
        return [*output.hidden_states[:-1], output.last_hidden_state]

    start = hidden()
    for name, layer in layer_of_parameters(encoder.model).items():
        parameter = encoder.model.get_parameter(name)
        kept = parameter.data.clone()
        parameter.data += torch.linspace(0.1, 0.5, parameter.numel()).view_as(parameter)
        same = [torch.equal(a, b) for a, b in zip(start, hidden(), strict=True)]
        parameter.data = kept
        assert all(same[:layer]), (name, layer, same)


@pytest.mark.parametrize("method", ["head", "layers", "layernorm", "bias", "attention", "random"])
def test_untouched_tensors_are_those_of_the_start(
    make_architecture: MakeEncoder, make_task: MakeTask, method: str
) -> None:
    encoder = make_architecture("bert")
    chosen, model = prepared(encoder, METHODS[method])
    for optimizer in ("adam", "adamw"):
        recipe = replace(RECIPE, method=METHODS[method], optimizer=optimizer)
        result = fine_tune(encoder, make_task(), recipe, seed=0)
        assert changed(encoder, result.encoder) <= set(chosen.trained(model))
        if method == "head":
            assert result.encoder.fingerprint == encoder.fingerprint


def test_the_spaces_below_the_lowest_trained_layer_stay_bit_equal(
    make_architecture: MakeEncoder, make_task: MakeTask
) -> None:
    encoder, task = make_architecture("bert"), make_task()
    result = fine_tune(encoder, task, replace(RECIPE, method={"layers": "3"}), seed=0)
    before, after = encoder.encode(task.train), result.encoder.encode(task.train)
    for layer in (0, 1, 2):
        np.testing.assert_array_equal(before.vectors[layer], after.vectors[layer])
    assert not np.array_equal(before.vectors[3], after.vectors[3])


def test_trainable_counts_are_the_formulae(make_architecture: MakeEncoder) -> None:
    encoder = make_architecture("bert")
    d, f, n_layers = 16, 32, 3
    n_norms = 1 + 2 * n_layers
    total = sum(p.numel() for p in encoder.model.parameters())
    layer = 4 * (d * d + d) + (d * f + f) + (f * d + d) + 4 * d
    assert n_trained(encoder, "full") == n_trained(encoder, "probe-then-tune") == total
    assert n_trained(encoder, "head") == 0
    assert n_trained(encoder, {"layers": [2, 3]}) == 2 * layer
    assert n_trained(encoder, {"layers": "all"}) == total
    assert n_trained(encoder, "layernorm") == n_norms * 2 * d
    assert n_trained(encoder, "bias") == n_layers * (4 * d + f + d) + n_norms * d
    assert n_trained(encoder, "attention") == n_layers * 4 * (d * d + d)
    assert n_trained(encoder, {"lora": 2}) == n_layers * 4 * 2 * (d + d)
    assert n_trained(encoder, {"lora": {"r": 3, "of": "linear"}}) == n_layers * (4 * 3 * 2 * d + 2 * 3 * (d + f))
    assert n_trained(encoder, {"prefix": 5}) == 2 * n_layers * 5 * d


def test_a_mask_is_a_binomial_draw_of_the_seed(make_architecture: MakeEncoder) -> None:
    encoder = make_architecture("bert")
    total = sum(p.numel() for p in encoder.model.parameters())
    share = 0.01
    counts = {}
    for seed in (0, 0, 1):
        chosen, model = prepared(encoder, {"random": share}, seed)
        places = [p.cpu().tolist() for name, p in model.named_buffers() if name.endswith("places")]
        count = sum(map(len, places))
        assert sum(chosen.trained(model).values()) == count
        assert abs(count - share * total) < 5 * np.sqrt(total * share * (1 - share))
        assert all(len(set(each)) == len(each) for each in places)
        assert counts.setdefault(seed, places) == places
    assert counts[0] != counts[1]


def test_weight_decay_leaves_what_a_mask_leaves_out(make_architecture: MakeEncoder, make_task: MakeTask) -> None:
    encoder = make_architecture("t5")  # its embeddings are tied
    recipe = replace(RECIPE, method={"random": 0.02}, optimizer="adamw")
    result = fine_tune(encoder, make_task(), recipe, seed=4)
    chosen, model = prepared(encoder, {"random": 0.02}, 4)
    trained = chosen.trained(model)
    for name, parameter in encoder.model.named_parameters():
        moved = int((result.encoder.model.get_parameter(name) != parameter).sum())
        assert moved <= trained.get(name, 0)
    assert len(list(result.encoder.model.parameters())) == len(list(encoder.model.parameters()))


def test_a_mask_of_nothing_is_refused(make_architecture: MakeEncoder, make_task: MakeTask) -> None:
    with pytest.raises(StudyError, match="drew none"):
        fine_tune(make_architecture("bert"), make_task(), replace(RECIPE, method={"random": 1e-12}), seed=0)


@pytest.mark.parametrize("architecture", ["bert", "gpt2", "t5"])
def test_what_lora_adds_is_of_low_rank_and_merges(
    make_architecture: MakeEncoder, make_task: MakeTask, architecture: str
) -> None:
    encoder, r = make_architecture(architecture), 2
    chosen, model = prepared(encoder, {"lora": {"r": r, "of": "linear"}})
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.1)
    start = {name: p.detach().clone() for name, p in encoder.model.named_parameters()}
    offsets = chosen.offsets(model, start)
    assert offsets
    for offset in offsets.values():
        assert torch.linalg.matrix_rank(offset.detach().double(), rtol=1e-6) <= r
    ids, mask = torch.tensor([[2, 5, 6, 3]]), torch.ones(1, 4, dtype=torch.long)
    with torch.no_grad():
        unmerged = model(input_ids=ids, attention_mask=mask).last_hidden_state
        merged = chosen.finish(model)
        assert torch.allclose(merged(input_ids=ids, attention_mask=mask).last_hidden_state, unmerged, atol=1e-5)
    for name, offset in offsets.items():
        torch.testing.assert_close(merged.get_parameter(name), start[name] + offset.detach(), atol=1e-6, rtol=1e-6)


def test_a_merged_lora_is_a_plain_folder(make_encoder: MakeEncoder, make_task: MakeTask, tmp_path: Path) -> None:
    from transformers import AutoModel

    encoder, seen = make_encoder(), []

    def keep(update: int, epoch: float, snapshot: Encoder) -> None:
        snapshot.save(tmp_path / f"{update}")
        seen.append(snapshot.fingerprint)

    result = fine_tune(encoder, make_task(), replace(RECIPE, method="lora"), seed=0, on_snapshot=keep)
    assert seen == [encoder.fingerprint, result.encoder.fingerprint]
    assert sorted(file.name for file in (tmp_path / "10").iterdir() if "token" not in file.name) == [
        "config.json",
        "model.safetensors",
    ]
    plain = AutoModel.from_pretrained(tmp_path / "10", add_pooling_layer=False).state_dict()
    assert all(torch.equal(plain[name], tensor) for name, tensor in state(result.encoder.model).items())
    assert not changed(load_encoder(tmp_path / "10", device="cpu"), result.encoder)


@pytest.mark.parametrize("architecture", TAKES_PREFIX)
def test_a_prefix_changes_the_space_and_no_weight(
    make_architecture: MakeEncoder, make_task: MakeTask, architecture: str, tmp_path: Path
) -> None:
    encoder, task = make_architecture(architecture), make_task()
    result = fine_tune(encoder, task, replace(RECIPE, method={"prefix": 3}), seed=0)
    inner = result.encoder.model.inner.get_base_model().state_dict()
    assert all(torch.equal(inner[name], tensor) for name, tensor in encoder.model.state_dict().items())
    assert result.encoder.max_tokens == encoder.max_tokens - 3
    before, after = encoder.encode(task.train), result.encoder.encode(task.train)
    np.testing.assert_array_equal(before.vectors[0].shape, after.vectors[0].shape)
    assert not np.allclose(before.vectors[3], after.vectors[3])
    result.encoder.save(tmp_path / "tuned")
    loaded = load_encoder(tmp_path / "tuned", device="cpu")
    assert not changed(loaded, result.encoder)
    np.testing.assert_array_equal(loaded.encode(task.test).vectors[3], result.encoder.encode(task.test).vectors[3])


@pytest.mark.parametrize("architecture", [name for name in ARCHITECTURES if name not in TAKES_PREFIX])
def test_an_encoder_that_takes_no_prefix_says_so(
    make_architecture: MakeEncoder, make_task: MakeTask, architecture: str
) -> None:
    with pytest.raises(StudyError, match=r"prefix needs an encoder that takes past keys and values.*choose lora"):
        fine_tune(make_architecture(architecture), make_task(), replace(RECIPE, method={"prefix": 3}), seed=0)


def test_probe_then_tune_trains_the_head_first(make_encoder: MakeEncoder, make_task: MakeTask) -> None:
    encoder, seen = make_encoder(), {}

    def keep(update: int, epoch: float, snapshot: Encoder) -> None:
        seen[update] = snapshot.fingerprint

    recipe = replace(RECIPE, epochs=3, method={"probe-then-tune": 2}, warmup=0.2)
    result = fine_tune(encoder, make_task(), recipe, seed=0, every=1, on_snapshot=keep)
    assert {seen[update] for update in range(11)} == {encoder.fingerprint}
    assert seen[12] != encoder.fingerprint
    rates = [row["learning_rate"] for row in result.log]
    assert rates[0] == rates[10] == 0.0  # each stage rises anew
    assert max(rates[:10]) == max(rates[10:]) == 1e-2


def test_probe_then_tune_needs_an_epoch_for_each(make_encoder: MakeEncoder) -> None:
    with pytest.raises(StudyError, match=r"needs more than that in all, but recipe\.epochs is 2"):
        Recipe(epochs=2, method={"probe-then-tune": 2})


@pytest.mark.parametrize(("method", "optimizer"), [*((name, "adam") for name in METHODS), ("random", "adamw")])
def test_a_training_killed_in_the_middle_ends_with_the_same_weights(
    make_architecture: MakeEncoder, make_task: MakeTask, tmp_path: Path, method: str, optimizer: str
) -> None:
    encoder, task = make_architecture("bert"), make_task(n=16)
    recipe = replace(RECIPE, epochs=3, method=METHODS[method], optimizer=optimizer)
    whole = fine_tune(encoder, task, recipe, seed=0)

    def killed(update: int, n_updates: int, loss: float) -> None:
        if update == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fine_tune(encoder, task, recipe, seed=0, work_dir=tmp_path, progress=killed)
    resumed = fine_tune(encoder, task, recipe, seed=0, work_dir=tmp_path)
    assert resumed.resumed_at == 2
    assert resumed.encoder.fingerprint == whole.encoder.fingerprint
    assert torch.equal(resumed.head.weight, whole.head.weight)
    assert resumed.log == whole.log


@pytest.mark.parametrize("method", ["lora", "prefix"])
def test_without_peft_it_says_what_to_install(
    make_encoder: MakeEncoder, make_task: MakeTask, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    monkeypatch.setitem(sys.modules, "peft", None)
    with pytest.raises(StudyError, match=r"pip install 'tunescope\[peft\]'"):
        fine_tune(make_encoder(), make_task(), replace(RECIPE, method={method: 3}), seed=0)


def test_settings_name_the_method_in_its_shortest_form() -> None:
    assert Recipe(method={"lora": {"r": 8}}).settings() == {"method": "lora"}
    assert Recipe(method={"lora": {"r": 4}}).settings() == {"method": {"lora": {"r": 4}}}
    ranges = [Recipe(method={"layers": value}) for value in ("4-6", [6, 5, 4], "4,5-6", {"layers": "4-6"})]
    assert len(set(ranges)) == 1
    assert json.loads(json.dumps(ranges[0].settings())) == {"method": {"layers": {"layers": [4, 5, 6]}}}
    for recipe in (*ranges, Recipe(method={"random": "1e-4"})):
        assert Recipe(**json.loads(json.dumps(recipe.settings()))) == recipe


@pytest.mark.parametrize(
    ("method", "message"),
    [
        ("lorra", "did you mean lora?"),
        ({"lora": {"rank": 3}}, "lora.rank: unknown setting; lora knows r, alpha, dropout, of"),
        ({"lora": {"r": 0}}, "lora.r: input should be greater than or equal to 1"),
        ({"random": 2}, "random.share: input should be less than or equal to 1"),
        ("random", "random.share: is missing"),
        ({"layers": "6-4"}, "layers are"),
        ({"layers": 1.5}, "layers are"),
        ({"layernorm": 3}, "layernorm takes a mapping of settings"),
        ({"lora": {}, "head": {}}, "give the name of one way of fine-tuning"),
        (None, "give the name of one way of fine-tuning"),
    ],
)
def test_a_wrong_method_is_named(method: Any, message: str) -> None:
    with pytest.raises(StudyError) as error:
        Recipe(method=method)
    assert str(error.value).startswith("recipe.method: ")
    assert message in str(error.value)


def test_a_layer_that_is_not_there_is_named(make_encoder: MakeEncoder, make_task: MakeTask) -> None:
    with pytest.raises(StudyError, match="there is no layer 3: this encoder has 0"):
        fine_tune(make_encoder(), make_task(), replace(RECIPE, method={"layers": "1-3"}), seed=0)


def test_a_method_of_another_package_trains(make_encoder: MakeEncoder, make_task: MakeTask) -> None:
    class LastBias(Method):
        """Train the last bias of the encoder."""

        name: ClassVar[str] = "last-bias"
        title: ClassVar[str] = "only the last bias"
        factor: float = 0.0

        def prepare(self, model: Any, seed: int) -> Any:
            for name, parameter in model.named_parameters():
                parameter.requires_grad_(name == "encoder.layer.1.output.dense.bias")
            return model

        def loss(self, model: Any) -> torch.Tensor | None:
            bias = model.encoder.layer[1].output.dense.bias
            return self.factor * bias.square().sum() if self.factor else None

    try:
        encoder, task = make_encoder(), make_task()
        recipe = Recipe(epochs=1, batch_size=8, learning_rate=1e-2, method={"last-bias": {"factor": 0.5}})
        result = fine_tune(encoder, task, recipe, seed=0)
        assert changed(encoder, result.encoder) == {"encoder.layer.1.output.dense.bias"}
        free = fine_tune(encoder, task, replace(recipe, method="last-bias"), seed=0)
        assert free.log[0]["loss"] != result.log[-1]["loss"]
        assert free.encoder.fingerprint != result.encoder.fingerprint
        assert Recipe(method="last-bias").settings() == {"method": "last-bias"}
        assert Method.known()["last-bias"] is LastBias
        with pytest.raises(StudyError, match="last-bias"):
            Recipe(method="nothing-alike")
    finally:
        Method.registry.pop("last-bias")
