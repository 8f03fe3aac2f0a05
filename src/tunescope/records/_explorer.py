"""The explorer's files: points with their sentences, and their projections; written and read here.

`DIR/explorer/points.parquet` holds the points of every task of a study, `DIR/explorer/projection-*.safetensors` their
way through one fine-tuning each (docs/architecture.md, "The stored form of a study").
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tunescope.errors import StorageError
from tunescope.records._names import MAP_METHODS
from tunescope.storage import ArrayFile, checked_place, place, read_table, write_arrays, write_table, written

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

POINT_COLUMNS = ("task", "split", "index", "label", "words", "positions")
"""The columns of the points: `index` is the row in its split, `words` the sentence, `positions` the target in it
(empty for a whole sentence). Points of a task stand in the order of its projections, those of train first."""

ARRAYS = MappingProxyType(
    {
        "steps": "projection",
        "scale": "scale",
        "variance": "variance",
        "clusters": "clusters",
        "predicted": "predicted",
        "margins": "margins",
        "marginScale": "margin_scale",
    }
)
"""The arrays of a projection file by what they are (`Projection` and `Margins` say of what shape)."""

METADATA = MappingProxyType(
    {
        "encoder": "encoder",
        "task": "task",
        "tunedOn": "tuned_on",
        "seed": "seed",
        "updates": "updates",
        "layers": "layers",
        "labels": "labels",
        "ends": "ends",
        "marginUpdates": "margin_updates",
        "marginLayers": "margin_layers",
    }
)
"""The metadata of a projection file: the first four are text, the others JSON."""


def map_names(method: str) -> dict[str, str]:
    """The names under which a projection file holds a map: arrays `steps`, `scale`, `rows`; JSON `updates`, `layers`.

    Parameters
    ----------
    method
        `tsne` or `umap`.
    """
    return {
        "steps": f"projection-{method}",
        "scale": f"scale-{method}",
        "rows": f"rows-{method}",
        "updates": f"{method}_updates",
        "layers": f"{method}_layers",
    }


@dataclass(frozen=True)
class ShownMap:
    """The points of a projection, or some of them, laid out by t-SNE or UMAP."""

    updates: tuple[int, ...]
    """Of those of the projection: the snapshots that were laid out."""
    layers: tuple[int, ...]
    steps: NDArray[np.int16]
    """(updates, layers, m, 2 or 3) places in steps of `scale`."""
    scale: NDArray[np.float32] | None = None
    """(layers,) one step in the map's own unit; one unit where it is None."""
    rows: NDArray[np.int32] | None = None
    """(m,) which of the points of the projection it holds, ascending; all where it is None."""


@dataclass(frozen=True)
class Margins:
    """How far points are on their own side of the middle between their label and each other label."""

    updates: tuple[int, ...]
    layers: tuple[int, ...]
    steps: NDArray[np.int16]
    """(updates, layers, k, n) entry (b, i): signed distance of point i to the middle plane between its own label and
    label b along their separating direction, positive on its own side; -32768 where the hulls meet."""
    scale: NDArray[np.float32]
    """(updates, layers) one step, in units of the space."""


@dataclass(frozen=True)
class Projection:
    """The content of one projection file: an encoder's points of a task on their way through one fine-tuning."""

    encoder: str
    task: str
    tuned_on: str
    seed: int
    updates: tuple[int, ...]
    layers: tuple[int, ...]
    steps: NDArray[np.int16]
    """(updates, layers, n, 3) the points in the first three principal axes of a layer, one PCA over all updates, in
    steps of `scale` around the mean."""
    scale: NDArray[np.float32]
    """(layers,) one step in units of the space."""
    variance: NDArray[np.float32] | None = None
    """(layers, 3) share of the variance that each axis holds."""
    maps: Mapping[str, ShownMap] = field(default_factory=dict)
    """Maps of the points by method, `tsne` and `umap`."""
    clusters: NDArray[np.int16] | None = None
    """(updates, layers, n) DirectProbe's cluster of each point; -1 where it was not computed (test points, updates
    between the two ends) or its number is above 32767."""
    predicted: NDArray[np.int16] | None = None
    """(updates, layers, n) position in `labels` of the label that a probe gives the point; -1 where it was not
    asked."""
    margins: Margins | None = None
    labels: tuple[str, ...] = ()
    """(k,) the names that `predicted` and `margins` count by; empty without those."""
    ends: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    """By layer, the keys of the `space` units with the vectors before and after."""
    path: Path = field(default=Path(), compare=False)
    """Where it was read from; without a name where it was not."""

    @property
    def n_points(self) -> int:
        """Number of points."""
        return int(self.steps.shape[2])

    @property
    def title(self) -> str:
        """Such as "mini · pos, seed 0"."""
        tuned = f", tuned on {self.tuned_on}" if self.tuned_on not in ("", self.task) else ""
        return f"{self.encoder} · {self.task}{tuned}, seed {self.seed}"


