"""The observer `similarity`: how alike each state's labels are laid out to those of the start."""

from __future__ import annotations

from collections.abc import Iterator

from tunescope.records import CONVENTIONS, TO_START
from tunescope.studies._observers.observer import Observer, Rows
from tunescope.studies._observers.seen import SeenState
from tunescope.studies._units.rows import comparison_rows


class Similarity(Observer):
    """Spatial similarity to the start ([FT], section 3.2), in both conventions; hulls that meet count as 0."""

    name = "similarity"
    needs = frozenset({"vectors", "distances"})
    tables = ("comparisons", "leave_one_out")
    is_usual = True

    def see(self, state: SeenState) -> Iterator[Rows]:
        for number, layer in state.layers.items():
            place = {**state.place(number), "comparison": TO_START}
            for convention in CONVENTIONS:
                start = state.start[number].distances
                compared, left_out = comparison_rows(start, layer.distances, convention, place, nonlinear="zero")
                yield "comparisons", compared
                yield "leave_one_out", left_out
