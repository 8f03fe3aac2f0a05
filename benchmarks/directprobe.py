"""DirectProbe: the right clusters on every fixture, their time, and growth with the number of points.

Validity and maximality of a result are checked here, from certificates, by code that is not the engine: every pair
of clusters of different labels must have a verified hyperplane; every pair of clusters of one label a verified
common point of their union with a cluster of another label (or hold a conflicting point).
"""

from __future__ import annotations

import argparse
import resource
import time

import numpy as np
from sklearn.metrics import adjusted_rand_score

from benchmarks import data
from tunescope import DirectProbe, verify

FIXTURES = (
    "moons-2d", "circles-2d", "spirals-2d", "iris", "blobs-overlap-5d", "digits-600",
    "minilm-pos-1000", "tiny-pos-500", "tiny-pos-1000", "tiny-pos-2000",
)  # fmt: skip
PUBLISHED_SECONDS = {
    "moons-2d": 0.2, "circles-2d": 0.2, "spirals-2d": 0.3, "iris": 0.2, "blobs-overlap-5d": 2.5, "digits-600": 3.3,
    "minilm-pos-1000": 18.2, "tiny-pos-500": 4.5, "tiny-pos-1000": 39.7, "tiny-pos-2000": 159.5,
}  # fmt: skip
"""Seconds of the published implementation, as recorded with the fixtures on a two-core machine of this kind."""


def fit(X, y, n_jobs=None):
    begin = time.perf_counter()
    probe = DirectProbe(n_jobs=n_jobs).fit(X, y)
    return probe, time.perf_counter() - begin


def check(probe, X, y):
    """(pairs of different labels proved apart, of how many; pairs of one label proved unjoinable, of how many)."""
    members = [np.flatnonzero(probe.labels_ == c) for c in range(probe.n_clusters_)]
    labels = [set(y[m].tolist()) for m in members]
    assert all(len(s) == 1 for s in labels)
    of = [next(iter(s)) for s in labels]
    k = len(members)
    certificates = probe.certificates()
    apart = wanted_apart = 0
    for i in range(k):
        for j in range(i + 1, k):
            if of[i] == of[j]:
                continue
            wanted_apart += 1
            both_single = len(members[i]) == len(members[j]) == 1
            answer = certificates[i, j]
            proved = answer.separable and verify(answer, X[members[i]], X[members[j]])
            apart += proved or (both_single and np.array_equal(X[members[i]], X[members[j]]))
    stuck = wanted_stuck = 0
    witnesses = {(w.cluster_a, w.cluster_b): w for w in probe.witnesses()}
    conflicting = set(probe.conflicts_.tolist())
    radius = np.linalg.norm(X - X.mean(axis=0), axis=1).max()
    for i in range(k):
        for j in range(i + 1, k):
            if of[i] != of[j]:
                continue
            wanted_stuck += 1
            if conflicting & {*members[i].tolist(), *members[j].tolist()}:
                stuck += 1
                continue
            w = witnesses.get((i, j))
            if w is None:
                continue
            union = set(members[i].tolist()) | set(members[j].tolist())
            inside = set(w.points_union.tolist()) <= union and set(w.points_blocker.tolist()) <= set(
                members[w.blocker].tolist()
            )
            convex = all(v.min() >= 0 and abs(v.sum() - 1) < 1e-9 for v in (w.weights_union, w.weights_blocker))
            near = w.weights_union @ X[w.points_union].astype(float)
            far = w.weights_blocker @ X[w.points_blocker].astype(float)
            stuck += inside and convex and of[w.blocker] != of[i] and np.linalg.norm(near - far) <= 1e-8 * radius
    return apart, wanted_apart, stuck, wanted_stuck


def report_check(probe, X, y):
    begin = time.perf_counter()
    apart, wanted_apart, stuck, wanted_stuck = check(probe, X, y)
    print(
        f"  valid: {apart} of {wanted_apart} pairs of different labels proved apart; "
        f"maximal: {stuck} of {wanted_stuck} pairs of one label proved unjoinable "
        f"(checked in {time.perf_counter() - begin:.1f} s)",
        flush=True,
    )


def undecided(probe):
    """The tests that rest on hulls nearer than the tolerance, of all label pairs and rejected merges.

    In brackets those where the hulls are not even proved nearer than it.
    """
    k, counts = len(probe.classes_), probe._counts
    unproved = sum(block.verdict == "undecided" and block.upper > probe._tolerance for block in probe.blocking_)
    unproved += counts.unproved if counts is not None else 0
    return f"{probe.n_undecided_} ({unproved}) of {k * (k - 1) // 2 + (counts.rejections if counts is not None else 0)}"


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="benchmarks directprobe", description=__doc__)
    parser.add_argument("--skip-full", action="store_true", help="leave out the 16,853 points")
    parser.add_argument("--growth", action="store_true", help="also 1k, 2k, 4k, 8k, 16k of the full set")
    options = parser.parse_args(arguments)
    warm = data.fixture("iris")
    fit(warm["X"], warm["y"])
    blobs = data.fixture("blobs-overlap-5d")
    fit(blobs["X"], blobs["y"])
    print("set                n x d        clusters  index  with published   undecided of   seconds  published")
    for name in FIXTURES:
        stored = data.fixture(name)
        X, y = stored["X"], stored["y"]
        probe, seconds = fit(X, y)
        again = min(seconds, fit(X, y)[1])
        exact = adjusted_rand_score(stored["clusters"], probe.labels_)
        published = adjusted_rand_score(stored["clusters_published"], probe.labels_)
        print(
            f"{name:18s} {len(X):5d} x {X.shape[1]:4d} {probe.n_clusters_:8d} {exact:7.4f} {published:12.4f} "
            f"{undecided(probe):>15s} {again:10.3f} {PUBLISHED_SECONDS[name]:9.1f}",
            flush=True,
        )
        report_check(probe, X, y)
    if options.skip_full:
        return
    stored = data.fixture("tiny-pos-full")
    X, y = stored["X"], stored["y"]
    probe, seconds = fit(X, y)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"tiny-pos-full      {len(X):5d} x {X.shape[1]:4d} {probe.n_clusters_:8d} clusters, "
        f"{undecided(probe)} undecided, {seconds:.1f} s, process memory at most {memory:.2f} GiB",
        flush=True,
    )
    report_check(probe, X, y)
    if options.growth:
        order = np.random.default_rng(0).permutation(len(X))
        sizes, times = [1000, 2000, 4000, 8000, 16000], []
        for n in sizes:
            chosen = order[:n]
            probe, seconds = fit(X[chosen], y[chosen])
            times.append(seconds)
            print(f"  n = {n:6d}: {probe.n_clusters_:4d} clusters, {seconds:7.2f} s", flush=True)
        exponent = np.polyfit(np.log(sizes), np.log(times), 1)[0]
        print(f"  time grows as n^{exponent:.2f}")


if __name__ == "__main__":
    main()
