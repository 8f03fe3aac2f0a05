"""The observer `train-test`: how alike the labels of train and of test are laid out, in every state."""

from __future__ import annotations

from collections.abc import Iterator

from tunescope.records import CONVENTIONS, TRAIN_TEST
from tunescope.studies._observers.observer import Observer, Rows
from tunescope.studies._observers.seen import SeenState
from tunescope.studies._units.rows import comparison_rows


class TrainTest(Observer):
    """Spatial similarity of train and test ([FT], section 3.2), in both conventions; undefined where hulls meet."""

    name = "train-test"
    needs = frozenset({"vectors", "test", "distances"})
    tables = ("comparisons", "leave_one_out")

    def see(self, state: SeenState) -> Iterator[Rows]:
        for number, layer in state.layers.items():
            place = {**state.place(number), "comparison": TRAIN_TEST}
            for convention in CONVENTIONS:
                both = layer.distances, layer.test_distances
                compared, left_out = comparison_rows(*both, convention, place, nonlinear="undefined")
                yield "comparisons", compared
                yield "leave_one_out", left_out
