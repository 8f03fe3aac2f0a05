"""The grid of classifier probes against scikit-learn's MLPClassifier doing the same, in one run on one data set.

    python benchmarks/classifier_grid.py                      synthetic vectors of the shape of POS
    python benchmarks/classifier_grid.py --npz FILE           X_train, y_train, X_test, y_test
    TUNESCOPE_DATA_DIR=… python benchmarks/classifier_grid.py --encoder FOLDER     last layer, UD-PUD POS or --task

scikit-learn is given its best case: one fit per core at a time, one thread each, as GridSearchCV(n_jobs=cores) on
one split would do it, without any idle core at the end. It trains a part of the grid that spans it; the rest is
extrapolated by its time per epoch (linear in the multiplications of a network) and its mean number of epochs. With
``--whole`` it trains all 128 settings, on the same validation set, and runs its own best one: nothing is extrapolated,
and the two test accuracies are those of two searches that know nothing of each other.

Other work on the machine disturbs wall times much more than core-seconds (processor time), so both are printed, and
the load. A third row divides scikit-learn's core-seconds by the cores, which is the wall time of a GridSearchCV that
keeps all of them busy on a quiet machine; tunescope's wall time stands beside it as it was, waiting included.
"""

from __future__ import annotations

import argparse
import os
import time
import warnings
from contextlib import contextmanager
from itertools import pairwise, product
from unittest.mock import patch

import joblib
import numpy as np

PART = [  # widths and alphas that span the grid, each width in both layers, alphas from one end to the other
    ((32, 32), 1e-4),
    ((64, 128), 1e-1),
    ((128, 64), 1e-6),
    ((32, 256), 1e-2),
    ((256, 32), 1e-7),
    ((256, 256), 1.0),
    ((256, 256), 1e-5),
]


def synthetic(n_train=16_853, n_test=4_323, d=384, k=17, seed=0):
    """Labels of Zipf's frequencies, several overlapping clusters each, in an uneven space."""
    random = np.random.RandomState(seed)
    share = 1 / np.arange(1, k + 1)
    y = random.choice(k, n_train + n_test, p=share / share.sum())
    centres = random.normal(size=(k, 12, d)) * 0.11
    axes = np.linspace(1.5, 0.3, d)
    X = (centres[y, random.randint(12, size=len(y))] + 0.4 * random.normal(size=(len(y), d))) * axes
    X = X.astype(np.float32)
    names = np.array([f"label{i:02d}" for i in range(k)])[y]
    return X[:n_train], names[:n_train], X[n_train:], names[n_train:]


def of_encoder(folder, task_name):
    from tunescope.encoders import load_encoder
    from tunescope.tasks import load_task

    task, encoder = load_task(task_name), load_encoder(folder)
    layer = encoder.n_layers
    sets = []
    for split in (task.train, task.test):
        representation = encoder.encode(split, task.kind, layers=[layer]).representation(layer)
        sets += [representation.X, representation.y]
    return sets


@contextmanager
def parts_timed(parts):
    """Note wall and processor time of each rung of the search and of the runs of the winner."""
    from tunescope.probes import _grid

    def timed(function, name_of):
        def call(*args, **kwargs):
            wall, cpu = time.perf_counter(), time.process_time()
            name = name_of(*args)
            function(*args, **kwargs)
            parts.append((name, time.perf_counter() - wall, time.process_time() - cpu))

        return call

    def rung(courses, end):
        return f"up to epoch {end}, {sum(len(course.runs) for course in courses)} networks"

    with (
        patch.object(_grid, "train_together", timed(_grid.train_together, rung)),
        patch.object(_grid, "fit_together", timed(_grid.fit_together, lambda probes, *_: f"{len(probes)} runs")),
    ):
        yield


def fit_sklearn(X, y, hidden, alpha, seed, X_test=None, y_test=None):
    from sklearn.neural_network import MLPClassifier
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wall, cpu = time.perf_counter(), time.process_time()
        model = MLPClassifier(hidden, alpha=alpha, max_iter=1000, random_state=seed).fit(X, y)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        accuracy = None if X_test is None else model.score(X_test, y_test)
    return wall, cpu, model.n_iter_, accuracy


def multiplications(hidden, d, k):
    """Per point and epoch: forward and weight gradients everywhere, input gradients but in the first layer."""
    sizes = (d, *hidden, k)
    products = [a * b for a, b in pairwise(sizes)]
    return 3 * sum(products) - products[0]


