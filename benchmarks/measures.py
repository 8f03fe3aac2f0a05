"""Time of each measure on points like a part-of-speech task's, beside a reference library where there is one.

Every measure is taken on a space of its own, so that its time holds what it would share with others; the last lines
give all of them on one space, where that is worked out once. References are asked in the same run, on as many points
as they take in reasonable time, and are left out where they are not installed.
"""

from __future__ import annotations

import argparse
import importlib
import time
import warnings

import numpy as np

from benchmarks import data
from tunescope.geometry import Space, compare, label_chance, label_distances, measure, measures

REFERENCE_POINTS = 2000
"""Points that a reference library gets: many of them form matrices of n × n."""


def timed(work):
    begin = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value = work()
    return time.perf_counter() - begin, value


def references(X, Z, y):
    """Name of the measure -> (library, what it does); libraries that are missing are left out."""
    index = np.unique(y, return_inverse=True)[1]
    wide = X.astype(np.float64)

    def skdim():
        return importlib.import_module("skdim").id.TwoNN(discard_fraction=0, method="mle").fit(wide).dimension_

    def logme():
        torch = importlib.import_module("torch")
        ranker = importlib.import_module("transformer_ranker.estimators")
        return ranker.LogME().fit(torch.tensor(X), torch.tensor(index))

    def h_score():
        torch = importlib.import_module("torch")
        ranker = importlib.import_module("transformer_ranker.estimators")
        return ranker.HScore().fit(torch.tensor(X), torch.tensor(index))

    def neighbours():
        from sklearn.neighbors import NearestNeighbors

        near = NearestNeighbors(n_neighbors=10).fit(wide).kneighbors(return_distance=False)
        votes = np.zeros((len(near), index.max() + 1))
        for place in range(10):
            votes[np.arange(len(near)), index[near[:, place]]] += 1
        return (votes.argmax(axis=1) == index).mean()

    return {
        "cka": ("repsim", lambda: importlib.import_module("repsim").hsic([wide, Z], "linear", "song")[0, 1]),
        "isoscore": ("IsoScore", lambda: importlib.import_module("IsoScore.IsoScore").IsoScore(wide).item()),
        "intrinsic-dimension": ("scikit-dimension", skdim),
        "logme": ("transformer-ranker", logme),
        "h-score": ("transformer-ranker", h_score),
        "silhouette": ("scikit-learn", lambda: importlib.import_module("sklearn.metrics").silhouette_score(wide, y)),
        "knn-accuracy": ("scikit-learn", neighbours),
        "procrustes": ("scipy", lambda: importlib.import_module("scipy.spatial").procrustes(wide, Z)[2]),
    }


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="benchmarks measures", description=__doc__)
    parser.add_argument("--npz", help="an .npz file with X and y; made points unless given")
    parser.add_argument("--encoder", help="folder or hub id: part-of-speech vectors of the real treebank")
    parser.add_argument("--points", type=int, help="only this many points, drawn at random")
    parser.add_argument("--permutations", type=int, default=20, help="permutations of the labels (0: none)")
    options = parser.parse_args(arguments)
    if options.npz:
        with np.load(options.npz, allow_pickle=False) as stored:
            X, y = stored["X"], stored["y"]
    elif options.encoder:
        X, y = data.pos_vectors(options.encoder)
    else:
        X, y = data.like_pos()
    random = np.random.default_rng(0)
    if options.points and options.points < len(X):
        rows = random.choice(len(X), options.points, replace=False)
        X, y = X[rows], y[rows]
    Z = (X + 0.3 * X.std() * random.standard_normal(X.shape)).astype(X.dtype)
    few = random.choice(len(X), min(REFERENCE_POINTS, len(X)), replace=False)
    print(f"{len(X):,} points x {X.shape[1]}, {len(np.unique(y))} labels; references on {len(few):,} of them")
    label_distances(X[few], y[few])  # compiled before anything is timed
    measure(X[few], y[few])
    compare(X[few], Z[few], y[few], names=["knn-jaccard"])
    others = references(X[few], Z[few].astype(np.float64), y[few])
    plain = [info for info in measures() if not info.needs & {"distances", "probabilities"}]
    print(f"{'measure':26s} {'value':>9s} {'seconds':>9s}   the same points as the reference: ours / theirs")
    for info in plain:
        if info.spaces == 1:
            seconds, found = timed(lambda info=info: measure(X, y, names=[info.name]))
            small = timed(lambda info=info: measure(X[few], y[few], names=[info.name]))[0]
        else:
            seconds, found = timed(lambda info=info: compare(X, Z, y, names=[info.name]))
            small = timed(lambda info=info: compare(X[few], Z[few], y[few], names=[info.name]))[0]
        beside = ""
        if info.name in others:
            library, ask = others[info.name]
            try:
                beside = f"{small:.3f} s / {timed(ask)[0]:.3f} s ({library})"
            except ImportError:
                beside = f"({library} is not installed)"
        print(f"{info.name:26s} {found[0].value:9.4f} {seconds:9.3f}   {beside}", flush=True)
    space, second = Space(X, y), Space(Z, y)
    print(f"all of one space, once     {'':9s} {timed(lambda: measure(space))[0]:9.3f}")
    print(f"all of two spaces, once    {'':9s} {timed(lambda: compare(space, second))[0]:9.3f}")
    if options.permutations:
        one, found = timed(lambda: label_distances(X, y))
        chance = timed(lambda: label_chance(X, y, n_permutations=options.permutations, distances=found))[0]
        print(f"hull distances {one:.3f} s; under {options.permutations} permutations {chance:.3f} s")


if __name__ == "__main__":
    main()
