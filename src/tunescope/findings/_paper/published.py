"""What Zhou and Srikumar published (*A Closer Look at How Fine-tuning Changes BERT*, ACL 2022), as data.

Numbers of Tables 1, 5 and 7 are as printed; those of Figures 2, 4 and 6 were read off the plots and are
approximate.
"""

from __future__ import annotations

from dataclasses import dataclass

#: The paper's five encoders by their short names, smallest first (Table 1).
ENCODERS = ("tiny", "mini", "small", "medium", "base")
TASKS = ("pos", "dep", "ps-role", "ps-fxn", "trec-50")

HUB_IDS = {
    "tiny": "google/bert_uncased_L-2_H-128_A-2",
    "mini": "google/bert_uncased_L-4_H-256_A-4",
    "small": "google/bert_uncased_L-4_H-512_A-8",
    "medium": "google/bert_uncased_L-8_H-512_A-8",
    "base": "google-bert/bert-base-uncased",
}
DEPTHS = {"tiny": 2, "mini": 4, "small": 4, "medium": 8, "base": 12}
EPOCHS = {"tiny": 10, "mini": 10, "small": 10, "medium": 10, "base": 3}
LABELS = {"pos": 17, "dep": 46, "ps-role": 46, "ps-fxn": 40, "trec-50": 50}


@dataclass(frozen=True)
class PublishedRun:
    """One row of Table 7: an encoder on a task, each pair original and fine-tuned."""

    accuracy: tuple[float, float]
    """Test accuracy of the classifier probe in %, mean of five runs."""
    accuracy_std: tuple[float, float]
    clusters: tuple[int, int]
    train_test: tuple[float | None, float | None]
    """Spatial similarity of training and test points; None where a space is not linear."""


#: Table 7 (Tables 2, 3 and 4 are parts of it), by encoder and task.
TABLE_7: dict[tuple[str, str], PublishedRun] = {
    ("tiny", "pos"): PublishedRun((90.76, 91.67), (0.24, 0.29), (3936, 20), (None, None)),
    ("tiny", "dep"): PublishedRun((86.74, 89.04), (0.22, 0.20), (653, 46), (None, 0.88)),
    ("tiny", "ps-fxn"): PublishedRun((74.14, 74.40), (1.42, 0.68), (402, 40), (None, 0.72)),
    ("tiny", "ps-role"): PublishedRun((58.38, 60.31), (0.78, 0.29), (46, 46), (0.76, 0.70)),
    ("tiny", "trec-50"): PublishedRun((68.12, 84.04), (0.82, 0.93), (399, 51), (None, None)),
    ("mini", "pos"): PublishedRun((93.81, 94.91), (0.10, 0.03), (2429, 17), (None, 0.70)),
    ("mini", "dep"): PublishedRun((91.82, 93.55), (0.09, 0.07), (46, 46), (0.93, 0.86)),
    ("mini", "ps-fxn"): PublishedRun((82.45, 84.25), (1.07, 0.39), (40, 40), (0.77, 0.53)),
    ("mini", "ps-role"): PublishedRun((68.05, 71.90), (1.08, 1.06), (46, 46), (0.81, 0.59)),
    ("mini", "trec-50"): PublishedRun((74.12, 88.36), (1.25, 0.50), (127, 52), (None, None)),
    ("small", "pos"): PublishedRun((94.26, 95.43), (0.13, 0.06), (17, 17), (0.96, 0.72)),
    ("small", "dep"): PublishedRun((92.93, 94.48), (0.14, 0.14), (46, 46), (0.93, 0.78)),
    ("small", "ps-fxn"): PublishedRun((86.26, 85.08), (0.54, 0.35), (40, 40), (0.82, 0.44)),
    ("small", "ps-role"): PublishedRun((74.22, 74.57), (1.03, 0.61), (46, 46), (0.84, 0.54)),
    ("small", "trec-50"): PublishedRun((81.32, 89.60), (0.61, 0.22), (113, 51), (None, None)),
    ("medium", "pos"): PublishedRun((94.40, 95.56), (0.08, 0.05), (17, 17), (0.97, 0.67)),
    ("medium", "dep"): PublishedRun((92.54, 94.76), (0.14, 0.20), (46, 46), (0.94, 0.79)),
    ("medium", "ps-fxn"): PublishedRun((86.56, 88.45), (0.41, 0.45), (40, 40), (0.80, 0.59)),
    ("medium", "ps-role"): PublishedRun((76.28, 78.86), (1.00, 0.58), (46, 46), (0.83, 0.58)),
    ("medium", "trec-50"): PublishedRun((80.68, 89.80), (1.16, 0.33), (110, 52), (None, None)),
    ("base", "pos"): PublishedRun((93.39, 95.68), (0.31, 0.02), (17, 17), (0.97, 0.70)),
    ("base", "dep"): PublishedRun((89.39, 94.76), (0.08, 0.05), (46, 46), (0.92, 0.76)),
    ("base", "ps-fxn"): PublishedRun((87.75, 89.58), (0.41, 0.67), (40, 40), (0.84, 0.57)),
    ("base", "ps-role"): PublishedRun((74.49, 81.14), (0.84, 0.26), (46, 46), (0.82, 0.52)),
    ("base", "trec-50"): PublishedRun((85.24, 90.36), (0.85, 0.32), (162, 51), (None, None)),
}


