"""One call for one pair of small sets: ``hull_distance`` and ``separable`` beside libsvm's hard margin.

The sets are the label pairs of ``minilm-pos-1000`` (1,000 words x 384; 136 pairs of 2 to 363 points). Each pair is one
call on its own, one thread on either side; per pair the least of several runs of each side counts, the sides taking
turns. libsvm goes on until the bounds that follow from its support vectors agree to 1e-3, as `hull_distance` does, and
only its last, successful run is counted: `separable` asks for less and is held against the same time.
"""

from __future__ import annotations

import argparse
import time
from itertools import combinations

import numpy as np

from benchmarks import data
from benchmarks.hull_distances import GAP, libsvm
from tunescope import hull_distance, separable, verify


def fastest(question, A, B, runs):
    """(least seconds of some runs, the answer)."""
    least = np.inf
    for _ in range(runs):
        begin = time.perf_counter()
        answer = question(A, B)
        least = min(least, time.perf_counter() - begin)
    return least, answer


def summary(name, seconds, svm, sizes):
    ratios = svm / seconds
    print(
        f"{name:14s} {seconds.sum() * 1e3:8.2f} ms in all; median {np.median(seconds) * 1e6:5.0f} us, most "
        f"{seconds.max() * 1e6:5.0f} us; geometric mean {np.exp(np.log(ratios).mean()):5.1f} x, "
        f"least {ratios.min():5.2f} x (at {sizes[ratios.argmin()]}); slower: {(ratios < 1).sum()}, "
        f"below 10 x: {(ratios < 10).sum()}"
    )


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="benchmarks small_pairs", description=__doc__)
    parser.add_argument("--fixture", default="minilm-pos-1000", help="another of the fixtures")
    parser.add_argument("--runs", type=int, default=7, help="runs of each side of which the least counts")
    options = parser.parse_args(arguments)
    stored = data.fixture(options.fixture)
    X, y = stored["X"], stored["y"]
    labels = np.unique(y)
    for question in (hull_distance, separable):  # compiled before anything is timed
        question(X[:4], X[4:8])
    ours = {"hull_distance": hull_distance, "separable": separable}
    seconds, svm, sizes, checked, differ, verdicts = {name: [] for name in ours}, [], [], 0, [], {}
    for a, b in combinations(labels, 2):
        A, B = X[y == a], X[y == b]
        least, taken = np.inf, {}
        for _ in range(options.runs):
            svm_seconds, gap, distance = libsvm(A, B, 1_000_000)
            least = min(least, svm_seconds)
            for name, question in ours.items():
                once, answer = fastest(question, A, B, 3)
                taken[name] = min(taken.get(name, (np.inf,))[0], once), answer
        answers = [answer for _, answer in taken.values()]
        checked += all(verify(answer, A, B) for answer in answers)
        verdicts[answers[0].verdict] = verdicts.get(answers[0].verdict, 0) + 1
        if not answers[0].separable or gap > GAP:
            print(f"  {a} - {b}: {answers[0].verdict}, libsvm's gap {gap:.1e}: left out")
            continue
        if abs(distance - answers[0].upper) > 2 * GAP * answers[0].upper:
            differ.append((a, b))
        svm.append(least)
        sizes.append(f"{len(A)} + {len(B)}")
        for name, (once, _) in taken.items():
            seconds[name].append(once)
    svm = np.array(svm)
    print(f"{options.fixture}: {len(X):,} x {X.shape[1]}, {len(svm)} pairs, {verdicts}; certificates pass: {checked}")
    print(f"answers that differ by more than the gap: {differ or 0}")
    print(f"libsvm         {svm.sum() * 1e3:8.2f} ms in all; median {np.median(svm) * 1e6:5.0f} us")
    for name in ours:
        summary(name, np.array(seconds[name]), svm, sizes)


if __name__ == "__main__":
    main()
