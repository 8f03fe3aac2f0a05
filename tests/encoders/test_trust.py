"""What an encoder's folder may not do: run code, reach out of itself, change after it was read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from tunescope.encoders import Encoder, load_encoder
from tunescope.encoders._folder import without_foreign_code
from tunescope.errors import EncoderError
from tunescope.tasks import Split


@pytest.fixture
def folder(bert: Callable[..., Any], tmp_path: Path) -> Path:
    target = tmp_path / "tiny-bert"
    Encoder(*bert(), name="bert").save(target)
    return target


def changed(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


@pytest.mark.parametrize("key", ["_attn_implementation", "attn_implementation", "_attn_implementation_internal"])
@pytest.mark.parametrize("kernel", ["someone/evil-kernel", "kernels-community/flash-attn", "paged|someone/kernel:run"])
def test_a_kernel_of_the_hub_that_the_config_names_is_not_asked_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch, splits: dict[str, Split], key: str, kernel: str
) -> None:
    import transformers.modeling_utils

    asked: list[Any] = []
    monkeypatch.setattr(transformers.modeling_utils, "lazy_import_flash_attention", lambda *a, **k: asked.append(a))
    expected = load_encoder(folder, device="cpu").encode(splits["word"]).vectors[2]
    changed(folder / "config.json", **{key: kernel})
    encoder = load_encoder(folder, device="cpu")
    assert encoder.model.config._attn_implementation in ("sdpa", "eager")
    assert (encoder.encode(splits["word"]).vectors[2] == expected).all()
    assert not asked


def test_the_configs_inside_of_a_config_are_cleaned_as_well() -> None:
    from transformers import Gemma3Config

    config = Gemma3Config()
    config.text_config._attn_implementation = "someone/evil-kernel"
    without_foreign_code(config)
    assert config.text_config._attn_implementation is None


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("pytorch_model-00001.bin", "no safetensors file"),
        ("../outside.safetensors", "outside of its folder"),
        ("/etc/weights.safetensors", "outside of its folder"),
        ("sub/weights.safetensors", "outside of its folder"),
        ("..\\weights.safetensors", "outside of its folder"),
    ],
)
@pytest.mark.parametrize("allow_pickle", [False, True])
def test_an_index_of_weights_names_safetensors_of_its_own_folder_only(
    folder: Path, file: str, reason: str, allow_pickle: bool
) -> None:
    (folder / "model.safetensors").rename(folder / "model-00001.safetensors")
    index = {"metadata": {}, "weight_map": {"embeddings.word_embeddings.weight": file}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(EncoderError, match=reason):
        load_encoder(folder, device="cpu", allow_pickle=allow_pickle)


@pytest.mark.parametrize("content", ["", "[]", '{"weight_map": {"a": 1}}', "{}"])
def test_a_damaged_index_is_told(folder: Path, content: str) -> None:
    (folder / "model.safetensors").rename(folder / "model-00001.safetensors")
    (folder / "model.safetensors.index.json").write_text(content)
    with pytest.raises(EncoderError, match=r"index of the weights .* is damaged"):
        load_encoder(folder, device="cpu")


def test_weights_in_several_files_are_read(folder: Path, splits: dict[str, Split]) -> None:
    encoder = load_encoder(folder, device="cpu")
    encoder.model.save_pretrained(folder, max_shard_size="4KB")
    (folder / "model.safetensors").unlink()
    assert len(list(folder.glob("*.safetensors"))) > 1
    assert load_encoder(folder, device="cpu").fingerprint == encoder.fingerprint


def test_a_folder_that_has_changed_is_told_when_it_is_loaded(folder: Path) -> None:
    encoder = load_encoder(folder, device="cpu")
    expected = encoder.fingerprint
    assert load_encoder(folder, device="cpu", expect=expected).fingerprint == expected
    with torch.no_grad():
        encoder.model.embeddings.word_embeddings.weight[5, 3] += 1
    encoder.save(folder)
    with pytest.raises(EncoderError, match="has changed"):
        load_encoder(folder, device="cpu", expect=expected)


def test_a_file_that_changes_afterwards_changes_nothing(folder: Path) -> None:
    encoder = load_encoder(folder, device="cpu")
    before = {name: tensor.clone() for name, tensor in encoder.model.state_dict().items()}
    path = folder / "model.safetensors"
    with path.open("r+b") as file:  # in place, as a copy of other weights over them does
        file.seek(path.stat().st_size // 2)
        file.write(b"\xff" * (path.stat().st_size // 2))
    for name, tensor in encoder.model.state_dict().items():
        assert torch.equal(tensor, before[name])


def test_saving_over_an_encoder_is_whole_or_not_at_all(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = load_encoder(folder, device="cpu")
    expected = encoder.fingerprint

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(encoder.tokenizer), "save_pretrained", full)
    with pytest.raises(OSError, match="No space left"):
        encoder.save(folder)
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]
    assert load_encoder(folder, device="cpu").fingerprint == expected
