"""Distances of all label pairs of a real encoder's last layer, beside libsvm's hard margin.

Both sides go on until their own certificate shows a relative gap of 1e-3: libsvm's tolerance is tightened until
the bounds that follow from its support vectors agree, and only its last, successful run is counted. Each pair is
given to tunescope as ``hull_distance`` on its own, one thread on either side, the faster of two runs.
"""

from __future__ import annotations

import argparse
import time
import warnings
from itertools import combinations

import numpy as np
from sklearn.svm import SVC

from benchmarks import data
from tunescope import hull_distance, verify

GAP = 1e-3


def libsvm(A, B, max_iter):
    """(seconds of the first run that reached the gap or of the last one tried, gap reached, distance)."""
    center = (A.mean(axis=0) + B.mean(axis=0)) / 2
    radius = max(np.linalg.norm(A - center, axis=1).max(), np.linalg.norm(B - center, axis=1).max())
    X = np.concatenate([A, B]).astype(np.float64)
    X = (X - center) / radius
    y = np.repeat([1, -1], [len(A), len(B)])
    for tol in (1e-3, 1e-4, 1e-5, 1e-6):
        model = SVC(kernel="linear", C=1e12, tol=tol, cache_size=2000, max_iter=max_iter)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            begin = time.perf_counter()
            model.fit(X, y)
            seconds = time.perf_counter() - begin
        weights = model.dual_coef_[0]
        first = weights > 0
        w = model.coef_[0]
        if not w.any() or not first.any() or first.all():
            return seconds, 1.0, 0.0
        support = model.support_vectors_
        near = weights[first] @ support[first] / weights[first].sum()
        far = weights[~first] @ support[~first] / weights[~first].sum()
        upper = np.linalg.norm(near - far)
        lower = ((X[: len(A)] @ w).min() - (X[len(A) :] @ w).max()) / np.linalg.norm(w)
        gap = (upper - lower) / upper
        if gap <= GAP or model.n_iter_.max() >= max_iter:
            break
    return seconds, gap, upper * radius


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="benchmarks hull_distances", description=__doc__)
    parser.add_argument("--encoder", help="folder or hub id; made points of the same shape unless given")
    parser.add_argument("--npz", help="an .npz file with X and y instead")
    parser.add_argument("--max-iter", type=int, default=3_000_000, help="libsvm's limit for a run")
    parser.add_argument("--pairs", type=int, help="measure only this many pairs, spread over all sizes")
    options = parser.parse_args(arguments)
    if options.npz:
        with np.load(options.npz, allow_pickle=False) as stored:
            X, y = stored["X"], stored["y"]
    elif options.encoder:
        X, y = data.pos_vectors(options.encoder)
    else:
        X, y = data.like_pos()
    labels = np.unique(y)
    pairs = list(combinations(labels, 2))
    if options.pairs:
        pairs = [pairs[i] for i in np.linspace(0, len(pairs) - 1, options.pairs).astype(int)]
    hull_distance(X[:4], X[4:8])  # compiled before anything is timed
    print(
        f"{len(X):,} points x {X.shape[1]}, {len(labels)} labels, {len(pairs)} pairs, relative gap {GAP:g}", flush=True
    )
    ratios, ours_total, svm_total, unfinished, checked, verdicts = [], 0.0, 0.0, 0, 0, {}
    worst = (np.inf, None)
    differ = []
    for a, b in pairs:
        A, B = X[y == a], X[y == b]
        seconds = np.inf
        for _ in range(2):
            begin = time.perf_counter()
            answer = hull_distance(A, B, rtol=GAP)
            seconds = min(seconds, time.perf_counter() - begin)
        verdicts[answer.verdict] = verdicts.get(answer.verdict, 0) + 1
        checked += verify(answer, A, B)
        if not answer.separable:
            print(f"  {a} - {b}: {answer.verdict}; libsvm has no certificate for hulls that meet, left out", flush=True)
            continue
        svm, gap, distance = libsvm(A, B, options.max_iter)
        finished = gap <= GAP
        unfinished += not finished
        if finished and abs(distance - answer.upper) > 2 * GAP * answer.upper:
            differ.append((a, b, distance, answer.upper))
        ratios.append(svm / seconds)
        ours_total, svm_total = ours_total + seconds, svm_total + svm
        if svm / seconds < worst[0]:
            worst = (svm / seconds, f"{a} - {b}: {seconds * 1e3:.2f} ms against {svm * 1e3:.2f} ms")
    ratios = np.array(ratios)
    print(f"verdicts: {verdicts}; certificates that pass verify: {checked} of {len(pairs)}")
    print(f"tunescope {ours_total:8.2f} s in all")
    print(f"libsvm    {svm_total:8.2f} s in all; {unfinished} pairs stopped after {options.max_iter:,} steps")
    print(f"speed, geometric mean: {np.exp(np.log(ratios).mean()):.1f} x; least: {worst[0]:.1f} x ({worst[1]})")
    print(f"pairs on which tunescope is slower: {(ratios < 1).sum()}; on which the answers differ: {differ or 0}")


if __name__ == "__main__":
    main()
