"""The unit `neighbours`: whom fine-tuning brings near to the points of test, and which words it drags with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunescope.studies._units.keys import Setting
from tunescope.studies._units.space import Points, Space
from tunescope.studies._units.work import Work

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tunescope.storage import UnitWriter
    from tunescope.studies._units.bench import Bench
    from tunescope.tasks import Split

K = 10
"""Neighbours in train of each point of test."""
LEAST_POINTS = 5
"""Points of test that must hold a word, of other labels than the one that it is dragged towards."""
MOST_WORDS = 200
"""Words that are told, those that are dragged most."""


@dataclass(frozen=True)
class Neighbourhood(Work):
    """The k nearest points of train of every point of test, at the start and at the end of a fine-tuning."""

    start: Space
    end: Space
    k: int = K

    kind = "neighbours"
    activity = "neighbours"

    def inputs(self) -> dict[str, Any]:
        return {"start": self.start.inputs(), "end": self.end.inputs(), "k": Setting(self.k, K)}

    @property
    def title(self) -> str:
        return f"neighbours before and after, {self.end.title}"

    @property
    def needs(self) -> tuple[Work, ...]:
        return (self.start, self.end)

    def run(self, writer: UnitWriter, bench: Bench, folder: Path) -> None:
        import numpy as np

        (train, test), (train_after, test_after) = (one.points(bench.store) for one in (self.start, self.end))
        k = min(self.k, len(train.y))
        before, after = nearest_in(train, test, k), nearest_in(train_after, test_after, k)
        place = {"layer": self.end.layer}
        split = bench.tasks[self.end.task].test
        rows = [
            {
                **place,
                "index": index,
                "label": str(label),
                "came": sorted(set(now) - set(then)),
                "left": sorted(set(then) - set(now)),
                "own_before": float(np.mean(train.y[then] == label)),
                "own_after": float(np.mean(train.y[now] == label)),
                "text": split.context(index),
            }
            for index, (label, then, now) in enumerate(zip(test.y, before.tolist(), after.tolist(), strict=True))
        ]
        writer.table("neighbours", rows)
        writer.table(
            "dragged_words", [{**place, **row} for row in dragged_words(split, train.y, test.y, before, after)]
        )


def nearest_in(train: Points, test: Points, k: int) -> NDArray[np.int64]:
    """(n_test, k) rows of the nearest points of train, by Euclidean distance, exactly."""
    import numpy as np
    from sklearn.neighbors import NearestNeighbors

    found = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(train.X).kneighbors(test.X, return_distance=False)
    return np.asarray(found, dtype=np.int64)


def dragged_words(
    split: Split,
    y_train: NDArray[np.str_],
    y_test: NDArray[np.str_],
    before: NDArray[np.int64],
    after: NDArray[np.int64],
) -> list[dict[str, Any]]:
    """Words whose points have more neighbours of a label than before, beyond what points without the word have.

    Counted are only points of other labels: what comes nearer to its own label has learned it.

    Parameters
    ----------
    split : Split
        The sentences of the points of test.
    y_train, y_test : ndarray of str
        (n_train,) and (n,) labels.
    before, after : ndarray of int64
        (n, k) neighbours in train.

    Returns
    -------
    list of dict
        For each word the label that it is dragged towards most: `word`, `label`, `n` (points of other labels that
        hold it), `drag` (change of the share of the label among their neighbours, less that of points without the
        word), `se` (its standard error); the most dragged first, at most 200.
    """
    import numpy as np

    holds = _holders(split, len(y_test))
    best: dict[str, dict[str, Any]] = {}
    for label in np.unique(y_train):
        gain = (y_train[after] == label).mean(axis=1) - (y_train[before] == label).mean(axis=1)
        other = y_test != label
        total, n_all, squares = float(gain[other].sum()), int(other.sum()), float((gain[other] ** 2).sum())
        for word, points in holds:
            mine = points[other[points]]
            n, rest = len(mine), n_all - len(mine)
            if n < LEAST_POINTS or rest < LEAST_POINTS:
                continue
            own = gain[mine]
            mean_rest = (total - float(own.sum())) / rest
            variance = max(0.0, (squares - float((own**2).sum())) / rest - mean_rest**2)
            drag = float(own.mean()) - mean_rest
            if word not in best or drag > best[word]["drag"]:
                se = float(np.sqrt(own.var(ddof=1) / n + variance / rest))
                best[word] = {"word": word, "label": str(label), "n": n, "drag": drag, "se": se}
    return sorted(best.values(), key=lambda row: (-row["drag"], row["word"]))[:MOST_WORDS]


def _holders(split: Split, n: int) -> list[tuple[str, NDArray[np.int64]]]:
    """Each word, in small letters, with the points whose sentence holds it."""
    import numpy as np

    found: dict[str, list[int]] = {}
    for index in range(n):
        for word in _words(split, index):
            found.setdefault(word, []).append(index)
    return [(word, np.array(points)) for word, points in found.items() if len(points) >= LEAST_POINTS]


def _words(split: Split, index: int) -> Iterator[str]:
    sentence = split.sentences[split.targets[index].sentence]
    return iter(sorted({word.lower() for word in (*sentence.words, *(sentence.pair or ()))}))
