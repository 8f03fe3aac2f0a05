"""Maps: the points of a space in two dimensions by t-SNE or UMAP, every snapshot from the layout of the one before.

Each snapshot has a map of its own, which keeps its own neighbourhoods; starting where the one before ended keeps the
places comparable, so that a point moves where its neighbours change. Neither method keeps distances or sizes.
"""

from __future__ import annotations

import importlib.util
import json
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tunescope.errors import StudyError
from tunescope.records import MAP_METHODS, TSNE, UMAP, MapMethod, ShownMap

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tunescope.storage import Unit, UnitWriter
    from tunescope.studies._watching import Progress

Method = MapMethod
METHODS = MAP_METHODS
"""Every method by its name in a study, with its name in a text."""
MAP_POINTS = 2_000
"""Points of a map unless the study says otherwise: t-SNE takes about three seconds a snapshot and layer for them."""
LEAST_MAPPED = 10
"""Of fewer points there is no neighbourhood to keep."""
SEED = 0
"""Of both methods."""
PERPLEXITY = 30.0
"""Of t-SNE: scikit-learn's default."""
NEIGHBOURS = 15
"""Of UMAP: its default."""
_START_SPREAD = 1e-4
"""Standard deviation of the layout that the first map starts from (Kobak and Berens 2019, "The art of using t-SNE
for single-cell transcriptomics"), so that the principal axes decide its shape and not its size."""
_FIRST = {"early_exaggeration": 12.0, "max_iter": 1000}
# Without any exaggeration a group cannot leave the island that it was on before: measured on the ends of a
# fine-tuning, the end's map then kept 69 % trustworthiness where one from nothing had 99 %; with this it had 98.6 %.
_NEXT = {"early_exaggeration": 4.0, "max_iter": 500}
# A quarter of UMAP's rate: as trustworthy as from nothing, and half the movement between equal snapshots.
_NEXT_EPOCHS, _NEXT_RATE = 200, 0.25
_STEPS = 32767


def check_methods(methods: Iterable[str]) -> None:
    """Refuse methods that cannot be had here, before anything runs.

    Parameters
    ----------
    methods : iterable of str
        Their names.

    Raises
    ------
    StudyError
        A method is unknown, or its package is not installed.
    """
    for method in methods:
        if method not in METHODS:
            raise StudyError(f"unknown map {method!r}; known are {', '.join(METHODS)}")
        if method == UMAP and importlib.util.find_spec("umap") is None:
            raise StudyError(
                "UMAP needs the package umap-learn, which is not installed: pip install 'tunescope[umap]' "
                "(t-SNE needs nothing further: `tsne`)"
            )


@dataclass(frozen=True)
class PointMap:
    """The map of some points through the snapshots of some layers."""

    method: str
    rows: NDArray[np.int64]
    """(m,) which points are in it, ascending."""
    updates: tuple[int, ...]
    layers: tuple[int, ...]
    steps: NDArray[np.int16]
    """(updates, layers, m, 2) places in steps of `scale` around the middle."""
    scale: NDArray[np.float32]
    """(layers,) one step in the map's own unit, which says nothing of the space."""

    def of(self, rows: NDArray[np.int64], layers: Iterable[int]) -> PointMap:
        """What of it lies in these layers, for those of these points that it holds."""
        import numpy as np

        kept = tuple(layer for layer in self.layers if layer in set(layers))
        at = [self.layers.index(layer) for layer in kept]
        held = np.isin(self.rows, rows)
        return PointMap(self.method, self.rows[held], self.updates, kept, self.steps[:, at][:, :, held], self.scale[at])

    def shown(self, rows: NDArray[np.int64]) -> ShownMap:
        """As a projection file of the explorer holds it, of which `rows` are the points."""
        import numpy as np

        return ShownMap(
            self.updates, self.layers, self.steps, self.scale, np.searchsorted(rows, self.rows).astype(np.int32)
        )

    def write(self, writer: UnitWriter) -> None:
        """Lay it out as arrays of a unit."""
        writer.arrays(
            _name(self.method),
            {"rows": self.rows, "projection": self.steps, "scale": self.scale},
            {"updates": json.dumps(self.updates), "layers": json.dumps(self.layers)},
        )


def read_map(unit: Unit, method: str) -> PointMap | None:
    """The map that a unit keeps; None where it was recorded without."""
    if f"{_name(method)}.safetensors" not in unit.info["files"]:
        return None
    stored = unit.arrays(_name(method))
    return PointMap(
        method,
        stored["rows"],
        tuple(json.loads(stored.metadata["updates"])),
        tuple(json.loads(stored.metadata["layers"])),
        stored["projection"],
        stored["scale"],
    )


