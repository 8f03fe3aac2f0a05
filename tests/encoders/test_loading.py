from __future__ import annotations

import shutil
import socket
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tunescope.encoders import Encoder, encoder_infos, load_encoder
from tunescope.errors import EncoderError
from tunescope.tasks import Split

PAPER = [info for info in encoder_infos() if info.name != "embedded"]


@pytest.fixture
def folder(bert: Callable[..., Any], tmp_path: Path) -> Path:
    """A folder with a tiny BERT."""
    target = tmp_path / "tiny-bert"
    Encoder(*bert(), name="bert").save(target)
    return target


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No hub, and nothing of it in a cache."""
    import huggingface_hub.constants

    def no_network(*_: Any, **__: Any) -> None:
        raise socket.gaierror("no network in tests")

    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    monkeypatch.setattr(urllib.request, "getproxies", dict)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "cache"))


def test_an_encoder_comes_back_from_its_folder(
    folder: Path, bert: Callable[..., Any], splits: dict[str, Split]
) -> None:
    saved, loaded = Encoder(*bert(), name="bert"), load_encoder(folder, device="cpu")
    assert loaded.name == "tiny-bert"
    assert (loaded.n_layers, loaded.width, loaded.device) == (2, 16, torch.device("cpu"))
    assert not loaded.model.training
    a, b = saved.encode(splits["word"], "word"), loaded.encode(splits["word"], "word")
    np.testing.assert_array_equal(a.vectors[2], b.vectors[2])


@pytest.mark.filterwarnings("error")
def test_every_architecture_is_saved_and_loaded(
    architecture: tuple[str, Any, Any], tmp_path: Path, splits: dict[str, Split], capfd: Any
) -> None:
    name, model, tokenizer = architecture
    encoder = Encoder(model, tokenizer, name=name)
    encoder.save(tmp_path / name)
    loaded = load_encoder(tmp_path / name, device="cpu")
    a, b = encoder.encode(splits["pair"], "pair"), loaded.encode(splits["pair"], "pair")
    for layer in a.layers:
        np.testing.assert_array_equal(a.vectors[layer], b.vectors[layer])
    out, err = capfd.readouterr()
    assert out + err == ""


def test_the_fingerprint_follows_weights_config_and_tokenizer(folder: Path, bert: Callable[..., Any]) -> None:
    original = load_encoder(folder, device="cpu")
    assert len(original.fingerprint) == 64
    assert load_encoder(folder, device="cpu").fingerprint == original.fingerprint
    copy = original.copy()
    assert copy.fingerprint == original.fingerprint
    with torch.no_grad():
        copy.model.embeddings.word_embeddings.weight[5, 3] += 1e-6
    assert copy.fingerprint != original.fingerprint
    assert load_encoder(folder, device="cpu").fingerprint == original.fingerprint
    model, tokenizer = bert()
    plain = Encoder(model, tokenizer, name="a").fingerprint
    model.config.layer_norm_eps = 1e-3
    assert Encoder(model, tokenizer, name="a").fingerprint != plain
    model, tokenizer = bert()
    tokenizer.add_tokens(["tunescope"])
    assert Encoder(model, tokenizer, name="a").fingerprint != plain


def test_using_the_tokenizer_does_not_change_the_fingerprint(folder: Path) -> None:
    encoder = load_encoder(folder, device="cpu")
    before = encoder.fingerprint
    encoder.tokenizer(["a", "the cat"], padding=True, truncation=True, max_length=4)
    assert encoder.fingerprint == before


def test_half_precision_is_loaded_as_float32(bert: Callable[..., Any], tmp_path: Path) -> None:
    model, tokenizer = bert()
    Encoder(model.half(), tokenizer, name="half").save(tmp_path / "half")
    loaded = load_encoder(tmp_path / "half", device="cpu")
    assert {p.dtype for p in loaded.model.parameters()} == {torch.float32}


@pytest.mark.parametrize("info", PAPER, ids=lambda info: info.name)
def test_the_shapes_of_the_paper(info: Any, bert: Callable[..., Any], tmp_path: Path, make_split: Any) -> None:
    small_vocabulary, _ = bert()
    model, tokenizer = bert(
        hidden_size=info.width,
        num_hidden_layers=info.layers,
        num_attention_heads=info.heads,
        intermediate_size=4 * info.width,
        max_position_embeddings=512,
    )
    parameters = sum(p.numel() for p in model.parameters())
    missing_vocabulary = (30522 - small_vocabulary.config.vocab_size) * info.width
    assert (parameters + missing_vocabulary) / 1e6 == pytest.approx(info.parameters, rel=0.03)
    Encoder(model, tokenizer, name=info.name).save(tmp_path / info.name)
    encoder = load_encoder(tmp_path / info.name, device="cpu")
    encoding = encoder.encode(make_split(["the old cat sat", "rain"]), "word")
    assert encoding.layers == tuple(range(info.layers + 1))
    assert encoding.vectors[info.layers].shape == (5, info.width)
    assert encoder.max_tokens == 512


def test_a_folder_is_replaced_whole_and_nothing_else_is(folder: Path, bert: Callable[..., Any]) -> None:
    other = Encoder(*bert(hidden_size=32), name="other")
    other.save(folder)
    assert load_encoder(folder, device="cpu").width == 32
    assert sorted(p.name for p in folder.parent.iterdir()) == [folder.name]
    (folder.parent / "papers").mkdir()
    (folder.parent / "papers" / "thesis.tex").write_text("years of work")
    with pytest.raises(EncoderError, match="something else"):
        other.save(folder.parent / "papers")
    with pytest.raises(EncoderError, match="is a file"):
        other.save(folder.parent / "papers" / "thesis.tex")


def test_a_save_that_fails_leaves_what_was_there(
    folder: Path, bert: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Encoder(*bert(hidden_size=32), name="other")

    def no_space(*_: Any, **__: Any) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(other.tokenizer, "save_pretrained", no_space)
    with pytest.raises(OSError, match="No space"):
        other.save(folder)
    assert load_encoder(folder, device="cpu").width == 16
    assert sorted(p.name for p in folder.parent.iterdir()) == [folder.name]


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("config.json", "no encoder folder"),
        ("tokenizer.json", "no tokeniser"),
        ("model.safetensors", "no weights"),
    ],
)
def test_an_incomplete_folder_is_named(folder: Path, missing: str, message: str) -> None:
    (folder / missing).unlink()
    with pytest.raises(EncoderError, match=message):
        load_encoder(folder, device="cpu")


def test_pickle_weights_need_leave(folder: Path, bert: Callable[..., Any]) -> None:
    model, _ = bert()
    (folder / "model.safetensors").unlink()
    torch.save(model.state_dict(), folder / "pytorch_model.bin")
    with pytest.raises(EncoderError, match=r"pickle.*allow_pickle=True"):
        load_encoder(folder, device="cpu")
    assert load_encoder(folder, device="cpu", allow_pickle=True).n_layers == 2


def test_weights_of_another_model_are_refused(folder: Path, bert: Callable[..., Any], tmp_path: Path) -> None:
    Encoder(*bert(num_hidden_layers=1), name="short").save(tmp_path / "short")
    shutil.copy(tmp_path / "short" / "model.safetensors", folder)
    with pytest.raises(EncoderError, match="lack 16 tensors"):
        load_encoder(folder, device="cpu")


def test_damaged_weights_are_one_message(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(EncoderError, match="cannot be loaded"):
        load_encoder(folder, device="cpu")


def test_an_unknown_short_name_has_near_ones() -> None:
    with pytest.raises(EncoderError, match="did you mean medium"):
        load_encoder("meduim")


def test_a_folder_that_is_not_there() -> None:
    with pytest.raises(EncoderError, match="no folder"):
        load_encoder("./models/bert")


@pytest.mark.parametrize("name", ["base", "someone/some-model"])
def test_without_network_a_hub_id_is_one_message(name: str, offline: None) -> None:
    with pytest.raises(EncoderError, match=r"cannot be had from the hub.*'embedded'"):
        load_encoder(name, device="cpu")


def test_a_device_that_is_not_there(folder: Path) -> None:
    with pytest.raises(EncoderError, match="device 'gpu9'"):
        load_encoder(folder, device="gpu9")


def test_an_encoder_decoder_is_refused(bert: Callable[..., Any]) -> None:
    from transformers import BartConfig, BartModel

    _, tokenizer = bert()
    model = BartModel(
        BartConfig(
            vocab_size=len(tokenizer),
            d_model=16,
            encoder_layers=1,
            decoder_layers=1,
            encoder_attention_heads=2,
            decoder_attention_heads=2,
            encoder_ffn_dim=16,
            decoder_ffn_dim=16,
        )
    )
    with pytest.raises(EncoderError, match="encoder-decoder"):
        Encoder(model, tokenizer, name="bart")


def test_a_slow_tokenizer_is_refused(bert: Callable[..., Any], splits: dict[str, Split]) -> None:
    from transformers import ByT5Tokenizer

    model, _ = bert()
    with pytest.raises(EncoderError, match="slow"):
        Encoder(model, ByT5Tokenizer(), name="bytes").encode(splits["word"], "word")


def test_no_tokenizer_is_refused(bert: Callable[..., Any]) -> None:
    with pytest.raises(EncoderError, match="no tokeniser"):
        Encoder(bert()[0], None, name="bert")


def test_what_is_cached_of_the_hub_loads_without_network(
    offline: None, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import transformers.utils.hub

    commit = "0123456789abcdef0123456789abcdef01234567"
    repository = tmp_path / "cache" / "models--someone--some-model"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "v1").write_text(commit)
    shutil.copytree(folder, repository / "snapshots" / commit)
    # The place of the cache is read once, when transformers is imported.
    monkeypatch.setattr(transformers.utils.hub.constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    encoder = load_encoder("someone/some-model", revision="v1", device="cpu")
    assert (encoder.name, encoder.revision, encoder.commit) == ("someone/some-model", "v1", commit)
    assert encoder.fingerprint == load_encoder(folder, device="cpu").fingerprint
