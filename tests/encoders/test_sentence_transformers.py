"""Folders of sentence-transformers: the vectors of sentences are those that it gives."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tunescope.encoders import Encoder, load_encoder
from tunescope.errors import EncoderError
from tunescope.tasks import Split

TEXTS = ("the old cat sat on a mat", "rain", "who saw the running man with the telescope ?")
MODES = ("cls", "mean", "lasttoken", "weightedmean", "mean_sqrt_len_tokens")
ORIGIN = "sentence_transformers.models."


@pytest.fixture
def make_folder(bert: Callable[..., Any], tmp_path: Path) -> Callable[..., Path]:
    """Makes a folder of a tiny BERT with modules of one's own: names and configs after the transformer."""

    def make(*modules: tuple[str, dict[str, Any]]) -> Path:
        folder = tmp_path / "sentences"
        model, tokenizer = bert()
        tokenizer.model_max_length = 64
        Encoder(model, tokenizer, name="bert").save(folder)
        entries = [{"idx": 0, "name": "0", "path": "", "type": ORIGIN + "Transformer"}]
        for number, (name, config) in enumerate(modules, 1):
            path = folder / f"{number}_{name}"
            path.mkdir(exist_ok=True)
            (path / "config.json").write_text(json.dumps(config))
            entries.append({"idx": number, "name": str(number), "path": path.name, "type": ORIGIN + name})
        (folder / "modules.json").write_text(json.dumps(entries))
        return folder

    return make


def pooling(mode: str) -> tuple[str, dict[str, Any]]:
    return "Pooling", {"embedding_dimension": 16, "pooling_mode": mode, "include_prompt": True}


def theirs(folder: Path, texts: tuple[str, ...]) -> np.ndarray:
    package = pytest.importorskip("sentence_transformers")
    return np.asarray(package.SentenceTransformer(str(folder), device="cpu").encode(list(texts)))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("normalized", [False, True])
@pytest.mark.parametrize("mode", MODES)
def test_vectors_are_those_of_sentence_transformers(
    make_folder: Callable[..., Path], make_sentence_split: Callable[..., Split], mode: str, normalized: bool
) -> None:
    folder = make_folder(pooling(mode), *([("Normalize", {})] if normalized else []))
    encoder = load_encoder(folder, device="cpu")
    encoding = encoder.encode(make_sentence_split(TEXTS))
    assert ("divided by its length" in encoding.pooling) is normalized
    np.testing.assert_allclose(encoding.vectors[2], theirs(folder, TEXTS), atol=1e-5)


def test_the_folders_pooling_is_for_sentences_and_its_normalisation_for_every_layer(
    make_folder: Callable[..., Path], make_sentence_split: Callable[..., Split], make_split: Callable[..., Split]
) -> None:
    encoder = load_encoder(make_folder(pooling("mean"), ("Normalize", {})), device="cpu")
    sentences = encoder.encode(make_sentence_split(TEXTS))
    for layer in sentences.layers:
        np.testing.assert_allclose(np.linalg.norm(sentences.vectors[layer], axis=1), 1, rtol=1e-5)
    words = encoder.encode(make_split(TEXTS))
    assert words.pooling == "mean of subwords"
    assert np.linalg.norm(words.vectors[2], axis=1).max() > 1.5
    assert encoder.copy().encode(make_sentence_split(TEXTS)).pooling == sentences.pooling


def test_older_folders_say_the_same_in_other_words(make_folder: Callable[..., Path]) -> None:
    old = {"word_embedding_dimension": 16, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True}
    encoder = load_encoder(make_folder(("Pooling", old)), device="cpu")
    assert encoder.pooling_of("sentence") == "mean of tokens"


def test_what_is_saved_keeps_its_pooling_and_a_choice_takes_its_place(
    make_folder: Callable[..., Path], tmp_path: Path
) -> None:
    folder = make_folder(pooling("lasttoken"), ("Normalize", {}))
    encoder = load_encoder(folder, device="cpu")
    encoder.save(tmp_path / "saved")
    again = load_encoder(tmp_path / "saved", device="cpu")
    assert again.pooling == encoder.pooling
    assert again.fingerprint == encoder.fingerprint
    chosen = load_encoder(folder, device="cpu", pooling="cls")
    assert chosen.pooling_of("sentence") == "[CLS]"
    assert chosen.fingerprint != encoder.fingerprint


@pytest.mark.parametrize(
    ("modules", "reason"),
    [
        ([pooling("max")], "maxima"),
        ([pooling("mean"), ("Dense", {"in_features": 16, "out_features": 4})], "Dense, which is no layer"),
        ([("Pooling", {"pooling_mode": ["cls", "mean"]})], "side by side"),
        ([("WeightedLayerPooling", {})], "WeightedLayerPooling"),
        ([pooling("median")], "median"),
    ],
)
def test_what_cannot_be_done_is_refused_for_sentences_alone(
    make_folder: Callable[..., Path],
    splits: dict[str, Split],
    modules: list[tuple[str, dict[str, Any]]],
    reason: str,
) -> None:
    folder = make_folder(*modules)
    encoder = load_encoder(folder, device="cpu")
    assert len(encoder.encode(splits["word"])) == len(splits["word"])
    with pytest.raises(EncoderError, match=reason):
        encoder.encode(splits["sentence"])
    assert load_encoder(folder, device="cpu", pooling="mean").encode(splits["sentence"]).pooling == "mean of tokens"


def test_a_prompt_or_lower_case_is_said(make_folder: Callable[..., Path], splits: dict[str, Split]) -> None:
    folder = make_folder(pooling("mean"))
    (folder / "config_sentence_transformers.json").write_text(
        json.dumps({"prompts": {"query": "query: "}, "default_prompt_name": "query"})
    )
    with pytest.raises(EncoderError, match="a prompt"):
        load_encoder(folder, device="cpu").encode(splits["sentence"])
    (folder / "config_sentence_transformers.json").unlink()
    (folder / "sentence_bert_config.json").write_text(json.dumps({"do_lower_case": True}))
    with pytest.raises(EncoderError, match="lower case"):
        load_encoder(folder, device="cpu").encode(splits["sentence"])


@pytest.mark.parametrize("content", ["{}", "[1]", "[{}]", "nonsense"])
def test_a_damaged_list_of_modules_is_told(make_folder: Callable[..., Path], content: str) -> None:
    folder = make_folder(pooling("mean"))
    (folder / "modules.json").write_text(content)
    with pytest.raises(EncoderError, match=r"modules\.json is damaged"):
        load_encoder(folder, device="cpu")


@pytest.mark.real_data
@pytest.mark.filterwarnings("ignore")
def test_minilm_gives_what_sentence_transformers_gives(make_sentence_split: Callable[..., Split]) -> None:
    folder = os.environ.get("TUNESCOPE_MINILM")
    if not folder:
        pytest.skip("TUNESCOPE_MINILM does not name the folder of all-MiniLM-L6-v2")
    encoder = load_encoder(folder, device="cpu")
    vectors = encoder.encode(make_sentence_split(TEXTS)).vectors[encoder.n_layers]
    np.testing.assert_allclose(vectors, theirs(Path(folder), TEXTS), atol=1e-5)