@dataclass(frozen=True)
class PublishedTransfer:
    """One row of Table 5: what fine-tuning on one task did to the labels of another."""

    risen: int
    """Labels whose minimum distance rose."""
    fallen: int
    mean_change: float
    """Mean over labels of the change of the minimum distance, in units of the space."""
    accuracy: float
    """Test accuracy of the classifier probe in %."""


#: Table 5: base probed on ps-fxn, by the task that it was fine-tuned on.
TABLE_5: dict[str, PublishedTransfer] = {
    "ps-fxn": PublishedTransfer(40, 0, 5.29, 89.58),
    "ps-role": PublishedTransfer(27, 13, 1.02, 88.53),
    "pos": PublishedTransfer(0, 40, -1.68, 83.24),
}
TABLE_5_ENCODER, TABLE_5_TASK = "base", "ps-fxn"

#: Figure 4: similarity of base to its start at the end of fine-tuning, by task and layer (of 12).
FIGURE_4: dict[str, dict[int, float]] = {
    "ps-role": {8: 0.90, 10: 0.80, 12: 0.69},
    "ps-fxn": {8: 0.87, 10: 0.75, 12: 0.62},
    "pos": {8: 0.88, 10: 0.75, 12: 0.65},
    "dep": {8: 0.79, 10: 0.63, 12: 0.52},
}
FIGURE_4_ENCODER = "base"

#: Figures 2 (POS) and 6: minimum distance of a label before and after, base, last layer; None where the start
#: could not be read.
FIGURES_2_6: dict[str, dict[str, tuple[float | None, float]]] = {
    "pos": {
        "CCONJ": (2.3, 15.0),
        "SYM": (3.9, 12.8),
        "PUNCT": (1.9, 10.8),
        "PART": (1.4, 1.9),
        "ADJ": (0.4, 1.4),
        "NOUN": (0.4, 1.3),
    },
    "ps-role": {
        "Species": (None, 14.0),
        "Cost": (None, 14.0),
        "Stuff": (None, 14.0),
        "Co-Agent": (None, 4.2),
        "PartPortion": (None, 4.2),
        "SocialRel": (None, 4.2),
    },
    "dep": {
        "aux:pass": (None, 13.5),
        "cc": (None, 13.5),
        "det": (None, 11.6),
        "nmod:npmod": (5.3, 4.3),
        "cc:preconj": (6.7, 6.5),
        "obl:tmod": (4.0, 3.7),
    },
}
FIGURES_2_6_ENCODER = "base"
