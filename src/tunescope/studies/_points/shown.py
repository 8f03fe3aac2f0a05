"""The points of a fine-tuning that the explorer shows: their vectors on the way, their projections at the end."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tunescope.storage import Unit
    from tunescope.tasks import Task

PROJECTION = "projection"
"""The name under which a unit keeps the projections of its snapshots."""
MOST_POINTS = 20_000
"""More are not fluid on a screen."""
MOST_BYTES = 2 * 1024**3
"""What the vectors of one fine-tuning may take on disk until they are projected."""
LEAST_POINTS = 200
"""So many are shown whatever they take."""
_OF_EACH_LABEL = 20
"""So many points of each label and split come before all others, so that rare labels are not lost."""
_STEPS = 32767
_LARGEST_HALF = 32768.0


def order_of_points(task: Task) -> NDArray[np.int64]:
    """An order (n,) of all points of a task (row of train, or number of train's points + row of test).

    Its beginnings are sub-samples. It follows from the task alone, so that sub-samples of two fine-tunings hold the
    same points, or one holds the other's.
    """
    return fair_order(names_of_points(task))


def names_of_points(task: Task) -> NDArray[np.str_]:
    """(n,) split and label of all points of a task, those of train first."""
    import numpy as np

    return np.concatenate([np.char.add(f"{split.name} ", split.labels) for split in (task.train, task.test)])


def fair_order(names: NDArray[np.str_]) -> NDArray[np.int64]:
    """An order (n,) whose beginnings are sub-samples: 20 points of each name, then the rest at random."""
    import numpy as np

    random = np.random.default_rng(0)
    shuffled = random.permutation(len(names))
    seen: dict[str, int] = {}
    later = np.zeros(len(names), bool)
    for place, name in enumerate(names[shuffled].tolist()):
        seen[name] = seen.get(name, 0) + 1
        later[place] = seen[name] > _OF_EACH_LABEL
    return shuffled[np.argsort(later, kind="stable")]


def chosen_points(task: Task, number: int) -> NDArray[np.int64]:
    """The first points of that order, in the order of the task."""
    import numpy as np

    return np.sort(order_of_points(task)[:number])


def mapped_points(rows: NDArray[np.int64], names: NDArray[np.str_], number: int) -> NDArray[np.int64]:
    """The rows of the points that a map holds: of those shown, with their names, a sub-sample with every label."""
    import numpy as np

    return rows[np.sort(fair_order(names)[:number])]


def affordable_points(n_points: int, width: int, n_layers: int, n_snapshots: int) -> int:
    """How many points are shown: all, within 20,000 and within the disk that their vectors take meanwhile."""
    each = 2 * width * n_layers * n_snapshots
    return min(n_points, MOST_POINTS, max(LEAST_POINTS, MOST_BYTES // each))


@dataclass(frozen=True)
class LayerProjection:
    """The snapshots of one layer on three axes that they share."""

    steps: NDArray[np.int16]
    """(updates, n, 3) in steps of `scale` around the mean."""
    scale: np.float32
    """One step in units of the space."""
    variance: NDArray[np.float32]
    """(3,) share of the variance that each axis holds."""

    def start(self, at: NDArray[np.int64] | slice) -> NDArray[np.float32]:
        """(m, 2) where some points are at the first snapshot, in the first two axes: where their map begins."""
        return self.steps[0, at, :2] * self.scale


def project(snapshots: Any) -> LayerProjection:
    """Three principal axes common to all snapshots, in whole steps; `snapshots()` gives them, and is asked twice."""
    import numpy as np

    from tunescope.geometry import common_axes

    axes = common_axes(snapshots())
    places = np.stack([axes.project(X) for X in snapshots()])
    # Rounded up: the farthest point must still be within int16.
    scale = np.nextafter(np.float32(np.abs(places).max() / _STEPS), np.float32(np.inf))
    return LayerProjection(np.rint(places / scale).astype(np.int16), scale, axes.variance.astype(np.float32))


@dataclass(frozen=True)
class Projections:
    """The projections of one fine-tuning, as its unit keeps them."""

    rows: NDArray[np.int64]
    updates: tuple[int, ...]
    layers: tuple[int, ...]
    steps: NDArray[np.int16]
    """(updates, layers, n, 3)"""
    scale: NDArray[np.float32]
    variance: NDArray[np.float32]

    def of(self, rows: NDArray[np.int64], layers: Iterable[int]) -> Projections:
        """These points and layers of it only."""
        import numpy as np

        kept = tuple(layer for layer in self.layers if layer in set(layers))
        at = [self.layers.index(layer) for layer in kept]
        places = np.searchsorted(self.rows, rows)
        steps = self.steps[:, at][:, :, places]
        return Projections(rows, self.updates, kept, steps, self.scale[at], self.variance[at])


def read_projections(unit: Unit) -> Projections | None:
    """The projections of a fine-tuning; None where it was recorded without."""
    if f"{PROJECTION}.safetensors" not in unit.info["files"]:
        return None
    stored = unit.arrays(PROJECTION)
    return Projections(
        stored["rows"],
        tuple(json.loads(stored.metadata["updates"])),
        tuple(json.loads(stored.metadata["layers"])),
        stored["projection"],
        stored["scale"],
        stored["variance"],
    )
