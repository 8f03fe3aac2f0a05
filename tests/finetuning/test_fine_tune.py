from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tunescope.encoders import Encoder
from tunescope.errors import RepresentationError, StorageError, StudyError
from tunescope.finetuning import Recipe, fine_tune
from tunescope.tasks import Sentence, Split, Target, Task

MakeEncoder = Callable[..., Encoder]
MakeTask = Callable[..., Task]
RECIPE = Recipe(epochs=3, batch_size=8, learning_rate=1e-3)


def weights(encoder: Encoder) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in encoder.model.state_dict().items()}


def equal(a: Encoder, b: Encoder) -> bool:
    return all(torch.equal(x, y) for x, y in zip(weights(a).values(), weights(b).values(), strict=True))


@pytest.mark.parametrize("kind", ["word", "pair", "sentence"])
def test_it_learns_every_kind_of_task(make_encoder: MakeEncoder, make_task: MakeTask, kind: str) -> None:
    encoder, task = make_encoder(), make_task(kind)
    before = encoder.fingerprint
    result = fine_tune(encoder, task, replace(RECIPE, epochs=30, learning_rate=3e-3), seed=0)
    assert encoder.fingerprint == before
    assert not equal(encoder, result.encoder)
    assert result.labels == tuple(sorted(set(task.train.labels.tolist())))
    assert result.head.in_features == (32 if kind == "pair" else 16)
    points = result.encoder.encode(task.test, kind).representation(2)
    with torch.inference_mode():
        guess = result.head(torch.from_numpy(points.X)).argmax(1).numpy()
    accuracy = (np.array(result.labels)[guess] == points.y).mean()
    assert accuracy > 0.95


def test_the_log_has_one_row_per_update_with_the_schedules_rates(
    make_encoder: MakeEncoder, make_task: MakeTask
) -> None:
    told: list[tuple[int, int, float]] = []
    result = fine_tune(make_encoder(), make_task(), RECIPE, seed=0, progress=lambda *update: told.append(update))
    assert result.n_updates == 15
    assert [row["update"] for row in result.log] == list(range(1, 16))
    assert [row["epoch"] for row in result.log] == [update / 5 for update in range(1, 16)]
    rates = [row["learning_rate"] for row in result.log]
    assert rates[0] == 0.0
    assert max(rates) == pytest.approx(RECIPE.learning_rate)
    assert rates[-1] == pytest.approx(RECIPE.learning_rate / 13)
    assert [(u, n) for u, n, _ in told] == [(u, 15) for u in range(1, 16)]
    assert [loss for *_, loss in told] == [row["loss"] for row in result.log]
    assert result.log[0]["loss"] == pytest.approx(np.log(3), abs=0.4)


