"""Measurements. Each prints a table, with both sides taken in the same run; none of them is part of the tests."""
