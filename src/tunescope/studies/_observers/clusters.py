"""The observer `clusters`: how many clusters DirectProbe finds in every state."""

from __future__ import annotations

from collections.abc import Iterator

from tunescope.studies._observers.observer import Observer, Rows
from tunescope.studies._observers.seen import SeenLayer, SeenState

CLUSTERS = "clusters"
"""The measure as the column `measure` has it."""


class Clusters(Observer):
    """Clusters of one label whose hulls are apart ([FT], section 3.1): as many as labels where the space is linear."""

    name = CLUSTERS
    needs = frozenset({"vectors", "distances"})
    tables = ("measures",)

    def see(self, state: SeenState) -> Iterator[Rows]:
        for number, layer in state.layers.items():
            yield (
                "measures",
                [
                    {
                        **state.place(number),
                        "split": "train",
                        "epoch": state.epoch,
                        "measure": CLUSTERS,
                        "setting": "",
                        "value": float(_n_clusters(layer)),
                        "n": len(layer.y),
                    }
                ],
            )


def _n_clusters(layer: SeenLayer) -> int:
    """As DirectProbe counts them; where all hulls are apart it is known without."""
    if layer.distances.is_linear:
        return len(layer.distances.labels)
    from tunescope.geometry import DirectProbe

    return int(DirectProbe().fit(layer.X, layer.y).n_clusters_)
