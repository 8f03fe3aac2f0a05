"""DirectProbe as it reads in the paper, with nothing left out, and two tests of hulls that are not the engine's.

Slow, and plain enough to be checked by eye. Its answers are exact where its test of two hulls is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import combinations

import numpy as np
from scipy.optimize import linprog

Meet = Callable[[np.ndarray, np.ndarray], bool]


def cluster(X, y, meet: Meet) -> list[int]:
    """The greedy rule; of equally close pairs the first in the order of label, then coordinates, goes first.

    Centres are exact. Returns the cluster of each point; its number is the place of its first point.
    """
    X = np.asarray(X)
    order = sorted(range(len(X)), key=lambda i: (y[i], *X[i]))
    members = {slot: [i] for slot, i in enumerate(order)}
    sums = {slot: [Fraction(v) for v in X[i].tolist()] for slot, i in enumerate(order)}
    label = {slot: y[i] for slot, i in enumerate(order)}

    def away(a: int, b: int) -> Fraction:
        pairs = zip(sums[a], sums[b], strict=True)
        return sum(((s / len(members[a]) - t / len(members[b])) ** 2 for s, t in pairs), start=Fraction(0))

    waiting = {(a, b): away(a, b) for a, b in combinations(members, 2) if label[a] == label[b]}
    while waiting:
        a, b = min(waiting, key=lambda pair: (waiting[pair], pair))
        del waiting[a, b]
        union = X[members[a] + members[b]]
        if any(label[c] != label[a] and meet(union, X[members[c]]) for c in members):
            continue
        members[a] += members.pop(b)
        sums[a] = [s + t for s, t in zip(sums[a], sums.pop(b), strict=True)]
        waiting = {pair: v for pair, v in waiting.items() if a not in pair and b not in pair}
        for c in members:
            if c != a and label[c] == label[a]:
                waiting[min(a, c), max(a, c)] = away(min(a, c), max(a, c))
    found = [0] * len(X)
    for slot, inside in members.items():
        for i in inside:
            found[i] = slot
    return found


def meet_exactly(A, B) -> bool:
    """Whether two hulls of points with whole coordinates meet: a linear program in whole numbers.

    Phase one of the simplex method with Bland's rule, on ``sum w = 1, sum v = 1, A' w = B' v``; Edmonds' pivots
    keep every entry whole.
    """
    A, B = [[int(v) for v in a] for a in A], [[int(v) for v in b] for b in B]
    if any(
        min(a[r] for a in A) > max(b[r] for b in B) or max(a[r] for a in A) < min(b[r] for b in B)
        for r in range(len(A[0]))
    ):
        return False
    columns = [[1, 0, *a] for a in A] + [[0, 1, *(-v for v in b)] for b in B] + [[1, 1] + [0] * len(A[0])]
    rows = [list(row) for row in zip(*columns, strict=True)]
    n, m = len(columns) - 1, len(rows)
    cost = [-sum(row[j] for row in rows) for j in range(n + 1)]
    basis = list(range(n, n + m))
    last = 1
    while cost[n] < 0:
        enter = next((j for j in range(n) if cost[j] < 0), None)
        if enter is None:
            return False
        leave = min(
            (i for i in range(m) if rows[i][enter] > 0),
            key=lambda i: (Fraction(rows[i][n], rows[i][enter]), basis[i]),
        )
        pivot_row, pivot = rows[leave], rows[leave][enter]
        for row in [*rows, cost]:
            if row is not pivot_row:
                factor = row[enter]
                row[:] = [(v * pivot - factor * p) // last for v, p in zip(row, pivot_row, strict=True)]
        basis[leave], last = enter, pivot
    return True


def meet_by_linprog(A, B, tolerance: float = 0.0) -> bool:
    """Whether no hyperplane leaves more than ``tolerance`` between two hulls; for gaps far from rounding.

    The plane of the widest gap in the maximum norm is sought; what it leaves is then measured on the points.
    """
    A, B = np.asarray(A, float), np.asarray(B, float)
    center = A.mean(axis=0)
    A, B = A - center, B - center
    size = max(np.abs(A).max(), np.abs(B).max()) or 1.0
    A, B, d = A / size, B / size, A.shape[1]
    # variables: normal (d), height of A, height of B; A lies above its height, B below its own
    above = np.hstack([-A, np.ones((len(A), 1)), np.zeros((len(A), 1))])
    below = np.hstack([B, np.zeros((len(B), 1)), -np.ones((len(B), 1))])
    answer = linprog(
        [0.0] * d + [-1.0, 1.0],
        A_ub=np.vstack([above, below]),
        b_ub=np.zeros(len(A) + len(B)),
        bounds=[(-1, 1)] * d + [(None, None)] * 2,
        method="highs",
    )
    assert answer.success, answer.message
    normal = answer.x[:d]
    length = np.linalg.norm(normal)
    if length == 0:
        return True
    gap = ((A @ normal).min() - (B @ normal).max()) / length * size
    return bool(gap <= max(tolerance, 1e-12 * size))


def same_partition(a: Sequence[int], b: Sequence[int]) -> bool:
    """Whether two numberings of clusters put the same points together."""
    return len(set(zip(a, b, strict=True))) == len(set(a)) == len(set(b))
