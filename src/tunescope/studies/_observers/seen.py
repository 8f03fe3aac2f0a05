"""A state of an encoder as observers see it: labelled vectors, and what several observers read, computed once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tunescope.errors import StudyError
from tunescope.studies._watching import Watcher

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tunescope.geometry import Centroids, LabelDistances, Space
    from tunescope.tasks import Task

Vectors = tuple["NDArray[np.float32]", "NDArray[np.str_]"]
"""Points (n, d) and their labels (n,)."""


class SeenLayer:
    """One layer of a state.

    Parameters
    ----------
    layer : int
        Its number.
    train, test : pair of arrays, optional
        Vectors (n, d) and labels (n,) of a split, where they are at hand.
    previous : LabelDistances, optional
        Distances of the state before, from which those of this one are found faster (warm start).
    distances, centroids : optional
        Where they are known already.
    width : int, optional
        Width of the vectors, where they are not at hand.
    """

    def __init__(
        self,
        layer: int,
        train: Vectors | None = None,
        test: Vectors | None = None,
        *,
        previous: LabelDistances | None = None,
        distances: LabelDistances | None = None,
        centroids: Centroids | None = None,
        width: int | None = None,
    ) -> None:
        self.layer = layer
        self._train = train
        self._test = test
        self._previous = previous
        self._width = width
        if distances is not None:
            self.__dict__["distances"] = distances
        if centroids is not None:
            self.__dict__["centroids"] = centroids

    @property
    def X(self) -> NDArray[np.float32]:
        """(n, d) vectors of the training points."""
        return self._vectors(self._train, "start-vectors")[0]

    @property
    def y(self) -> NDArray[np.str_]:
        """(n,) labels of the training points."""
        return self._vectors(self._train, "start-vectors")[1]

    @property
    def X_test(self) -> NDArray[np.float32]:
        """(m, d) vectors of the test points."""
        return self._vectors(self._test, "test")[0]

    @property
    def y_test(self) -> NDArray[np.str_]:
        """(m,) labels of the test points."""
        return self._vectors(self._test, "test")[1]

    @property
    def width(self) -> int:
        """Width of the vectors."""
        return self._width if self._width is not None else int(self.X.shape[1])

    @cached_property
    def distances(self) -> LabelDistances:
        """Distances between the hulls of the labels, of the training points."""
        from tunescope.geometry import label_distances

        return label_distances(self.X, self.y, previous=self._previous)

    @cached_property
    def test_distances(self) -> LabelDistances:
        """Distances between the hulls of the labels, of the test points."""
        from tunescope.geometry import label_distances

        return label_distances(self.X_test, self.y_test)

    @cached_property
    def centroids(self) -> Centroids:
        """Means of the training points of each label."""
        from tunescope.geometry import centroids

        return centroids(self.X, self.y)

    @cached_property
    def space(self) -> Space:
        """The training points as measures read them; with their distances where those were computed already."""
        from tunescope.geometry import Space

        return Space(self.X, self.y, distances=self.__dict__.get("distances"))

    @cached_property
    def predictions(self) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
        """(n,) and (m,) labels that a classifier probe, fitted to the training points, gives train and test."""
        from tunescope.probes import ClassifierProbe

        probe = ClassifierProbe(random_state=0).fit(self.X, self.y)
        return probe.predict(self.X), probe.predict(self.X_test)

    def _vectors(self, found: Vectors | None, need: str) -> Vectors:
        if found is None:
            raise StudyError(f"an observer reads vectors that it did not ask for: add {need!r} to its `needs`")
        return found


@dataclass(frozen=True)
class SeenHead:
    """What the head that an encoder is trained with says of a split."""

    probabilities: NDArray[np.float64]
    """(n, k), rows that sum to 1."""
    labels: tuple[str, ...]
    """The k labels that it knows."""
    y: NDArray[np.str_]
    """(n,) true labels."""

    @property
    def accuracy(self) -> float:
        """Share of the points whose most probable label is the true one."""
        import numpy as np

        return float((np.asarray(self.labels)[self.probabilities.argmax(axis=1)] == self.y).mean())


@dataclass(frozen=True)
class SeenState:
    """A state of an encoder, as observers see it."""

    update: int
    """Updates of training before it; 0 is the start."""
    epoch: float
    """The same in passes over the training data."""
    layers: Mapping[int, SeenLayer]
    start: Mapping[int, SeenLayer]
    """The layers of the first state: their distances and centroids, and their vectors for observers that need
    `start-vectors`."""
    task: Task
    n_states: int
    """States of the whole trajectory, at most."""
    watcher: Watcher = field(default_factory=Watcher)
    head: Mapping[str, SeenHead] = field(default_factory=dict)
    """By split, what the head says; empty where there is none, or no observer needs it."""

    def place(self, layer: int) -> dict[str, Any]:
        """The columns that say which layer and update a row is about."""
        return {"layer": layer, "update": self.update}
