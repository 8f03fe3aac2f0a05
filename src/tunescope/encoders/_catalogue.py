"""The encoders that have a short name: the five of the paper, and the one that the package carries."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class EncoderInfo:
    """What is known of an encoder before it is loaded."""

    name: str
    """The short name that `load_encoder` takes."""
    source: str
    """Hub id, or the folder of the encoder that the package carries."""
    layers: int
    heads: int
    width: int
    parameters: float
    """Number of parameters as published, in millions."""
    epochs: int
    """Epochs of fine-tuning in Zhou and Srikumar (ACL 2022), Table 1; for `embedded` our choice."""
    description: str


EMBEDDED_FOLDER = Path(__file__).parent / "embedded"

_MINIATURE = "BERT miniature (Turc et al. 2019), English, uncased"

_INFOS = (
    EncoderInfo("tiny", "google/bert_uncased_L-2_H-128_A-2", 2, 2, 128, 4.4, 10, _MINIATURE),
    EncoderInfo("mini", "google/bert_uncased_L-4_H-256_A-4", 4, 4, 256, 11.3, 10, _MINIATURE),
    EncoderInfo("small", "google/bert_uncased_L-4_H-512_A-8", 4, 8, 512, 29.1, 10, _MINIATURE),
    EncoderInfo("medium", "google/bert_uncased_L-8_H-512_A-8", 8, 8, 512, 41.7, 10, _MINIATURE),
    EncoderInfo(
        "base",
        "google-bert/bert-base-uncased",
        12,
        12,
        768,
        110.1,
        3,
        "BERT base (Devlin et al. 2019), English, uncased",
    ),
    EncoderInfo(
        "embedded",
        str(EMBEDDED_FOLDER),
        2,
        2,
        128,
        0.5,
        10,
        "small BERT that the package carries, pre-trained on the text of its own grammar; needs no network",
    ),
)


def encoder_infos() -> list[EncoderInfo]:
    """The encoders with a short name.

    Returns
    -------
    list of EncoderInfo
        In the order of the paper's Table 1, then `embedded`.
    """
    return list(_INFOS)


def find_info(name: str) -> EncoderInfo | None:
    """The entry whose short name or source is `name`, or None."""
    return next((info for info in _INFOS if name in (info.name, info.source)), None)
