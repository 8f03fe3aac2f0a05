"""What tests of several rooms share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tunescope._additions import discover

InstallPackage = Callable[[dict[str, str], dict[str, dict[str, str]]], Path]


@pytest.fixture
def install_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InstallPackage]:
    """Another package, `theirs` 1.0, in a folder of its own on the path: its files, and groups of its entry points."""
    folder = tmp_path / "site-packages"
    modules: set[str] = set()

    def install(files: dict[str, str], entry_points: dict[str, dict[str, str]]) -> Path:
        info = folder / "theirs-1.0.dist-info"
        info.mkdir(parents=True, exist_ok=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: theirs\nVersion: 1.0\n", encoding="utf-8")
        lines = []
        for group, points in entry_points.items():
            lines += [f"[{group}]", *(f"{name} = {value}" for name, value in points.items())]
        (info / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        modules.update(Path(name).stem for name in files if name.endswith(".py"))
        monkeypatch.syspath_prepend(folder)
        discover.cache_clear()
        return folder

    yield install
    for name in modules:
        sys.modules.pop(name, None)
    discover.cache_clear()


@pytest.fixture(scope="session")
def encoder_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A very small random BERT that knows the words of the embedded grammar, as a Hugging Face folder."""
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, BertTokenizerFast

    from tunescope.encoders import Encoder
    from tunescope.tasks import vocabulary

    pieces = list(dict.fromkeys(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *vocabulary()]))
    tokenizer = Tokenizer(models.WordPiece({piece: i for i, piece in enumerate(pieces)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
    )
    model = BertModel(config, add_pooling_layer=False).eval()
    folder = tmp_path_factory.mktemp("encoders") / "small"
    Encoder(model, BertTokenizerFast(tokenizer_object=tokenizer), name="small").save(folder)
    return folder
