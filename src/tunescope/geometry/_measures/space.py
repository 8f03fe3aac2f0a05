"""A labelled space as the measures see it: what several of them need is worked out once."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tunescope.errors import RepresentationError
from tunescope.geometry._hulls.label_distances import LabelDistances, label_distances
from tunescope.geometry._labels import check_labels, check_points
from tunescope.geometry._measures.neighbours import Neighbours, nearest_neighbours

NEIGHBOURS = 20
"""Neighbours that are looked for at once: as many as any measure asks for."""

_REACHED = 1e-12
"""Share of the largest variance below which points do not reach a direction."""


class Space:
    """Points (n, d), and, where given, their labels, label distances and a classifier's probabilities.

    Parameters
    ----------
    X : array-like of shape (n, d)
        Points, finite.
    y : array-like of shape (n,), optional
        Labels.
    distances : LabelDistances, optional
        Distances of the labels, where they are known; measured when a measure asks for them otherwise.
    probabilities : array-like of shape (n, k), optional
        What a classifier says of each point, one column per label of `y`, sorted.
    """

    def __init__(
        self,
        X: ArrayLike,
        y: ArrayLike | None = None,
        *,
        distances: LabelDistances | None = None,
        probabilities: ArrayLike | None = None,
    ) -> None:
        self.X = check_points(X)
        self.y = None if y is None else check_labels(y, len(self.X))
        self._of_vectors: dict[str, Any] = {}
        self._of_labels: dict[str, Any] = {}
        if distances is not None:
            self._of_labels["distances"] = distances
        self.probabilities = None if probabilities is None else check_points(probabilities, "probabilities")

    def __repr__(self) -> str:
        labels = "" if self.y is None else f", {len(self.labels)} labels"
        return f"<Space: {len(self.X)} points of width {self.X.shape[1]}{labels}>"

    def __len__(self) -> int:
        return len(self.X)

    @classmethod
    def of_distances(cls, distances: LabelDistances) -> Space:
        """A space of which only the hull distances of the labels are known."""
        space = cls.__new__(cls)
        space.X, space.y, space.probabilities = np.zeros((int(distances.counts.sum()), 0)), None, None
        space._of_vectors, space._of_labels = {}, {"distances": distances}
        return space

    @property
    def knows_distances(self) -> bool:
        """Whether the hull distances of the labels are there already."""
        return "distances" in self._of_labels

    @property
    def width(self) -> int:
        """Number of coordinates."""
        return int(self.X.shape[1])

    def once(self, key: str, work: Any) -> Any:
        """What `work()` gives, from the vectors alone; worked out once however many measures ask."""
        if key not in self._of_vectors:
            self._of_vectors[key] = work()
        return self._of_vectors[key]

    def once_labelled(self, key: str, work: Any) -> Any:
        """The same for what the labels play a part in."""
        if key not in self._of_labels:
            self._of_labels[key] = work()
        return self._of_labels[key]

    # ---- of the vectors

    @property
    def mean(self) -> NDArray[np.float64]:
        """(d,) mean of the points."""
        return cast("NDArray[np.float64]", self.once("mean", lambda: self.X.mean(axis=0, dtype=np.float64)))

    @property
    def centred(self) -> NDArray[np.float64]:
        """(n, d) points about their mean, float64."""
        return cast("NDArray[np.float64]", self.once("centred", lambda: self.X.astype(np.float64) - self.mean))

    @property
    def variances(self) -> NDArray[np.float64]:
        """(min(n, d),) eigenvalues of the covariance (divided by n), the largest first, not below zero."""
        return cast("NDArray[np.float64]", self.once("variances", self._variances))

    def _variances(self) -> NDArray[np.float64]:
        points = self.centred
        gram = points @ points.T if len(points) < self.width else points.T @ points
        values: NDArray[np.float64] = np.linalg.eigvalsh(gram)[::-1] / len(points)
        return np.maximum(values, 0.0)

    @property
    def axes(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(r,) variances along the principal axes that the points reach, and those axes (r, d), the widest first."""
        return cast("tuple[NDArray[np.float64], NDArray[np.float64]]", self.once("axes", self._axes))

    def _axes(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        values, vectors = np.linalg.eigh(self.centred.T @ self.centred)
        values, vectors = values[::-1] / len(self), vectors[:, ::-1].T
        there = values > _REACHED * max(float(values[0]), 1e-300)
        return values[there], vectors[there]

    @property
    def unit(self) -> NDArray[np.float64]:
        """(n, d) points brought to length 1, seen from zero; points at zero stay there."""

        def work() -> NDArray[np.float64]:
            lengths = np.sqrt(np.einsum("ij,ij->i", self.X, self.X, dtype=np.float64))
            return self.X / np.where(lengths > 0, lengths, 1.0)[:, None]

        return cast("NDArray[np.float64]", self.once("unit", work))

    @property
    def neighbours(self) -> Neighbours:
        """The nearest other points by Euclidean distance, 20 of them or as many as there are."""
        return cast(Neighbours, self.once("neighbours", lambda: _nearest(self.centred)))

    @property
    def cosine_neighbours(self) -> Neighbours:
        """The same by cosine; distances are those of the points brought to length 1."""
        return cast(Neighbours, self.once("cosine neighbours", lambda: _nearest(self.unit)))

    @property
    def distinct(self) -> Space:
        """The space of its distinct points, without labels; itself when all are distinct."""

        def work() -> Space:
            first = _distinct_rows(self.X)
            return self if len(first) == len(self) else Space(self.X[first])

        return cast(Space, self.once("distinct", work))

    @property
    def is_one_point(self) -> bool:
        """Whether all points coincide, up to rounding: nothing can be said about directions then."""
        size = float(np.abs(self.X).max())
        return bool(self.variances.sum() <= (1e-7 if self.X.dtype == np.float32 else 1e-14) ** 2 * size**2 * self.width)

    # ---- of the labels

    @property
    def labels(self) -> NDArray[Any]:
        """(k,) the labels, sorted."""
        return self._sorted()[0]

    @property
    def index(self) -> NDArray[np.int64]:
        """(n,) number of each point's label."""
        return self._sorted()[1]

    @property
    def counts(self) -> NDArray[np.int64]:
        """(k,) points of each label."""
        return np.bincount(self.index, minlength=len(self.labels)).astype(np.int64)

    def _sorted(self) -> tuple[NDArray[Any], NDArray[np.int64]]:
        if self.y is None:
            raise RepresentationError("This measure needs labels: give y.")
        y = self.y
        return cast(
            "tuple[NDArray[Any], NDArray[np.int64]]",
            self.once_labelled("sorted", lambda: np.unique(y, return_inverse=True)),
        )

    @property
    def means(self) -> NDArray[np.float64]:
        """(k, d) mean of the points of each label."""
        return cast("NDArray[np.float64]", self.once_labelled("means", self._means))

    def _means(self) -> NDArray[np.float64]:
        total = np.zeros((len(self.labels), self.width))
        for label in range(len(self.labels)):
            total[label] = self.centred[self.index == label].mean(axis=0)
        return total + self.mean

    @property
    def distances(self) -> LabelDistances:
        """Distances between the hulls of the labels."""
        return cast(LabelDistances, self.once_labelled("distances", lambda: label_distances(self.X, cast(Any, self.y))))

    # ---- spaces by chance

    def relabelled(self, order: NDArray[np.int64]) -> Space:
        """The same points with the label of point ``order[i]`` at point i; what concerns vectors stays worked out."""
        other = Space.__new__(Space)
        other.X, other._of_vectors, other._of_labels = self.X, self._of_vectors, {}
        other.y = None if self.y is None else self.y[order]
        other.probabilities = self.probabilities
        return other

    def take(self, rows: NDArray[np.int64]) -> Space:
        """Some of the points, in this order."""
        other = Space.__new__(Space)
        other.X, other._of_vectors, other._of_labels = self.X[rows], {}, {}
        other.y = None if self.y is None else self.y[rows]
        other.probabilities = None if self.probabilities is None else self.probabilities[rows]
        return other

    def with_points(self, X: NDArray[Any]) -> Space:
        """Other points under the same labels."""
        other = Space.__new__(Space)
        other.X, other._of_vectors, other._of_labels = X, {}, {}
        other.y, other.probabilities = self.y, self.probabilities
        return other


def _nearest(points: NDArray[np.float64]) -> Neighbours:
    return nearest_neighbours(points, min(NEIGHBOURS, len(points) - 1))


def _distinct_rows(X: NDArray[Any]) -> NDArray[np.int64]:
    """Rows of the first of each set of coincident points, ascending."""
    # + 0.0 makes one of the two zeros that compare equal and have different bytes
    rows = np.ascontiguousarray(X + 0.0).view(np.dtype((np.void, X.dtype.itemsize * X.shape[1]))).ravel()
    return np.sort(np.unique(rows, return_index=True)[1])
