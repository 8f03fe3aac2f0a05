"""Similarities that version 0.1.0 stored, read as comparisons."""

from __future__ import annotations

import tarfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tunescope import records
from tunescope.errors import StorageError
from tunescope.storage import write_table

STORED = Path(__file__).parent.parent / "stored" / "study-0.1.0.tar.xz"


@pytest.fixture(scope="module")
def stored(tmp_path_factory) -> Path:
    """The study folder that version 0.1.0 wrote."""
    folder = tmp_path_factory.mktemp("stored")
    with tarfile.open(STORED) as archive:
        archive.extractall(folder, filter="data")
    return folder / "study"


def test_every_number_of_a_stored_similarity_is_a_comparison(stored):
    old = pd.read_parquet(stored / "tables" / "similarity.parquet")
    new = records.read_rows(stored, "comparisons")
    assert list(new.columns) == records.schema("comparisons").names
    assert len(new) == 2 * len(old)
    for column, measure in (("pearson", "spatial-pearson"), ("spearman", "spatial-spearman")):
        mine = new[new["measure"] == measure].reset_index(drop=True)
        np.testing.assert_array_equal(mine["value"], old[column])
        assert list(mine["setting"]) == list(old["convention"])
        assert list(mine["n"]) == list(old["n_pairs"])
        assert list(mine["linear"]) == list(old["linear"])
    pearson = new[new["measure"] == "spatial-pearson"]
    np.testing.assert_array_equal(pearson[["low", "high"]], old[["low", "high"]])
    assert new.loc[new["measure"] == "spatial-spearman", ["low", "high"]].isna().all(axis=None)
    assert new[["null", "null_low", "null_high"]].isna().all(axis=None)


def test_what_is_read_of_an_old_folder_can_be_written_as_the_new_table(stored, tmp_path):
    rows = records.read_rows(stored, "comparisons")
    assert not rows.duplicated(records.identity("comparisons")).any()
    path = tmp_path / "tables" / "comparisons.parquet"
    write_table(path, rows, records.schema("comparisons"))
    pd.testing.assert_frame_equal(records.read_rows(tmp_path, "comparisons"), rows, check_dtype=False)


def test_of_a_folder_with_both_the_new_table_counts(stored, tmp_path):
    rows = records.read_rows(stored, "comparisons").head(1).assign(value=0.25)
    write_table(tmp_path / "tables" / "comparisons.parquet", rows, records.schema("comparisons"))
    old = pd.read_parquet(stored / "tables" / "similarity.parquet")
    write_table(tmp_path / "tables" / "similarity.parquet", old)
    assert list(records.read_rows(tmp_path, "comparisons")["value"]) == [0.25]


def test_a_similarity_without_a_needed_column_is_refused_by_name(stored, tmp_path):
    old = pd.read_parquet(stored / "tables" / "similarity.parquet").drop(columns="pearson")
    write_table(tmp_path / "tables" / "similarity.parquet", old)
    with pytest.raises(StorageError, match=r"similarity\.parquet: the column pearson"):
        records.read_rows(tmp_path, "comparisons")


def test_a_folder_without_either_has_no_comparisons(tmp_path):
    assert records.read_rows(tmp_path, "comparisons") is None


def test_a_table_that_nobody_here_declared_is_read_as_it_stands(tmp_path):
    write_table(tmp_path / "tables" / "of_a_plugin.parquet", [{"encoder": "a", "norm": 1.5}])
    assert records.read_rows(tmp_path, "of_a_plugin").to_dict("records") == [{"encoder": "a", "norm": 1.5}]


@pytest.mark.parametrize("table", [one.name for one in records.BUILT_IN])
def test_every_table_that_was_stored_is_read(stored, table):
    rows = records.read_rows(stored, table)
    assert rows is None or set(records.table(table).needed) <= set(rows.columns)
    later = {"measures", "parameters", "pair_chance", "gap_chance", "neighbours", "dragged_words"}
    later |= {"task_similarity", "task_tree", "graft", "indicators", "forecast"}
    assert (rows is None) == (table in later)
