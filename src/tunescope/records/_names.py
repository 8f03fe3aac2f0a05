"""The words that stand in stored columns, and the columns that say where a row comes from."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

Stage = Literal["original", "fine-tuned"]
Comparison = Literal["train-test", "to-start"]
Convention = Literal["all", "published"]
MapMethod = Literal["tsne", "umap"]

ORIGIN = MappingProxyType(
    {"encoder": "string", "task": "string", "tuned_on": "string", "seed": "int64", "stage": "string"}
)
"""Where a row comes from, with Arrow types; every table but `tasks` begins with these. `task` is the probed one,
`tuned_on` the task of the fine-tuning (empty for the original encoder), `seed` is -1 for the original encoder."""

ORIGINAL: Final = "original"
TUNED: Final = "fine-tuned"
STAGES: tuple[Stage, ...] = (ORIGINAL, TUNED)
"""What the column `stage` says: the encoder before fine-tuning, and while and after it is fine-tuned."""

TRAIN_TEST: Final = "train-test"
TO_START: Final = "to-start"
COMPARISONS: tuple[Comparison, ...] = (TRAIN_TEST, TO_START)
"""What the column `comparison` says: train with test points of one encoder, or an encoder with how it started."""

AT_START: Final = "start"
AT_END: Final = "end"
AT_EQUAL: Final = "equal"
MOMENTS = (AT_START, AT_END, AT_EQUAL)
"""What the column `at` says: before fine-tuning, at its end, or where it first had the training accuracy at which ways
are compared."""

WAY = MappingProxyType({**ORIGIN, "recipe": "string"})
"""Where a row about a way of fine-tuning comes from; `recipe` is what the study calls the way, empty for the original
encoder."""

ALL: Final = "all"
PUBLISHED: Final = "published"
CONVENTIONS: tuple[Convention, ...] = (ALL, PUBLISHED)
"""Which label pairs count in a spatial similarity: every one, or those that the published code counts."""

SPATIAL_PEARSON, SPATIAL_SPEARMAN = "spatial-pearson", "spatial-spearman"
"""The two spatial similarities ([FT], section 3.2) as the column `measure` names them."""

TSNE: Final = "tsne"
UMAP: Final = "umap"
MAP_METHODS: Mapping[str, str] = MappingProxyType({TSNE: "t-SNE", UMAP: "UMAP"})
"""Every method that lays points out in a map, as it is stored, with its name in a text."""

NULL_QUANTILES = (0.025, 0.5, 0.975)
"""What `null_low`, `null` and `null_high` are of the values that a measure takes where there is nothing to find."""
