"""What the labels of the others say of each point's label, with nothing trained: shared by several measures."""

from __future__ import annotations

import numpy as np

from tunescope.geometry._measures.erasure import erase_labels
from tunescope.geometry._measures.intervals import share_of_points
from tunescope.geometry._measures.measure import Value
from tunescope.geometry._measures.neighbours import sampled
from tunescope.geometry._measures.space import Space

K = 10
"""Neighbours that vote."""


def by_neighbours(space: Space) -> Value:
    """Share of points whose label is the most frequent of their ten nearest others.

    Of equally frequent labels the one with the nearest neighbour among them wins.
    """
    n, k = len(space), len(space.labels)
    voting = min(K, n - 1)
    if k < 2 or voting < 1:
        return Value.undefined("one label only", n, k)
    near = space.neighbours
    said = space.index[near.rows[:, :voting]]
    votes = np.zeros((len(said), k))
    for place in range(voting):
        np.add.at(votes, (np.arange(len(said)), said[:, place]), 1.0)
    most = votes.max(axis=1, keepdims=True)
    winning = np.take_along_axis(votes, said, axis=1) == most
    guess = said[np.arange(len(said)), winning.argmax(axis=1)]
    return share_of_points(guess == space.index[near.asked], n_labels=k, note=sampled(n))


def by_centroids(space: Space) -> Value:
    """Share of points that are nearest to the mean of their label's other points; lone points are never right."""
    n, k = len(space), len(space.labels)
    if k < 2:
        return Value.undefined("one label only", n, k)
    counts, index = space.counts, space.index
    centres = space.means - space.mean
    points = space.centred
    away = np.square(centres).sum(axis=1) - 2.0 * points @ centres.T + np.einsum("ij,ij->i", points, points)[:, None]
    rows = np.arange(n)
    own = away[rows, index].copy()
    away[rows, index] = np.inf
    size = counts[index].astype(np.float64)
    # without the point itself, the mean of its label is size / (size - 1) times as far away
    without = np.where(size > 1, own * (size / np.maximum(size - 1.0, 1.0)) ** 2, np.inf)
    return share_of_points(without < away.min(axis=1), n_labels=k)


def erased(space: Space) -> Space:
    """The space after its labels were erased from it (LEACE), under the same labels."""

    def work() -> Space:
        return space.with_points(erase_labels(space.X, space.index))

    found: Space = space.once_labelled("erased", work)
    return found
