"""The observer `centroids`: the mean of every label, from which paths and movements are drawn."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tunescope.studies._observers.observer import Kept, Observer
from tunescope.studies._observers.seen import SeenState

if TYPE_CHECKING:
    from tunescope.geometry import Centroids
    from tunescope.storage import Unit, UnitWriter

CENTROIDS = "centroids"
"""The name under which a unit keeps the centroids of its snapshots."""


class CentroidsObserver(Observer):
    """Means of the labels in every state."""

    name = CENTROIDS
    needs = frozenset({"vectors", "centroids"})
    one_width = True
    is_usual = True

    def keep(self, state: SeenState) -> dict[str, Any]:
        import numpy as np

        return {
            "counts": np.asarray(next(iter(state.layers.values())).centroids.counts, np.int64),
            **{f"layer-{number}": layer.centroids.means for number, layer in state.layers.items()},
        }

    def finish(self, kept: Kept, writer: UnitWriter) -> None:
        import numpy as np

        labels = np.unique(kept.task.train.labels)
        writer.arrays(
            CENTROIDS,
            {
                "updates": np.asarray(kept.updates, np.int64),
                "counts": np.array(kept.files[0]["counts"]),
                **{
                    f"layer-{number}": np.stack([np.array(file[f"layer-{number}"]) for file in kept.files])
                    for number in kept.layers
                },
            },
            {"labels": json.dumps([str(label) for label in labels], ensure_ascii=False)},
        )


def has_centroids(unit: Unit) -> bool:
    """Whether a unit keeps centroids: not where its states have different widths."""
    return f"{CENTROIDS}.safetensors" in unit.info["files"]


def read_centroids(unit: Unit, layer: int) -> tuple[list[int], list[Centroids]]:
    """The updates of a unit's snapshots, and the centroids of one layer at each of them."""
    import numpy as np

    from tunescope.geometry import Centroids

    stored = unit.arrays(CENTROIDS)
    labels = np.asarray(json.loads(stored.metadata["labels"]))
    counts = stored["counts"]
    return stored["updates"].tolist(), [Centroids(labels, means, counts) for means in stored[f"layer-{layer}"]]