def make_map(
    method: str,
    rows: NDArray[np.int64],
    updates: tuple[int, ...],
    layers: Iterable[tuple[int, NDArray[np.floating[Any]], Callable[[], Iterable[NDArray[np.float32]]]]],
    part: Callable[[str], Progress],
) -> PointMap:
    """The map of some points in several layers.

    Parameters
    ----------
    method : str
        `tsne` or `umap`.
    rows : array of int64 (m,)
        The points.
    updates : tuple of int
        The snapshots, in order.
    layers : iterable
        Each layer with where its points start, (m, 2), and a function that gives their vectors, (m, d), one snapshot
        after the other.
    part : callable
        Gives a progress callback for a named part of the work.
    """
    import numpy as np

    numbers, steps, scales = [], [], []
    for layer, start, snapshots in layers:
        tell = part(f"{METHODS[method]} of layer {layer}")
        places = []
        for layout in follow(method, snapshots(), start):
            places.append(layout)
            tell(len(places), len(updates))
        stack = np.stack(places)
        scale = np.nextafter(np.float32(np.abs(stack).max() / _STEPS), np.float32(np.inf))
        numbers.append(layer)
        steps.append(np.rint(stack / scale).astype(np.int16))
        scales.append(scale)
    return PointMap(method, rows, updates, tuple(numbers), np.stack(steps, axis=1), np.array(scales, np.float32))


def follow(
    method: str, snapshots: Iterable[NDArray[np.float32]], start: NDArray[np.floating[Any]]
) -> Iterable[NDArray[np.float64]]:
    """One layout (m, 2) for each snapshot (m, d), around the origin.

    The first begins at `start` (m, 2), each later one at the layout before it. A layout is turned, mirrored where need
    be, and shifted as a whole onto the one before (Procrustes), which changes no distance in it.

    Sources: van der Maaten and Hinton (2008), "Visualizing data using t-SNE"; McInnes, Healy and Melville (2018),
    "UMAP".
    """
    import numpy as np
    from scipy.linalg import orthogonal_procrustes

    before = np.asarray(start, np.float64)
    before = before - before.mean(axis=0)
    spread = float(before[:, 0].std())
    place = _tsne if method == TSNE else _umap
    for number, X in enumerate(snapshots):
        init = before / (spread or 1.0) * _START_SPREAD if number == 0 else before
        layout = place(np.asarray(X, np.float32), init.astype(np.float32), number == 0).astype(np.float64)
        layout -= layout.mean(axis=0)
        turn, _ = orthogonal_procrustes(layout, before)
        before = layout @ turn
        yield before


def _tsne(X: NDArray[np.float32], init: NDArray[np.float32], is_first: bool) -> NDArray[np.float32]:
    from sklearn.manifold import TSNE

    perplexity = min(PERPLEXITY, (len(X) - 1) / 3)
    chosen = _FIRST if is_first else _NEXT
    return TSNE(perplexity=perplexity, init=init, random_state=SEED, **chosen).fit_transform(X)


def _umap(X: NDArray[np.float32], init: NDArray[np.float32], is_first: bool) -> NDArray[np.float32]:
    with warnings.catch_warnings():
        # Of its imports, and that a seed takes one thread.
        warnings.simplefilter("ignore")
        import umap

        chosen: dict[str, Any] = {} if is_first else {"n_epochs": _NEXT_EPOCHS, "learning_rate": _NEXT_RATE}
        neighbours = min(NEIGHBOURS, len(X) - 1)
        return umap.UMAP(n_neighbors=neighbours, init=init, random_state=SEED, n_jobs=1, **chosen).fit_transform(X)


def note_map_size(writer: UnitWriter, methods: Iterable[str], n_mapped: int, n_shown: int) -> None:
    """Note of how many of the points shown a unit's maps are."""
    said = " and ".join(METHODS[method] for method in methods)
    if n_mapped < LEAST_MAPPED:
        writer.note(f"no {said}: {n_mapped} points are too few, {LEAST_MAPPED} are the least")
    elif n_mapped < n_shown:
        writer.note(f"{said}: of {n_mapped:,} of the {n_shown:,} points shown, a sub-sample with every label")


def _name(method: str) -> str:
    """The name under which a unit keeps a map."""
    return f"map-{method}"