def test_the_rate_of_the_log_is_that_of_the_optimizer(make_encoder: MakeEncoder, make_task: MakeTask) -> None:
    """Adam's first step, at rate 0, changes nothing; the second changes weights by the rate."""
    seen: dict[int, dict[str, torch.Tensor]] = {}

    def keep(update: int, epoch: float, encoder: Encoder) -> None:
        seen[update] = weights(encoder)

    encoder = make_encoder(hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    recipe = replace(RECIPE, epochs=4, batch_size=40, warmup=0.5)
    result = fine_tune(encoder, make_task(), recipe, seed=0, every=1, on_snapshot=keep)
    name = "encoder.layer.1.output.dense.weight"
    assert torch.equal(seen[0][name], seen[1][name])
    # The same batch and weights twice: Adam's moments are those of a constant gradient, its step rate * sign.
    step = (seen[2][name] - seen[1][name]).abs()
    assert step.max().item() == pytest.approx(result.log[1]["learning_rate"], rel=1e-2)


def test_the_same_seed_gives_the_same_weights_and_another_does_not(
    make_encoder: MakeEncoder, make_task: MakeTask
) -> None:
    encoder, task = make_encoder(), make_task()
    first = fine_tune(encoder, task, RECIPE, seed=3)
    random.random(), np.random.default_rng().random(), torch.rand(5)
    second = fine_tune(encoder, task, RECIPE, seed=3)
    assert equal(first.encoder, second.encoder)
    assert first.log == second.log
    assert not equal(first.encoder, fine_tune(encoder, task, RECIPE, seed=4).encoder)


def test_the_callers_random_numbers_are_left_alone(make_encoder: MakeEncoder, make_task: MakeTask) -> None:
    def draw() -> tuple[float, float, float]:
        return random.random(), np.random.rand(), torch.rand(1).item()  # noqa: NPY002

    def seed_all() -> None:
        random.seed(5)
        np.random.seed(5)  # noqa: NPY002
        torch.manual_seed(5)

    encoder = make_encoder()
    seed_all()
    expected = draw()
    seed_all()
    fine_tune(encoder, make_task(), replace(RECIPE, epochs=1), seed=0)
    assert draw() == expected


def test_snapshots_come_when_due_and_do_not_disturb(make_encoder: MakeEncoder, make_task: MakeTask) -> None:
    encoder, task = make_encoder(), make_task()
    undisturbed = fine_tune(encoder, task, RECIPE, seed=0)
    seen: list[tuple[int, float]] = []
    last: dict[str, torch.Tensor] = {}

    def disturb(update: int, epoch: float, snapshot: Encoder) -> None:
        assert not snapshot.model.training
        assert snapshot.update == update
        encoding = snapshot.encode(task.test, "word")
        assert encoding.update == update
        if update == 0:
            np.testing.assert_array_equal(encoding.vectors[2], encoder.encode(task.test, "word").vectors[2])
        random.random(), np.random.rand(3), torch.rand(100)  # noqa: NPY002
        torch.manual_seed(update)
        seen.append((update, epoch))
        last.update(weights(snapshot))

    result = fine_tune(encoder, task, RECIPE, seed=0, every=4, on_snapshot=disturb)
    assert seen == [(0, 0.0), (4, 0.8), (8, 1.6), (12, 2.4), (15, 3.0)]
    assert equal(result.encoder, undisturbed.encoder)
    assert result.log == undisturbed.log
    assert all(torch.equal(last[name], tensor) for name, tensor in weights(result.encoder).items())
    assert result.encoder.update == 15
    assert not result.encoder.model.training


def test_without_every_only_the_two_ends_have_snapshots(make_encoder: MakeEncoder, make_task: MakeTask) -> None:
    seen: list[int] = []
    fine_tune(make_encoder(), make_task(), RECIPE, seed=0, on_snapshot=lambda update, *_: seen.append(update))
    assert seen == [0, 15]


class Killed:
    """A caller that keeps what it is given and is killed at an update."""

    def __init__(self, at: int | None = None) -> None:
        self.at = at
        self.seen: list[int] = []

    def __call__(self, update: int, epoch: float, encoder: Encoder) -> None:
        if update == self.at:
            raise KeyboardInterrupt
        self.seen.append(update)


def test_a_killed_run_goes_on_and_ends_with_the_same_weights(
    make_encoder: MakeEncoder, make_task: MakeTask, tmp_path: Path
) -> None:
    encoder, task = make_encoder(), make_task()
    whole = fine_tune(encoder, task, RECIPE, seed=0)
    first, second = Killed(at=8), Killed()
    with pytest.raises(KeyboardInterrupt):
        fine_tune(encoder, task, RECIPE, seed=0, every=2, on_snapshot=first, work_dir=tmp_path)
    resumed = fine_tune(encoder, task, RECIPE, seed=0, every=2, on_snapshot=second, work_dir=tmp_path)
    assert resumed.resumed_at == 5
    assert first.seen == [0, 2, 4, 6]
    assert second.seen == [6, 8, 10, 12, 14, 15]  # 6 came after the last checkpoint, so it comes again
    assert equal(resumed.encoder, whole.encoder)
    assert torch.equal(resumed.head.weight, whole.head.weight)
    assert resumed.log == whole.log


def test_a_run_that_had_ended_is_not_trained_again(
    make_encoder: MakeEncoder, make_task: MakeTask, tmp_path: Path
) -> None:
    encoder, task = make_encoder(), make_task()
    first = fine_tune(encoder, task, RECIPE, seed=0, work_dir=tmp_path)
    updates: list[int] = []
    again = fine_tune(
        encoder,
        task,
        RECIPE,
        seed=0,
        work_dir=tmp_path,
        on_snapshot=Killed(at=0),
        progress=lambda update, *_: updates.append(update),
    )
    assert updates == []
    assert again.resumed_at == 15
    assert equal(first.encoder, again.encoder)
    assert again.log == first.log


def test_with_what_the_caller_has_kept_each_snapshot_comes_once(
    make_encoder: MakeEncoder, make_task: MakeTask, tmp_path: Path
) -> None:
    encoder, task = make_encoder(), make_task()
    whole = fine_tune(encoder, task, RECIPE, seed=0)
    first, second = Killed(at=12), Killed()
    with pytest.raises(KeyboardInterrupt):
        fine_tune(encoder, task, RECIPE, seed=0, every=2, on_snapshot=first, work_dir=tmp_path)
    resumed = fine_tune(
        encoder,
        task,
        RECIPE,
        seed=0,
        every=2,
        on_snapshot=second,
        work_dir=tmp_path,
        done_updates=first.seen,
    )
    assert resumed.resumed_at == 10
    assert first.seen + second.seen == [0, 2, 4, 6, 8, 10, 12, 14, 15]
    assert equal(resumed.encoder, whole.encoder)


def test_a_snapshot_that_the_caller_lost_is_made_again_from_the_start(
    make_encoder: MakeEncoder, make_task: MakeTask, tmp_path: Path
) -> None:
    encoder, task = make_encoder(), make_task()
    with pytest.raises(KeyboardInterrupt):
        fine_tune(encoder, task, RECIPE, seed=0, every=2, on_snapshot=Killed(at=12), work_dir=tmp_path)
    second = Killed()
    result = fine_tune(
        encoder,
        task,
        RECIPE,
        seed=0,
        every=2,
        on_snapshot=second,
        work_dir=tmp_path,
        done_updates=[0, 2, 6, 8, 10],
    )
    assert result.resumed_at is None
    assert second.seen == [4, 12, 14, 15]


def test_the_snapshot_of_the_checkpoint_itself_can_be_had_again(
    make_encoder: MakeEncoder, make_task: MakeTask, tmp_path: Path
) -> None:
    encoder, task = make_encoder(), make_task()
    with pytest.raises(KeyboardInterrupt):
        fine_tune(encoder, task, RECIPE, seed=0, every=5, on_snapshot=Killed(at=15), work_dir=tmp_path)
    second = Killed()
    result = fine_tune(
        encoder, task, RECIPE, seed=0, every=5, on_snapshot=second, work_dir=tmp_path, done_updates=[0, 5]
    )
    assert result.resumed_at == 10
    assert second.seen == [10, 15]


def test_a_checkpoint_that_is_not_whole_is_not_used(
    make_encoder: MakeEncoder, make_task: MakeTask, tmp_path: Path
) -> None:
    encoder, task = make_encoder(), make_task()
    whole = fine_tune(encoder, task, RECIPE, seed=0)
    with pytest.raises(KeyboardInterrupt):
        fine_tune(encoder, task, RECIPE, seed=0, every=1, on_snapshot=Killed(at=7), work_dir=tmp_path)
    (checkpoint,) = tmp_path.glob("checkpoint-*")
    (checkpoint / "whole.json").unlink()
    (checkpoint / "optimizer.pt").write_bytes(b"half")
    result = fine_tune(encoder, task, RECIPE, seed=0, work_dir=tmp_path)
    assert result.resumed_at is None
    assert equal(result.encoder, whole.encoder)


@pytest.mark.parametrize("damage", ["missing", "shorter", "other content", "mark"])
@pytest.mark.parametrize("version", ["0.1.0", "now"])
def test_a_damaged_checkpoint_is_set_aside_and_named(
    make_encoder: MakeEncoder, make_task: MakeTask, tmp_path: Path, damage: str, version: str
) -> None:
    if version == "0.1.0" and damage in ("shorter", "other content"):
        pytest.skip("version 0.1.0 kept neither sizes nor checksums")
    encoder, task = make_encoder(), make_task(n=16)
    whole = fine_tune(encoder, task, RECIPE, seed=0, work_dir=tmp_path)
    (checkpoint,) = tmp_path.glob("checkpoint-*")
    mark = checkpoint / "whole.json"
    if version == "0.1.0":
        mark.write_text(json.dumps(json.loads(mark.read_text())["log"]))
        assert fine_tune(encoder, task, RECIPE, seed=0, work_dir=tmp_path).resumed_at == 6
    file = checkpoint / ("whole.json" if damage == "mark" else "optimizer.pt")
    content = file.read_bytes()
    if damage == "missing":
        file.unlink()
    elif damage == "other content":
        file.write_bytes(content[:-5] + bytes(5))
    else:
        file.write_bytes(content[: len(content) // 2])
    result = fine_tune(encoder, task, RECIPE, seed=0, work_dir=tmp_path)
    assert result.resumed_at is None
    assert equal(result.encoder, whole.encoder)
    (note,) = result.notes
    assert f"the checkpoint of update 6 was damaged ({file.name}) and set aside as damaged-checkpoint-6" in note
    assert (tmp_path / "damaged-checkpoint-6").is_dir()


@pytest.mark.parametrize("architecture", ["bert", "gpt2", "llama"])
def test_the_side_that_a_tokeniser_pads_does_not_matter(
    make_architecture: MakeEncoder, make_task: MakeTask, architecture: str
) -> None:
    right, left = make_architecture(architecture), make_architecture(architecture)
    left.tokenizer.padding_side = left.tokenizer.truncation_side = "left"
    task = make_task(n=16)
    assert equal(fine_tune(right, task, RECIPE, seed=0).encoder, fine_tune(left, task, RECIPE, seed=0).encoder)


def test_only_the_last_checkpoint_is_kept(make_encoder: MakeEncoder, make_task: MakeTask, tmp_path: Path) -> None:
    fine_tune(make_encoder(), make_task(), RECIPE, seed=0, work_dir=tmp_path)
    assert [folder.name for folder in tmp_path.glob("checkpoint-*")] == ["checkpoint-15"]


def test_the_folder_of_another_run_is_refused(make_encoder: MakeEncoder, make_task: MakeTask, tmp_path: Path) -> None:
    encoder, task = make_encoder(), make_task()
    fine_tune(encoder, task, RECIPE, seed=0, work_dir=tmp_path)
    with pytest.raises(StorageError, match=r"another fine-tuning \(seed: 0 there, 1 here\)"):
        fine_tune(encoder, task, RECIPE, seed=1, work_dir=tmp_path)
    with pytest.raises(StorageError, match="recipe"):
        fine_tune(encoder, task, replace(RECIPE, learning_rate=1e-4), seed=0, work_dir=tmp_path)
    (tmp_path / "fine-tuning.json").write_text("{")
    with pytest.raises(StorageError, match="damaged"):
        fine_tune(encoder, task, RECIPE, seed=0, work_dir=tmp_path)


def test_the_checkpoints_of_version_0_1_0_are_gone_on_from(
    make_encoder: MakeEncoder, make_task: MakeTask, tmp_path: Path
) -> None:
    """It wrote every setting of the recipe that it knew, those with their default value as well."""
    encoder, task = make_encoder(), make_task()
    with pytest.raises(KeyboardInterrupt):
        fine_tune(encoder, task, RECIPE, seed=0, every=1, on_snapshot=Killed(at=7), work_dir=tmp_path)
    identity = json.loads((tmp_path / "fine-tuning.json").read_text())
    assert identity["recipe"] == {"batch_size": 8, "learning_rate": 1e-3}
    old = {"warmup": 0.1, "schedule": "linear", "optimizer": "adam", "max_grad_norm": None, "epochs": 3}
    identity["recipe"].update(old)
    (tmp_path / "fine-tuning.json").write_text(json.dumps(identity))
    assert fine_tune(encoder, task, RECIPE, seed=0, work_dir=tmp_path).resumed_at == 5


def test_batches_hold_only_sentences_with_a_target(make_encoder: MakeEncoder) -> None:
    sentences = tuple(Sentence(str(i), ("the", "cat", "sees", "fish")) for i in range(20))
    targets = tuple(Target(i, (1 + i % 2,), "NOUN" if i % 2 == 0 else "VERB") for i in range(5))
    split = Split("train", sentences, targets)
    task = Task("few", "word", split, split, "", "")
    result = fine_tune(make_encoder(), task, replace(RECIPE, batch_size=2, epochs=2), seed=0)
    assert result.n_updates == 6


def test_the_loss_is_the_mean_over_the_points_of_the_batch(make_encoder: MakeEncoder, make_task: MakeTask) -> None:
    """One batch without dropout, at rate 0: the head that comes out is the one that made the loss."""
    encoder = make_encoder(hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
    task = make_task()
    recipe = Recipe(epochs=1, batch_size=100, warmup=0.6)  # the only update is the first of the warm-up
    result = fine_tune(encoder, task, recipe, seed=0)
    points = encoder.encode(task.train, "word").representation(2)
    with torch.inference_mode():
        loss = torch.nn.functional.cross_entropy(
            result.head(torch.from_numpy(points.X)),
            torch.tensor([result.labels.index(label) for label in points.y]),
        )
    assert result.log[0]["loss"] == pytest.approx(loss.item(), rel=1e-5)


def test_long_sentences_are_split_and_counted(make_encoder: MakeEncoder) -> None:
    words = ("the", "cat", "sees", "the", "fish") * 8
    split = Split(
        "train",
        (Sentence("0", words), Sentence("1", words[:5])),
        tuple(Target(s, (i,), words[i]) for s, n in ((0, 40), (1, 5)) for i in range(n)),
    )
    result = fine_tune(make_encoder(), Task("long", "word", split, split, "", ""), RECIPE, seed=0)
    assert result.notes == ("1 sentence longer than the model's limit was split into windows",)
    assert len(result.log) == 3


def test_a_diverging_training_ends_with_a_message(make_encoder: MakeEncoder, make_task: MakeTask) -> None:
    encoder = make_encoder()
    with torch.no_grad():
        encoder.model.encoder.layer[0].output.dense.bias.fill_(float("nan"))
    with pytest.raises(RepresentationError, match="the loss of update 1 is nan"):
        fine_tune(encoder, make_task(), RECIPE, seed=0)


def test_one_label_is_nothing_to_learn(make_encoder: MakeEncoder) -> None:
    split = Split("train", (Sentence("0", ("cat",)),), (Target(0, (0,), "NOUN"),))
    with pytest.raises(StudyError, match="nothing to learn"):
        fine_tune(make_encoder(), Task("one", "word", split, split, "", ""), RECIPE, seed=0)


def test_a_label_of_the_test_split_alone_has_no_output(make_encoder: MakeEncoder, make_task: MakeTask) -> None:
    task = make_task()
    test = Split("test", (Sentence("0", ("cat",)),), (Target(0, (0,), "INTJ"),))
    result = fine_tune(make_encoder(), Task("t", "word", task.train, test, "", ""), RECIPE, seed=0)
    assert "INTJ" not in result.labels


def test_the_other_recipes_train_as_well(make_encoder: MakeEncoder, make_task: MakeTask) -> None:
    encoder, task = make_encoder(), make_task()
    paper = fine_tune(encoder, task, RECIPE, seed=0)
    for changes in ({"optimizer": "adamw"}, {"schedule": "constant"}, {"max_grad_norm": 0.01}):
        other = fine_tune(encoder, task, replace(RECIPE, **changes), seed=0)
        assert other.log[-1]["loss"] < other.log[0]["loss"]
        assert not equal(other.encoder, paper.encoder)


def test_it_says_nothing_of_its_own_accord(
    make_encoder: MakeEncoder, make_task: MakeTask, tmp_path: Path, capfd: Any
) -> None:
    fine_tune(make_encoder(), make_task(), RECIPE, seed=0, work_dir=tmp_path)
    out, err = capfd.readouterr()
    assert out + err == ""
    assert json.loads((tmp_path / "fine-tuning.json").read_text())["seed"] == 0