def whole_grid(X, y, X_test, y_test, held_out, ours, ours_wall, ours_cpu, options):
    """scikit-learn's own search over all settings, and five runs of what it finds; both sides' test accuracies."""
    from tunescope.probes import ALPHAS, HIDDEN

    learn = ~held_out
    d, k = X.shape[1], len(np.unique(y))
    grid = sorted(product(HIDDEN, ALPHAS), key=lambda setting: -multiplications(setting[0], d, k))
    begin = time.perf_counter()
    fits = joblib.Parallel(n_jobs=options.cores, return_as="generator")(
        joblib.delayed(fit_sklearn)(X[learn], y[learn], *setting, options.seed, X[held_out], y[held_out])
        for setting in grid
    )
    done = []
    for setting, fit in zip(grid, fits, strict=True):
        done.append(fit)
        print(f"  {setting[0]!s:>10} {setting[1]:7.0e}: {fit[2]:4d} epochs, {100 * fit[3]:.2f}%", flush=True)
    best = grid[int(np.argmax([accuracy for *_, accuracy in done]))]
    runs = joblib.Parallel(n_jobs=options.cores)(
        joblib.delayed(fit_sklearn)(X, y, *best, options.seed + i, X_test, y_test) for i in range(len(ours.accuracies))
    )
    wall = time.perf_counter() - begin
    cpu = sum(cpu for _, cpu, *_ in done + runs)
    test = np.array([accuracy for *_, accuracy in runs])
    print(
        f"\nscikit-learn, {len(grid)} settings + {len(runs)} runs: {wall:.1f} s, {cpu:.1f} core-seconds\n"
        f"  best: hidden {best[0]}, alpha {best[1]:g}, validation {100 * max(a for *_, a in done):.2f}%\n"
        f"  test: {100 * test.mean():.2f} ± {100 * test.std(ddof=1):.2f}%, epochs {[run[2] for run in runs]}\n"
        f"tunescope is {wall / ours_wall:.1f} times as fast (wall), {cpu / ours_cpu:.1f} times in core-seconds\n"
        f"test accuracy of the two searches: {100 * (ours.mean - test.mean()):+.2f} points, standard deviations "
        f"{100 * ours.std:.2f} and {100 * test.std(ddof=1):.2f}; load {os.getloadavg()[0]:.1f} after"
    )


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--encoder", help="a Hugging Face folder, with the data in TUNESCOPE_DATA_DIR")
    parser.add_argument("--task", default="pos", help="whose vectors, with --encoder")
    parser.add_argument("--npz", help="a file with X_train, y_train, X_test, y_test")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--ours-only", action="store_true", help="leave scikit-learn out")
    parser.add_argument(
        "--whole", action="store_true", help="scikit-learn trains all 128 settings, nothing extrapolated"
    )
    options = parser.parse_args(arguments)

    import torch

    from tunescope.probes import ALPHAS, HIDDEN, ClassifierProbe, fit_together, grid_search
    from tunescope.probes._grid import draw_validation

    if options.encoder:
        X, y, X_test, y_test = of_encoder(options.encoder, options.task)
    elif options.npz:
        with np.load(options.npz) as file:
            X, y, X_test, y_test = (file[name] for name in ("X_train", "y_train", "X_test", "y_test"))
    else:
        X, y, X_test, y_test = synthetic()
    d, k = X.shape[1], len(np.unique(y))
    print(
        f"train {X.shape}, test {X_test.shape}, {k} labels, {X.dtype}; {options.cores} cores, load "
        f"{os.getloadavg()[0]:.1f} before",
        flush=True,
    )

    torch.set_num_threads(options.cores)
    # Numba compiles once per machine; that is no part of the search
    fit_together([ClassifierProbe((8, 8), max_iter=1, n_iter_no_change=np.inf)], X[:200], y[:200])
    parts: list[tuple[str, float, float]] = []
    wall, cpu = time.perf_counter(), time.process_time()
    with parts_timed(parts):
        found = grid_search(X, y, X_test, y_test, seed=options.seed, device=options.device)
    ours_wall, ours_cpu = time.perf_counter() - wall, time.process_time() - cpu
    setting = (found.best_hidden, found.best_alpha)
    print(
        f"\ntunescope, {len(found.rows)} settings + {len(found.accuracies)} runs: {ours_wall:.1f} s, "
        f"{ours_cpu:.1f} core-seconds ({found.settings['device']}, search in {found.settings['precision']}, "
        f"runs in {found.settings['final_precision']})\n"
        f"  best: hidden {setting[0]}, alpha {setting[1]:g}, "
        f"validation {100 * found.best['validation_accuracy']:.2f}%\n"
        f"  test: {100 * found.mean:.2f} ± {100 * found.std:.2f}%, epochs {found.settings['final_epochs']}",
        flush=True,
    )
    for name, part_wall, part_cpu in parts:
        print(f"  {name}: {part_wall:.1f} s, {part_cpu:.1f} core-seconds", flush=True)
    if options.ours_only:
        return

    held_out = draw_validation(np.unique(y, return_inverse=True)[1], 0.2, options.seed)
    learn = ~held_out
    if options.whole:
        whole_grid(X, y, X_test, y_test, held_out, found, ours_wall, ours_cpu, options)
        return
    work = [(X[learn], y[learn], hidden, alpha, options.seed) for hidden, alpha in PART]
    work += [(X, y, *setting, options.seed + i, X_test, y_test) for i in range(len(found.accuracies))]
    # the longest first, so that no core waits at the end
    order = sorted(range(len(work)), key=lambda i: -multiplications(work[i][2], d, k))
    wall = time.perf_counter()
    done = joblib.Parallel(n_jobs=options.cores)(joblib.delayed(fit_sklearn)(*work[i]) for i in order)
    wall = time.perf_counter() - wall
    outcome = dict(zip(order, done, strict=True))
    part, final = [outcome[i] for i in range(len(PART))], [outcome[i] for i in range(len(PART), len(work))]

    print("\nscikit-learn, one thread a fit:")
    for (hidden, alpha), (seconds, cpu, epochs, _) in zip(PART, part, strict=True):
        print(
            f"  {hidden!s:>10} {alpha:7.0e}: {epochs:4d} epochs, {seconds:6.1f} s, {cpu:6.1f} core-seconds, "
            f"{1000 * cpu / epochs:4.0f} core-ms an epoch"
        )
    accuracies = np.array([accuracy for *_, accuracy in final])
    print(
        f"  best setting x {len(final)}: {sum(r[0] for r in final):.1f} s, {sum(r[1] for r in final):.1f} core-seconds,"
        f" epochs {[r[2] for r in final]}, test {100 * accuracies.mean():.2f} ± {100 * accuracies.std(ddof=1):.2f}%"
    )
    work_done = np.array([multiplications(hidden, d, k) for hidden, _ in PART]) / 1e6
    mean_epochs = np.mean([epochs for _, _, epochs, _ in part])
    totals = []
    for column in (0, 1):
        per_epoch = np.array([result[column] / result[2] for result in part])
        slope, fixed = np.polyfit(work_done, per_epoch, 1)
        of_widths = [fixed + slope * multiplications(hidden, d, k) / 1e6 for hidden in HIDDEN]
        grid = sum(of_widths) * len(ALPHAS) * mean_epochs
        totals.append(grid + sum(result[column] for result in final))
        unit = ("s", "core-seconds")[column]
        print(
            f"  extrapolated: (16 widths' time per epoch, fitted as {1000 * fixed:.0f} ms + {1000 * slope:.0f} ms per "
            f"million multiplications) x 8 alphas x {mean_epochs:.0f} epochs = {grid:.0f} {unit}"
        )
    sklearn_wall = totals[0] / options.cores
    print(
        f"\n{'':14}{'scikit-learn':>14}{'tunescope':>12}{'faster':>9}\n"
        f"{'wall':14}{sklearn_wall:12.0f} s{ours_wall:10.1f} s{sklearn_wall / ours_wall:8.1f}x\n"
        f"{'core-seconds':14}{totals[1]:12.0f} s{ours_cpu:10.1f} s{totals[1] / ours_cpu:8.1f}x\n"
        f"{f'c.-s. / {options.cores}, wall':14}{totals[1] / options.cores:12.0f} s{ours_wall:10.1f} s"
        f"{totals[1] / options.cores / ours_wall:8.1f}x\n"
        f"load {os.getloadavg()[0]:.1f} after"
    )
    difference = found.mean - accuracies.mean()
    print(f"\ntest accuracy of the best setting: {100 * difference:+.2f} points against scikit-learn's runs of it")


if __name__ == "__main__":
    main()
