"""The observer `measures`: any measures of a state, and of a state beside the start, by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tunescope.records import TO_START
from tunescope.studies._observers.observer import Observer, Rows
from tunescope.studies._observers.seen import SeenState

if TYPE_CHECKING:
    from tunescope.geometry import Measured

_COLUMNS = ("measure", "setting", "value", "low", "high", "null", "null_low", "null_high", "n")


@dataclass(frozen=True)
class Measures(Observer):
    """Measures of `tunescope.geometry.measures()`: of one space in the table `measures`, of two (the same points at
    the start and now) in `comparisons`.
    """

    names: tuple[str, ...] = ()
    n_draws: int = 0
    """Draws of the null of each."""

    name = "measures"
    needs = frozenset({"vectors", "start-vectors"})
    tables = ("measures", "comparisons")
    activity = "measures of snapshots"

    def settings(self) -> dict[str, Any]:
        return {"names": sorted(self.names), **({"n_draws": self.n_draws} if self.n_draws else {})}

    def see(self, state: SeenState) -> Iterator[Rows]:
        from tunescope.geometry import compare, measure, measures

        spaces = {info.name: info.spaces for info in measures()}
        of_one = [name for name in self.names if spaces[name] == 1]
        of_two = [name for name in self.names if spaces[name] == 2]
        for number, layer in state.layers.items():
            place = state.place(number)
            if of_one:
                found = measure(layer.space, names=of_one, n_draws=self.n_draws)
                about = {**place, "epoch": state.epoch, "split": "train"}
                yield "measures", [{**about, **_row(one)} for one in found]
            if of_two:
                found = compare(state.start[number].space, layer.space, names=of_two, n_draws=self.n_draws)
                about = {**place, "comparison": TO_START}
                rows = [{**about, **_row(one), "n_labels": one.n_labels, "linear": one.linear} for one in found]
                yield "comparisons", rows


def _row(found: Measured) -> dict[str, Any]:
    return {name: getattr(found, name) for name in _COLUMNS}