def write_projection(path: Path, projection: Projection) -> None:
    """Write a projection file, whole or not at all.

    Raises
    ------
    StorageError
        The arrays do not fit each other, or the file system refuses.
    """
    _check(path, projection)
    arrays: dict[str, Any] = {
        ARRAYS["steps"]: projection.steps,
        ARRAYS["scale"]: projection.scale,
        ARRAYS["variance"]: projection.variance,
        ARRAYS["clusters"]: projection.clusters,
        ARRAYS["predicted"]: projection.predicted,
    }
    about: dict[str, Any] = {"updates": projection.updates, "layers": projection.layers}
    about["ends"] = {str(layer): list(keys) for layer, keys in projection.ends.items()}
    if projection.labels:
        about["labels"] = projection.labels
    for method, one in projection.maps.items():
        names = map_names(method)
        arrays |= {names["steps"]: one.steps, names["scale"]: one.scale, names["rows"]: one.rows}
        about |= {names["updates"]: one.updates, names["layers"]: one.layers}
    if projection.margins is not None:
        margins = projection.margins
        arrays |= {ARRAYS["margins"]: margins.steps, ARRAYS["marginScale"]: margins.scale}
        about |= {"margin_updates": margins.updates, "margin_layers": margins.layers}
    text = {name: getattr(projection, name) for name in ("encoder", "task", "tuned_on")}
    written = {name: json.dumps(value, ensure_ascii=False) for name, value in about.items()}
    there = {name: array for name, array in arrays.items() if array is not None}
    write_arrays(path, there, {**text, "seed": str(projection.seed), **written})


def read_projection(path: Path) -> Projection:
    """Read a projection file; its arrays are memory-mapped, and read when they are touched.

    Raises
    ------
    StorageError
        The file is damaged or not a projection, or its arrays do not fit each other.
    """
    arrays = ArrayFile(path)
    metadata = arrays.metadata
    try:
        updates, layers = _numbers(metadata["updates"]), _numbers(metadata["layers"])
        projection = Projection(
            encoder=metadata["encoder"],
            task=metadata["task"],
            tuned_on=metadata.get("tuned_on", ""),
            seed=int(metadata["seed"]),
            updates=updates,
            layers=layers,
            steps=arrays[ARRAYS["steps"]],
            scale=arrays[ARRAYS["scale"]],
            variance=arrays.get(ARRAYS["variance"]),
            maps={name: one for name in MAP_METHODS if (one := _map(arrays, name, updates, layers)) is not None},
            clusters=arrays.get(ARRAYS["clusters"]),
            predicted=arrays.get(ARRAYS["predicted"]),
            margins=_margins(arrays),
            labels=tuple(map(str, json.loads(metadata.get("labels", "[]")))),
            ends={int(layer): (keys[0], keys[1]) for layer, keys in json.loads(metadata.get("ends", "{}")).items()},
            path=path,
        )
    except (KeyError, ValueError, IndexError, TypeError, AttributeError) as error:
        raise StorageError(f"{path}: is not a projection ({error!r} is missing or not readable).") from error
    _check(path, projection)
    return projection


def _map(arrays: ArrayFile, method: str, updates: tuple[int, ...], layers: tuple[int, ...]) -> ShownMap | None:
    """The map of a method; without updates and layers of its own, it has those of the projection."""
    names, metadata = map_names(method), arrays.metadata
    if names["steps"] not in arrays:
        return None
    return ShownMap(
        updates=_numbers(metadata[names["updates"]]) if names["updates"] in metadata else updates,
        layers=_numbers(metadata[names["layers"]]) if names["layers"] in metadata else layers,
        steps=arrays[names["steps"]],
        scale=arrays.get(names["scale"]),
        rows=arrays.get(names["rows"]),
    )


def _margins(arrays: ArrayFile) -> Margins | None:
    if ARRAYS["margins"] not in arrays:
        return None
    return Margins(
        updates=_numbers(arrays.metadata["margin_updates"]),
        layers=_numbers(arrays.metadata["margin_layers"]),
        steps=arrays[ARRAYS["margins"]],
        scale=arrays[ARRAYS["marginScale"]],
    )


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in json.loads(text))


