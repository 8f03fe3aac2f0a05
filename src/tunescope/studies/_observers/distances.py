"""The observer `distances`: distances between the hulls of the labels, and the scale of the space."""

from __future__ import annotations

from collections.abc import Iterator

from tunescope.studies._observers.observer import Observer, Rows
from tunescope.studies._observers.seen import SeenState
from tunescope.studies._units.rows import gap_rows, pair_rows, space_row


class Distances(Observer):
    """Bounds of every label pair, each label's distance to the nearest other one, and the scale (tables `pairs`,
    `gaps` and `spaces`).
    """

    name = "distances"
    needs = frozenset({"vectors", "distances"})
    tables = ("pairs", "gaps", "spaces")
    is_usual = True

    def see(self, state: SeenState) -> Iterator[Rows]:
        for number, layer in state.layers.items():
            place = state.place(number)
            timed = {**place, "epoch": state.epoch}
            yield "pairs", pair_rows(layer.distances, {**place, "split": "train"})
            yield "gaps", gap_rows(layer.distances, timed)
            yield "spaces", [space_row(layer.distances, layer.width, timed)]
