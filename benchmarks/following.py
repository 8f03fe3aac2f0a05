"""Following a space through a fine-tuning run: label distances from scratch and from the snapshot before.

The snapshots are those of a real run (POS, 3 epochs, every 5 updates, the last layer); both sides measure the same
snapshots, alternating, with the same threads. A third column begins with the answer for the very same points: nothing
has moved, so that is what reading the points and proving the answer take; a warm start has that and its steps to do.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from tunescope import label_distances


def snapshots(encoder, epochs, every):
    from tunescope import Recipe, fine_tune, load_encoder, load_task

    task, start = load_task("pos"), load_encoder(encoder)
    kept, labels = [], None

    def keep(update, epoch, model):
        nonlocal labels
        encoding = model.encode(task.train, task.kind, layers=(model.n_layers,))
        kept.append(encoding.vectors[model.n_layers])
        labels = encoding.labels
        print(f"  snapshot at update {update}", flush=True)

    fine_tune(start, task, Recipe(epochs=epochs), seed=0, every=every, on_snapshot=keep)
    return kept, labels


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="benchmarks following", description=__doc__)
    parser.add_argument("--encoder", help="folder or hub id")
    parser.add_argument("--npz", help="snapshots of an earlier run (u000, u005, … and y) instead")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--every", type=int, default=5)
    parser.add_argument("--save", help="keep the snapshots in this .npz file")
    options = parser.parse_args(arguments)
    if options.npz:
        with np.load(options.npz, allow_pickle=False) as stored:
            names = sorted(n for n in stored.files if n != "y")
            spaces, y = [stored[n] for n in names], stored["y"]
    elif options.encoder:
        spaces, y = snapshots(options.encoder, options.epochs, options.every)
        if options.save:
            np.savez(options.save, y=y, **{f"u{i:03d}": s for i, s in enumerate(spaces)})
    else:
        parser.error("give --encoder or --npz")
    label_distances(spaces[1], y, previous=label_distances(spaces[1], y))  # compiled before anything is timed
    previous = label_distances(spaces[0], y)
    cold_total = warm_total = least_total = 0.0
    print("snapshot   cold s   warm s   ratio   unmoved s   ratio   largest relative difference   not separable")
    for i, X in enumerate(spaces[1:], start=1):
        begin = time.perf_counter()
        cold = label_distances(X, y)
        cold_seconds = time.perf_counter() - begin
        begin = time.perf_counter()
        warm = label_distances(X, y, previous=previous)
        warm_seconds = time.perf_counter() - begin
        begin = time.perf_counter()
        label_distances(X, y, previous=warm)
        least_seconds = time.perf_counter() - begin
        previous = warm
        assert (cold.verdicts == warm.verdicts).all()
        with np.errstate(invalid="ignore", divide="ignore"):
            difference = np.nanmax(np.abs(cold.distances - warm.distances) / cold.distances)
        cold_total, warm_total = cold_total + cold_seconds, warm_total + warm_seconds
        least_total += least_seconds
        print(
            f"{i:8d} {cold_seconds:8.3f} {warm_seconds:8.3f} {cold_seconds / warm_seconds:7.1f} {least_seconds:11.3f} "
            f"{cold_seconds / least_seconds:7.1f} {difference:29.1e} "
            f"{int((np.triu(cold.verdicts != 'separable', 1)).sum()):15d}",
            flush=True,
        )
    print(
        f"in all   {cold_total:8.3f} {warm_total:8.3f} {cold_total / warm_total:7.1f} {least_total:11.3f} "
        f"{cold_total / least_total:7.1f}"
    )


if __name__ == "__main__":
    main()