def _check(path: Path, projection: Projection) -> None:
    """Refuse arrays that do not fit each other."""
    if projection.steps.ndim != 4:
        raise StorageError(f"{path}: the array projection has the shape {projection.steps.shape}, not four axes.")
    n = projection.n_points
    axes = (len(projection.updates), len(projection.layers))
    _fits(path, "projection", projection.steps, "int16", (*axes, n, 3))
    _fits(path, "scale", projection.scale, "float32", axes[1:])
    _fits(path, "variance", projection.variance, "float32", (axes[1], 3))
    _fits(path, "clusters", projection.clusters, "int16", (*axes, n))
    _fits(path, "predicted", projection.predicted, "int16", (*axes, n))
    for method, one in projection.maps.items():
        _check_map(path, projection, method, one)
    margins = projection.margins
    if margins is not None:
        _subset(path, "margins", margins, projection)
        its_axes = (len(margins.updates), len(margins.layers))
        _fits(path, "margins", margins.steps, "int16", (*its_axes, len(projection.labels), n))
        _fits(path, "margin_scale", margins.scale, "float32", its_axes)
    if projection.predicted is not None and projection.predicted.size:
        highest = int(projection.predicted.max())
        if highest >= len(projection.labels):
            raise StorageError(f"{path}: predicts label {highest} of {len(projection.labels)}.")


def _check_map(path: Path, projection: Projection, method: str, one: ShownMap) -> None:
    """Refuse a map that is not of the updates, layers and points of its projection."""
    if method not in MAP_METHODS:
        raise StorageError(f"{path}: holds a map of the unknown method {method!r}; known are {', '.join(MAP_METHODS)}.")
    _subset(path, f"{method} map", one, projection)
    rows, n = one.rows, projection.n_points
    if rows is not None and len(rows) and not (rows.min() >= 0 and rows.max() < n):
        raise StorageError(f"{path}: its {method} map holds points that the projection has not.")
    held = n if rows is None else len(rows)
    axes = one.steps.shape[-1] if one.steps.ndim and one.steps.shape[-1] == 3 else 2
    names = map_names(method)
    _fits(path, names["steps"], one.steps, "int16", (len(one.updates), len(one.layers), held, axes))
    _fits(path, names["scale"], one.scale, "float32", (len(one.layers),))


def _subset(path: Path, what: str, part: ShownMap | Margins, whole: Projection) -> None:
    if not (set(part.updates) <= set(whole.updates) and set(part.layers) <= set(whole.layers)):
        raise StorageError(f"{path}: its {what} has updates or layers that the projection has not.")


def _fits(path: Path, name: str, array: NDArray[Any] | None, dtype: str, shape: tuple[int, ...]) -> None:
    if array is not None and (array.shape != shape or array.dtype.name != dtype):
        raise StorageError(
            f"{path}: the array {name} has the shape {array.shape} of {array.dtype.name}; its updates, layers, labels "
            f"and points need the shape {shape} of {dtype}."
        )


def explorer_folder(study_dir: Path) -> Path:
    """Where the points of a study lie."""
    return place(Path(study_dir), "explorer")


def projection_paths(study_dir: Path) -> list[Path]:
    """The projection files of a study, sorted by name; none where it stored no points."""
    return sorted(explorer_folder(study_dir).glob("projection-*.safetensors"))


def whole_projections(study_dir: Path) -> list[Projection]:
    """The projections of a study, once each file was held against study.json.

    Parameters
    ----------
    study_dir : Path
        The folder of the study.

    Raises
    ------
    StorageError
        A file is damaged, is missing, or is not a projection.
    """
    root = Path(study_dir)
    named = {f"explorer/{path.name}" for path in projection_paths(root)}
    told = {name for name in written(root)[0] if name.startswith("explorer/projection-")}
    return [read_projection(checked_place(root, name)) for name in sorted(named | told)]


def points_path(study_dir: Path) -> Path:
    """Where the list of points of a study lies."""
    return explorer_folder(study_dir) / "points.parquet"


def write_points(study_dir: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write the points of all tasks of a study, one mapping with `POINT_COLUMNS` a point.

    Raises
    ------
    StorageError
        A row does not fit, or the file system refuses.
    """
    write_table(points_path(study_dir), rows, _points_schema())


def read_points(study_dir: Path) -> pd.DataFrame:
    """The points of all tasks of a study, with `POINT_COLUMNS`.

    Raises
    ------
    StorageError
        There is no such file, or it lacks a column.
    """
    path = checked_place(Path(study_dir), "explorer/points.parquet")
    table = read_table(path)
    missing = [column for column in POINT_COLUMNS if column not in table.columns]
    if missing:
        raise StorageError(f"{path}: has no column {', '.join(missing)}.")
    return table


def _points_schema() -> pa.Schema:
    import pyarrow as pa

    texts, numbers = pa.list_(pa.string()), pa.list_(pa.int64())
    types = (pa.string(), pa.string(), pa.int64(), pa.string(), texts, numbers)
    return pa.schema(list(zip(POINT_COLUMNS, types, strict=True)))
