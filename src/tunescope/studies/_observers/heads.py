"""The observer `heads`: how well the head that an encoder is trained with knows train and test, and how honestly."""

from __future__ import annotations

from collections.abc import Iterator

from tunescope.studies._observers.observer import Observer, Rows
from tunescope.studies._observers.seen import SeenState


class Heads(Observer):
    """Accuracy and calibration of the head in every state (table `heads`); nothing where a state has no head."""

    name = "heads"
    needs = frozenset({"vectors", "head"})
    tables = ("heads",)
    activity = "heads of snapshots"

    def see(self, state: SeenState) -> Iterator[Rows]:
        from tunescope.geometry import calibration

        for split, head in state.head.items():
            found = calibration(head.probabilities, head.y, list(head.labels))
            row = {
                "update": state.update,
                "epoch": state.epoch,
                "split": split,
                "accuracy": found.accuracy,
                "ece": found.ece,
                "nll": found.nll,
                "brier": found.brier,
                "n": found.n,
            }
            yield "heads", [row]
