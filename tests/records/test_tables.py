"""What every table says of itself, whoever declared it."""

from __future__ import annotations

import itertools

import pytest

from tunescope import records
from tunescope.errors import StorageError
from tunescope.records import ORIGIN, Table


@pytest.mark.parametrize("table", records.tables(), ids=lambda table: table.name)
def test_a_row_is_known_by_where_it_comes_from_and_what_was_measured(table):
    assert set(table.identity) >= set(table.origin)
    assert set(table.identity) | table.values == set(table.all_columns)
    assert not set(table.identity) & table.values
    assert list(records.schema(table.name).names) == list(table.all_columns)
    assert list(records.schema(table.name, origin=False).names) == list(table.columns)


@pytest.mark.parametrize("table", records.tables(), ids=lambda table: table.name)
def test_what_was_measured_where_is_needed_except_where_old_files_lack_it(table):
    assert set(table.needed) == set(table.all_columns) - table.spare
    assert table.values & set(table.needed) or table.name == "blocks", "a table without a value tells nothing"


def test_the_long_tables_tell_measures_apart_by_row():
    assert records.identity("comparisons") == [*ORIGIN, "layer", "comparison", "update", "measure", "setting"]
    assert records.identity("measures") == [*ORIGIN, "layer", "split", "update", "measure", "setting"]


def test_a_table_that_was_replaced_is_read_and_not_written():
    assert records.table("similarity").replaced_by == "comparisons"
    assert "similarity" not in {table.name for table in records.tables()}


@pytest.fixture
def norms(request):
    """A table as an experiment of another package declares it, under a name of its own."""
    return Table(
        f"norms-{request.node.name}", "label", {"layer": "int64", "label": "string", "norm": "double"}, {"norm"}
    )


def test_a_table_from_outside_has_schema_and_identity(norms):
    records.register(norms)
    assert norms in records.tables()
    assert records.schema(norms.name).names == [*ORIGIN, "layer", "label", "norm"]
    assert records.identity(norms.name) == [*ORIGIN, "layer", "label"]


def test_the_same_table_twice_is_one(norms):
    first = records.register(norms)
    again = Table(norms.name, norms.row, dict(norms.columns), set(norms.values))
    assert records.register(again) is first
    assert sum(table.name == norms.name for table in records.tables()) == 1


@pytest.mark.parametrize(
    ("columns", "values"),
    [
        ({"layer": "int64", "label": "string", "norm": "int64"}, {"norm"}),
        ({"layer": "int64", "label": "string", "norm": "double", "more": "double"}, {"norm", "more"}),
        ({"layer": "int64", "label": "string", "norm": "double"}, {"norm", "label"}),
    ],
)
def test_another_table_of_a_known_name_is_refused(norms, columns, values):
    records.register(norms)
    with pytest.raises(StorageError, match="is known already, with other columns"):
        records.register(Table(norms.name, norms.row, columns, values))
    assert records.table(norms.name) == norms


@pytest.mark.parametrize(
    ("columns", "values", "message"),
    [
        ({"norm": "decimal"}, {"norm"}, "norm"),
        ({"seed": "int64"}, set(), "seed"),
        ({"layer": "int64"}, {"norm"}, "norm"),
    ],
)
def test_a_declaration_that_cannot_be_is_refused(columns, values, message):
    with pytest.raises(StorageError, match=message):
        Table("x", "label", columns, values)


@pytest.mark.parametrize("ask", [records.schema, records.identity, records.table])
def test_an_unknown_table_is_said_with_those_that_are_known(ask):
    with pytest.raises(StorageError, match=r"'gap'; known are .*gaps"):
        ask("gap")


def test_words_of_columns_are_different_words():
    for words in (records.STAGES, records.COMPARISONS, records.CONVENTIONS, tuple(records.MAP_METHODS)):
        assert all(a != b for a, b in itertools.combinations(words, 2))
