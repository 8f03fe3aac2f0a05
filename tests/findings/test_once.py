"""Findings see an observation once, whichever units measured it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from tunescope.findings import find_gaps, find_runs, find_similarities, read_study, summaries
from tunescope.records import schema
from tunescope.storage import write_table

ORIGIN = {"encoder": "e", "task": "toy", "layer": 1}
BEFORE = {**ORIGIN, "tuned_on": "", "seed": -1, "stage": "original", "update": 0}
AFTER = {**ORIGIN, "tuned_on": "toy", "seed": 0, "stage": "fine-tuned", "update": 9}


def study(folder: Path, *, twice: bool) -> Path:
    """Distances and similarities at the end; `twice` where a second unit measured them a little differently."""

    def gaps(place: dict, label: str, distance: float) -> dict:
        return {**place, "label": label, "distance": distance, "scaled": distance / 2, "nearest": "B"}

    def alike(value: float) -> dict:
        return {**AFTER, "comparison": "train-test", "measure": "spatial-pearson", "setting": "all", "value": value}

    of_gaps = [gaps(BEFORE, "A", 1.0), gaps(BEFORE, "B", 2.0), gaps(AFTER, "A", 3.0), gaps(AFTER, "B", 4.0)]
    comparisons = [alike(0.5)]
    if twice:
        of_gaps += [gaps(AFTER, "A", 3.003), gaps(AFTER, "B", 4.004)]
        comparisons += [alike(0.501)]
    for name, rows in (("gaps", of_gaps), ("comparisons", comparisons)):
        frame = pd.DataFrame(rows).reindex(columns=schema(name).names)
        write_table(folder / "tables" / f"{name}.parquet", frame, schema(name))
    return folder


@pytest.mark.parametrize("twice", [False, True])
def test_what_two_units_measured_is_one_observation(tmp_path, twice):
    folder = study(tmp_path, twice=twice)
    opened = read_study(folder)
    (run,) = find_runs(opened)
    assert find_gaps(opened, run)[1].distance.tolist() == [[[1.0, 2.0], [3.0, 4.0]]]
    (similarity,) = find_similarities(opened, run, 1, "train-test", True)
    assert similarity.pearson == 0.5
    (summary,) = summaries(folder)
    assert (summary.before.distance.mean, summary.after.distance.mean) == (1.5, 3.5)
    assert summary.change.distance.values == (2.0,)
    assert (summary.change.risen.mean, summary.change.n_labels) == (2, 2)


def test_a_study_of_a_table_that_only_another_package_knows_has_runs(tmp_path):
    kinds = {"encoder": "e", "task": "toy", "tuned_on": "toy", "seed": 0, "stage": "fine-tuned", "layer": 1}
    rows = pd.DataFrame([{**kinds, "update": 9, "size": 2.0}, {**kinds, "task": "", "update": 9, "size": 3.0}])
    write_table(tmp_path / "tables" / "of_somebody_else.parquet", rows, pa.Schema.from_pandas(rows, False))
    (run,) = find_runs(read_study(tmp_path))
    assert (run.encoder, run.task, run.tuned_on, run.seeds, run.layers) == ("e", "toy", "toy", (0,), (1,))
