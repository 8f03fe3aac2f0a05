"""A large separable set: 100,000 points of width 768 with 50 labels, time and memory."""

from __future__ import annotations

import argparse
import resource
import time

import numpy as np

from tunescope import DirectProbe


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="benchmarks large", description=__doc__)
    parser.add_argument("--points", type=int, default=100_000)
    parser.add_argument("--width", type=int, default=768)
    parser.add_argument("--labels", type=int, default=50)
    options = parser.parse_args(arguments)
    generator = np.random.default_rng(0)
    n, d, k = options.points, options.width, options.labels
    y = generator.integers(0, k, n)
    means = generator.normal(size=(k, d)).astype(np.float32)
    X = np.empty((n, d), np.float32)
    for i in range(0, n, 10_000):
        X[i : i + 10_000] = generator.standard_normal((len(y[i : i + 10_000]), d), dtype=np.float32)
        X[i : i + 10_000] += 0.6 * means[y[i : i + 10_000]]
    DirectProbe().fit(X[:200], np.arange(200) % 2)  # compiled before anything is timed
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    begin = time.perf_counter()
    probe = DirectProbe().fit(X, y)
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    size = X.nbytes / 2**20
    print(f"{n:,} x {d}, {k} labels: {probe.n_clusters_} clusters, linear: {probe.is_linear_}, {seconds:.1f} s")
    print(
        f"data {size:.0f} MiB; process {before:.0f} MiB before, at most {peak:.0f} MiB: "
        f"data and working memory {(peak - before + size) / size:.2f} x the data"
    )


if __name__ == "__main__":
    main()
