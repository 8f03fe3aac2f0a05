"""Reading a study of 1,000 units: what holding every file against its checksum costs.

The units are written here, each with a table of 300 rows, an array of 100 vectors of width 256 (100 kB) and a record.
Both sides read every table and every array of the same units, alternating, each time as a new process would (nothing
is remembered of an earlier comparison).
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from unittest import mock

import numpy as np


def write_study(root, n_units, random):
    import pandas as pd

    from tunescope.storage import ResultStore

    store = ResultStore(root)
    for number in range(n_units):
        with store.writing("kind", f"{number:05d}", {"number": number}) as writer:
            labels = [f"label {i % 17}" for i in range(300)]
            table = pd.DataFrame({"update": np.arange(300), "label": labels, "value": random.normal(size=300)})
            writer.table("rows", table)
            writer.arrays("vectors", {"X": random.normal(size=(100, 256)).astype(np.float32)})


def read(root, checked):
    """Seconds of the processor to find every unit of a study and to read all that is in it."""
    from tunescope.storage import ResultStore, _checksums, _units

    _checksums._found_whole.clear()
    believed = [mock.patch.object(module, "is_whole", return_value=True) for module in (_checksums, _units)]
    if not checked:
        for one in believed:
            one.start()
    begin = time.process_time()
    store, total = ResultStore(root), 0.0
    for path in sorted((root / "units" / "kind").iterdir()):
        unit = store.unit("kind", path.name)
        total += float(unit.table("rows")["value"].sum()) + float(unit.arrays("vectors")["X"].sum())
    seconds = time.process_time() - begin
    if not checked:
        for one in believed:
            one.stop()
    assert np.isfinite(total)
    return seconds


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="benchmarks reading", description=__doc__)
    parser.add_argument("--units", type=int, default=1000)
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "study"
        write_study(root, options.units, np.random.default_rng(0))
        read(root, True)  # everything is in the system's memory before anything is timed
        ratios = []
        for number in range(options.times):
            without, checked = read(root, False), read(root, True)
            ratios.append(checked / without)
            print(
                f"{number + 1}: without checks {without:.2f} s, with {checked:.2f} s, ratio {ratios[-1]:.2f}",
                flush=True,
            )
    ratio = statistics.median(ratios)
    print(f"{options.units} units: reading with checks takes {ratio:.2f} times as long (median); the bound is 1.3")
    return 0 if ratio <= 1.3 else 1
