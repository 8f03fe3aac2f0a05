"""What a synthetic study shall hold: every number of its tables follows from this and the seed."""

from __future__ import annotations

from dataclasses import dataclass, field

POS = ("ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "NOUN", "NUM", "PART", "PRON", "PROPN", "PUNCT", "VERB")
ROLES = ("Agent", "Cost", "Goal", "Locus", "Manner", "Path", "Source", "Species", "Stuff", "Time", "Whole")


@dataclass(frozen=True)
class Planted:
    """What a synthetic study shall hold; every number of its tables follows from these and the seed."""

    tasks: dict[str, tuple[str, ...]] = field(default_factory=lambda: {"toy-pos": POS, "toy-role": ROLES})
    encoders: tuple[str, ...] = ("embedded",)
    pairs: tuple[tuple[str, str], ...] = (
        ("toy-pos", "toy-pos"),
        ("toy-role", "toy-role"),
        ("toy-role", "toy-pos"),
    )
    """(probed task, task of the fine-tuning)."""
    seeds: tuple[int, ...] = (0, 1, 2)
    layers: tuple[int, ...] = (0, 1, 2, 3, 4)
    updates: tuple[int, ...] = tuple(range(0, 65, 5))
    per_label: int = 30
    width: int = 12
    tables: tuple[str, ...] | None = None
    """Only these tables, where given."""
    projections: bool = False
    """Whether the points themselves are stored as well."""
