"""The documentation of the stored form names every table, column and array."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tunescope import records

PAGE = (Path(__file__).parents[2] / "docs" / "architecture.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("table", records.BUILT_IN, ids=lambda table: table.name)
def test_a_table_stands_there_with_its_row_and_its_columns(table):
    found = re.search(rf"^\| {table.name} \| ([^|]+) \| (.+) \|$", PAGE, re.MULTILINE)
    assert found, f"docs/architecture.md has no row of the table {table.name!r}"
    assert found[1] == table.row
    names = re.sub(r"\([^()]*\)", "", found[2]).replace(" ", "").split(",")
    assert names == [column for column in table.columns if column != "layer"]


def test_every_array_of_a_projection_stands_there():
    maps = [name for method in records.MAP_METHODS for key, name in records.map_names(method).items()]
    for name in (*records.ARRAYS.values(), *records.METADATA.values(), *maps):
        assert re.search(rf"\b{re.escape(name)}\b", PAGE), name
