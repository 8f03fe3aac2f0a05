"""What an encoder gives: the vectors of a split in every layer, and the representation of one layer."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tunescope._shown import html_table


@dataclass(frozen=True, eq=False, repr=False)
class Representation:
    """The labelled points of one layer: what geometry and probes work on."""

    X: npt.NDArray[np.float32]
    """(n, d) float32, one vector per target."""
    y: npt.NDArray[np.str_]
    """(n,) labels."""
    layer: int
    """0 is the embedding layer, `n_layers` the last one."""
    encoder: str
    """Name of the encoder."""
    task: str
    """Name of the task."""
    split: str
    """`train` or `test`."""
    update: int | None = None
    """Number of updates of fine-tuning that the encoder has seen; None for an encoder as it was loaded."""
    pooling: str = ""
    """How a point's vector was made, in words."""

    def __repr__(self) -> str:
        n, d = self.X.shape
        return f"Representation({n} points of width {d}, layer {self.layer} of {self.encoder!r}, {self.pooling})"

    def _repr_html_(self) -> str:
        labels, counts = np.unique(self.y, return_counts=True)
        facts = [("layer", self.layer), ("width", self.X.shape[1]), ("task", self.task), ("pooling", self.pooling)]
        rows = zip(labels, counts, strict=True)
        return html_table(f"Points of {self.encoder}", ["label", "points"], rows, facts=facts)

    def __len__(self) -> int:
        return len(self.X)


@dataclass(frozen=True, eq=False, repr=False)
class Encoding:
    """The vectors of all targets of a split in the layers that were asked for."""

    layers: tuple[int, ...]
    """The layers that are here, ascending."""
    vectors: dict[int, npt.NDArray[np.float32]]
    """layer → (n_targets, d) float32, in the order of the split's targets."""
    labels: npt.NDArray[np.str_]
    """(n_targets,)"""
    n_split: int
    """Sentences that were longer than the model's limit and were split into overlapping windows."""
    n_unknown: int = 0
    """Words for which the tokenizer gave no subword, so that its unknown token stands for them."""
    pooling: str = "mean of subwords"
    """How a target's vector is made, in words: `mean of subwords`, `[CLS]`, `last token`, …"""
    encoder: str = ""
    """Name of the encoder."""
    task: str = ""
    """Name of the task, where it was given."""
    split: str = ""
    """`train` or `test`."""
    update: int | None = None
    """Number of updates of fine-tuning that the encoder has seen; None for an encoder as it was loaded."""
    notes: tuple[str, ...] = field(default=())
    """The counts above in words, where they are not zero."""
    n_all_unknown: int = 0
    """Words of which the tokenizer knows no part: each of their subwords is its unknown token."""

    def __repr__(self) -> str:
        layers = f"layers {self.layers[0]} … {self.layers[-1]}" if len(self.layers) > 1 else f"layer {self.layers[0]}"
        what = f"Encoding({len(self)} targets of {self.split or 'a split'!r} by {self.encoder!r}, {layers}"
        return f"{what}, {self.pooling})"

    def __len__(self) -> int:
        return len(self.labels)

    def _repr_html_(self) -> str:
        rows = [[layer, *self.vectors[layer].shape] for layer in self.layers]
        facts = [("task", self.task), ("split", self.split), ("pooling", self.pooling)]
        return html_table(
            f"Vectors by {self.encoder}", ["layer", "points", "width"], rows, facts=facts, notes=self.notes
        )

    def representation(self, layer: int) -> Representation:
        """The points of one layer, with where they come from.

        Raises
        ------
        KeyError
            `layer` is not among the encoded layers.
        """
        if layer not in self.vectors:
            raise KeyError(f"layer {layer} was not encoded; there are {', '.join(map(str, self.layers))}")
        return Representation(
            self.vectors[layer],
            self.labels,
            layer,
            self.encoder,
            self.task,
            self.split,
            self.update,
            self.pooling,
        )
