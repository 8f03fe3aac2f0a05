"""Models as people have them: adapters, poolers that are called, encoders of T5, last layers of another width."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers

from tunescope.encoders import Encoder, load_encoder
from tunescope.errors import EncoderError
from tunescope.tasks import Split

from .zoo import FAMILIES, config_of, model_of


@pytest.fixture
def tokenizers(make_tokenizers: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    return make_tokenizers()


@pytest.mark.parametrize("family", ["t5", "mt5", "umt5", "layoutlm", "opt", "xlnet", "luke", "fnet", "gpt2"])
def test_what_is_saved_is_loaded(
    family: str, tokenizers: dict[str, Any], splits: dict[str, Split], tmp_path: Path
) -> None:
    tokenizer = tokenizers[FAMILIES[family][0]]
    encoder = Encoder(model_of(family, tokenizer), tokenizer, name=family)
    encoder.save(tmp_path / family)
    loaded = load_encoder(tmp_path / family, device="cpu")
    for kind in ("word", "sentence"):
        a, b = encoder.encode(splits[kind]), loaded.encode(splits[kind])
        assert a.pooling == b.pooling
        for layer in a.layers:
            np.testing.assert_array_equal(a.vectors[layer], b.vectors[layer])


def test_of_a_whole_t5_the_encoder_is_loaded(
    tokenizers: dict[str, Any], splits: dict[str, Split], tmp_path: Path
) -> None:
    tokenizer = tokenizers["unigram"]
    torch.manual_seed(0)
    whole = transformers.T5ForConditionalGeneration(config_of("t5", len(tokenizer), decoder_start_token_id=0))
    whole.save_pretrained(tmp_path / "t5")
    tokenizer.save_pretrained(tmp_path / "t5")
    encoding = load_encoder(tmp_path / "t5", device="cpu").encode(splits["word"])
    alone = transformers.T5EncoderModel.from_pretrained(tmp_path / "t5")
    expected = Encoder(alone, tokenizer, name="t5").encode(splits["word"])
    np.testing.assert_array_equal(encoding.vectors[2], expected.vectors[2])
    with pytest.raises(EncoderError, match="encoder-decoder"):
        Encoder(whole, tokenizer, name="t5")


def test_the_pooler_does_not_count(bert: Callable[..., Any], tmp_path: Path) -> None:
    model, tokenizer = bert()
    first = Encoder(model, tokenizer, name="a").fingerprint
    with torch.no_grad():
        model.pooler.dense.weight.add_(1)
    assert Encoder(model, tokenizer, name="a").fingerprint == first


def test_a_last_layer_of_another_width(tokenizers: dict[str, Any], splits: dict[str, Split]) -> None:
    tokenizer = tokenizers[FAMILIES["opt"][0]]
    encoder = Encoder(model_of("opt", tokenizer), tokenizer, name="opt")
    assert encoder.widths == (16, 16, 8)
    assert encoder.width == 8
    encoding = encoder.encode(splits["pair"])
    assert [encoding.vectors[layer].shape[1] for layer in encoding.layers] == [32, 32, 16]
    empty = Split("train", splits["word"].sentences, ())
    assert encoder.encode(empty, "word").vectors[2].shape == (0, 8)


def adapted(model: Any, **settings: Any) -> Any:
    peft = pytest.importorskip("peft")
    torch.manual_seed(1)
    config = peft.LoraConfig(r=2, target_modules=["query", "value"], init_lora_weights=False, **settings)
    return peft.get_peft_model(model, config)


@pytest.mark.filterwarnings("ignore")
def test_lora_over_a_task_head_is_read_and_saved_merged(
    bert: Callable[..., Any], splits: dict[str, Split], tmp_path: Path
) -> None:
    model, tokenizer = bert()
    with_head = transformers.BertForTokenClassification(model.config).eval()
    plain = Encoder(with_head, tokenizer, name="bert").encode(splits["word"]).vectors[2].copy()
    wrapped = adapted(with_head, task_type="TOKEN_CLS").eval()
    encoder = Encoder(wrapped, tokenizer, name="lora")
    vectors = encoder.encode(splits["word"]).vectors[2]
    assert np.abs(vectors - plain).max() > 1e-3
    encoder.save(tmp_path / "merged")
    loaded = load_encoder(tmp_path / "merged", device="cpu")
    np.testing.assert_allclose(loaded.encode(splits["word"]).vectors[2], vectors, atol=1e-5)
    assert any("lora" in name for name, _ in wrapped.named_parameters()), "what was given is not changed"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("head", [True, False])
def test_a_folder_of_an_adapter_is_loaded_with_its_base(
    bert: Callable[..., Any], splits: dict[str, Split], tmp_path: Path, head: bool
) -> None:
    model, tokenizer = bert()
    Encoder(model, tokenizer, name="base").save(tmp_path / "base")
    cls = transformers.BertForTokenClassification if head else transformers.BertModel
    base = cls.from_pretrained(tmp_path / "base").eval()
    wrapped = adapted(base, **({"task_type": "TOKEN_CLS"} if head else {})).eval()
    wrapped.save_pretrained(tmp_path / "adapter")
    config = tmp_path / "adapter" / "adapter_config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "base_model_name_or_path": str(tmp_path / "base")}))
    expected = Encoder(wrapped, tokenizer, name="lora").encode(splits["word"]).vectors[2]
    encoder = load_encoder(tmp_path / "adapter", device="cpu")
    assert encoder.name == "adapter"
    np.testing.assert_allclose(encoder.encode(splits["word"]).vectors[2], expected, atol=1e-5)
    assert not any("lora" in name for name, _ in encoder.model.named_parameters())


def test_an_adapter_without_its_base_or_without_peft_says_what_to_do(
    bert: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "adapter"
    folder.mkdir()
    (folder / "adapter_config.json").write_text("{}")
    with pytest.raises(EncoderError, match="does not name the model"):
        load_encoder(folder, device="cpu")
    Encoder(*bert(), name="base").save(tmp_path / "base")
    (folder / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": str(tmp_path / "base")}))
    monkeypatch.setitem(sys.modules, "peft", None)
    with pytest.raises(EncoderError, match="pip install peft"):
        load_encoder(folder, device="cpu")


@pytest.mark.filterwarnings("ignore")
def test_learnt_tokens_before_the_text_are_refused(bert: Callable[..., Any], splits: dict[str, Split]) -> None:
    peft = pytest.importorskip("peft")
    model, tokenizer = bert()
    wrapped = peft.get_peft_model(model, peft.PromptTuningConfig(num_virtual_tokens=2, task_type="FEATURE_EXTRACTION"))
    with pytest.raises(EncoderError, match="prompt or prefix tuning"):
        Encoder(wrapped, tokenizer, name="prompt")
