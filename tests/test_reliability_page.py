"""The page on reliability is true: each test that it names is there, and it tells of at least 60 kinds of bad input."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
PAGE = (HERE.parent / "docs" / "reliability.md").read_text(encoding="utf-8")


def rows(title):
    part = PAGE.split(f"## {title}\n")[1].split("\n## ")[0]
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in part.splitlines()
        if "`" in line and line[0] == "|"
    ]


def test_every_test_that_is_named_is_there():
    named = set(re.findall(r"`([a-z_/0-9]+\.py)::(test_[a-z_0-9]+)`", PAGE))
    assert len(named) > 60
    missing = [f"{file}::{name}" for file, name in named if f"def {name}(" not in (HERE / file).read_text("utf-8")]
    assert missing == []


def test_every_line_names_what_happens_and_its_test():
    for title, least in (("Bad input", 60), ("Faults", 15)):
        told = rows(title)
        assert len({row[0] for row in told}) == len(told) >= least
        assert all(len(row) == 3 and row[1] and "::test_" in row[2] for row in told)
